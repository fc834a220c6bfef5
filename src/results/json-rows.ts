import { XdrError } from '../errors.js'
import { parseExactJson } from '../json.js'
import type { RowLook } from './database-scan.js'
import type { RowLines } from './row-source.js'

/** An answer whose list of rows was taken out as bytes. */
export interface SplitAnswer extends RowLines {
  /** The rest, parsed: everything but the rows, with `[]` in the list's place. */
  envelope: unknown
  /** Entries of the list that were `null`: a row that the server could not give. They are in no line. */
  nulls: number
}

/**
 * Takes the rows of a list out of a JSON answer without parsing them: only strings and brackets are followed, so that
 * a page costs a fraction of `JSON.parse`. Line feeds between the parts of a row become spaces.
 *
 * What stands inside a row is not checked beyond its strings and brackets; whoever parses the line does that.
 *
 * @param bytes UTF-8. Overwritten: the lines take the place of the list
 * @param path names that lead to the list, such as `['data', 'alertsServiceSearch', 'alerts', 'list']`; where a name
 * comes twice in an object the last one counts, as in `JSON.parse`
 * @param look sees each row while it is cut out, and finds the ends of those that it knows
 * @returns `undefined` where there is no list at the path, or no JSON at all
 * @throws XdrError `XDR_BAD_RESPONSE` where the list, or what is around it, is broken
 * @example
 * const page = splitRows(bytes, ['data', 'tenants', 'tenants'])
 */
export function splitRows(
  bytes: Uint8Array,
  path: readonly string[],
  look?: Pick<RowLook, 'endOf' | 'learn'>,
): SplitAnswer | undefined {
  const scanner = new Scanner(bytes, path, look)
  const list = scanner.find()
  if (list === undefined) return undefined
  // Before the lines are written, since they take the place of the list.
  const envelope = parseEnvelope(bytes, list)
  return { ...writeLines(bytes, list), envelope }
}

/** Where a list is: its brackets, and the beginning and end of each entry in turn. */
interface FoundList {
  open: number
  close: number
  spans: number[]
}

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20

/** 1: what ends a run inside a string: its quote, an escape, a control character (which JSON forbids there). */
const endsRun = new Uint8Array(256).fill(1, 0, 0x20)
endsRun[quote] = 1
endsRun[backslash] = 1

/** 1: what matters between strings. */
const isMark = new Uint8Array(256)
for (const code of [quote, openBracket, closeBracket, openBrace, closeBrace, lineFeed, carriageReturn]) {
  isMark[code] = 1
}

/** 1: what may stand in a number or a word. */
const isWord = new Uint8Array(256)
for (const code of Buffer.from('+-.0123456789abcdefghijklmnopqrstuvwxyzE')) isWord[code] = 1

const word = /^(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

/** One pass over the bytes of one answer. */
class Scanner {
  readonly #bytes: Uint8Array
  readonly #path: readonly Buffer[]
  readonly #names: readonly string[]
  readonly #look: Pick<RowLook, 'endOf' | 'learn'> | undefined
  #at = 0
  #found: FoundList | undefined

  constructor(
    bytes: Uint8Array,
    path: readonly string[],
    look: Pick<RowLook, 'endOf' | 'learn'> | undefined,
  ) {
    this.#bytes = bytes
    this.#look = look
    this.#names = path
    this.#path = path.map((name) => Buffer.from(name))
  }

  find(): FoundList | undefined {
    const bytes = this.#bytes
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3
    const first = this.#peek()
    if (first !== openBrace && first !== openBracket) return undefined
    this.#value(0)
    if (this.#peek() !== undefined) throw this.#broken('ends later than its value')
    return this.#found
  }

  /** Reads a value that lies on the path as far as its first `depth` names. */
  #value(depth: number): void {
    // Of two members with one name the last one counts: what the earlier one held is forgotten.
    this.#found = undefined
    const first = this.#peek()
    if (depth === this.#path.length && first === openBracket) this.#list()
    else if (depth < this.#path.length && first === openBrace) this.#object(depth)
    else this.#skip()
  }

  #object(depth: number): void {
    this.#at++
    if (this.#peek() === closeBrace) {
      this.#at++
      return
    }
    for (;;) {
      if (this.#peek() !== quote) throw this.#broken('has no name where one is due')
      const start = this.#at
      this.#string()
      const isNext = this.#isName(depth, start, this.#at)
      if (this.#peek() !== colon) throw this.#broken('has no colon after a name')
      this.#at++
      if (isNext) this.#value(depth + 1)
      else {
        this.#peek()
        this.#skip()
      }
      const mark = this.#peek()
      this.#at++
      if (mark === closeBrace) return
      if (mark !== comma) throw this.#broken('has no comma between members')
    }
  }

  #list(): void {
    const open = this.#at++
    const spans: number[] = []
    if (this.#peek() === closeBracket) {
      this.#found = { open, close: this.#at++, spans }
      return
    }
    for (;;) {
      this.#peek()
      spans.push(this.#at)
      this.#row()
      spans.push(this.#at)
      const mark = this.#peek()
      if (mark === closeBracket) {
        this.#found = { open, close: this.#at++, spans }
        return
      }
      if (mark !== comma) throw this.#broken('has no comma between rows')
      this.#at++
    }
  }

  /** Goes past one entry of the list. */
  #row(): void {
    const start = this.#at
    const end = this.#look?.endOf(start)
    if (end !== undefined) {
      this.#at = end
      return
    }
    this.#skip()
    if (this.#bytes[start] === openBrace) this.#look?.learn(start, this.#at)
  }

  /** Goes past one value, whatever it is. */
  #skip(): void {
    const first = this.#bytes[this.#at]
    if (first === openBrace || first === openBracket) this.#nested()
    else if (first === quote) this.#string()
    else this.#word()
  }

  /**
   * Goes past an object or a list. Line feeds in it become spaces, which mean the same there, so that a row is a line.
   */
  #nested(): void {
    const bytes = this.#bytes
    const length = bytes.length
    const closers: number[] = []
    let at = this.#at
    while (at < length) {
      const byte = bytes[at] ?? 0
      if (isMark[byte] === 0) {
        at++
      } else if (byte === quote) {
        at++
        for (;;) {
          while (endsRun[bytes[at] ?? 0] === 0) at++
          const end = bytes[at]
          if (end === quote) break
          if (end !== backslash)
            throw this.#broken('has a string without end, or a control character in one', at)
          at += 2
        }
        at++
      } else if (byte === openBrace) {
        closers.push(closeBrace)
        at++
      } else if (byte === openBracket) {
        closers.push(closeBracket)
        at++
      } else if (byte === lineFeed || byte === carriageReturn) {
        bytes[at++] = space
      } else {
        if (closers.pop() !== byte) throw this.#broken('closes a bracket that was not opened', at)
        at++
        if (closers.length === 0) {
          this.#at = at
          return
        }
      }
    }
    throw this.#broken('ends in the middle', length)
  }

  #string(): void {
    const bytes = this.#bytes
    let at = this.#at + 1
    for (;;) {
      while (endsRun[bytes[at] ?? 0] === 0) at++
      const end = bytes[at]
      if (end === quote) break
      if (end !== backslash) throw this.#broken('has a string without end, or a control character in one', at)
      at += 2
    }
    this.#at = at + 1
  }

  #word(): void {
    const bytes = this.#bytes
    const start = this.#at
    while (isWord[bytes[this.#at] ?? 0] === 1) this.#at++
    if (!word.test(Buffer.from(bytes.subarray(start, this.#at)).toString('latin1'))) {
      throw this.#broken('has something that is no value', start)
    }
  }

  /** The next byte that is no white space, without taking it; `undefined` at the end. */
  #peek(): number | undefined {
    const bytes = this.#bytes
    for (;;) {
      const byte = bytes[this.#at]
      if (byte !== space && byte !== lineFeed && byte !== carriageReturn && byte !== 0x09) return byte
      this.#at++
    }
  }

  /** Whether the name between two quotes is the next of the path; it may be written with escapes. */
  #isName(depth: number, start: number, end: number): boolean {
    const name = this.#path[depth]
    if (name === undefined) return false
    const written = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start + 1, end - start - 2)
    if (!written.includes(backslash)) return written.equals(name)
    return readName(`"${written.toString()}"`) === this.#names[depth]
  }

  #broken(how: string, at = this.#at): XdrError {
    return brokenAnswer(
      `${how} (at byte ${at.toLocaleString('en')} of ${this.#bytes.length.toLocaleString('en')})`,
    )
  }
}

function readName(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw brokenAnswer('has a name that is no text')
  }
}

function parseEnvelope(bytes: Uint8Array, { open, close }: FoundList): unknown {
  const text = (start: number, end: number) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
  try {
    return parseExactJson((text(0, open + 1) + text(close, bytes.length)).replace(/^\ufeff/, ''))
  } catch {
    throw brokenAnswer('is broken around the rows')
  }
}

/**
 * Moves the rows together where they are: each is followed by at least a comma or a bracket, so nothing is
 * run over.
 */
function writeLines(bytes: Uint8Array, { open, spans }: FoundList): RowLines & { nulls: number } {
  const begin = open + 1
  let to = begin
  let nulls = 0
  for (let i = 0; i < spans.length; i += 2) {
    const start = spans[i] ?? 0
    const end = spans[i + 1] ?? 0
    if (bytes[start] !== openBrace) {
      if (bytes[start] !== 0x6e) throw brokenAnswer('holds a list of something else than objects')
      nulls++
      continue
    }
    if (to !== start) bytes.copyWithin(to, start, end)
    to += end - start
    bytes[to++] = lineFeed
  }
  return { ndjson: bytes.subarray(begin, to), count: spans.length / 2 - nulls, nulls }
}

function brokenAnswer(how: string): XdrError {
  return new XdrError('XDR_BAD_RESPONSE', `the answer ${how}`, {
    hint: 'try again; if it stays so, something between here and the platform cuts or changes its answers',
  })
}
