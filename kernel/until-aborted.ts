const abortion = Symbol('aborted')

/** What is listened to: an `AbortSignal`, or something lighter. */
export interface Abortable {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * Waits for `work`, but no longer than until `signal` aborts: then it ends as `aborted` does, by value or by throw,
 * and what `work` still yields is dropped.
 */
export async function untilAborted<T, A>(
  work: T | Promise<T>,
  signal: Abortable,
  aborted: () => A | Promise<A>,
): Promise<T | A> {
  let onAbort = () => {}
  const abort = new Promise<typeof abortion>((resolve) => {
    onAbort = () => resolve(abortion)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    const first = await Promise.race([work, abort])
    return first === abortion ? await aborted() : first
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
