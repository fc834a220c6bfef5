/** A promise that resolves to the interruption when `signal` aborts; `stop` ends the waiting. */
export function onAbort(signal: AbortSignal): { promise: Promise<{ kind: 'interrupted' }>; stop(): void } {
  let listener = () => {}
  const promise = new Promise<{ kind: 'interrupted' }>((resolve) => {
    listener = () => resolve({ kind: 'interrupted' })
    if (signal.aborted) listener()
    else signal.addEventListener('abort', listener, { once: true })
  })
  return { promise, stop: () => signal.removeEventListener('abort', listener) }
}
