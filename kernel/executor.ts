import { tableView } from '../src/results/table.js'
import { useScreen } from '../src/screen/screen.js'
import { onAbort } from './async.js'
import { Cell, runInCell } from './cell.js'
import { installCellGlobals, Shown } from './cell-globals.js'
import { addRichView, describeValue } from './display.js'
import { type ErrorContent, errorContent, interruptedContent } from './errors.js'
import { Evaluator, type Outcome } from './evaluator.js'
import { guardProcess } from './guards.js'
import type { Iopub } from './iopub.js'
import { isRecord } from './json.js'
import type { Message } from './message.js'
import { createModuleHost } from './modules.js'
import { createNotebookScreen } from './notebook-screen.js'
import type { Stdin } from './stdin.js'
import { captureStreams } from './streams.js'

/** The content of an `execute_reply`. */
export interface ExecuteReply extends Partial<ErrorContent> {
  status: 'ok' | 'error'
  execution_count: number
  user_expressions: Record<string, unknown>
  payload: []
}

/** Runs `execute_request`s, one at a time, and shows what comes of them. */
export class Executor {
  readonly #iopub: Iopub
  readonly #evaluator: Evaluator
  #running: Cell | undefined
  #count = 0

  /** Takes over the process for cells: its streams, its globals, its screen. Once in a process. */
  constructor(iopub: Iopub, stdin: Stdin, folder: string) {
    const modules = createModuleHost(folder)
    this.#iopub = iopub
    this.#evaluator = new Evaluator(modules)
    captureStreams(iopub)
    guardProcess(iopub)
    installCellGlobals(iopub, stdin, modules.require)
    addRichView(tableView)
    useScreen(createNotebookScreen(iopub, stdin))
  }

  /** The number of the latest cell that counts. */
  get executionCount(): number {
    return this.#count
  }

  /** Stops what runs now; without effect when nothing does. */
  interrupt(): void {
    this.#running?.interrupt()
  }

  /** Runs one request and returns its reply. */
  async execute(request: Message): Promise<ExecuteReply> {
    const { silent, store_history: storeHistory, user_expressions: expressions } = request.content
    const code = String(request.content.code ?? '')
    const counts = silent !== true && storeHistory !== false
    if (counts) this.#count++
    const cell = new Cell(request, counts ? `cell [${this.#count}]` : 'cell')
    this.#publish(cell, 'execute_input', { code, execution_count: this.#count })
    const error = await this.#run(cell, code)
    if (error !== undefined) this.#publish(cell, 'error', error)
    return {
      status: error === undefined ? 'ok' : 'error',
      execution_count: this.#count,
      ...error,
      user_expressions: error === undefined ? await this.#evaluateAll(request, expressions) : {},
      payload: [],
    }
  }

  /** Runs a cell and shows its result; returns what went wrong. */
  async #run(cell: Cell, code: string): Promise<ErrorContent | undefined> {
    this.#running = cell
    try {
      const outcome = await this.#evaluator.run(cell, code)
      if (outcome.kind === 'value') await this.#showResult(cell, outcome.value)
      await untilInterrupted(cell, Promise.all(cell.pending))
      return cell.signal.aborted ? interruptedContent : errorOf(outcome, code, cell)
    } finally {
      this.#running = undefined
    }
  }

  async #showResult(cell: Cell, value: unknown): Promise<void> {
    if (value === undefined || value instanceof Shown || cell.silent) return
    const data = await untilInterrupted(
      cell,
      runInCell(cell, () => describeValue(value)),
    )
    if (cell.signal.aborted) return
    this.#publish(cell, 'execute_result', { execution_count: this.#count, data, metadata: {} })
  }

  async #evaluateAll(request: Message, expressions: unknown): Promise<Record<string, unknown>> {
    const results: Record<string, unknown> = {}
    if (!isRecord(expressions)) return results
    for (const [name, expression] of Object.entries(expressions)) {
      const code = String(expression)
      const cell = new Cell(request, `user_expressions.${name}`)
      this.#running = cell
      const outcome = await this.#evaluator.run(cell, code)
      const error = errorOf(outcome, code, cell)
      const value = outcome.kind === 'value' ? outcome.value : undefined
      results[name] =
        error === undefined
          ? { status: 'ok', data: await describeValue(value), metadata: {} }
          : { status: 'error', ...error }
    }
    this.#running = undefined
    return results
  }

  #publish(cell: Cell, type: string, content: object): void {
    if (!cell.silent) this.#iopub.publish(cell.request.header, type, content)
  }
}

function errorOf(outcome: Outcome, code: string, cell: Cell): ErrorContent | undefined {
  if (outcome.kind === 'interrupted') return interruptedContent
  return outcome.kind === 'thrown' ? errorContent(outcome.thrown, code, cell.label) : undefined
}

/** Waits for `work`, but no longer than until the person interrupts. */
async function untilInterrupted<T>(cell: Cell, work: T | Promise<T>): Promise<T | undefined> {
  const { promise, stop } = onAbort(cell.signal)
  try {
    return await Promise.race([work, promise.then(() => undefined)])
  } finally {
    stop()
  }
}
