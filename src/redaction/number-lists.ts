import { Collector } from './collector.js'
import type { SpeltText } from './letter-lists.js'
import { listCharacters } from './scan-code.js'
import type { Segment } from './scanner.js'

const notListed = 0
const separator = 1
const wordlike = 2
/** A letter that is no digit of a number but stands in front of it; also wordlike. */
const marking = 3
const kindOf = new Uint8Array(256)
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  if (listCharacters.test(character)) kindOf[code] = /[^\W_]/.test(character) ? wordlike : separator
  if (/[xuXU]/.test(character)) kindOf[code] = marking
}

/** How many bytes the numbers behind each other may be, by their lengths; a longer one is a hash or an id. */
class Streaks {
  most = 0
  #bytes = 0
  #pairs = 0
  #halfWords = 0
  #words = 0

  /** @param isMarked with a sign before its digits, as hex ones have (`0x`, `u`) */
  add(length: number, isMarked: boolean): void {
    // A sign may be a part of it, and the `n` of a bigint.
    this.#pairs = isMarked || (length % 2 === 0 && length <= 8) ? this.#pairs + ((length + 1) >> 1) : 0
    this.#bytes = length <= 4 ? this.#bytes + 1 : 0
    this.#halfWords = length >= 3 && length <= 6 ? this.#halfWords + 2 : 0
    this.#words = length >= 5 && length <= 11 ? this.#words + 4 : 0
    this.most = Math.max(this.most, this.#pairs, this.#bytes, this.#halfWords, this.#words)
  }
}

/**
 * Where the list around `at` ends, which begins at `floor` or behind it, and whether its numbers may be as
 * many bytes as `fewest`. What goes on where the segment ends counts as one that may.
 */
export function listIn(
  { bytes, length }: Segment,
  at: number,
  floor: number,
  fewest: number,
): { end: number; isWorthReading: boolean } {
  let start = at
  while (start > floor && kindOf[bytes[start - 1] as number] !== notListed) start--
  const streaks = new Streaks()
  let number = 0
  let isMarked = false
  let end = start
  for (; end < length; end++) {
    const kind = kindOf[bytes[end] as number] as number
    if (kind >= wordlike) {
      // The letter of a line's end in JSON is none of the number's.
      if (number > 0 || bytes[end - 1] !== backslash || kind === marking) number++
      if (kind === marking) isMarked = true
    } else if (number > 0) {
      streaks.add(number, isMarked)
      number = 0
      isMarked = false
    }
    if (kind === notListed) break
  }
  return { end, isWorthReading: streaks.most >= fewest || start === 0 || end === length }
}

/** The list around `at` in a text, whole, but for what is before `floor`. */
export function listAround(text: string, at: number, floor: number): { start: number; end: number } {
  let start = at
  while (start > floor && isOfList(text, start - 1)) start--
  let end = at
  while (end < text.length && isOfList(text, end)) end++
  return { start, end }
}

function isOfList(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code < 256 && kindOf[code] !== notListed
}

/** Reads lists of numbers, in each way that they can be; made once, since most lists are short. */
export class ListReader {
  /** A byte each: `101, 121`. */
  readonly #decimals = new Collector()
  /** The same of numbered fields: `{ "0": 101, "1": 121 }`. */
  readonly #fields = new Collector()
  /** Two or four bytes each, the last one first: what typed arrays show on nearly all machines. */
  readonly #halfWords = new Collector()
  readonly #words = new Collector()
  /** `\145\171` */
  readonly #octals = new Collector()
  /** `01100101 01111001` */
  readonly #bits = new Collector()
  /** Pairs of digits; four or eight are bytes behind each other, as dumps have them. */
  readonly #hex = new Collector()
  /** The same with the last byte first, as `od` has them. */
  readonly #swappedHex = new Collector()
  readonly #all = [
    this.#decimals,
    this.#fields,
    this.#halfWords,
    this.#words,
    this.#octals,
    this.#bits,
    this.#hex,
    this.#swappedHex,
  ]

  /**
   * The bytes that the numbers of a list stand for, where they are as many as `fewest`; what is no number in
   * one way ends a list, and begins another.
   */
  read(text: string, start: number, end: number, fewest: number): SpeltText[] {
    const bytes = Buffer.from(text.slice(start, end), 'latin1')
    const lists: SpeltText[] = []
    for (const collector of this.#all) collector.begin(fewest, start, lists)
    for (let at = 0; at < bytes.length; ) {
      if (!isWordlike(bytes[at])) {
        at++
        continue
      }
      const from = at
      while (isWordlike(bytes[at])) at++
      const number = numberStart(bytes, from, at)
      if (number === at) continue
      this.#addNumber(bytes, number, at, isAfterColon(bytes, from))
      this.#addHex(bytes, number, at)
    }
    for (const collector of this.#all) collector.end()
    return lists
  }

  #addNumber(bytes: Uint8Array, start: number, end: number, isField: boolean): void {
    // An `n` is the end of a bigint.
    const value = readDecimal(bytes, start, bytes[end - 1] === letterN ? end - 1 : end)
    const isByte = value >= 0 && value < 0x100
    if (isByte) this.#decimals.add(value, start, end)
    else this.#decimals.end()
    if (isField && isByte) this.#fields.add(value, start, end)
    else if (isField) this.#fields.end()
    if (value >= 0x100 && value < 0x1_0000) addBytes(this.#halfWords, value, 2, start, end)
    else this.#halfWords.end()
    if (value >= 0x1_0000) addBytes(this.#words, value, 4, start, end)
    else this.#words.end()
    addDigits(this.#octals, bytes, start, end, { count: 3, base: 8 })
    addDigits(this.#bits, bytes, start, end, { count: 8, base: 2 })
  }

  #addHex(bytes: Uint8Array, start: number, end: number): void {
    if (!isHex(bytes, start, end)) {
      this.#hex.end()
      this.#swappedHex.end()
      return
    }
    for (let at = start; at < end; at += 2) this.#hex.add(byteAt(bytes, at), at, at + 2)
    if (end - start === 2) this.#swappedHex.end()
    else for (let at = end - 2; at >= start; at -= 2) this.#swappedHex.add(byteAt(bytes, at), start, end)
  }
}

function isWordlike(code: number | undefined): boolean {
  return code !== undefined && (kindOf[code] as number) >= wordlike
}

function addBytes(collector: Collector, value: number, count: number, start: number, end: number): void {
  for (let i = 0; i < count; i++) collector.add((value >>> (8 * i)) & 0xff, start, end)
}

/** Up to 32 bits; -1 for what is none. */
function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  if (start === end || end - start > 10) return -1
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value < 2 ** 32 ? value : -1
}

/** A byte of exactly so many digits to another base. */
function addDigits(
  collector: Collector,
  bytes: Uint8Array,
  start: number,
  end: number,
  { count, base }: { count: number; base: number },
): void {
  let value = end - start === count ? 0 : -1
  for (let at = start; at < end && value >= 0; at++) {
    const digit = (bytes[at] as number) - 0x30
    value = digit >= 0 && digit < base ? value * base + digit : -1
  }
  if (value >= 0 && value < 0x100) collector.add(value, start, end)
  else collector.end()
}

function isHex(bytes: Uint8Array, start: number, end: number): boolean {
  if ((end - start) % 2 === 1 || end - start > 8) return false
  for (let at = start; at < end; at++) if (hexDigit(bytes[at] as number) < 0) return false
  return true
}

function byteAt(bytes: Uint8Array, at: number): number {
  return hexDigit(bytes[at] as number) * 16 + hexDigit(bytes[at + 1] as number)
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function isAfterColon(bytes: Uint8Array, at: number): boolean {
  let before = at - 1
  while (bytes[before] === 0x20) before--
  return bytes[before] === 0x3a
}

const [backslash, zero, letterN, letterR, letterT, letterU, letterX] = [92, 48, 110, 114, 116, 117, 120]

/**
 * Where in the letters and digits from `start` to `end` the number itself begins: behind `0x`, `\x`, `\u`, `U`, and the
 * letter of a line's end in JSON; `end` where nothing is left.
 */
function numberStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  const first = bytes[at]
  if (bytes[at - 1] === backslash && (first === letterN || first === letterR || first === letterT)) at++
  if (at === end) return end
  const letter = (bytes[at] as number) | 0x20
  if (bytes[at] === zero && at + 1 < end && ((bytes[at + 1] as number) | 0x20) === letterX) return at + 2
  return letter === letterX || letter === letterU ? at + 1 : at
}
