import { Session } from 'node:inspector'
import { signalChildren } from './children.js'
import { gate, gateName, slot } from './watchdog-protocol.js'

/** The kernel's thread confirms at once what it hears, unless it is busy, milliseconds. */
const confirmWithinMs = 40
/** Between two attempts, milliseconds. */
const againAfterMs = 10
/** The same where text is to be sent, milliseconds. */
const flushAgainAfterMs = 3
/** How long one attempt waits for the kernel's thread to come by, milliseconds. */
const comeByWithinMs = 100
/** After this, code of the kernel's own is stopped as well, milliseconds. */
const forceAfterMs = 1_000
/** A thread that has not come by for this long is inside a native call, which may wait for a child, milliseconds. */
const childrenAfterMs = 300
const childrenAgainAfterMs = 900
/** A cell that has heard of its interrupt and runs on after this is stuck once more, milliseconds. */
const stuckAfterMs = 1_500
/** A person who pressed stop is told after this that it cannot be done, milliseconds. */
const noticeAfterMs = 1_500

const cannotStop =
  'KeyboardInterrupt: this cell is inside a native call that cannot be interrupted (such as a large sort, or a synchronous ' +
  'crypto, zlib or file operation). It stops when the call returns; to stop it now, restart the kernel.\n'

/** Stops what the kernel's thread runs, by V8's own means, from another thread. */
export class Stopper {
  readonly #session = new Session()
  readonly #words: Int32Array
  readonly #spared: ReadonlySet<number>
  readonly #notice: (text: string) => void
  /** An attempt that the kernel's thread has not come by for. */
  #asking = false
  #wanted = 0
  #heard = 0
  #presses = 0
  #isStopping = false
  #isFlushing = false

  constructor(words: Int32Array, spared: ReadonlySet<number>, { notice }: { notice(text: string): void }) {
    this.#words = words
    this.#spared = spared
    this.#notice = notice
    this.#session.connectToMainThread()
  }

  /** The latest number that the kernel has confirmed. */
  get lastHeard(): number {
    return this.#heard
  }

  /** Lets go of the kernel's thread, which could not end otherwise. */
  close(): void {
    this.#session.disconnect()
  }

  /** The kernel's thread has confirmed the message of this number. */
  heard(serial: number): void {
    this.#heard = Math.max(this.#heard, serial)
  }

  /** What runs is to stop, unless the kernel's thread confirms message `serial` shortly and does it itself. */
  press(serial: number): void {
    this.#wanted = serial
    this.#presses++
    if (!this.#isStopping) void this.#stop()
  }

  /** The kernel's thread is to send what was printed, in the midst of what it runs; not everywhere it can. */
  flushText(attempts = 20): void {
    if (this.#isStopping || this.#isFlushing) return
    this.#isFlushing = true
    this.#call('flushText()', () => {
      this.#isFlushing = false
      if (Atomics.load(this.#words, slot.unsentSince) === 0 || attempts === 1) return
      setTimeout(() => this.flushText(attempts - 1), flushAgainAfterMs)
    })
  }

  async #stop(): Promise<void> {
    this.#isStopping = true
    let presses = this.#presses
    let began = performance.now()
    let cell = Atomics.load(this.#words, slot.cell)
    let signals = 0
    let isTold = false
    let hasHeard = false
    let wasAway = false
    let returns = 0
    for (let wait = confirmWithinMs; ; ) {
      await new Promise((resolve) => setTimeout(resolve, wait))
      if (presses !== this.#presses) {
        ;[presses, began, isTold, hasHeard] = [this.#presses, performance.now(), false, false]
        cell = Atomics.load(this.#words, slot.cell)
      }
      if (this.#heard >= this.#wanted && !hasHeard) {
        if (cell === 0 || cell !== Atomics.load(this.#words, slot.cell)) break
        if (performance.now() - began < stuckAfterMs) continue
        ;[began, hasHeard] = [performance.now(), true]
      }
      if (hasHeard && cell !== Atomics.load(this.#words, slot.cell)) break
      const waitedMs = performance.now() - began
      // Back from a native call, it may be about to end by itself; V8 takes it ill to be stopped right then. What
      // goes into the next such call is stopped when it comes back from that one.
      if (wasAway && !this.#asking) {
        wasAway = false
        returns++
        wait = confirmWithinMs
        continue
      }
      wait = againAfterMs
      const attempt = this.#attempt(waitedMs > forceAfterMs, returns > 0)
      if (attempt === 'not now') wait = 1
      if (attempt === 'elsewhere') wait = confirmWithinMs
      if (attempt !== 'no entry') continue
      wasAway = true
      if (waitedMs > childrenAfterMs && signals === 0) this.#signal(++signals)
      if (waitedMs > childrenAgainAfterMs && signals === 1) this.#signal(++signals)
      if (presses > 1 && signals === 2) this.#signal(++signals)
      if (waitedMs > noticeAfterMs && !isTold) {
        isTold = true
        this.#notice(cannotStop)
      }
    }
    // A question left standing would hold up the kernel's thread, and nobody is there to answer.
    Atomics.compareExchange(this.#words, slot.gate, gate.asked, gate.late)
    this.#presses = 0
    this.#isStopping = false
  }

  /** `execSync` and the like wait for a child: ended, it lets them return. First as Ctrl-C does, then firmly. */
  #signal(time: number): void {
    signalChildren(time === 1 ? 'SIGINT' : time === 2 ? 'SIGTERM' : 'SIGKILL', this.#spared)
  }

  /** `isOpen` leaves the question standing for when the kernel's thread comes by, however late. */
  #attempt(force: boolean, isOpen: boolean): 'stopped' | 'not now' | 'elsewhere' | 'no entry' {
    const words = this.#words
    if (!this.#asking) {
      this.#asking = true
      Atomics.store(words, slot.gate, gate.asked)
      this.#call(`enter(${force})`, () => {
        this.#asking = false
      })
      Atomics.wait(words, slot.gate, gate.asked, comeByWithinMs)
    }
    const found = isOpen
      ? Atomics.load(words, slot.gate)
      : Atomics.compareExchange(words, slot.gate, gate.asked, gate.late)
    if (found === gate.notNow) return 'not now'
    if (found === gate.elsewhere) return 'elsewhere'
    return found === gate.stopping ? 'stopped' : 'no entry'
  }

  /**
   * Not by `Runtime.callFunctionOn`: where V8 stops right inside the gate, that leaves V8 in a state in which
   * it neither stops what runs nor lets anyone ask it to. `Runtime.evaluate` takes such a stop back, and it
   * is tried again.
   */
  #call(call: string, done?: () => void): void {
    this.#session.post('Runtime.evaluate', { expression: `${gateName}.${call}`, silent: true }, done)
  }
}
