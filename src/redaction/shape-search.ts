import { runCharacters, shortestRun } from './scan-code.js'
import type { Segment } from './scanner.js'
import { type Shape, type ShapeReader, shapeStarts } from './shapes.js'

/** How far before its first line of base64 a key block may begin. */
const longestHead = 200
const shortestBlockLine = 40

const inRun = new Uint8Array(256)
const inWord = new Uint8Array(256)
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  if (runCharacters.test(character)) inRun[code] = 1
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
  #blocks: boolean | undefined

  constructor(text: string, found: (shape: Shape) => void) {
    this.#text = text
    this.#found = found
    // Shorter ones than any run are worth looking for by their name.
    for (let at = text.indexOf('Basic '); at >= 0; at = text.indexOf('Basic ', at + 1))
      this.#read(at, shapeStarts.basic)
    this.#readTo = 0
  }

  /** Looks at the run whose 20th character is at `at`. */
  search({ bytes, length, offset }: Segment, at: number): void {
    let end = at + 1
    while (end < length && inRun[bytes[end] as number] === 1) end++
    this.#readRun(bytes, offset, at + 1 - shortestRun, end)
  }

  #readRun(bytes: Uint8Array, offset: number, start: number, end: number): void {
    const text = this.#text
    const first = offset + start
    if (end - start >= shortestBlockLine && this.#hasBlocks) {
      const head = text.slice(Math.max(0, first - longestHead), first).lastIndexOf('-----BEGIN ')
      if (head >= 0) this.#read(Math.max(0, first - longestHead) + head, shapeStarts.block)
    }
    if (text[first - 1] === ' ' && /bearer $/i.test(text.slice(Math.max(0, first - 7), first)))
      this.#read(first - 7, shapeStarts.bearer)
    this.#readWord(first)
    // In JSON the letter of a line's end comes before the first word of the next one.
    if (text[first - 1] === '\\') this.#readWord(first + 1)
    for (let at = start + 1; at < end; at++)
      if (inWord[bytes[at - 1] as number] === 0) this.#readWord(offset + at)
  }

  /** Looks at where a word begins. */
  #readWord(at: number): void {
    const text = this.#text
    if (beginsShape[text.charCodeAt(at)] !== 1) return
    if (text.startsWith('.eyJ', at - 1)) this.#read(at - 1, shapeStarts.token)
    for (const { text: word, read } of byBeginning.get(text.slice(at, at + 4)) ?? [])
      if (text.startsWith(word, at)) this.#read(at, read)
  }

  /** Asked once a text, and only where there is a long run. */
  get #hasBlocks(): boolean {
    this.#blocks ??= this.#text.includes('-----BEGIN ')
    return this.#blocks
  }

  #read(at: number, read: ShapeReader): void {
    if (at < this.#readTo) return
    const { shape, readTo } = read(this.#text, at, this.#readTo)
    this.#readTo = Math.max(this.#readTo, readTo)
    if (shape !== undefined) this.#found(shape)
  }
}
