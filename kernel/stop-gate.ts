import { type Runtime, Session } from 'node:inspector'
import { gate, slot } from './watchdog-protocol.js'

/** The kernel and the library, built or not. */
const ownFolder = new URL('..', import.meta.url).href
/** Stopped half-way through sending, it would lose what the cell has printed. */
const sending = new URL('./iopub.js', import.meta.url).href

/** Node's code that keeps the stack of async ids, and its timers: stopped half-way, it would leave them uneven. */
const bookkeeping =
  /^node:(internal\/)?(async_hooks|timers|linkedlist|priority_queue|async_local_storage|process\/(task_queues|promises))/

/** Stopped by V8 itself, which reports it: and with it whatever it had yet to report. */
const stoppedAtOnce: Runtime.EvaluateParameterType & { timeout: number } = {
  expression: 'for (;;);',
  timeout: 1,
}

/** Why the async ids were cleared; nobody sees it. */
const noError = Symbol('interrupted')

/**
 * Where the watchdog's thread meets the kernel's: V8 calls `enter` in the midst of whatever runs, loops and regular
 * expressions included, and stops it after that.
 *
 * Two traps make it necessary. Node aborts the process (`execution_async_id() == 0`) when code that was called within
 * an async context is terminated, unless its stack of async ids is emptied before; and once more afterwards, for what
 * was still entered on the way to the stop. And a termination must never meet the kernel's own code, which would lose
 * its place.
 */
export class StopGate {
  readonly #words: Int32Array
  readonly #flushText: () => void
  readonly #session = new Session()
  #wasElsewhere = false
  /** V8 has taken a stop, and has not reported it to its end. */
  #isUnreported = false

  constructor(shared: SharedArrayBuffer, flushText: () => void) {
    this.#words = new Int32Array(shared)
    this.#flushText = flushText
    this.#session.connect()
  }

  /**
   * Called in the same way, while a cell computes on after it has printed something. Not within Node's own code: it may
   * be half-way through what sending needs as well, its pool of buffers or its timers.
   */
  flushText(): void {
    const files = runningFiles()
    if (files !== undefined && files[0]?.startsWith('node:') !== true) this.#flushText()
  }

  /** Called by the watchdog through the inspector; `force` stops the kernel's own code as well. */
  enter(force: boolean): void {
    const words = this.#words
    const answer = this.#answer(force)
    if (Atomics.compareExchange(words, slot.gate, gate.asked, answer) !== gate.asked) return
    Atomics.notify(words, slot.gate)
    if (answer !== gate.stopping) return
    clearAsyncIds()
    if (this.#terminate()) return
    // V8 has yet to report a stop that it took back, see startScript(), and takes no other until it has.
    this.#session.post('Runtime.evaluate', stoppedAtOnce)
    this.#terminate()
  }

  /**
   * V8 stops at the next call or turn of a loop, and calls back as soon as it has unwound: before Node looks at its
   * async ids. So nothing may follow.
   */
  #terminate(): boolean {
    let isTaken = true
    this.#isUnreported = true
    this.#session.post('Runtime.terminateExecution', (error) => {
      isTaken = error === null
      clearAsyncIds()
      if (isTaken) this.#isUnreported = false
    })
    return isTaken
  }

  #answer(force: boolean): number {
    const files = runningFiles()
    if (files === undefined) return force ? gate.stopping : gate.notNow
    const [top] = files
    if (top === undefined || bookkeeping.test(top)) return gate.notNow
    // V8 is reporting a stop, by a call with nothing below it. Another one would have it let go of what it reports by,
    // and the process would end in the midst of the report.
    if (this.#isUnreported && files.at(-1)?.startsWith('node:inspector')) return gate.notNow
    if (force) return gate.stopping
    if (files.includes(sending)) return gate.notNow
    const wasElsewhere = this.#wasElsewhere
    this.#wasElsewhere = isElsewhere(files)
    // The cell that goes on after it may be about to hear of the interrupt, and to tidy up.
    return this.#wasElsewhere || wasElsewhere ? gate.elsewhere : gate.stopping
  }
}

/**
 * Nothing of a person's own: a page that is being read, say. What is stopped half-way settles no promise, and whoever
 * waits for it never gets to tidy up; but it ends by itself.
 */
function isElsewhere(files: readonly string[]): boolean {
  return files.every(
    (file) => file.startsWith('node:') || file.startsWith(ownFolder) || file.includes('/node_modules/'),
  )
}

/**
 * The files of the stack below the gate, innermost first; `undefined` where that cannot be known. V8 tells
 * nothing while it is making the stack of an error, and aborts the process when it is stopped right there.
 */
function runningFiles(): string[] | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = Number.POSITIVE_INFINITY
    Error.prepareStackTrace = (_error, frames) => frames
    const frames: unknown = new Error().stack
    if (!Array.isArray(frames)) return undefined
    const files = (frames as NodeJS.CallSite[]).map((frame) => frame.getScriptNameOrSourceURL() ?? '')
    const own = files.findLastIndex((file, at) => at < 4 && file === import.meta.url)
    // Below the gate is the line of the inspector that called it, which has no file.
    return files.slice(own + 1).filter((file) => file !== '')
  } catch {
    return undefined
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * Node empties its stack of async ids when it has handled an uncaught exception, and offers no other way: so it is
 * given one, which a callback of ours takes before anyone hears of it.
 */
function clearAsyncIds(): void {
  const handle: unknown = Reflect.get(process, '_fatalException')
  if (typeof handle !== 'function' || process.hasUncaughtExceptionCaptureCallback()) return
  process.setUncaughtExceptionCaptureCallback(() => {})
  try {
    Reflect.apply(handle, process, [noError, false])
  } finally {
    process.setUncaughtExceptionCaptureCallback(null)
  }
}
