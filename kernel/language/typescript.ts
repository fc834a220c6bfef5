import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRecord } from '../../src/record.js'
import { JsonRpc } from './json-rpc.js'
import type { FileChange } from './notebook.js'

/** What the server's answers are read with: all the forms that we can show. */
const capabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: { configuration: true },
  textDocument: {
    completion: {
      completionItem: {
        documentationFormat: ['markdown'],
        deprecatedSupport: true,
        labelDetailsSupport: true,
        insertReplaceSupport: true,
        resolveSupport: { properties: ['documentation', 'detail', 'additionalTextEdits'] },
      },
      completionList: { itemDefaults: ['editRange', 'data', 'commitCharacters'] },
    },
    hover: { contentFormat: ['markdown'] },
    signatureHelp: {
      signatureInformation: {
        documentationFormat: ['markdown'],
        activeParameterSupport: true,
        parameterInformation: { labelOffsetSupport: true },
      },
    },
    definition: { linkSupport: true },
    diagnostic: {},
  },
}

/**
 * The program's garbage is collected earlier than by its own rule (100), which takes 20 MB more; at 25, a question
 * takes a fifth to a third more of the processor, for 7 MB less.
 */
const memoryEnvironment = { GOGC: '50' }

/**
 * After so many questions, and when nobody has asked for so long (milliseconds), garbage is collected: by its own rule
 * the program does it in the midst of a question, for up to 60 ms.
 */
const questionsBetween = 40
const quietMs = 60

/** A request that the server answers later than this is given up, milliseconds. */
const longestRequestMs = 15_000

/** How a {@link TypeScriptServer} is started. */
export interface TypeScriptOptions {
  /** The notebook's folder. */
  folder: string
  /** The file there that is the project's configuration. */
  configFile: string
  /** The program has ended, or could not be started. */
  onEnd(reason: string): void
}

/**
 * TypeScript's native language server, spoken to by its stable protocol (LSP over stdio). Its other interface, the
 * API, has neither signature help nor Markdown and checks no faster; what it is better at, {@link TypeTexts} takes.
 */
export class TypeScriptServer {
  readonly #options: TypeScriptOptions
  readonly #child: ChildProcess
  readonly #rpc: JsonRpc
  /** The files that are not what the disk has. */
  readonly #files = new Map<string, { version: number; text: string }>()
  #isEnded = false
  #questions = 0
  #quiet: NodeJS.Timeout | undefined

  private constructor(program: string, options: TypeScriptOptions) {
    this.#options = options
    const child = spawn(program, ['--lsp', '--stdio'], {
      cwd: options.folder,
      env: { ...memoryEnvironment, ...process.env },
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    this.#child = child
    child.once('error', (error) => this.#end(error.message))
    child.once('exit', (code, signal) => this.#end(`it ended with ${signal ?? `exit code ${code}`}`))
    this.#rpc = new JsonRpc({
      input: child.stdout,
      output: child.stdin,
      longestRequestMs,
      answer: (method, params) => this.#answer(method, params),
      // Busy with something that does not end: a fresh one is the way out.
      onLate: () => this.close(),
    })
  }

  /** Starts the program and shakes hands. */
  static async start(options: TypeScriptOptions): Promise<TypeScriptServer> {
    const server = new TypeScriptServer(await findProgram(), options)
    const uri = pathToFileURL(options.folder).href
    await server.request('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'notebook' }],
      capabilities,
    })
    server.#notify('initialized', {})
    return server
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  pathOf(file: string): string {
    return join(this.#options.folder, file)
  }

  uriOf(file: string): string {
    return pathToFileURL(this.pathOf(file)).href
  }

  /** Makes a file what it is said to be; it need not be on the disk. */
  put({ name, text }: FileChange): void {
    const uri = this.uriOf(name)
    const known = this.#files.get(name)
    if (known === undefined) {
      this.#files.set(name, { version: 1, text })
      const languageId = name.endsWith('.json') ? 'json' : 'typescript'
      this.#notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } })
    } else {
      const version = known.version + 1
      this.#files.set(name, { version, text })
      this.#notify('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      })
    }
  }

  /** Of a file that was put. */
  textOf(uri: string): string | undefined {
    for (const [name, { text }] of this.#files) if (this.uriOf(name) === uri) return text
    return undefined
  }

  /** Asks; rejects when the server refuses, ends, or does not answer. */
  request(method: string, params: object): Promise<unknown> {
    this.#questions++
    if (this.#quiet === undefined) this.#quiet = setTimeout(() => this.#collect(), quietMs)
    else this.#quiet.refresh()
    return this.#rpc.request(method, params)
  }

  /** Ends the program. */
  close(): void {
    clearTimeout(this.#quiet)
    this.#child.kill('SIGKILL')
  }

  #collect(): void {
    this.#quiet = undefined
    if (this.#questions < questionsBetween) return
    this.#questions = 0
    // No part of the protocol: where it is refused, the program keeps to its own rule.
    this.#rpc.request('custom/runGC', undefined).catch(() => undefined)
  }

  #notify(method: string, params: object): void {
    this.#rpc.notify(method, params)
  }

  /** What the server asks of us: only its settings matter. */
  #answer(method: string, params: unknown): unknown {
    if (method !== 'workspace/configuration' || !isRecord(params) || !Array.isArray(params.items)) return null
    const settings = {
      customConfigFileName: this.#options.configFile,
      // It would run npm at every start, and ask its registry for types.
      disableAutomaticTypeAcquisition: true,
      suggest: { autoImports: false },
      preferences: { quoteStyle: 'single', importModuleSpecifierEnding: 'minimal' },
    }
    return params.items.map((item: unknown) => {
      const section = isRecord(item) ? item.section : undefined
      return section === 'js/ts' || section === 'typescript' ? settings : null
    })
  }

  #end(reason: string): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#rpc.close(`TypeScript is gone: ${reason}`)
    this.#options.onEnd(reason)
  }
}

/** The native executable itself: through its Node wrapper, a process more would stay. */
async function findProgram(): Promise<string> {
  const manifest = import.meta.resolve('typescript/package.json')
  const { default: getExePath }: { default: () => string } = await import(
    new URL('./lib/getExePath.js', manifest).href
  )
  return getExePath()
}
