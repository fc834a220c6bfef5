import type { Clock } from '../clock.js'
import { abortedError } from '../errors.js'

/** A signal that follows another one with a delay, so that what is on its way can still arrive. */
export function afterwards(
  signal: AbortSignal | undefined,
  waitMs: number,
  clock: Clock,
): AbortSignal | undefined {
  if (signal === undefined) return undefined
  const later = new AbortController()
  const onAbort = () => void clock.after(waitMs, () => later.abort())
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return later.signal
}

/**
 * The result of shared work, for a caller who may leave: the work goes on.
 *
 * @throws XdrError `XDR_ABORTED`, or what the work ends with
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortedError('the sign-in'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
