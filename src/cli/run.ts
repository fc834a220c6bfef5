import { rmSync } from 'node:fs'
import { dirname, join, parse, resolve } from 'node:path'
import { type KernelClient, startKernel } from '../../kernel/client.js'
import { XdrError } from '../errors.js'
import { readNotebook } from '../notebook/notebook-file.js'
import { type RunSummary, runNotebook } from '../notebook/run.js'
import { approveDevice } from '../sandbox/approve.js'
import type { Sandbox } from '../sandbox/index.js'
import { sandboxVariables } from '../sandbox/platforms.js'
import { currentScreen } from '../screen/screen.js'
import { interruptSignal } from './interrupt.js'
import type { ParameterOptions } from './run-parameter-options.js'
import { withGivenParameters } from './run-parameters.js'
import { RunPrinter, signInOf } from './run-printer.js'
import { describeSandbox, openSandbox } from './sandbox.js'

interface RunCommandOptions extends ParameterOptions {
  output?: string
  sandbox?: boolean
  approve?: boolean
  timeout?: number
  json?: boolean
}

/** `xdrlab run <notebook>` */
export async function run(path: string, options: RunCommandOptions): Promise<void> {
  const notebook = await withGivenParameters(readNotebook(path), path, options)
  const outputPath = resolve(options.output ?? executedPath(path))
  const signal = interruptSignal()
  const screen = await currentScreen()
  await using sandbox = options.sandbox === true ? await openSandbox({}) : undefined
  // Without a terminal nobody can confirm, so the sandbox's own pages are driven.
  const approves = sandbox !== undefined && (options.approve === true || screen.kind === 'none')
  const print = new RunPrinter(options.json === true)
  if (sandbox !== undefined) print.line(`${describeSandbox(sandbox.server)}\n`)
  await using kernel = await startKernel({
    cwd: dirname(resolve(path)),
    signal,
    env: {
      ...process.env,
      // As Jupyter names the notebook to its kernel.
      JPY_SESSION_NAME: resolve(path),
      ...terminalEnv(),
      ...(sandbox === undefined ? {} : sandboxEnv(sandbox.server, approves)),
    },
  })
  endWithUs(kernel)
  const approval = sandbox !== undefined && approves ? new Approval(sandbox.server, print, signal) : undefined
  const summary = await runNotebook({
    notebook,
    kernel,
    outputPath,
    signal,
    ask:
      screen.kind === 'none'
        ? undefined
        : (prompt, hidden) => screen.ask({ label: prompt.replace(/:\s*$/, ''), hidden }, signal),
    ...(options.timeout === undefined ? {} : { cellTimeoutMs: Math.ceil(options.timeout * 1000) }),
    watcher: {
      onCell: (cell) => print.cell(cell),
      onOutput: (output) => {
        print.output(output)
        approval?.watch(output)
      },
      onCellEnd: (cell) => print.cellEnd(cell),
    },
  }).catch((error: unknown) => {
    const isWritten = !(error instanceof XdrError && error.code === 'XDR_NOTEBOOK')
    if (isWritten) print.line(`The notebook so far is ${outputPath}`)
    throw error
  })
  print.summary(summary)
  process.exitCode = exitCodeOf(summary)
}

/** A second Ctrl-C ends us at once, and a kernel that a cell blocks would never see that we are gone. */
function endWithUs(kernel: KernelClient): void {
  process.once('exit', () => {
    if (kernel.endError !== undefined || kernel.pid === undefined) return
    try {
      process.kill(kernel.pid, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
    rmSync(dirname(kernel.connectionFile), { recursive: true, force: true })
  })
}

function exitCodeOf(summary: RunSummary): number {
  switch (summary.status) {
    case 'ok':
      return 0
    case 'error':
      return 1
    case 'interrupted':
      return 130
  }
}

function executedPath(path: string): string {
  const { dir, name } = parse(path)
  return join(dir, `${name}.executed.ipynb`)
}

/** The kernel has no terminal of its own to measure. */
function terminalEnv(): NodeJS.ProcessEnv {
  return process.stdout.isTTY ? { COLUMNS: String(process.stdout.columns) } : {}
}

function sandboxEnv(sandbox: Sandbox, approves: boolean): NodeJS.ProcessEnv {
  return {
    ...sandboxVariables(sandbox),
    ...(approves ? { XDRLAB_USERNAME: sandbox.user.username, XDRLAB_BROWSER: 'none' } : {}),
  }
}

/** Confirms each sign-in that a cell shows, once, through the sandbox's pages. */
class Approval {
  readonly #seen = new Set<string>()

  constructor(
    readonly sandbox: Sandbox,
    readonly print: RunPrinter,
    readonly signal: AbortSignal,
  ) {}

  watch(output: Parameters<typeof signInOf>[0]): void {
    const signIn = signInOf(output)
    if (signIn === undefined || this.#seen.has(signIn.userCode)) return
    this.#seen.add(signIn.userCode)
    // Only our own sandbox is ever confirmed unasked.
    if (new URL(signIn.verificationUriComplete).origin !== this.sandbox.origin) return
    approveDevice({ ...signIn, user: this.sandbox.user, signal: this.signal }).then(
      () => this.print.note('(confirmed on the sandbox’s own pages, as a browser would)'),
      (error: unknown) => {
        const why = error instanceof XdrError ? `${error.message}; ${error.hint}` : 'an unexpected error'
        this.print.note(`(the sandbox’s pages could not be driven: ${why})`)
      },
    )
  }
}
