import { setMaxListeners } from 'node:events'
import { availableParallelism } from 'node:os'
import { basename, join, parse, resolve } from 'node:path'
import type { TenantId } from '../client/tenants.js'
import { givenParameters } from '../notebook/metadata.js'
import type { Notebook } from '../notebook/notebook-file.js'
import { runNotebook } from '../notebook/run.js'
import type { RunSummary } from '../notebook/run-report.js'
import { runTenants, type TenantReport } from '../notebook/run-tenants.js'
import type { Sandbox } from '../sandbox/index.js'
import { currentScreen, noScreen, type Screen } from '../screen/screen.js'
import { interruptSignal } from './interrupt.js'
import { exitCodeOf } from './run-exit.js'
import { regionOf, withInputs } from './run-inputs.js'
import { startRunKernel } from './run-kernel.js'
import { environmentOf, limitsOf, type RunCommandOptions } from './run-options.js'
import { Approval, sandboxEnv } from './run-sandbox.js'
import { describeSandbox, openSandbox } from './sandbox.js'
import { TenantDisplay } from './tenant-display.js'
import { readTenantChoice } from './tenant-list.js'
import { approvingScreen, listTenants, signInOnce } from './tenant-sign-in.js'

/** What all runs of one command share. */
interface Surroundings {
  path: string
  notebook: Notebook
  options: RunCommandOptions
  signal: AbortSignal
  display: TenantDisplay
  sandbox: Sandbox | undefined
  /** Confirms sign-ins of cells at the sandbox. */
  approval: Approval | undefined
}

/** `xdrlab run <notebook> --tenants …`: gives the exit code. */
export async function runForTenants(
  path: string,
  notebook: Notebook,
  options: RunCommandOptions,
): Promise<number> {
  const choice = await readTenantChoice(options)
  // What is wrong with the parameters is said before anybody is asked to sign in.
  const example = await withInputs(notebook, path, options, choice === 'all' ? '0' : choice[0]?.id)
  const signal = interruptSignal()
  setMaxListeners(0, signal)
  const person = options.unattended === true ? noScreen : await currentScreen()
  await using opened = options.sandbox === true ? await openSandbox({}) : undefined
  const sandbox = opened?.server
  const approves = sandbox !== undefined && (options.approve === true || person.kind === 'none')
  const display = new TenantDisplay({
    asJson: options.json === true,
    isQuiet: options.quiet === true,
    streams: options.stream === true,
  })
  const approval = approves ? new Approval(sandbox, () => undefined, signal) : undefined
  const shared: Surroundings = { path, notebook, options, signal, display, sandbox, approval }
  if (sandbox !== undefined) display.line(`${describeSandbox(sandbox)}\n`)
  const tenants = await findTenants(choice, shared, regionOf(example, path), person)
  const { totalTimeoutMs } = limitsOf(options)
  const parameters = withoutTenant(givenParameters(example))
  const summary = await runTenants({
    notebook: basename(path),
    tenants,
    folder: resolve(options.output ?? join(parse(path).dir, `${parse(path).name}.tenants`)),
    concurrency: options.concurrency ?? Math.min(4, Math.max(2, availableParallelism())),
    signal,
    ...(totalTimeoutMs === undefined ? {} : { totalTimeoutMs }),
    ...(parameters === undefined ? {} : { parameters }),
    run: (report, outputPath, spentMs) => runTenant(shared, report, outputPath, spentMs),
    watcher: {
      onBegin: (reports) => display.onBegin(reports),
      onStart: (report) => display.onStart(report),
      onEnd: (report) => display.onEnd(report),
      onUnsaved: (error) => display.onUnsaved(undefined, error),
      onSavedAgain: () => display.onSavedAgain(undefined),
    },
  })
  display.summary(summary)
  return exitCodeOf(summary)
}

async function findTenants(
  choice: 'all' | TenantId[],
  { options, signal, sandbox, approval }: Surroundings,
  region: string | undefined,
  person: Screen,
): Promise<TenantId[]> {
  if (choice !== 'all' && sandbox === undefined) return choice
  // Where region "sandbox" is looked up, by this process as by its kernels.
  if (sandbox !== undefined) process.env.XDRLAB_SANDBOX_URL = sandbox.origin
  const place =
    sandbox === undefined
      ? { provider: options.provider, region: options.region ?? region }
      : { provider: 'taegis', region: 'sandbox' }
  const screen = approval === undefined ? person : approvingScreen(approval)
  const xdr = await signInOnce(place, screen, signal)
  return choice === 'all' ? await listTenants(xdr, signal) : choice
}

async function runTenant(
  shared: Surroundings,
  report: TenantReport,
  outputPath: string,
  spentMs: number,
): Promise<RunSummary> {
  const { path, options, signal, display, sandbox, approval } = shared
  const notebook = await withInputs(shared.notebook, path, options, report.tenant)
  await using kernel = await startRunKernel({
    notebook: path,
    // A name of its own: tables of one tenant are not those of another.
    name: outputPath,
    signal,
    env: {
      ...(sandbox === undefined ? {} : sandboxEnv(sandbox, approval !== undefined)),
      ...environmentOf({ ...options, tenant: report.tenant, unattended: approval === undefined }),
      ...ownDatabase(),
    },
  })
  return await runNotebook({
    notebook,
    kernel,
    outputPath,
    signal,
    ask: undefined,
    ...limitsOf(options),
    spentMs,
    tenant: report.tenant,
    watcher: {
      onCell: (cell) => display.onCell(report, cell),
      onOutput: (output) => {
        display.onOutput(report, output)
        approval?.watch(output)
      },
      onCellEnd: (cell) => display.onCellEnd(report, cell),
      onUnsaved: (error) => display.onUnsaved(report, error),
      onSavedAgain: () => display.onSavedAgain(report),
    },
  })
}

/** A file that all kernels were told to use can be open in one of them only. */
function ownDatabase(): NodeJS.ProcessEnv {
  return process.env.XDRLAB_DATABASE === ':memory:' ? {} : { XDRLAB_DATABASE: undefined }
}

function withoutTenant(values: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  if (values === undefined) return undefined
  const { tenant: _tenant, ...others } = values
  return Object.keys(others).length === 0 ? undefined : others
}
