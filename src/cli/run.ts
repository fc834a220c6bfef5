import { join, parse, resolve } from 'node:path'
import { checkTenant } from '../client/calls.js'
import { XdrError } from '../errors.js'
import { type Notebook, readNotebook } from '../notebook/notebook-file.js'
import { runNotebook } from '../notebook/run.js'
import { describeFailure, type RunFailure, type RunSummary } from '../notebook/run-report.js'
import { currentScreen } from '../screen/screen.js'
import { interruptSignal } from './interrupt.js'
import { guardOutputs, tellError } from './outcome.js'
import { exitCodeOf, exitCodeOfError } from './run-exit.js'
import { withInputs } from './run-inputs.js'
import { startRunKernel } from './run-kernel.js'
import { RunLines } from './run-lines.js'
import { environmentOf, limitsOf, type RunCommandOptions } from './run-options.js'
import { RunPrinter } from './run-printer.js'
import type { RunReporter } from './run-reporter.js'
import { Approval, sandboxEnv } from './run-sandbox.js'
import { RunSilence } from './run-silence.js'
import { describeSandbox, openSandbox } from './sandbox.js'

/** `xdrlab run <notebook>` */
export async function run(path: string, options: RunCommandOptions): Promise<void> {
  guardOutputs()
  try {
    process.exitCode = await runAsAsked(path, options)
  } catch (error) {
    if (!(error instanceof XdrError)) throw error
    await tellError(error)
    process.exitCode = exitCodeOfError(error)
  }
}

async function runAsAsked(path: string, options: RunCommandOptions): Promise<number> {
  const { tenants, tenantsFile, tenant } = options
  checkTenant(tenant)
  const notebook = readNotebook(path)
  if (tenants !== undefined || tenantsFile !== undefined) {
    const { runForTenants } = await import('./run-tenants.js')
    return runForTenants(path, notebook, options)
  }
  return runOne(path, await withInputs(notebook, path, options, tenant), options)
}

async function runOne(path: string, notebook: Notebook, options: RunCommandOptions): Promise<number> {
  const signal = interruptSignal()
  const screen = await currentScreen()
  await using sandbox = options.sandbox === true ? await openSandbox({}) : undefined
  // Without a terminal nobody can confirm, so the sandbox's own pages are driven.
  const approves = sandbox !== undefined && (options.approve === true || screen.kind === 'none')
  const canAsk = screen.kind !== 'none' && options.unattended !== true
  const report = reporterOf(options, approves)
  if (sandbox !== undefined) report.line(`${describeSandbox(sandbox.server)}\n`)
  await using kernel = await startRunKernel({
    notebook: path,
    name: resolve(path),
    signal,
    env: {
      ...(sandbox === undefined ? {} : sandboxEnv(sandbox.server, approves)),
      // Nobody reads the code of a run without a terminal: a sign-in would wait until that expires.
      ...environmentOf({ ...options, unattended: !canAsk && !approves }),
    },
  })
  const approval = approves ? new Approval(sandbox.server, (text) => report.note(text), signal) : undefined
  const tenant = options.tenant ?? process.env.XDRLAB_TENANT
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
    ...(tenant ? { tenant } : {}),
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
