import type { SpeltText } from './letter-lists.js'
import { listCharacters } from './scan-code.js'

/** A list of fewer bytes can hold no secret. */
const shortestList = 8

const isListed = new Uint8Array(256)
for (let code = 0; code < 128; code++) if (listCharacters.test(String.fromCharCode(code))) isListed[code] = 1

/** Where the list around `at` begins, not before `floor`, and where it ends. */
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
  const lists: SpeltText[] = []
  const collect: Collectors = {
    decimals: new Collector(lists),
    fields: new Collector(lists),
    halfWords: new Collector(lists),
    words: new Collector(lists),
    octals: new Collector(lists),
    bits: new Collector(lists),
    hex: new Collector(lists),
    swappedHex: new Collector(lists),
  }
  for (let at = start; at < end; ) {
    if (!isAlphanumeric(text.charCodeAt(at))) {
      at++
      continue
    }
    const from = at
    while (at < end && isAlphanumeric(text.charCodeAt(at))) at++
    const token = withoutPrefix(text, from, at)
    if (token === at) continue
    addNumber(collect, text, token, at, isAfterColon(text, from))
    addHex(collect, text, token, at)
  }
  for (const collector of Object.values(collect)) collector.end()
  return lists
}

class Collector {
  readonly #lists: SpeltText[]
  #codes: number[] = []
  #starts: number[] = []
  #ends: number[] = []

  constructor(lists: SpeltText[]) {
    this.#lists = lists
  }

  add(byte: number, start: number, end: number): void {
    this.#codes.push(byte)
    this.#starts.push(start)
    this.#ends.push(end)
  }

  end(): void {
    if (this.#codes.length === 0) return
    if (this.#codes.length >= shortestList) {
      const text = Buffer.from(this.#codes).toString('latin1')
      this.#lists.push({ text, starts: this.#starts, ends: this.#ends })
    }
    this.#codes = []
    this.#starts = []
    this.#ends = []
  }
}

function addNumber(collect: Collectors, text: string, start: number, end: number, isField: boolean): void {
  // Of a `bigint`.
  const digitsEnd = text.charCodeAt(end - 1) === 0x6e ? end - 1 : end
  const value = readDecimal(text, start, digitsEnd)
  const isByte = value >= 0 && value < 0x100
  if (isByte) collect.decimals.add(value, start, end)
  else collect.decimals.end()
  if (isField && isByte) collect.fields.add(value, start, end)
  else if (isField) collect.fields.end()
  if (value >= 0x100 && value < 0x1_0000) addBytes(collect.halfWords, value, 2, start, end)
  else collect.halfWords.end()
  if (value >= 0x1_0000) addBytes(collect.words, value, 4, start, end)
  else collect.words.end()
  addDigits(collect.octals, text, start, end, 3, 8)
  addDigits(collect.bits, text, start, end, 8, 2)
}

function addBytes(collector: Collector, value: number, count: number, start: number, end: number): void {
  for (let i = 0; i < count; i++) collector.add((value >>> (8 * i)) & 0xff, start, end)
}

/** Up to 32 bits; -1 for what is none. */
function readDecimal(text: string, start: number, end: number): number {
  if (start === end || end - start > 10) return -1
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value < 2 ** 32 ? value : -1
}

/** A byte of exactly so many digits to another base. */
function addDigits(
  collector: Collector,
  text: string,
  start: number,
  end: number,
  count: number,
  base: number,
): void {
  let value = end - start === count ? 0 : -1
  for (let at = start; at < end && value >= 0; at++) {
    const digit = text.charCodeAt(at) - 0x30
    value = digit >= 0 && digit < base ? value * base + digit : -1
  }
  if (value >= 0 && value < 0x100) collector.add(value, start, end)
  else collector.end()
}

function addHex({ hex, swappedHex }: Collectors, text: string, start: number, end: number): void {
  if (!isHex(text, start, end)) {
    hex.end()
    swappedHex.end()
    return
  }
  for (let at = start; at < end; at += 2) hex.add(byteAt(text, at), at, at + 2)
  if (end - start === 2) swappedHex.end()
  else for (let at = end - 2; at >= start; at -= 2) swappedHex.add(byteAt(text, at), start, end)
}

function isHex(text: string, start: number, end: number): boolean {
  if ((end - start) % 2 === 1 || end === start || end - start > 8) return false
  for (let at = start; at < end; at++) if (hexDigit(text.charCodeAt(at)) < 0) return false
  return true
}

function byteAt(text: string, at: number): number {
  return hexDigit(text.charCodeAt(at)) * 16 + hexDigit(text.charCodeAt(at + 1))
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

const [backslash, zero, colon, blank] = [0x5c, 0x30, 0x3a, 0x20]

/**
 * Where the number itself begins: behind `0x`, `\x`, `\u`, and the letter of a line's end in JSON; `end` where nothing is
 * left.
 */
function withoutPrefix(text: string, from: number, end: number): number {
  let at = from
  if (text.charCodeAt(at - 1) === backslash && isOneOf(lineLetters, text.charCodeAt(at))) at++
  if (text.charCodeAt(at) === zero && (text.charCodeAt(at + 1) | 0x20) === 0x78) return Math.min(at + 2, end)
  return at < end && isOneOf(prefixLetters, text.charCodeAt(at)) ? at + 1 : at
}

const lineLetters = [...'nrt'].map((letter) => letter.charCodeAt(0))
const prefixLetters = [...'xXuU'].map((letter) => letter.charCodeAt(0))

function isOneOf(codes: readonly number[], code: number): boolean {
  return codes.includes(code)
}

function isAfterColon(text: string, at: number): boolean {
  let before = at - 1
  while (before >= 0 && text.charCodeAt(before) === blank) before--
  return text.charCodeAt(before) === colon
}

function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}
