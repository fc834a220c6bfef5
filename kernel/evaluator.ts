import { type Runtime, Session } from 'node:inspector'
import { setTimeout as delay } from 'node:timers/promises'
import { types } from 'node:util'
import { type Cell, runInCell } from './cell.js'
import { hostName } from './lift.js'
import { loweringHelpers, loweringName } from './lowering.js'
import type { ModuleHost } from './modules.js'
import { StackMapper } from './stacks.js'
import { CellCompiler } from './transform.js'
import { untilAborted } from './until-aborted.js'

/**
 * How long an interrupted cell may take to tidy up, milliseconds. A sign-in replaces its address and code then; once
 * the cell is idle, front ends take no more updates of its displays.
 */
const interruptGraceMs = 250

/** How a cell ended. */
export type Outcome =
  | { kind: 'value'; value: unknown }
  /** It has no result: its last statement is not an expression. */
  | { kind: 'nothing' }
  | { kind: 'thrown'; thrown: unknown }
  | { kind: 'interrupted' }

/** V8's answer, and the value or the exception itself. */
interface Answer {
  details: Runtime.ExceptionDetails | undefined
  taken: unknown
}

/** Evaluates cells in V8's REPL mode, in this thread: one shared scope, redeclarable, with top-level `await`. */
export class Evaluator {
  readonly #session = new Session()
  readonly #compiler = new CellCompiler()
  readonly #stacks = new StackMapper()
  readonly #boxId: string
  #received: unknown

  constructor(modules: ModuleHost) {
    this.#session.connect()
    this.#stacks.install()
    const { import: importModule, names, meta, constant } = modules
    Object.defineProperty(globalThis, hostName, {
      value: Object.freeze({ import: importModule, names, meta, constant }),
    })
    Object.defineProperty(globalThis, loweringName, { value: loweringHelpers, configurable: true })
    this.#boxId = this.#makeBox()
  }

  /** Runs one cell to its end, or to its interruption: then what it still yields is dropped. */
  async run(cell: Cell, source: string): Promise<Outcome> {
    try {
      const script = this.#compiler.compile(source)
      const { code, hasResult } = script
      this.#stacks.remember(cell, script)
      const evaluated = this.#evaluate(cell, code, hasResult)
      return await untilAborted(evaluated, cell.signal, async (): Promise<Outcome> => {
        await Promise.race([
          evaluated.catch(() => undefined),
          delay(interruptGraceMs, undefined, { ref: false }),
        ])
        return { kind: 'interrupted' }
      })
    } catch (thrown) {
      if (!isTermination(thrown)) return { kind: 'thrown', thrown }
      cell.interrupt()
      return { kind: 'interrupted' }
    } finally {
      // Or every result of the session stays reachable by its object id, and memory grows.
      this.#session.post('Runtime.releaseObjectGroup', { objectGroup: cell.scriptName })
    }
  }

  async #evaluate(cell: Cell, code: string, hasResult: boolean): Promise<Outcome> {
    const params: Runtime.EvaluateParameterType & { replMode: boolean } = {
      expression: `${code}\n//# sourceURL=${cell.scriptName}`,
      objectGroup: cell.scriptName,
      replMode: true,
      awaitPromise: true,
    }
    const { details, taken } = await new Promise<Answer>((resolve, reject) => {
      const answered = (error: Error | null, answer: Runtime.EvaluateReturnType) => {
        const settle = error === null ? this.#settle(answer, hasResult, resolve) : () => reject(error)
        setImmediate(settle)
      }
      // Both in turns of their own: an interrupt that stops the cell drops every promise about to settle in its turn.
      setImmediate(() => {
        // It may have been interrupted before it began, and nothing would stop it then.
        if (!cell.signal.aborted)
          runInCell(cell, () => this.#session.post('Runtime.evaluate', params, answered))
      })
    })
    if (details !== undefined) return { kind: 'thrown', thrown: this.#stacks.placed(taken, details, cell) }
    if (!hasResult) return { kind: 'nothing' }
    // REPL mode awaits what the cell awaits, not a promise that is its last value: `xdr.query(…)` alone means its rows.
    return { kind: 'value', value: types.isPromise(taken) ? await taken : taken }
  }

  #settle(
    { result, exceptionDetails: details }: Runtime.EvaluateReturnType,
    hasResult: boolean,
    resolve: (answer: Answer) => void,
  ): () => void {
    const remote = details === undefined ? result : (details.exception ?? { type: 'undefined' })
    const taken = hasResult || details !== undefined ? this.#take(remote) : undefined
    // Node reports a rejection that nobody awaits by the end of its turn, and we await it in a later one.
    if (types.isPromise(taken)) Promise.prototype.then.call(taken, undefined, () => undefined)
    return () => resolve({ details, taken })
  }

  /** The value behind a remote object: handed to a function of ours, since the protocol itself carries only ids. */
  #take(remote: Runtime.RemoteObject): unknown {
    const { objectId, unserializableValue, value } = remote
    const argument: Runtime.CallArgument =
      objectId !== undefined
        ? { objectId }
        : unserializableValue !== undefined
          ? { unserializableValue }
          : { value }
    this.#session.post('Runtime.callFunctionOn', {
      objectId: this.#boxId,
      functionDeclaration: 'function (value) { this.put(value) }',
      arguments: [argument],
      silent: true,
    })
    const taken = this.#received
    this.#received = undefined
    return taken
  }

  /** An object of ours that V8 knows by id and cells do not know at all. */
  #makeBox(): string {
    const name = `${hostName}box`
    const put = (value: unknown) => {
      this.#received = value
    }
    Object.defineProperty(globalThis, name, { value: { put }, configurable: true })
    let id: string | undefined
    this.#session.post('Runtime.evaluate', { expression: name }, (_error, answer) => {
      id = answer.result.objectId
    })
    Reflect.deleteProperty(globalThis, name)
    if (id === undefined) throw new Error('the inspector gave no object id')
    return id
  }
}

/** V8 was told to stop the cell, and says so before the kernel has heard of the interrupt. */
function isTermination(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    thrown.code === 'ERR_INSPECTOR_COMMAND' &&
    /terminated/.test(thrown.message)
  )
}
