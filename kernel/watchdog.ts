import { ChildProcess } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import type { Connection } from './connection.js'
import type { UnsentMark } from './iopub.js'
import { log } from './log.js'
import type { Header } from './message.js'
import { StopGate } from './stop-gate.js'
import {
  type FromWatchdog,
  gateName,
  headerOffset,
  sharedBytes,
  slot,
  type ToWatchdog,
  type WatchdogStart,
  wordNow,
} from './watchdog-protocol.js'

/** The thread needs little, and what it may take it takes, megabytes. */
const threadLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 24, stackSizeMb: 1 }
/** How long the last replies may take to leave, milliseconds. */
const flushWithinMs = 1_000

/** How long the thread may take to end, milliseconds. */
const endWithinMs = 5_000

/** What the watchdog hands to the kernel. */
export interface WatchdogEvents {
  /** A message came on the control channel. */
  control(frames: Buffer[]): void
  /** SIGINT, heard by the watchdog. */
  interrupt(): void
  /** A cell has printed something, and has not let the event loop turn since. */
  flushText(): void
  /** The process that started this one has ended. */
  orphaned(): void
  /** The channels are not to be had. */
  failed(message: string): void
}

/** A cell as the threads know it. */
export interface AskedCell {
  number: number
  askedAt: number
}

/**
 * A second thread that answers whatever the kernel's own is doing: it holds the heartbeat and the control channel,
 * and stops code that would never end. It starts after the first reply, which should not wait for it.
 */
export class Watchdog {
  readonly #start: WatchdogStart
  readonly #events: WatchdogEvents
  readonly #words: Int32Array
  readonly #header: Buffer
  #thread: Worker | undefined
  #cells = 0
  #onSent = () => {}

  constructor(connection: Connection, parent: number | undefined, events: WatchdogEvents) {
    const shared = new SharedArrayBuffer(sharedBytes)
    this.#words = new Int32Array(shared)
    this.#header = Buffer.from(shared, headerOffset)
    this.#start = { connection, parent, shared }
    this.#events = events
  }

  /** Starts the thread, if it does not run. */
  start(): void {
    if (this.#thread !== undefined) return
    const stopGate = new StopGate(this.#start.shared, () => this.#events.flushText())
    Object.defineProperty(globalThis, gateName, { value: stopGate })
    const thread = new Worker(new URL('./watchdog-thread.js', import.meta.url), {
      workerData: this.#start,
      env: {},
      execArgv: [],
      resourceLimits: threadLimits,
    })
    this.#thread = thread
    thread.on('message', (message: FromWatchdog) => this.#receive(message))
    thread.on('error', (error) => log(`the watchdog ended: ${error}`))
    thread.unref()
    this.#rememberChildren()
  }

  /** SIGINT, heard by the kernel's own thread: what was sent before a cell was asked for is heard before it begins. */
  receiveSigint(): void {
    if (Atomics.load(this.#words, slot.cell) !== 0) this.#events.interrupt()
  }

  /** Sends a reply on the control channel. */
  send(frames: Buffer[]): void {
    this.#post({ kind: 'reply', frames })
  }

  /** Resolves when every reply has left, or could not in time. */
  async drained(): Promise<void> {
    if (this.#thread === undefined) return
    const sent = new Promise<void>((resolve) => {
      this.#onSent = resolve
    })
    this.#post({ kind: 'flush' })
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, flushWithinMs))])
  }

  /** Ends the thread: a process that exits around its open sockets aborts. */
  async close(): Promise<void> {
    const thread = this.#thread
    if (thread === undefined) return
    const ended = new Promise((resolve) => thread.once('exit', resolve))
    this.#post({ kind: 'end' })
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, endWithinMs))])
  }

  /** While text is marked here, and the event loop does not turn, `flushText` is called. */
  readonly unsentText: UnsentMark = {
    begins: () => void Atomics.store(this.#words, slot.unsentSince, wordNow() || 1),
    ends: () => void Atomics.store(this.#words, slot.unsentSince, 0),
  }

  /** A cell is asked for: a SIGINT from now on may be meant for it. */
  cellAsked(): AskedCell {
    return { number: ++this.#cells, askedAt: wordNow() }
  }

  /** From here on a cell runs: the thread can speak in its name. */
  cellBegins(header: Header, { number, askedAt }: AskedCell): void {
    const length = this.#header.write(JSON.stringify(header))
    Atomics.store(this.#words, slot.headerLength, length < this.#header.length ? length : 0)
    Atomics.store(this.#words, slot.askedAt, askedAt)
    Atomics.store(this.#words, slot.cell, number)
  }

  cellEnds(): void {
    Atomics.store(this.#words, slot.cell, 0)
    Atomics.store(this.#words, slot.headerLength, 0)
  }

  // Callbacks, not promises: an interrupt may drop whatever promises were about to settle.
  #receive(message: FromWatchdog): void {
    switch (message.kind) {
      case 'control':
        this.#post({ kind: 'heard', serial: message.serial })
        this.#events.control(message.frames.map((frame) => Buffer.from(frame)))
        break
      case 'interrupt':
        this.#post({ kind: 'heard', serial: message.serial })
        // A signal sent between two cells is not for the later one, however late it is heard.
        if (message.cell === Atomics.load(this.#words, slot.cell)) this.#events.interrupt()
        break
      case 'sent':
        this.#onSent()
        break
      case 'orphaned':
        this.#events.orphaned()
        break
      case 'failed':
        this.#events.failed(message.message)
        break
    }
  }

  #post(message: ToWatchdog): void {
    this.#thread?.postMessage(message)
  }

  /** An interrupt ends the children that the kernel waits for (`execSync`), never those in the background. */
  #rememberChildren(): void {
    const remember = (pid: number | undefined) => {
      if (pid !== undefined) this.#post({ kind: 'child', pid })
    }
    const spawn: unknown = Reflect.get(ChildProcess.prototype, 'spawn')
    if (typeof spawn !== 'function') return
    Reflect.set(ChildProcess.prototype, 'spawn', function (this: ChildProcess, ...options: unknown[]) {
      const result: unknown = Reflect.apply(spawn, this, options)
      remember(this.pid)
      return result
    })
  }
}
