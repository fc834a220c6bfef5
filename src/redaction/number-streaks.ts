/** How many bytes the numbers behind each other may be, by their length alone: a longer one is a word or a hash. */
export class NumberStreaks {
  /** Fewer bytes of a secret are not looked for in a list. */
  static readonly leastBytes = 12

  areWorthReading = false
  #bytes = 0
  #pairs = 0
  #halfWords = 0
  #words = 0

  /** Adds a number, behind its prefix. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const digits = end - start
    if (digits === 0) return
    // The last one may be the `n` of a bigint.
    const fewest = bytes[end - 1] === letterN ? digits - 1 : digits
    this.#bytes = fewest <= 3 ? this.#bytes + 1 : 0
    this.#pairs = digits % 2 === 0 && digits <= 8 ? this.#pairs + digits / 2 : 0
    this.#halfWords = digits >= 3 && fewest <= 5 ? this.#halfWords + 2 : 0
    this.#words = digits >= 5 && fewest <= 10 ? this.#words + 4 : 0
    const most = Math.max(this.#bytes, this.#pairs, this.#halfWords, this.#words)
    if (most >= NumberStreaks.leastBytes) this.areWorthReading = true
  }
}

const [backslash, zero, letterN, letterR, letterT, letterU, letterX] = [92, 48, 110, 114, 116, 117, 120]

/**
 * Where in the letters and digits from `start` to `end` the number itself begins: behind `0x`, `\x`, `\u`, `U`, and the
 * letter of a line's end in JSON; `end` where nothing is left.
 */
export function numberStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  const first = bytes[at]
  if (bytes[at - 1] === backslash && (first === letterN || first === letterR || first === letterT)) at++
  if (at === end) return end
  const letter = (bytes[at] as number) | 0x20
  if (bytes[at] === zero && at + 1 < end && ((bytes[at + 1] as number) | 0x20) === letterX) return at + 2
  return letter === letterX || letter === letterU ? at + 1 : at
}
