import type { Segment } from './low-bytes.js'
import { type Shape, type ShapeReader, shapeStarts } from './shapes.js'

/** Every shape has a run of so many characters without a blank or a quote in it. */
const shortestRun = 20
/** Places that are looked at, so far apart that each run has one with `reach` of its characters on both sides. */
const stride = 11
const reach = 4
/** How far before its first line of base64 a key block may begin. */
const longestHead = 200
const shortestBlockLine = 40

const inRun = new Uint8Array(256)
const inWord = new Uint8Array(256)
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  if (/[\w.+/=~-]/.test(character)) inRun[code] = 1
  if (/\w/.test(character)) inWord[code] = 1
}

/** By their first four characters: what each word may be the beginning of. */
const byBeginning = new Map<string, { text: string; read: ShapeReader }[]>()
const beginsShape = new Uint8Array(256)
for (const start of shapeStarts.words) {
  const key = start.text.slice(0, 4)
  byBeginning.set(key, [...(byBeginning.get(key) ?? []), start])
  beginsShape[key.charCodeAt(0)] = 1
}

/** Finds what looks like a secret: looks at long runs of characters only, and there at the beginnings of words. */
export class ShapeSearch {
  readonly #text: string
  readonly #found: (shape: Shape) => void
  /** Up to here the text has been read. */
  #readTo = 0

  constructor(text: string, found: (shape: Shape) => void) {
    this.#text = text
    this.#found = found
    // Shorter ones than any run are worth looking for by their name.
    for (let at = text.indexOf('Basic '); at >= 0; at = text.indexOf('Basic ', at + 1))
      this.#read(at, shapeStarts.basic)
    this.#readTo = 0
  }

  /** Looks through the next part of the text. */
  search({ bytes, length, offset }: Segment): void {
    for (let at = nextInRun(bytes, reach, length); at < length; at = nextInRun(bytes, at, length)) {
      let end = at + reach + 1
      while (end < length && inRun[bytes[end] as number] === 1) end++
      let start = at - reach
      while (start > 0 && inRun[bytes[start - 1] as number] === 1) start--
      if (end - start >= shortestRun) this.#readRun(bytes, offset, start, end)
      at = Math.max(at + stride, end + reach)
    }
  }

  #readRun(bytes: Uint8Array, offset: number, start: number, end: number): void {
    const text = this.#text
    const first = offset + start
    if (end - start >= shortestBlockLine) {
      const head = text.slice(Math.max(0, first - longestHead), first).lastIndexOf('-----BEGIN ')
      if (head >= 0) this.#read(Math.max(0, first - longestHead) + head, shapeStarts.block)
    }
    if (/bearer $/i.test(text.slice(Math.max(0, first - 7), first))) this.#read(first - 7, shapeStarts.bearer)
    for (let at = start; at < end; at++) {
      const code = bytes[at] as number
      if (code === 0x2e && text.startsWith('.eyJ', offset + at)) this.#read(offset + at, shapeStarts.token)
      if (beginsShape[code] === 0 || !this.#isWordStart(bytes, offset, start, at)) continue
      for (const { text: word, read } of byBeginning.get(text.slice(offset + at, offset + at + 4)) ?? [])
        if (text.startsWith(word, offset + at)) this.#read(offset + at, read)
    }
  }

  /** In JSON the letter of a line's end comes before the first word of the next one. */
  #isWordStart(bytes: Uint8Array, offset: number, start: number, at: number): boolean {
    if (at === start || inWord[bytes[at - 1] as number] === 0) return true
    return at === start + 1 && this.#text[offset + start - 1] === '\\'
  }

  #read(at: number, read: ShapeReader): void {
    if (at < this.#readTo) return
    const { shape, readTo } = read(this.#text, at, this.#readTo)
    this.#readTo = Math.max(this.#readTo, readTo)
    if (shape !== undefined) this.#found(shape)
  }
}

/** The next place with nothing but characters of a run around it; `length` where there is none. */
function nextInRun(bytes: Uint8Array, from: number, length: number): number {
  const table = inRun
  const last = length - reach
  for (let at = from; at < last; at += stride) {
    if (table[bytes[at] as number] === 0) continue
    if (table[bytes[at - 4] as number] === 0 || table[bytes[at + 4] as number] === 0) continue
    if (table[bytes[at - 2] as number] === 0 || table[bytes[at + 2] as number] === 0) continue
    if (table[bytes[at - 1] as number] === 0 || table[bytes[at + 1] as number] === 0) continue
    if (table[bytes[at - 3] as number] === 0 || table[bytes[at + 3] as number] === 0) continue
    return at
  }
  return length
}
