import type { SpeltText } from './letter-lists.js'
import { NumberStreaks, numberStart } from './number-streaks.js'
import { listCharacters } from './scan-code.js'
import type { Segment } from './scanner.js'

const isListed = new Uint8Array(256)
for (let code = 0; code < 128; code++) if (listCharacters.test(String.fromCharCode(code))) isListed[code] = 1

/**
 * Where the list around `at` ends, which begins at `floor` or behind it, and whether its numbers may be enough bytes. What
 * goes on where the segment ends counts as one that may.
 */
export function listIn(segment: Segment, at: number, floor: number): { end: number; isWorthReading: boolean } {
  const { bytes, length } = segment
  let start = at
  while (start > floor && isListed[bytes[start - 1] as number] === 1) start--
  const streaks = new NumberStreaks()
  let end = start
  while (end < length && isListed[bytes[end] as number] === 1) {
    if (isAlphanumeric(bytes[end] as number)) {
      const from = end
      end = endOfWord(bytes, from, length)
      streaks.add(bytes, numberStart(bytes, from, end), end)
    } else end++
  }
  return { end, isWorthReading: streaks.areWorthReading || start === 0 || end === length }
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
  return code < 256 && isListed[code] === 1
}

/** Ways to read a number; what is none in one of them ends the list that is read so, and begins another. */
interface Collectors {
  /** A byte each: `101, 121`. */
  decimals: Collector
  /** The same of numbered fields: `{ "0": 101, "1": 121 }`. */
  fields: Collector
  /** Two or four bytes each, the last one first: what typed arrays show on nearly all machines. */
  halfWords: Collector
  words: Collector
  /** `\145\171` */
  octals: Collector
  /** `01100101 01111001` */
  bits: Collector
  /** Pairs of digits; four or eight are bytes behind each other, as dumps have them. */
  hex: Collector
  /** The same with the last byte first, as `od` has them. */
  swappedHex: Collector
}

/** The bytes that the numbers of a list stand for, read in each way that they can be. */
export function readLists(text: string, start: number, end: number): SpeltText[] {
  const bytes = Buffer.from(text.slice(start, end), 'latin1')
  const lists: SpeltText[] = []
  const collector = () => new Collector(start, lists)
  const collectors: Collectors = {
    decimals: collector(),
    fields: collector(),
    halfWords: collector(),
    words: collector(),
    octals: collector(),
    bits: collector(),
    hex: collector(),
    swappedHex: collector(),
  }
  for (let at = 0; at < bytes.length; ) {
    if (!isAlphanumeric(bytes[at] as number)) {
      at++
      continue
    }
    const from = at
    at = endOfWord(bytes, from, bytes.length)
    const number = numberStart(bytes, from, at)
    if (number === at) continue
    addNumber(collectors, bytes, number, at, isAfterColon(bytes, from))
    addHex(collectors, bytes, number, at)
  }
  for (const each of Object.values(collectors)) each.end()
  return lists
}

/** As many bytes as a list has, until it ends; then it begins anew. */
class Collector {
  readonly #offset: number
  readonly #lists: SpeltText[]
  #count = 0
  #codes = Buffer.allocUnsafe(64)
  #starts = new Uint32Array(64)
  #ends = new Uint32Array(64)

  constructor(offset: number, lists: SpeltText[]) {
    this.#offset = offset
    this.#lists = lists
  }

  add(byte: number, start: number, end: number): void {
    if (this.#count === this.#codes.length) this.#grow()
    this.#codes[this.#count] = byte
    this.#starts[this.#count] = this.#offset + start
    this.#ends[this.#count] = this.#offset + end
    this.#count++
  }

  end(): void {
    if (this.#count >= NumberStreaks.leastBytes) {
      this.#lists.push({
        text: this.#codes.toString('latin1', 0, this.#count),
        starts: this.#starts.slice(0, this.#count),
        ends: this.#ends.slice(0, this.#count),
      })
    }
    this.#count = 0
  }

  #grow(): void {
    const codes = Buffer.allocUnsafe(this.#count * 2)
    codes.set(this.#codes)
    this.#codes = codes
    this.#starts = grown(this.#starts)
    this.#ends = grown(this.#ends)
  }
}

function grown(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(list.length * 2)
  larger.set(list)
  return larger
}

function addNumber(to: Collectors, bytes: Uint8Array, start: number, end: number, isField: boolean): void {
  // An `n` is the end of a bigint.
  const value = readDecimal(bytes, start, bytes[end - 1] === 0x6e ? end - 1 : end)
  const isByte = value >= 0 && value < 0x100
  if (isByte) to.decimals.add(value, start, end)
  else to.decimals.end()
  if (isField && isByte) to.fields.add(value, start, end)
  else if (isField) to.fields.end()
  if (value >= 0x100 && value < 0x1_0000) addBytes(to.halfWords, value, 2, start, end)
  else to.halfWords.end()
  if (value >= 0x1_0000) addBytes(to.words, value, 4, start, end)
  else to.words.end()
  addDigits(to.octals, bytes, start, end, { count: 3, base: 8 })
  addDigits(to.bits, bytes, start, end, { count: 8, base: 2 })
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

function addHex({ hex, swappedHex }: Collectors, bytes: Uint8Array, start: number, end: number): void {
  if (!isHex(bytes, start, end)) {
    hex.end()
    swappedHex.end()
    return
  }
  for (let at = start; at < end; at += 2) hex.add(byteAt(bytes, at), at, at + 2)
  if (end - start === 2) swappedHex.end()
  else for (let at = end - 2; at >= start; at -= 2) swappedHex.add(byteAt(bytes, at), start, end)
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

function endOfWord(bytes: Uint8Array, from: number, length: number): number {
  let end = from
  while (end < length && isAlphanumeric(bytes[end] as number)) end++
  return end
}

function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}
