import { useComms } from '../src/comm.js'
import { Shown } from '../src/display.js'
import { isRecord } from '../src/record.js'
import { useScreen } from '../src/screen/screen.js'
import { Cell, runInCell } from './cell.js'
import { installCellGlobals, loadResultGlobals } from './cell-globals.js'
import { Comms, installCommGlobal } from './comms.js'
import { installDialogs } from './dialogs.js'
import { describeValue } from './display.js'
import { type ErrorContent, errorContent, interruptedContent } from './errors.js'
import { Evaluator, type Outcome } from './evaluator.js'
import { guardProcess } from './guards.js'
import { History } from './history.js'
import type { Iopub } from './iopub.js'
import type { LanguageWorker } from './language/client.js'
import type { Message } from './message.js'
import { createModuleHost } from './modules.js'
import { createNotebookScreen } from './notebook-screen.js'
import { installPayloadGlobals, type Payload, takePayloads } from './payloads.js'
import { useRedactor } from './redact.js'
import { createRedactor } from './redactor.js'
import { rememberServerTokens } from './server-tokens.js'
import type { Stdin } from './stdin.js'
import { captureStreams } from './streams.js'
import { type Check, TypeChecks } from './type-checks.js'
import { untilAborted } from './until-aborted.js'

/** The first cells of a run should not wait for what they seldom need, milliseconds. */
const loadAheadAfterMs = 300

/** The content of an `execute_reply`. */
export interface ExecuteReply extends Partial<ErrorContent> {
  status: 'ok' | 'error'
  execution_count: number
  user_expressions: Record<string, unknown>
  payload: Payload[]
}

/** How a cell is run. */
export interface RunOptions {
  /**
   * Called and awaited before anything says that the cell has failed: what was sent by then was sent in good faith,
   * what is sent later knows of the failure.
   */
  onFailure?(): Promise<void>
}

/** Runs `execute_request`s, one at a time, and shows what comes of them. */
export class Executor {
  readonly comms: Comms
  readonly history = new History()
  readonly #iopub: Iopub
  readonly #evaluator: Evaluator
  readonly #checks: TypeChecks
  #running: Cell | undefined
  /** The cell of the latest request. */
  #latest: Cell | undefined
  /** Cells that were given up: they say no more of how they ended. */
  readonly #abandoned = new WeakSet<Cell>()
  #count = 0

  /** Takes over the process for cells: its streams, its globals, its screen. Once in a process. */
  constructor(iopub: Iopub, stdin: Stdin, folder: string, worker: LanguageWorker | undefined) {
    const modules = createModuleHost(folder)
    this.#iopub = iopub
    rememberServerTokens()
    useRedactor(createRedactor())
    this.#evaluator = new Evaluator(modules)
    captureStreams(iopub)
    guardProcess(iopub)
    installCellGlobals(iopub, stdin, modules.require)
    installPayloadGlobals()
    installDialogs(stdin)
    useScreen(createNotebookScreen(iopub, stdin))
    this.#checks = new TypeChecks(worker, iopub)
    this.#checks.installGlobal()
    this.comms = new Comms(iopub)
    useComms(this.comms)
    installCommGlobal(this.comms)
    setTimeout(() => {
      this.#evaluator.warmUp()
      void loadResultGlobals()
    }, loadAheadAfterMs)
  }

  /** Stops what runs now; without effect when nothing does. */
  interrupt(): void {
    this.#running?.interrupt()
  }

  /** Ends the running cell's request in its place: it was stopped for good, but kept from saying so. */
  giveUp(request: Message): ExecuteReply {
    if (this.#latest?.request === request) {
      this.#publish(this.#latest, 'error', interruptedContent)
      this.#abandoned.add(this.#latest)
    }
    return {
      status: 'error',
      execution_count: this.#count,
      ...interruptedContent,
      user_expressions: {},
      payload: [],
    }
  }

  /** Runs one request and returns its reply. */
  async execute(request: Message, { onFailure }: RunOptions = {}): Promise<ExecuteReply> {
    const { silent, store_history: storeHistory, user_expressions: expressions } = request.content
    const code = String(request.content.code ?? '')
    const counts = silent !== true && storeHistory !== false
    if (counts) this.#count++
    const cell = new Cell(request, counts ? `cell [${this.#count}]` : 'cell')
    this.#running = cell
    this.#latest = cell
    this.#publish(cell, 'execute_input', { code, execution_count: this.#count })
    // Loaded later, a table would be shown after what the cell prints next.
    if (/display|table|sql/.test(code)) await loadResultGlobals()
    const check = this.#checks.begin(cell, code)
    const { error, shown } = await this.#checkAndRun(cell, code, check)
    if (counts) this.history.add(this.#count, code, shown)
    if (error !== undefined) {
      await onFailure?.()
      this.#publish(cell, 'error', error)
    }
    check?.show()
    return {
      status: error === undefined ? 'ok' : 'error',
      execution_count: this.#count,
      ...error,
      user_expressions: error === undefined ? await this.#evaluateAll(request, expressions) : {},
      payload: takePayloads(cell),
    }
  }

  async #checkAndRun(
    cell: Cell,
    code: string,
    check: Check | undefined,
  ): Promise<{ error: ErrorContent | undefined; shown: string | undefined }> {
    const blocked = await check?.blocked()
    if (blocked === undefined) return await this.#run(cell, code)
    this.#running = undefined
    return { error: blocked, shown: undefined }
  }

  /** Runs a cell and shows its result; returns what went wrong, and the result's text. */
  async #run(
    cell: Cell,
    code: string,
  ): Promise<{ error: ErrorContent | undefined; shown: string | undefined }> {
    try {
      const outcome = await this.#evaluator.run(cell, code)
      const shown = outcome.kind === 'value' ? await this.#showResult(cell, outcome.value) : undefined
      if (cell.pending.size > 0)
        await untilAborted(Promise.all(cell.pending), cell.interruption, () => undefined)
      const error = cell.interruption.aborted ? interruptedContent : errorOf(outcome, code, cell)
      return { error, shown }
    } finally {
      this.#running = undefined
    }
  }

  /** Returns its text. */
  async #showResult(cell: Cell, value: unknown): Promise<string | undefined> {
    if (value === undefined || value instanceof Shown || cell.silent) return undefined
    const described = runInCell(cell, () => describeValue(value))
    const data = await untilAborted(described, cell.interruption, () => undefined)
    if (data === undefined) return undefined
    this.#publish(cell, 'execute_result', { execution_count: this.#count, data, metadata: {} })
    const text = data['text/plain']
    return typeof text === 'string' ? text : undefined
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
    if (!cell.silent && !this.#abandoned.has(cell)) this.#iopub.publish(cell.request.header, type, content)
  }
}

function errorOf(outcome: Outcome, code: string, cell: Cell): ErrorContent | undefined {
  if (outcome.kind === 'interrupted') return interruptedContent
  return outcome.kind === 'thrown' ? errorContent(outcome.thrown, code, cell.label) : undefined
}
