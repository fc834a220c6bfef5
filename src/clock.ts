import { abortedError } from './errors.js'

/** Time as the flows see it; tests hand in their own, so no test waits for real. */
export interface Clock {
  /** Wall clock, milliseconds since 1970 (UTC). For expiry times that are shown or stored. */
  now(): number
  /** Monotonic clock, milliseconds. For deadlines: a changed system time does not move it. */
  monotonicMs(): number
  /** Waits `waitMs`; rejects with `XDR_ABORTED` as soon as `signal` aborts. */
  sleep(waitMs: number, signal?: AbortSignal): Promise<void>
  /** Calls `action` once, `waitMs` from now, unless the returned function is called before; keeps no process alive. */
  after(waitMs: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // Not performance.now(), whose module a short command would load for this alone.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: (waitMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortedError('the wait'))
        return
      }
      const onAbort = () => {
        clearTimeout(timer)
        reject(abortedError('the wait'))
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, waitMs)
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
  after: (waitMs, action) => {
    const timer = setTimeout(action, waitMs).unref()
    return () => clearTimeout(timer)
  },
}
