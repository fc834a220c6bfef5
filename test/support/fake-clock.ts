import { setImmediate as macrotask } from 'node:timers/promises'
import type { Clock } from '../../src/clock.js'
import { XdrError } from '../../src/errors.js'

export interface FakeClock extends Clock {
  /** Every wait that was asked for, milliseconds, in order. */
  readonly waits: readonly number[]
  /** Moves time on and calls what falls due. */
  advance(ms: number): void
  /** Runs when the wait with this number (the first is 1) begins, before it is over. */
  during(wait: number, action: () => Promise<void> | void): void
}

/** Time that jumps: a `sleep` is over at once, but everything due before its end has been called. */
export function fakeClock(startMs: number = Date.now()): FakeClock {
  const waits: number[] = []
  const actions = new Map<number, () => Promise<void> | void>()
  const timers = new Set<{ dueMs: number; action: () => void }>()
  let elapsedMs = 0

  const advance = (ms: number) => {
    const endMs = elapsedMs + ms
    for (;;) {
      const [next] = [...timers].filter((t) => t.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)
      if (next === undefined) break
      timers.delete(next)
      elapsedMs = Math.max(elapsedMs, next.dueMs)
      next.action()
    }
    elapsedMs = endMs
  }

  const stopIfAborted = (signal: AbortSignal | undefined) => {
    if (signal?.aborted) throw new XdrError('XDR_ABORTED', 'the wait was cancelled', { hint: 'run it again' })
  }

  return {
    waits,
    advance,
    during: (wait, action) => void actions.set(wait, action),
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: async (waitMs, signal) => {
      stopIfAborted(signal)
      waits.push(waitMs)
      await actions.get(waits.length)?.()
      await macrotask()
      stopIfAborted(signal)
      advance(waitMs)
      stopIfAborted(signal)
    },
    after: (waitMs, action) => {
      const timer = { dueMs: elapsedMs + waitMs, action }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
  }
}
