import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TenantId } from '../client/tenants.js'
import { XdrError } from '../errors.js'
import { version } from '../package.js'
import { plain } from '../text.js'
import { GrowingFile } from './growing-file.js'
import { failureOf, type RunFailure, type RunStatus, type RunSummary } from './run-report.js'
import { tenantsPage } from './run-tenants-page.js'

/** The run of one tenant. */
export interface TenantReport {
  tenant: string
  name?: string
  /** `not-run`: the others were stopped before it began. */
  status: RunStatus | 'waiting' | 'running' | 'not-run'
  /** Its executed notebook, in the folder. */
  file: string
  ms: number
  cells: number
  cellsRun: number
  error?: RunFailure
  /** The cell that failed: where it stands among all cells, from 0, and what it is called. */
  failedCell?: { index: number; title: string }
  unsaved?: RunFailure
}

/** One notebook, run for many tenants. */
export interface TenantsSummary {
  status: RunStatus
  notebook: string
  version: string
  startedAt: string
  endedAt?: string
  ms: number
  folder: string
  tenants: readonly TenantReport[]
  parameters?: Readonly<Record<string, unknown>>
  /** Why the tenants that are left were not run. */
  error?: RunFailure
  unsaved?: RunFailure
}

export interface TenantRunsOptions {
  /** What the notebook is called, for people. */
  notebook: string
  tenants: readonly TenantId[]
  /** Made where it is not there: a notebook for each tenant, `index.html` and `summary.json`. */
  folder: string
  /** How many run at the same time. */
  concurrency: number
  signal: AbortSignal
  /** For all tenants together, milliseconds. */
  totalTimeoutMs?: number
  parameters?: Readonly<Record<string, unknown>>
  /** Runs the notebook for one tenant; `spentMs` of the total time are gone. */
  run(report: TenantReport, outputPath: string, spentMs: number): Promise<RunSummary>
  watcher: {
    /** The reports, which change as the runs go. */
    onBegin?(reports: readonly TenantReport[]): void
    onStart?(report: TenantReport): void
    onEnd?(report: TenantReport): void
    onUnsaved?(error: XdrError): void
    onSavedAgain?(): void
  }
}

/**
 * Runs a notebook for many tenants, a few at a time: what fails for one is in the summary, and the others go on. The
 * summary and its page are there from the start and grow with every tenant, so that a crash leaves what there is.
 *
 * @throws XdrError `XDR_FILE` where the folder cannot be written: nothing has run yet
 */
export async function runTenants(options: TenantRunsOptions): Promise<TenantsSummary> {
  const runs = new TenantRuns(options)
  return await runs.toEnd()
}

class TenantRuns {
  readonly #options: TenantRunsOptions
  readonly #reports: TenantReport[]
  readonly #startedAt = new Date()
  readonly #startMs = performance.now()
  readonly #files: readonly GrowingFile[]
  #blocked: RunFailure | undefined
  #isOver = false

  constructor(options: TenantRunsOptions) {
    this.#options = options
    const { folder, tenants, watcher } = options
    const names = fileNames(tenants)
    this.#reports = tenants.map(({ id, name }, place) => ({
      tenant: id,
      ...(name === undefined ? {} : { name: plain(name, 120) }),
      status: 'waiting',
      file: names[place] ?? '',
      ms: 0,
      cells: 0,
      cellsRun: 0,
    }))
    const page = () => tenantsPage(this.#summary())
    this.#files = [
      new GrowingFile(join(folder, 'index.html'), 'the summary page', page, watcher),
      // Who is told of the page need not be told of its twin.
      new GrowingFile(join(folder, 'summary.json'), 'the summary', () => this.#summary(), {}),
    ]
  }

  async toEnd(): Promise<TenantsSummary> {
    const { folder, concurrency } = this.#options
    await makeFolder(folder)
    for (const file of this.#files) await file.create()
    this.#options.watcher.onBegin?.(this.#reports)
    // One queue for all: each takes the next tenant as soon as its last one has ended.
    const queue = this.#reports.values()
    const work = async () => {
      for (const report of queue) await this.#take(report)
    }
    const workers = Array.from({ length: Math.min(concurrency, this.#reports.length) }, work)
    const ends = await Promise.allSettled(workers)
    this.#isOver = true
    let unsaved: XdrError | undefined
    for (const file of this.#files) unsaved = (await file.close()) ?? unsaved
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    return { ...this.#summary(), ...(unsaved === undefined ? {} : { unsaved: failureOf(unsaved) }) }
  }

  async #take(report: TenantReport): Promise<void> {
    if (this.#isStopped()) {
      report.status = 'not-run'
      return
    }
    const { watcher, folder } = this.#options
    const startMs = performance.now()
    report.status = 'running'
    watcher.onStart?.(report)
    this.#save()
    try {
      const summary = await this.#options.run(report, join(folder, report.file), this.#spentMs())
      Object.assign(report, resultOf(summary))
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      report.status = statusOfError(error)
      report.error = failureOf(error)
    }
    report.ms = Math.round(performance.now() - startMs)
    // Without a sign-in every other tenant would end the same way.
    if (report.error?.code === 'XDR_SIGN_IN_NEEDED') this.#blocked ??= report.error
    watcher.onEnd?.(report)
    this.#save()
  }

  #isStopped(): boolean {
    return this.#options.signal.aborted || this.#isOutOfTime() || this.#blocked !== undefined
  }

  #isOutOfTime(): boolean {
    const { totalTimeoutMs } = this.#options
    return totalTimeoutMs !== undefined && this.#spentMs() >= totalTimeoutMs
  }

  #spentMs(): number {
    return performance.now() - this.#startMs
  }

  /** In the background: no tenant waits for a page. */
  #save(): void {
    for (const file of this.#files) file.touch()
  }

  #status(): RunStatus {
    if (this.#options.signal.aborted) return 'interrupted'
    const isDone = this.#reports.every(({ status }) => status === 'ok')
    if (!isDone && this.#isOutOfTime()) return 'timeout'
    const isWhole = this.#reports.every(({ unsaved }) => unsaved === undefined)
    return isDone && isWhole ? 'ok' : 'error'
  }

  #summary(): TenantsSummary {
    const { notebook, folder, parameters } = this.#options
    return {
      status: this.#status(),
      notebook,
      version,
      startedAt: this.#startedAt.toISOString(),
      ...(this.#isOver ? { endedAt: new Date().toISOString() } : {}),
      ms: Math.round(this.#spentMs()),
      folder,
      tenants: this.#reports,
      ...(parameters === undefined ? {} : { parameters }),
      ...(this.#blocked === undefined ? {} : { error: this.#blocked }),
    }
  }
}

function resultOf({ status, cells, cellsRun, error, unsaved }: RunSummary): Partial<TenantReport> {
  const failed = cells.find((cell) => cell.status !== 'ok' && cell.status !== 'expected-error')
  return {
    status,
    cells: cells.length,
    cellsRun,
    ...(error === undefined ? {} : { error }),
    ...(failed?.error === undefined ? {} : { failedCell: { index: failed.index, title: failed.title } }),
    ...(unsaved === undefined ? {} : { unsaved }),
  }
}

function statusOfError({ code }: XdrError): RunStatus {
  if (code === 'XDR_ABORTED') return 'interrupted'
  return code === 'XDR_KERNEL' ? 'died' : 'error'
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new XdrError('XDR_FILE', `the folder ${folder} cannot be made (${code})`, {
      hint: 'name another place with --output',
    })
  }
}

/** A file name for each tenant, whatever its id is made of. */
function fileNames(tenants: readonly TenantId[]): string[] {
  const taken = new Set<string>()
  return tenants.map(({ id }) => {
    const safe = id
      .replace(/[^\w.-]+/g, '_')
      .replace(/^\.+/, '_')
      .slice(0, 100)
    let name = safe
    // Where file names know no case, ids that differ only in it are the same.
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${safe}-${count}`
    taken.add(name.toLowerCase())
    return `${name}.ipynb`
  })
}
