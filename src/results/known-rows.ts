import type { Shape } from './database-shape.js'
import { rowPattern } from './row-pattern.js'

/** A longer text would be no more than a copy to pay for; a longer row is looked at by itself. */
const windowBytes = 64 * 1024
/** Fewer rows are sooner looked at than a pattern is made. */
const firstPatternRows = 16
/** Few rows are longer: so much of a window may be left behind for the sake of one that it cuts. */
const usualRowBytes = 16 * 1024

/** Knows rows of a shape that was seen before by their pattern. */
export class KnownRows {
  #pattern: RegExp | undefined
  #unknown = 0
  #unknownAtNextPattern = firstPatternRows

  get pattern(): RegExp | undefined {
    return this.#pattern
  }

  /** Takes note of a row that had to be looked at: the pattern is made anew after 16, 32, 64 … of them. */
  learn(shape: Shape): void {
    if (++this.#unknown < this.#unknownAtNextPattern) return
    this.#unknownAtNextPattern *= 2
    this.#pattern = rowPattern(shape)
  }
}

/** Bytes with rows in them, seen through a window as text with one character a byte. */
export class RowWindow {
  readonly #bytes: Buffer
  readonly #known: KnownRows
  #text = ''
  #from = 0

  constructor(bytes: Buffer, known: KnownRows) {
    this.#bytes = bytes
    this.#known = known
  }

  /** @returns where the row that begins at `start` ends; `undefined` for one that is not known */
  endOf(start: number): number | undefined {
    const { pattern } = this.#known
    if (pattern === undefined) return undefined
    const end = this.#match(pattern, start)
    if (end !== undefined || !this.#mayBeCut(start)) return end
    this.#from = start
    this.#text = this.#bytes.toString('latin1', start, start + windowBytes)
    return this.#match(pattern, start)
  }

  #match(pattern: RegExp, start: number): number | undefined {
    const at = start - this.#from
    if (at >= this.#text.length) return undefined
    pattern.lastIndex = at
    return pattern.test(this.#text) ? this.#from + pattern.lastIndex : undefined
  }

  /** Whether the window's end, and not what stands there, may be why a row is not known. */
  #mayBeCut(start: number): boolean {
    const windowEnd = this.#from + this.#text.length
    return windowEnd < this.#bytes.length && windowEnd - start < usualRowBytes
  }
}
