import { AsyncLocalStorage } from 'node:async_hooks'
import { Interruption } from './interruption.js'
import type { Message } from './message.js'
import { scriptPrefix } from './scripts.js'

let serial = 0

/** One execution of a cell: whose it is, what may be asked of it, and how it is stopped. */
export class Cell {
  /** Unique in this process, where execution counts are not: silent cells share them. */
  readonly id = ++serial
  readonly request: Message
  /** As stacks call it: `cell [3]`. */
  readonly label: string
  /** The front end can answer questions. */
  readonly allowStdin: boolean
  /** Nothing is broadcast but the state. */
  readonly silent: boolean
  /** Displays that are still being made; they are shown before the cell ends. */
  readonly pending = new Set<Promise<void>>()
  /** What the person's stop button aborts. */
  readonly interruption = new Interruption()

  constructor(request: Message, label: string) {
    this.request = request
    this.label = label
    this.allowStdin = request.content.allow_stdin === true
    this.silent = request.content.silent === true
  }

  /** The name of its script, as V8 sees it. */
  get scriptName(): string {
    return `${scriptPrefix}cell-${this.id}`
  }

  /** The same for what takes a signal. */
  get signal(): AbortSignal {
    return this.interruption.signal
  }

  interrupt(): void {
    this.interruption.abort()
  }
}

const storage = new AsyncLocalStorage<Cell>()
let latest: Cell | undefined

/** Runs `work` as part of `cell`: whatever it starts, timers included, belongs to that cell. */
export function runInCell<T>(cell: Cell, work: () => T): T {
  latest = cell
  return storage.run(cell, work)
}

/** The cell that the running code belongs to; where the context is lost (native callbacks), the latest one. */
export function activeCell(): Cell | undefined {
  return storage.getStore() ?? latest
}
