import { join, parse, resolve } from 'node:path'
import { XdrError } from '../errors.js'
import { type Notebook, readNotebook } from '../notebook/notebook-file.js'
import { runNotebook } from '../notebook/run.js'
import { describeFailure, type RunFailure, type RunSummary } from '../notebook/run-report.js'
import { currentScreen } from '../screen/screen.js'
import { interruptSignal } from './interrupt.js'
import { guardOutputs, tellError } from './outcome.js'
import { exitCodeOf, exitCodeOfError } from './run-exit.js'
import { startRunKernel } from './run-kernel.js'
import { RunLines } from './run-lines.js'
import type { ParameterOptions } from './run-parameter-options.js'
import { withGivenParameters } from './run-parameters.js'
import { RunPrinter } from './run-printer.js'
import type { RunReporter } from './run-reporter.js'
import { Approval, sandboxEnv } from './run-sandbox.js'
import { RunSilence } from './run-silence.js'
import { describeSandbox, openSandbox } from './sandbox.js'

/** The options of `xdrlab run`, as the command line gives them. */
export interface RunCommandOptions extends ParameterOptions {
  output?: string
  sandbox?: boolean
  approve?: boolean
  unattended?: boolean
  /** Seconds. */
  timeout?: number
  /** Seconds. */
  totalTimeout?: number
  onError?: 'stop' | 'continue'
  /** `false`: a line for each cell. */
  stream?: boolean
  quiet?: boolean
  json?: boolean
}

/** `xdrlab run <notebook>` */
export async function run(path: string, options: RunCommandOptions): Promise<void> {
  guardOutputs()
  try {
    const notebook = await withGivenParameters(readNotebook(path), path, options)
    process.exitCode = await runOne(path, notebook, options)
  } catch (error) {
    if (!(error instanceof XdrError)) throw error
    await tellError(error)
    process.exitCode = exitCodeOfError(error)
  }
}

async function runOne(path: string, notebook: Notebook, options: RunCommandOptions): Promise<number> {
  const signal = interruptSignal()
  const screen = await currentScreen()
  await using sandbox = options.sandbox === true ? await openSandbox({}) : undefined
  // Without a terminal nobody can confirm, so the sandbox's own pages are driven.
  const approves = sandbox !== undefined && (options.approve === true || screen.kind === 'none')
  const report = reporterOf(options, approves)
  if (sandbox !== undefined) report.line(`${describeSandbox(sandbox.server)}\n`)
  await using kernel = await startRunKernel({
    notebook: path,
    name: resolve(path),
    signal,
    env: {
      ...(sandbox === undefined ? {} : sandboxEnv(sandbox.server, approves)),
      ...(options.unattended === true ? { XDRLAB_UNATTENDED: '1' } : {}),
    },
  })
  const approval = approves ? new Approval(sandbox.server, (text) => report.note(text), signal) : undefined
  const canAsk = screen.kind !== 'none' && options.unattended !== true
  const summary = await runNotebook({
    notebook,
    kernel,
    outputPath: resolve(options.output ?? executedPath(path)),
    signal,
    ask: canAsk
      ? (prompt, hidden) =>
          report.duringQuestion(() => screen.ask({ label: prompt.replace(/:\s*$/, ''), hidden }, signal))
      : undefined,
    ...limitsOf(options),
    ...(process.env.XDRLAB_TENANT ? { tenant: process.env.XDRLAB_TENANT } : {}),
    watcher: {
      onCell: (cell) => report.onCell?.(cell),
      onOutput: (output) => {
        report.onOutput?.(output)
        approval?.watch(output)
      },
      onCellEnd: (cell) => report.onCellEnd?.(cell),
      onUnsaved: (error) => report.onUnsaved?.(error),
      onSavedAgain: () => report.onSavedAgain?.(),
    },
  })
  report.summary(summary)
  tellOnStderr(summary, options)
  return exitCodeOf(summary)
}

function reporterOf({ json, quiet, stream }: RunCommandOptions, approves: boolean): RunReporter {
  if (json === true || quiet === true) return new RunSilence({ asJson: json === true, confirms: approves })
  return stream === false ? new RunLines() : new RunPrinter()
}

/** What a run may take and do, as the runner has it. */
export function limitsOf({ timeout, totalTimeout, onError }: RunCommandOptions) {
  return {
    ...(timeout === undefined ? {} : { cellTimeoutMs: Math.ceil(timeout * 1000) }),
    ...(totalTimeout === undefined ? {} : { totalTimeoutMs: Math.ceil(totalTimeout * 1000) }),
    ...(onError === undefined ? {} : { onError }),
  }
}

/** What no cell has said: the time, the kernel, the disk. */
function tellOnStderr({ status, error, unsaved }: RunSummary, { json }: RunCommandOptions): void {
  if (json === true) return
  if ((status === 'timeout' || status === 'died') && error !== undefined) tellFailure(error)
  if (unsaved !== undefined) tellFailure(unsaved)
}

function tellFailure(failure: RunFailure): void {
  const hint = failure.hint === undefined ? '' : `\n  → ${failure.hint}`
  process.stderr.write(`${describeFailure(failure)}${hint}\n`)
}

function executedPath(path: string): string {
  const { dir, name } = parse(path)
  return join(dir, `${name}.executed.ipynb`)
}
