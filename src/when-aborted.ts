interface Waiting {
  actions: Set<() => void>
  listener: () => void
}

const waiting = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls `action` once when the signal aborts. The signal gets one listener, however many wait for it: the stop button
 * of a notebook has every request that is on its way, and Node warns of a leak from the eleventh on.
 *
 * @param signal not aborted yet
 * @returns leaves it alone from then on; without that, a signal joined of others would live as long as they do
 */
export function whenAborted(signal: AbortSignal, action: () => void): () => void {
  const { actions, listener } = waiting.get(signal) ?? listen(signal)
  actions.add(action)
  return () => {
    if (!actions.delete(action) || actions.size > 0) return
    signal.removeEventListener('abort', listener)
    waiting.delete(signal)
  }
}

function listen(signal: AbortSignal): Waiting {
  const actions = new Set<() => void>()
  const listener = () => {
    for (const action of actions) action()
  }
  const made = { actions, listener }
  waiting.set(signal, made)
  signal.addEventListener('abort', listener, { once: true })
  return made
}
