/** Less is the way of the answer and the header's whole seconds, or does no harm within a provider's margin. */
const leastSkewMs = 30_000

/** Server time minus ours, milliseconds, by origin: learned from answers, kept for the life of the process. */
const known = new Map<string, number>()

/**
 * How far a server's clock is ahead of ours, from the `Date` header of its answer (RFC 9110 section 6.6.1). Tokens say
 * in the server's time when they end, and proofs have to be of its time.
 *
 * @param now our wall clock when the answer came, milliseconds since 1970
 * @returns milliseconds, below zero for a server that is behind; 0 without a readable header, or for a small difference
 */
export function readSkew(headers: Readonly<Record<string, string>>, now: number): number {
  const date = /^[A-Za-z]{3}, /.test(headers.date ?? '') ? Date.parse(headers.date ?? '') : Number.NaN
  const skewMs = date - now
  return Math.abs(skewMs) >= leastSkewMs ? skewMs : 0
}

/** Keeps what an answer says of its server's clock, for {@link skewOf}. */
export function learnSkew(url: URL, headers: Readonly<Record<string, string>>, now: number): void {
  known.set(url.origin, readSkew(headers, now))
}

/** What is known of a server's clock: milliseconds that it is ahead of ours. */
export function skewOf(url: URL): number {
  return known.get(url.origin) ?? 0
}
