import { type HashMap, hashOfText, hashOfUnits, markGram } from './hash-maps.js'

/** A part of a text that is a secret, or a part of one. */
export interface Region {
  start: number
  end: number
  /** Which form, as it was added. */
  form: number
}

/** Characters that are looked up at once. */
export const gramLength = 8
/** A part of a secret's form that is this long is found wherever it is cut out of it. */
export const shortestFragment = 24
/** Places are looked at so far apart: any fragment reaches over one of them. */
export const fragmentStride = 16
/**
 * Of long forms derived from a secret every third gram is kept (a part of 58 characters holds one that is
 * looked up), of those that are several times as long fewer.
 */
const sparseSteps = [3, 5, 7, 11]
/** The same gram in so many places at most: a hostile text must not make every look-up long. */
const mostEqualGrams = 16
/** Blanks between two lines of one form, as base64 is wrapped. */
const longestWrap = 8

/**
 * Finds parts of any of many long texts in one pass that looks at every 16th place only: all runs of eight characters
 * of the forms are in a hash table, behind a bit map that says "no" for nearly all places.
 */
export class FragmentIndex {
  /** All forms behind each other. */
  #units = new Uint16Array(1 << 12)
  #used = 0
  /** Where each form begins, and where all of them end. */
  readonly #starts: number[] = [0]
  readonly #ids: number[] = []
  /** Positions of grams, plus one; 0 is free. */
  #table = new Int32Array(1 << 12)
  #tableShift = 32 - 12
  #grams = 0
  #bits = new Int32Array(1 << 11)
  #bitShift = 32 - 11

  /** Hashes of eight bytes that may be in a text. */
  get grams(): HashMap {
    return { bytes: new Uint8Array(this.#bits.buffer), shift: this.#bitShift }
  }

  /**
   * Adds a form.
   *
   * @param id given back with what is found
   * @param stretch how many times as long as the secret it is; 0 for the secret itself, of which every part of
   * 24 characters is found
   * @param skipped parts that are no secret: nothing is found by them alone
   * @returns `false` where it repeats itself so much that it cannot be found like this
   */
  add(form: string, id: number, stretch: number, skipped: readonly (readonly [number, number])[]): boolean {
    const start = this.#used
    this.#append(form)
    this.#starts.push(this.#used)
    this.#ids.push(id)
    const sparse = stretch === 0 ? 1 : (sparseSteps[Math.ceil(stretch - 1.5)] ?? 11)
    // A form that is hardly longer than what holds one for certain has all of them.
    const step = form.length < 2 * (sparse * fragmentStride + gramLength) ? 1 : sparse
    const own = new Set<string>()
    let wanted = 0
    for (let at = 0; at + gramLength <= form.length; at += step) {
      if (skipped.some(([from, to]) => at < to && at + gramLength > from)) continue
      wanted++
      own.add(form.slice(at, at + gramLength))
      this.#insert(start + at)
    }
    return own.size * 2 > wanted
  }

  /** The part of a form, of at least `shortest` characters, that reaches over the eight at `at`, not before `floor`. */
  regionAt(text: string, at: number, floor: number, shortest: number): Region | undefined {
    const mask = this.#table.length - 1
    let best: Region | undefined
    for (let slot = hashOfText(text, at) >>> this.#tableShift; ; slot = (slot + 1) & mask) {
      const position = (this.#table[slot] ?? 0) - 1
      if (position < 0) return best
      if (!this.#equals(text, at, position)) continue
      const region = this.#extend(text, at, position, floor, shortest)
      if (region !== undefined && (best === undefined || region.end - region.start > best.end - best.start))
        best = region
    }
  }

  #extend(text: string, at: number, position: number, floor: number, shortest: number): Region | undefined {
    const form = this.#formOf(position)
    const first = this.#starts[form] ?? 0
    const last = this.#starts[form + 1] ?? 0
    const left = this.#walk(text, at, position, -1, floor, first)
    const right = this.#walk(
      text,
      at + gramLength - 1,
      position + gramLength - 1,
      1,
      text.length - 1,
      last - 1,
    )
    if (left.count + right.count + gramLength < Math.min(shortest, last - first)) return undefined
    return { start: left.at, end: right.at + 1, form: this.#ids[form] ?? 0 }
  }

  /** Follows text and form in one direction, over the ends of wrapped lines. */
  #walk(text: string, at: number, position: number, step: 1 | -1, textEnd: number, formEnd: number) {
    const units = this.#units
    let count = 0
    let reached = at
    while (position !== formEnd && (textEnd - at) * step > 0) {
      let next = at + step
      if (text.charCodeAt(next) !== units[position + step]) {
        next = skipWrap(text, next, step)
        if (next === at + step || !this.#goesOn(text, next, position + step, step, formEnd)) break
      }
      at = next
      position += step
      count++
      reached = at
    }
    return { at: reached, count }
  }

  /** A blank and one letter in common prove nothing: four do, or the rest. */
  #goesOn(text: string, at: number, position: number, step: 1 | -1, formEnd: number): boolean {
    for (let i = 0; i < 4; i++) {
      if (text.charCodeAt(at + i * step) !== this.#units[position + i * step]) return false
      if (position + i * step === formEnd) return true
    }
    return true
  }

  #equals(text: string, at: number, position: number): boolean {
    for (let i = 0; i < gramLength; i++)
      if (text.charCodeAt(at + i) !== this.#units[position + i]) return false
    return true
  }

  #formOf(position: number): number {
    let low = 0
    let high = this.#ids.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= position) low = middle
      else high = middle - 1
    }
    return low
  }

  #append(form: string): void {
    const end = this.#used + form.length
    if (end > this.#units.length) {
      const larger = new Uint16Array(Math.max(end, this.#units.length * 2))
      larger.set(this.#units.subarray(0, this.#used))
      this.#units = larger
    }
    for (let i = 0; i < form.length; i++) this.#units[this.#used + i] = form.charCodeAt(i)
    this.#used = end
  }

  /** Without effect where the gram is there often enough already. */
  #insert(position: number): void {
    if (this.#grams * 2 >= this.#table.length) this.#grow()
    const hash = hashOfUnits(this.#units, position)
    const mask = this.#table.length - 1
    let equals = 0
    let slot = hash >>> this.#tableShift
    for (; (this.#table[slot] ?? 0) !== 0; slot = (slot + 1) & mask) {
      const other = (this.#table[slot] ?? 0) - 1
      if (!this.#isSameGram(other, position)) continue
      if (++equals === mostEqualGrams) return
    }
    this.#table[slot] = position + 1
    this.#grams++
    markGram(this.#bits, this.#bitShift, hash)
  }

  #isSameGram(a: number, b: number): boolean {
    for (let i = 0; i < gramLength; i++) if (this.#units[a + i] !== this.#units[b + i]) return false
    return true
  }

  #grow(): void {
    const old = this.#table
    this.#table = new Int32Array(old.length * 2)
    this.#tableShift--
    // Sixteen bits a gram, at least: one of sixty places, at most, is looked up in vain.
    this.#bits = new Int32Array(this.#table.length / 4)
    this.#bitShift = this.#tableShift + 2
    const mask = this.#table.length - 1
    for (const entry of old) {
      if (entry === 0) continue
      const hash = hashOfUnits(this.#units, entry - 1)
      let slot = hash >>> this.#tableShift
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask
      this.#table[slot] = entry
      markGram(this.#bits, this.#bitShift, hash)
    }
  }
}

function skipWrap(text: string, at: number, step: 1 | -1): number {
  let next = at
  for (let skipped = 0; skipped < longestWrap; skipped++, next += step) {
    const code = text.charCodeAt(next)
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0x5c) continue
    // In JSON the end of a line is a backslash and a letter.
    const isLetterOfEscape =
      text.charCodeAt(next - 1) === 0x5c && (code === 0x6e || code === 0x72 || code === 0x74)
    if (!isLetterOfEscape) break
  }
  return next
}
