import type { HashMap } from './hash-maps.js'
import { byteClasses, type ScanCode, scanModule, tableLength, textAt } from './scan-code.js'

/** Small enough to stay in the processor's cache while it is searched. */
const segmentLength = 1 << 17
/** Behind a segment, no place looks further. */
const margin = 64
/** A byte that nothing begins with. */
const blank = 1
const foundAt = textAt + segmentLength + margin
const tablesAt = foundAt + segmentLength * 4
const pageLength = 1 << 16

/** A part of a text as the low bytes of its characters: much faster to search than the text itself. */
export interface Segment {
  bytes: Uint8Array
  length: number
  /** Where it begins in the text. */
  offset: number
}

/** What is looked for: the first four bytes, four in the midst, or any eight of it. */
export interface ScanMaps {
  beginnings: HashMap
  words: HashMap
  grams: HashMap
}

const mapsAt = tablesAt + byteClasses.length * tableLength

/** The part of WebAssembly's API that is used here; Node's types leave it out. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer; grow(pages: number): number }
  Instance: new <Exports>(module: object, imports: object) => { exports: Exports }
}

let compiled: object | undefined

/**
 * Says in which places of a text something may be, many bytes at once; what is there is for others to see. It
 * may name a place too many, never one too few. Only one text is looked at at a time.
 */
export class Scanner {
  readonly #memory = new WebAssembly.Memory({ initial: Math.ceil(mapsAt / pageLength) })
  readonly #code: ScanCode
  readonly #maps = {
    beginnings: { at: 0, shift: 0 },
    words: { at: 0, shift: 0 },
    grams: { at: 0, shift: 0 },
  }
  #bytes = Buffer.alloc(0)
  #length = 0
  /** The places that were found last. */
  found = new Uint32Array()

  constructor() {
    compiled ??= new WebAssembly.Module(scanModule())
    this.#code = new WebAssembly.Instance<ScanCode>(compiled, { memory: { bytes: this.#memory } }).exports
    this.#view()
    for (const [index, { characters }] of byteClasses.entries())
      new Uint8Array(this.#memory.buffer).set(tableOf(characters), tablesAt + index * tableLength)
  }

  /** Takes over what is looked for, as it is now. */
  lookFor(maps: ScanMaps): void {
    const total = maps.beginnings.bytes.length + maps.words.bytes.length + maps.grams.bytes.length
    const missing = mapsAt + total - this.#memory.buffer.byteLength
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageLength))
    this.#view()
    let at = mapsAt
    for (const name of ['beginnings', 'words', 'grams'] as const) {
      const { bytes, shift } = maps[name]
      new Uint8Array(this.#memory.buffer).set(bytes, at)
      this.#maps[name] = { at, shift }
      at += bytes.length
    }
  }

  /**
   * The text, part by part, each beginning `overlap` characters before the last one's end. Characters beyond
   * Latin-1 look like others there: what is found is to be compared with the text. All else here is about the
   * part that came last.
   */
  *segmentsOf(text: string, overlap: number): Generator<Segment> {
    for (let offset = 0; ; offset += segmentLength - overlap) {
      const isWhole = offset === 0 && text.length <= segmentLength
      const part = isWhole ? text : text.slice(offset, offset + segmentLength)
      // Node documents that it cuts characters to their low byte.
      this.#length = this.#bytes.write(part, 0, segmentLength, 'latin1')
      this.#bytes.fill(blank, this.#length, this.#length + margin)
      yield { bytes: this.#bytes, length: this.#length, offset }
      if (offset + segmentLength >= text.length) return
    }
  }

  /** Every place that may be the beginning of a form; gives how many, as all of these do. */
  beginnings(): number {
    const { at, shift } = this.#maps.beginnings
    return this.#code.words(this.#length, 1, at, shift, foundAt)
  }

  /** Places so far apart that may be in a short form. */
  words(step: number): number {
    const { at, shift } = this.#maps.words
    return this.#code.words(this.#length, step, at, shift, foundAt)
  }

  /** Places so far apart that may be in a long form. */
  grams(step: number): number {
    const { at, shift } = this.#maps.grams
    return this.#code.grams(this.#length, step, at, shift, foundAt)
  }

  /** Places times four, with what they may be a sign of: see `signs` in scan-code.ts. */
  signs(): number {
    return this.#code.signs(this.#length, tablesAt, foundAt)
  }

  /** To be made anew when the memory has grown. */
  #view(): void {
    this.#bytes = Buffer.from(this.#memory.buffer, textAt, segmentLength + margin)
    this.found = new Uint32Array(this.#memory.buffer, foundAt, segmentLength)
  }
}

/**
 * A class by the lower four bits of a character: one bit for each of the upper halves with which it is of the class.
 */
function tableOf(characters: RegExp): Uint8Array {
  const table = new Uint8Array(tableLength)
  for (let code = 0; code < 128; code++) {
    if (characters.test(String.fromCharCode(code)))
      table[code & 0x0f] = (table[code & 0x0f] ?? 0) | (1 << (code >> 4))
  }
  return table
}
