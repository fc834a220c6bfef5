import type { Clock } from '../clock.js'
import { abortedError } from '../errors.js'

/** Does work with a signal that follows another one with a delay, so that what is on its way can still arrive. */
export async function withPatience<T>(
  signal: AbortSignal | undefined,
  graceMs: number,
  clock: Clock,
  work: (patient: AbortSignal) => Promise<T>,
): Promise<T> {
  const later = new AbortController()
  let cancel = () => {}
  const onAbort = () => {
    cancel = clock.after(graceMs, () => later.abort())
  }
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await work(later.signal)
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
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
