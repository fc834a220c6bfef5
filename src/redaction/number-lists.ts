import type { SpeltText } from './letter-lists.js'

/** A shorter list can hold no secret. */
const shortestList = 8
/** Characters on both sides of a place that must all be of a list, for it to be read. */
const reach = 6
/** Between two blanks; a longer run of letters and digits is a word, a hash or a large number (`u0065` is none). */
const longestNumber = 5

/** What lists of bytes are written with: numbers, their prefixes (`0x`, `\x`, `\u`, `&#`, `%`), blanks and commas. */
const notListed = 0
const separator = 1
const numeral = 2
const classOf = new Uint8Array(256)
for (const character of '0123456789abcdefABCDEFxXunrt \n\r\t,;:&#%\\[]{}\'"|<>()-_+') {
  classOf[character.charCodeAt(0)] = /[0-9a-zA-Z]/.test(character) ? numeral : separator
}

/** True where the characters around `at` may be of a list. */
export function mayBeList(bytes: Uint8Array, at: number, length: number): boolean {
  if (classOf[bytes[at] as number] === notListed) return false
  const first = Math.max(0, at - reach)
  const last = Math.min(length - 1, at + reach)
  if (classOf[bytes[first] as number] === notListed || classOf[bytes[last] as number] === notListed)
    return false
  let run = 0
  for (let i = first; i <= last; i++) {
    const kind = classOf[bytes[i] as number]
    if (kind === notListed) return false
    if (kind === separator) run = 0
    else if (++run > longestNumber) return false
  }
  return true
}

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
  return code < 256 && classOf[code] !== notListed
}

/**
 * The bytes that the numbers of a list stand for, read in each way that they can be: as decimals, as pairs of hex digits,
 * as the values of numbered fields (`{ "0": 101, "1": 121 }`). What is no byte ends one list and begins another.
 */
export function readLists(text: string, start: number, end: number): SpeltText[] {
  const lists: SpeltText[] = []
  const decimals = new Collector(lists)
  const hex = new Collector(lists)
  const values = new Collector(lists)
  for (let at = start; at < end; ) {
    if (!isAlphanumeric(text, at)) {
      at++
      continue
    }
    const from = at
    while (at < end && isAlphanumeric(text, at)) at++
    const token = withoutPrefix(text, from, at)
    // The letter of a line's end alone.
    if (token === at) continue
    const decimal = at - token > 3 ? -1 : readDecimal(text, token, at)
    decimals.add(decimal, token, at)
    if (isAfterColon(text, from)) values.add(decimal, token, at)
    addHex(hex, text, token, at)
  }
  for (const collector of [decimals, hex, values]) collector.end()
  return lists
}

class Collector {
  readonly #lists: SpeltText[]
  #list: SpeltText = { text: '', starts: [], ends: [] }

  constructor(lists: SpeltText[]) {
    this.#lists = lists
  }

  /** @param byte -1 for what is none */
  add(byte: number, start: number, end: number): void {
    if (byte < 0 || byte > 255) {
      this.end()
      return
    }
    this.#list.text += String.fromCharCode(byte)
    this.#list.starts.push(start)
    this.#list.ends.push(end)
  }

  end(): void {
    if (this.#list.text.length === 0) return
    if (this.#list.text.length >= shortestList) this.#lists.push(this.#list)
    this.#list = { text: '', starts: [], ends: [] }
  }
}

/** Where the number itself begins: behind `0x`, `\x`, `\u`, and the letter of a line's end in JSON. */
function withoutPrefix(text: string, from: number, end: number): number {
  let at = from
  if (text[at - 1] === '\\' && /[nrt]/.test(text[at] ?? '')) at++
  if (text[at] === '0' && /[xX]/.test(text[at + 1] ?? '')) return at + 2
  if (/[xuX]/.test(text[at] ?? '') && end - at > 1) return at + 1
  return at
}

function readDecimal(text: string, start: number, end: number): number {
  if (start === end) return -1
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/** Two digits are a byte; four or more are bytes behind each other, as dumps have them. */
function addHex(hex: Collector, text: string, start: number, end: number): void {
  if ((end - start) % 2 === 1 || end === start || end - start > 8) {
    hex.add(-1, start, end)
    return
  }
  for (let at = start; at < end; at += 2) {
    const high = hexDigit(text.charCodeAt(at))
    const low = hexDigit(text.charCodeAt(at + 1))
    hex.add(high < 0 || low < 0 ? -1 : high * 16 + low, at, at + 2)
  }
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function isAfterColon(text: string, at: number): boolean {
  let before = at - 1
  while (before >= 0 && text[before] === ' ') before--
  return text[before] === ':'
}

function isAlphanumeric(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}
