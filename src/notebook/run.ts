import type { XdrError } from '../errors.js'
import { version } from '../package.js'
import { GrowingFile, type SaveWatcher } from './growing-file.js'
import { givenParameters, hasTag, runKey } from './metadata.js'
import { type Cell, type Notebook, type Output, sourceOf } from './notebook-file.js'
import { type KernelOutput, OutputCollector, withoutPendingSignIns } from './outputs.js'
import { type CellEnd, type NotebookKernel, runCell, type StopReason } from './run-cell.js'
import {
  type CellReport,
  failureOf,
  type RunFailure,
  type RunStatus,
  type RunSummary,
  titleOf,
} from './run-report.js'
import { judgeCell, judgeStop, type RunLimits } from './run-verdict.js'

/** A cell as it begins. */
export interface CellStart {
  /** Among all cells, from 0. */
  index: number
  count: number
  kind: 'code' | 'markdown'
  title: string
  source: string
}

/** Told what happens, for a terminal or a log. */
export interface RunWatcher extends SaveWatcher {
  onCell?(cell: CellStart): void
  onOutput?(output: KernelOutput): void
  onCellEnd?(cell: CellReport): void
}

export interface RunOptions extends RunLimits {
  notebook: Notebook
  kernel: NotebookKernel
  /** The executed copy; written after every cell and while one runs, so that a crash loses nothing. */
  outputPath: string
  watcher: RunWatcher
  /** Answers a cell's question; `undefined` where nobody can. */
  ask: ((prompt: string, isPassword: boolean) => Promise<string>) | undefined
  /** Of the total time, what was gone before this run began, milliseconds. */
  spentMs?: number
  /** Interrupts the running cell and ends the run. */
  signal?: AbortSignal
  /** Whether the cells after one that failed are run. Default `stop`. */
  onError?: 'stop' | 'continue'
  /** For the record: the kernel's environment names it already. */
  tenant?: string
}

/** The notebook's metadata about the run that made it. */

/**
 * Runs a notebook's code cells in order in a fresh kernel and keeps the outputs as a front end would, each cell with
 * Jupyter's own timing metadata. A cell tagged `raises-exception` may throw, one tagged `skip-execution` is left out.
 *
 * @returns how it went, also where a cell failed, the kernel died or the time was over
 * @throws XdrError `XDR_FILE` where the executed copy cannot even be begun
 */
export async function runNotebook(options: RunOptions): Promise<RunSummary> {
  const run = new NotebookRun(options)
  return await run.toEnd()
}

class NotebookRun {
  readonly #options: RunOptions
  readonly #notebook: Notebook
  readonly #collector = new OutputCollector()
  readonly #file: GrowingFile
  readonly #stop = new AbortController()
  readonly #startedAt = new Date()
  readonly #startMs = performance.now()
  readonly #reports = new Map<Cell, CellReport>()
  #status: RunStatus = 'ok'
  #error: RunFailure | undefined
  #isOver = false

  constructor(options: RunOptions) {
    this.#options = options
    this.#notebook = structuredClone(options.notebook)
    for (const [index, cell] of this.#notebook.cells.entries()) {
      if (cell.cell_type !== 'code') continue
      cell.outputs = []
      cell.execution_count = null
      delete cell.metadata.execution
      if (sourceOf(cell).trim() === '' || hasTag(cell, 'skip-execution')) continue
      const title = titleOf(this.#notebook.cells, index)
      this.#reports.set(cell, { index, title, status: 'not-run', ms: 0 })
    }
    this.#file = new GrowingFile(
      options.outputPath,
      'the executed notebook',
      () => this.#compose(),
      options.watcher,
    )
  }

  async toEnd(): Promise<RunSummary> {
    await this.#file.create()
    const forget = this.#listen()
    let unsaved: XdrError | undefined
    try {
      for (const [index, cell] of this.#notebook.cells.entries()) {
        if (this.#isStopped()) break
        await this.#take(cell, index)
      }
    } finally {
      forget()
      this.#isOver = true
      unsaved = await this.#file.close()
    }
    return { ...this.#summary(), ...(unsaved === undefined ? {} : { unsaved: failureOf(unsaved) }) }
  }

  /** What ends the whole run: the person, or its time. */
  #listen(): () => void {
    const { signal, totalTimeoutMs, spentMs = 0 } = this.#options
    const end = (reason: StopReason) => this.#stop.abort(reason)
    const onAbort = () => end('interrupted')
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    const timer =
      totalTimeoutMs === undefined
        ? undefined
        : setTimeout(() => end('total-timeout'), Math.max(0, totalTimeoutMs - spentMs))
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #isStopped(): boolean {
    const { aborted, reason } = this.#stop.signal
    if (aborted && !this.#isOver) {
      const { status, error } = judgeStop(reason, this.#options)
      this.#status = status
      this.#error = error
      this.#isOver = true
    }
    return this.#isOver
  }

  async #take(cell: Cell, index: number): Promise<void> {
    const source = sourceOf(cell)
    const kind = cell.cell_type
    if (kind === 'raw') return
    const count = this.#notebook.cells.length
    const report = this.#reports.get(cell)
    if (kind === 'code' && report === undefined) return
    const title = report?.title ?? titleOf(this.#notebook.cells, index)
    this.#options.watcher.onCell?.({ index, count, kind, title, source })
    if (report !== undefined) await this.#runCode(cell, report)
  }

  async #runCode(cell: Cell, report: CellReport): Promise<void> {
    const { kernel, ask, cellTimeoutMs, watcher } = this.#options
    const outputs: Output[] = []
    const timing: Record<string, string> = {}
    cell.outputs = outputs
    cell.metadata = { ...cell.metadata, execution: timing }
    const startMs = performance.now()
    try {
      const end = await runCell({
        kernel,
        source: sourceOf(cell),
        stop: this.#stop.signal,
        timeoutMs: cellTimeoutMs,
        ask,
        onMoment: (moment) => {
          // A kernel that was blocked may say again that it is busy.
          timing[moment] ??= new Date().toISOString()
        },
        onOutput: (output) => {
          this.#collector.add(outputs, output)
          this.#file.touch()
          watcher.onOutput?.(output)
        },
      })
      cell.execution_count = end.reply?.executionCount || null
      this.#settle(cell, report, end)
    } finally {
      report.ms = Math.round(performance.now() - startMs)
      await this.#file.checkpoint()
    }
    watcher.onCellEnd?.(report)
  }

  #settle(cell: Cell, report: CellReport, end: CellEnd): void {
    const { status, error, output, isFinal } = judgeCell(end, hasTag(cell, 'raises-exception'), this.#options)
    report.status = status
    if (error !== undefined) report.error = error
    if (output !== undefined) cell.outputs?.push(output)
    if (status === 'ok' || status === 'expected-error' || status === 'not-run') return
    const goesOn = this.#options.onError === 'continue' && !isFinal
    this.#status = goesOn ? 'error' : status
    this.#isOver = !goesOn
    // Of several, the one that ended the run, else the first.
    if (!goesOn || this.#error === undefined) this.#error = error
  }

  #summary(): RunSummary {
    const { outputPath, tenant } = this.#options
    const parameters = givenParameters(this.#notebook)
    const cells = [...this.#reports.values()]
    return {
      status: this.#status,
      cells,
      cellsRun: cells.filter(({ status }) => status !== 'not-run').length,
      startedAt: this.#startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      ms: Math.round(performance.now() - this.#startMs),
      outputPath,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...(tenant === undefined ? {} : { tenant }),
      ...(parameters === undefined ? {} : { parameters }),
    }
  }

  #compose(): Notebook {
    const { status, cells, cellsRun, startedAt, endedAt, ms, error, tenant } = this.#summary()
    const run = {
      version,
      // Of a run that was killed it stays like this.
      status: this.#isOver ? status : 'running',
      startedAt,
      ...(this.#isOver ? { endedAt } : {}),
      ms,
      cellsRun,
      cells: cells.length,
      ...(error === undefined ? {} : { error }),
      ...(tenant === undefined ? {} : { tenant }),
    }
    return {
      ...this.#notebook,
      metadata: { ...this.#notebook.metadata, [runKey]: run },
      cells: this.#notebook.cells.map(asKept),
    }
  }
}

function asKept(cell: Cell): Cell {
  return cell.outputs === undefined ? cell : { ...cell, outputs: withoutPendingSignIns(cell.outputs) }
}
