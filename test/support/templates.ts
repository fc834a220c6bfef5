import { spawn } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, join } from 'node:path'
import { installKernelSpec } from '../../kernel/install.js'
import { installTranslator } from '../../src/cli/papermill-translator.js'
import { labFolder, venvProgram } from '../../src/cli/python-env.js'
import { type Cell, type MimeBundle, type Output, parseNotebook } from '../../src/notebook/notebook-file.js'
import { packageRoot } from '../../src/package.js'
import { approveDevice } from '../../src/sandbox/approve.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'
import { sandboxVariables } from '../../src/sandbox/platforms.js'
import { canRunPapermill } from './capabilities.js'
import { type CliHome, openHome } from './cli.js'

/** What runs a template: our own command, or papermill with our kernel. */
export type TemplateRunner = 'xdrlab' | 'papermill'

export interface TemplateOptions {
  /** By name; what is not given keeps the template's own default. */
  parameters?: Record<string, unknown>
  /** Default `xdrlab`. */
  runner?: TemplateRunner
  /** Further variables of the run. */
  env?: Record<string, string>
}

/** A table as a data explorer gets it: at most the first 100 rows. */
export interface ShownTable {
  columns: string[]
  rows: Record<string, unknown>[]
  /** All rows, also those that are not shown; `undefined` where more follow and nobody knows how many. */
  total: number | undefined
}

/** A template after its run; everything that the run had opened is closed and removed. */
export interface ExecutedTemplate {
  /** What the runner itself printed. */
  readonly printed: string
  /** The executed notebook's text. */
  readonly saved: string
  /** The last table of a cell. */
  tableOf(cellId: string): ShownTable
  /** All that a cell shows as text: streams and displays, in their order. */
  textOf(cellId: string): string
  /** The Vega-Lite specification of a cell's last chart. */
  chartOf(cellId: string): Record<string, unknown>
  /** The MIME bundles of a cell, in their order. */
  bundlesOf(cellId: string): MimeBundle[]
}

const resourceMimeType = 'application/vnd.dataresource+json'
const vegaLiteMimeType = 'application/vnd.vegalite.v5+json'
const longestRunMs = 120_000

/** The path of a template that ships. */
export function templatePath(name: string): string {
  return join(packageRoot, 'notebooks', `${name}.ipynb`)
}

/** The runners of this machine: papermill needs Python. */
export const runners: readonly TemplateRunner[] = canRunPapermill() ? ['xdrlab', 'papermill'] : ['xdrlab']

/** Each case by each runner of this machine. */
export function byBoth<T extends object>(cases: readonly T[]): (T & { runner: TemplateRunner })[] {
  return runners.flatMap((runner) => cases.map((one) => ({ ...one, runner })))
}

/**
 * Runs a template on a sandbox with seed 1 and 100,000 alerts, signed in by a device code, with type errors that block
 * their cell.
 *
 * @param name without folder and ending: `03-alert-triage-queue`
 * @throws Error that tells the cell and its error, where the run does not succeed or a cell has notes on its types
 */
export async function runTemplate(name: string, options: TemplateOptions = {}): Promise<ExecutedTemplate> {
  await using home = openHome({ XDRLAB_TYPES: 'strict', ...options.env })
  const path = home.path(`${name}.ipynb`)
  copyFileSync(templatePath(name), path)
  const output = home.path(`${name}.executed.ipynb`)
  const run = options.runner === 'papermill' ? runByPapermill : runByXdrlab
  const { status, printed } = await run(home, path, output, options.parameters ?? {})
  const executed = new Executed(name, printed, readIfThere(output))
  executed.mustBeClean(status)
  return executed
}

interface Ended {
  status: number | null
  printed: string
}

type Run = (
  home: CliHome,
  path: string,
  output: string,
  parameters: Record<string, unknown>,
) => Promise<Ended>

const runByXdrlab: Run = async (home, path, output, parameters) => {
  const given = Object.entries(parameters).flatMap(([name, value]) => ['-p', `${name}=${textOf(value)}`])
  const run = ['run', path, '--sandbox', '--approve', '--output', output]
  const { status, stdout, stderr } = await home.run([...run, ...given], { limitMs: longestRunMs })
  return { status, printed: stdout + stderr }
}

/** `-p` takes a text as it is, and the rest as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const runByPapermill: Run = async (home, path, output, parameters) => {
  const prefix = home.path('python')
  const modules = home.path('modules')
  // Places of our own, which Jupyter and Python search first: whoever else uses the lab's environment keeps his kernel.
  await installKernelSpec({ where: { kind: 'prefix', prefix } })
  await installTranslator({ folder: modules })
  await using sandbox = await startConfirmedSandbox()
  const env = {
    ...home.env,
    ...sandboxVariables(sandbox.server),
    XDRLAB_USERNAME: sandbox.server.user.username,
    JUPYTER_PATH: join(prefix, 'share', 'jupyter'),
    PYTHONPATH: modules,
    NO_COLOR: '1',
  }
  // JSON is YAML, and keeps what is a text from being read as a number.
  const given = ['--parameters_yaml', JSON.stringify(parameters)]
  const child = spawn(
    venvProgram(join(labFolder(), 'venv'), 'papermill'),
    ['--no-progress-bar', '--cwd', home.folder, ...given, path, output],
    { cwd: home.folder, env, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const limit = setTimeout(() => child.kill('SIGKILL'), longestRunMs)
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { status, printed }
  } finally {
    clearTimeout(limit)
  }
}

/** A sandbox with a person beside it, who confirms every code that it gives out, on its own pages. */
async function startConfirmedSandbox(): Promise<{ server: Sandbox } & AsyncDisposable> {
  const confirmed = new Map<string, Promise<unknown>>()
  const server = await startSandbox({
    intercept: (_request: IncomingMessage, response: ServerResponse) => {
      const end = response.end.bind(response)
      const watched = (...given: unknown[]) => {
        const code = codeIn(given[0])
        if (code !== undefined && !confirmed.has(code.userCode)) {
          // A failure is told by the notebook, which then waits in vain, and by the disposal.
          const approval = approveDevice({ ...code, user: server.user })
          confirmed.set(
            code.userCode,
            approval.catch((error: unknown) => error),
          )
        }
        return Reflect.apply(end, response, given)
      }
      Object.assign(response, { end: watched })
      return false
    },
  })
  return {
    server,
    [Symbol.asyncDispose]: async () => {
      const failures = (await Promise.all(confirmed.values())).filter((each) => each !== undefined)
      await server.close()
      if (failures.length > 0) throw new AggregateError(failures, 'a sign-in could not be confirmed')
    },
  }
}

/** The code in an answer of a platform's device route; the authorization server behind it has none of these paths. */
function codeIn(body: unknown): { userCode: string; verificationUriComplete: string } | undefined {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body.toString() : ''
  if (!text.includes('"user_code"') || !text.includes('/device?user_code=')) return undefined
  const { user_code, verification_uri_complete } = JSON.parse(text)
  return { userCode: String(user_code), verificationUriComplete: String(verification_uri_complete) }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

class Executed implements ExecutedTemplate {
  readonly saved: string
  readonly #cells: readonly Cell[]

  constructor(
    readonly name: string,
    readonly printed: string,
    saved: string | undefined,
  ) {
    if (saved === undefined) throw new Error(`${name} did not run:\n${printed}`)
    this.saved = saved
    this.#cells = parseNotebook(saved, basename(name)).cells
  }

  /** The run succeeded, no cell has an error, and none has a note on its types. */
  mustBeClean(status: number | null): void {
    const faults = this.#cells.flatMap((cell) =>
      (cell.outputs ?? []).flatMap((output) => {
        const fault = faultIn(output)
        return fault === undefined ? [] : [`cell ${cell.id}: ${fault}`]
      }),
    )
    if (status === 0 && faults.length === 0) return
    throw new Error([`${this.name} ended with ${status}`, ...faults, this.printed.slice(-4000)].join('\n'))
  }

  tableOf(cellId: string): ShownTable {
    const resource = this.#lastOf(cellId, resourceMimeType)
    const { schema, data, description } = resource as {
      schema: { fields: { name: string }[] }
      data: Record<string, unknown>[]
      description: string
    }
    return { columns: schema.fields.map((field) => field.name), rows: data, total: totalIn(description) }
  }

  textOf(cellId: string): string {
    return this.#outputsOf(cellId).map(textIn).join('\n')
  }

  chartOf(cellId: string): Record<string, unknown> {
    return this.#lastOf(cellId, vegaLiteMimeType)
  }

  bundlesOf(cellId: string): MimeBundle[] {
    return this.#outputsOf(cellId).flatMap((output) => ('data' in output ? [output.data] : []))
  }

  #lastOf(cellId: string, mimeType: string): Record<string, unknown> {
    const found = this.bundlesOf(cellId).findLast((bundle) => mimeType in bundle)?.[mimeType]
    if (typeof found !== 'object' || found === null) {
      throw new Error(`cell ${cellId} of ${this.name} has no ${mimeType}; it shows:\n${this.textOf(cellId)}`)
    }
    return { ...found }
  }

  #outputsOf(cellId: string): Output[] {
    const cell = this.#cells.find(({ id }) => id === cellId)
    if (cell === undefined) {
      throw new Error(
        `${this.name} has no cell ${cellId}; it has ${this.#cells.map(({ id }) => id).join(', ')}`,
      )
    }
    return cell.outputs ?? []
  }
}

function faultIn(output: Output): string | undefined {
  if (output.output_type === 'error') return [output.evalue, ...output.traceback].join('\n')
  const text = textIn(output)
  // How the kernel begins its note on a cell's types and documents.
  return /^⚠ \d+ (?:type error|error|note)s?\n/.test(text) ? text : undefined
}

function textIn(output: Output): string {
  if (output.output_type === 'stream') return joined(output.text)
  if (output.output_type === 'error') return output.traceback.join('\n')
  return joined(output.data['text/plain'] ?? output.data['text/markdown'] ?? '')
}

/** nbformat allows a list of lines for a text, and papermill writes one. */
function joined(text: unknown): string {
  return Array.isArray(text) ? text.join('') : String(text)
}

/** `first 100 of 1,234 rows, 5 columns`, `3 rows`, `no rows`, `first 10 rows, more follow`. */
function totalIn(description: string): number | undefined {
  if (description.startsWith('no rows')) return 0
  if (description.includes('more follow')) return undefined
  const count = /^(?:first [\d,]+ of )?([\d,]+) rows?\b/.exec(description)?.[1]
  if (count === undefined) throw new Error(`how many rows are "${description}"?`)
  return Number(count.replaceAll(',', ''))
}
