import type { Clock } from '../clock.js'

/** Holds back every request of one sign-in while the server asks for a pause. */
export interface RateGate {
  /** The server asked for a pause of `waitMs`, milliseconds. */
  close(waitMs: number): void
  /** Waits until no pause is asked for. */
  pass(signal: AbortSignal | undefined): Promise<void>
}

const gates = new WeakMap<object, RateGate>()

/**
 * The one gate of a sign-in: where many requests are under way at once, a 429 to one of them stops them all, in place
 * of each running into its own.
 *
 * @param owner what its clients have in common
 */
export function rateGateOf(owner: object, clock: Clock): RateGate {
  const known = gates.get(owner)
  if (known !== undefined) return known
  const gate = createGate(clock)
  gates.set(owner, gate)
  return gate
}

function createGate(clock: Clock): RateGate {
  let opensAtMs = Number.NEGATIVE_INFINITY
  return {
    close: (waitMs) => {
      opensAtMs = Math.max(opensAtMs, clock.monotonicMs() + waitMs)
    },
    pass: async (signal) => {
      for (
        let leftMs = opensAtMs - clock.monotonicMs();
        leftMs > 0;
        leftMs = opensAtMs - clock.monotonicMs()
      ) {
        await clock.sleep(leftMs, signal)
      }
    },
  }
}
