const abortion = Symbol('aborted')

/**
 * Waits for `work`, but no longer than until `signal` aborts: then it ends as `aborted` does, by value or by throw,
 * and what `work` still yields is dropped.
 */
export async function untilAborted<T, A>(
  work: T | Promise<T>,
  signal: AbortSignal,
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
