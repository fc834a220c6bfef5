import { type Cell, type Notebook, type Output, sourceOf, writeNotebook } from './notebook-file.js'
import { type KernelOutput, OutputCollector, withoutPendingSignIns } from './outputs.js'

/** A running kernel as the runner needs it; the command line hands one in. */
export interface NotebookKernel {
  execute(
    code: string,
    options: {
      allowStdin: boolean
      onOutput(output: KernelOutput): void
      onInput(prompt: string, isPassword: boolean): Promise<string>
      timeoutMs?: number
    },
  ): Promise<{ status: 'ok' | 'error' | 'aborted'; executionCount: number }>
  interrupt(): Promise<void>
}

/** Told what happens, for a terminal or a log. */
export interface RunWatcher {
  onCell?(cell: { index: number; count: number; kind: 'code' | 'markdown'; source: string }): void
  onOutput?(output: KernelOutput): void
  onCellEnd?(cell: { index: number; status: 'ok' | 'error' | 'aborted'; ms: number }): void
}

export interface RunOptions {
  notebook: Notebook
  kernel: NotebookKernel
  /** The executed copy; written after every cell, so that a crash loses nothing. */
  outputPath: string
  watcher: RunWatcher
  /** Answers a cell's question; `undefined` where nobody can. */
  ask: ((prompt: string, isPassword: boolean) => Promise<string>) | undefined
  /** Interrupts the running cell and ends the run. */
  signal?: AbortSignal
  /** Per cell, milliseconds; the cell is interrupted then. */
  cellTimeoutMs?: number
}

export interface RunSummary {
  status: 'ok' | 'error' | 'interrupted'
  /** Code cells run, of those in the notebook. */
  cellsRun: number
  cells: number
  ms: number
  outputPath: string
}

/** How long an interrupted cell may take to stop, milliseconds: one that blocks its kernel never hears of it. */
const interruptGraceMs = 3_000

/**
 * Runs a notebook's code cells in order in a fresh kernel and keeps the outputs as a front end would; stops at the
 * first error.
 *
 * @throws XdrError `XDR_KERNEL` when the kernel dies; the cells so far are in the file
 */
export async function runNotebook(options: RunOptions): Promise<RunSummary> {
  const { kernel, watcher, signal, outputPath } = options
  const notebook = structuredClone(options.notebook)
  const codeCells = notebook.cells.filter((cell) => cell.cell_type === 'code')
  for (const cell of codeCells) {
    cell.outputs = []
    cell.execution_count = null
  }
  const collector = new OutputCollector()
  const startedAt = performance.now()
  const stop = stopOn(signal, kernel)
  let status: RunSummary['status'] = 'ok'
  let cellsRun = 0
  const save = () => writeNotebook(outputPath, { ...notebook, cells: notebook.cells.map(asKept) })
  save()
  try {
    for (const [index, cell] of notebook.cells.entries()) {
      if (signal?.aborted) {
        status = 'interrupted'
        break
      }
      const source = sourceOf(cell)
      if (cell.cell_type === 'raw') continue
      watcher.onCell?.({ index, count: notebook.cells.length, kind: cell.cell_type, source })
      if (cell.cell_type !== 'code' || source.trim() === '') continue
      const cellStart = performance.now()
      const outputs: Output[] = []
      cell.outputs = outputs
      try {
        const executed = kernel.execute(source, {
          allowStdin: options.ask !== undefined,
          onInput: options.ask ?? noAnswer,
          onOutput: (output) => {
            collector.add(outputs, output)
            watcher.onOutput?.(output)
          },
          ...(options.cellTimeoutMs === undefined ? {} : { timeoutMs: options.cellTimeoutMs }),
        })
        const reply = await Promise.race([executed, stop.overdue])
        cell.execution_count = reply?.executionCount ?? null
        cellsRun++
        const ended = reply?.status ?? 'aborted'
        watcher.onCellEnd?.({ index, status: ended, ms: performance.now() - cellStart })
        if (ended !== 'ok') status = signal?.aborted ? 'interrupted' : 'error'
      } finally {
        save()
      }
      if (status !== 'ok') break
    }
  } finally {
    stop.forget()
  }
  return { status, cellsRun, cells: codeCells.length, ms: performance.now() - startedAt, outputPath }
}

/** Interrupts the kernel when the signal aborts; `overdue` resolves where the running cell does not stop by then. */
function stopOn(signal: AbortSignal | undefined, kernel: NotebookKernel) {
  let timer: NodeJS.Timeout | undefined
  let onAbort = () => {}
  const overdue = new Promise<undefined>((resolve) => {
    onAbort = () => {
      timer = setTimeout(() => resolve(undefined), interruptGraceMs)
      // A kernel that cannot hear this has ended, and the cell says so.
      kernel.interrupt().catch(() => undefined)
    }
  })
  signal?.addEventListener('abort', onAbort, { once: true })
  return {
    overdue,
    forget: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
}

function asKept(cell: Cell): Cell {
  return cell.outputs === undefined ? cell : { ...cell, outputs: withoutPendingSignIns(cell.outputs) }
}

async function noAnswer(): Promise<string> {
  return ''
}
