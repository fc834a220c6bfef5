import { setTimeout as delay } from 'node:timers/promises'
import { types } from 'node:util'
import { type Cell, runInCell } from './cell.js'
import { hostName } from './lift.js'
import { loweringHelpers, loweringName } from './lowering.js'
import type { ModuleHost } from './modules.js'
import { lastValue, prepareScript, startScript } from './repl.js'
import { StackMapper } from './stacks.js'
import { CellCompiler } from './transform.js'
import { untilAborted } from './until-aborted.js'

/**
 * How long an interrupted cell may take to tidy up, as waits of so many milliseconds: a machine that stands still for a
 * moment uses up one of them. A sign-in replaces its address and code then, a reading says where it stopped; once the
 * cell is idle, front ends take no more updates of its displays.
 */
const interruptGrace = { waits: 10, ms: 25 }

/** How a cell ended. */
export type Outcome =
  | { kind: 'value'; value: unknown }
  /** It has no result: its last statement is not an expression. */
  | { kind: 'nothing' }
  | { kind: 'thrown'; thrown: unknown }
  | { kind: 'interrupted' }

/** Evaluates cells in V8's REPL mode, in this thread: one shared scope, redeclarable, with top-level `await`. */
export class Evaluator {
  readonly #compiler = new CellCompiler()
  readonly #stacks = new StackMapper()

  constructor(modules: ModuleHost) {
    this.#stacks.install()
    const { import: importModule, names, meta, constant } = modules
    Object.defineProperty(globalThis, hostName, {
      value: Object.freeze({ import: importModule, names, meta, constant }),
    })
    Object.defineProperty(globalThis, loweringName, { value: loweringHelpers, configurable: true })
  }

  /** Lets the compiler load what it loads with its first cell, which may come after many that need none. */
  warmUp(): void {
    new CellCompiler().compile('const ready: boolean = true')
  }

  /** Runs one cell to its end, or to its interruption: then what it still yields is dropped. */
  async run(cell: Cell, source: string): Promise<Outcome> {
    try {
      const script = this.#compiler.compile(source)
      const { code, hasResult } = script
      this.#stacks.remember(cell, script)
      const evaluated = this.#evaluate(cell, code, hasResult)
      return await untilAborted(evaluated, cell.interruption, async (): Promise<Outcome> => {
        await settledInGrace(evaluated)
        return { kind: 'interrupted' }
      })
    } catch (thrown) {
      return { kind: 'thrown', thrown }
    } finally {
      // When the reply is on its way.
      setImmediate(prepareScript)
    }
  }

  async #evaluate(cell: Cell, code: string, hasResult: boolean): Promise<Outcome> {
    const expression = `${code}\n//# sourceURL=${cell.scriptName}`
    const outcome = await new Promise<Outcome>((resolve) => {
      // Both in turns of their own: an interrupt that stops the cell drops every promise about to settle in its turn.
      const ended = (outcome: Outcome) => void setImmediate(() => resolve(outcome))
      setImmediate(() => {
        // It may have been interrupted before it began, and nothing would stop it then.
        if (!cell.interruption.aborted) runInCell(cell, () => this.#start(cell, expression, hasResult, ended))
      })
    })
    // REPL mode awaits what the cell awaits, not a promise that is its last value: `xdr.query(…)` alone means its rows.
    return outcome.kind === 'value' && types.isPromise(outcome.value)
      ? { kind: 'value', value: await outcome.value }
      : outcome
  }

  #start(cell: Cell, expression: string, hasResult: boolean, ended: (outcome: Outcome) => void): void {
    const start = startScript(expression)
    if (start.kind === 'stopped') {
      cell.interrupt()
      ended({ kind: 'interrupted' })
    } else if (start.kind === 'refused') {
      ended({ kind: 'thrown', thrown: this.#stacks.placed(start.thrown, start.details, cell) })
    } else {
      start.end.then(
        (settled) =>
          ended(hasResult ? { kind: 'value', value: awaited(lastValue(settled)) } : { kind: 'nothing' }),
        (thrown: unknown) => ended({ kind: 'thrown', thrown }),
      )
    }
  }
}

async function settledInGrace(work: Promise<unknown>): Promise<void> {
  const settled = work.then(
    () => true,
    () => true,
  )
  for (let wait = 0; wait < interruptGrace.waits; wait++) {
    if (await Promise.race([settled, delay(interruptGrace.ms, false, { ref: false })])) return
  }
}

/** Node reports a rejection that nobody awaits by the end of its turn, and the cell's is awaited in a later one. */
function awaited(value: unknown): unknown {
  if (types.isPromise(value)) Promise.prototype.then.call(value, undefined, () => undefined)
  return value
}
