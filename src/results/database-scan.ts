import { XdrError } from '../errors.js'
import { parseExactJson, stringifyExactJson } from '../json.js'
import { plain } from '../text.js'
import { kind, mostDepth, mostNestedFields, Shape, type ShapeField, width } from './database-shape.js'
import { KnownRows, RowWindow } from './known-rows.js'
import { isWellFormed, makeWellFormed } from './well-formed.js'

const quote = 0x22
const backslash = 0x5c
const lineFeed = 0x0a
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** An integer of fewer digits is exact as a double. */
const fewestLongDigits = 16
/** An integer of fewer digits fits into 64 bits with a sign. */
const fewestWideDigits = 19

/**
 * Learns the shape of all rows from their text, without making values of them: every row counts, so that a field that
 * comes late and a number that is too big for the usual type are not lost, at a fraction of the cost of parsing.
 */
export class RowScan {
  readonly shape = new Shape()
  /** Bytes of the longest row. */
  longestRow = 0
  readonly #known = new KnownRows()
  #object = 0
  #hasDuplicates = false

  /**
   * Looks at rows, each in a line of its own.
   *
   * @returns the same bytes; written anew where a row names a field twice, of which the last one holds as in
   * `JSON.parse`, or where a text is no Unicode, which a database refuses
   * @throws XdrError `XDR_BAD_RESPONSE` for what is no JSON object
   */
  scan(lines: Uint8Array): Uint8Array {
    const bytes = makeWellFormed(Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength))
    const window = new RowWindow(bytes, this.#known)
    const rewritten: Uint8Array[] = []
    let copied = 0
    for (let from = 0; from < bytes.length; ) {
      let end = window.endOf(from)
      if (end === undefined || (end < bytes.length && bytes[end] !== lineFeed)) {
        const lineEnd = bytes.indexOf(lineFeed, from)
        end = lineEnd === -1 ? bytes.length : lineEnd
        if (this.#learn(bytes, from, end)) {
          const line = Buffer.from(lastOfDuplicates(bytes.toString('utf8', from, end)))
          rewritten.push(bytes.subarray(copied, from), line)
          copied = end
        }
      }
      this.#measure(from, end)
      from = end + 1
    }
    return rewritten.length === 0 ? bytes : Buffer.concat([...rewritten, bytes.subarray(copied)])
  }

  /**
   * A look at rows that somebody is cutting out of an answer.
   *
   * @returns `undefined` where the answer is to be written anew before anybody reads it
   */
  look(bytes: Buffer): RowLook | undefined {
    if (!isWellFormed(bytes)) return undefined
    const window = new RowWindow(bytes, this.#known)
    const look: RowLook = {
      isWhole: true,
      endOf: (start) => {
        const end = window.endOf(start)
        if (end !== undefined) this.#measure(start, end)
        return end
      },
      learn: (start, end) => {
        this.#measure(start, end)
        try {
          if (this.#learn(bytes, start, end)) look.isWhole = false
        } catch {
          // Whoever takes the line says what is wrong with it.
          look.isWhole = false
        }
      },
    }
    return look
  }

  #measure(start: number, end: number): void {
    if (end - start > this.longestRow) this.longestRow = end - start
  }

  /**
   * Looks at one row.
   *
   * @returns whether it names a field twice
   */
  #learn(bytes: Buffer, start: number, end: number): boolean {
    // One character a byte: V8 searches and compares strings faster than bytes.
    const text = bytes.toString('latin1', start, end)
    this.#hasDuplicates = false
    const open = skipSpace(text, 0)
    if (text.charCodeAt(open) !== openBrace) throw notARow(text, 0)
    if (skipSpace(text, this.#scanObject(text, open, this.shape, 0)) < text.length) throw notARow(text, 0)
    this.#known.learn(this.shape)
    return this.#hasDuplicates
  }

  /** @returns where the value ends */
  #scanValue(text: string, at: number, shape: Shape, depth: number): number {
    switch (text.charCodeAt(at)) {
      case quote: {
        shape.kinds |= kind.text
        const end = skipText(text, at)
        // One text that is no time settles it: the others need no look.
        if (!shape.hasOtherText) {
          if (isTime(text, at + 1, end - 1)) shape.hasTime = true
          else shape.hasOtherText = true
        }
        return end
      }
      case openBrace:
        return this.#scanObject(text, at, shape, depth)
      case openBracket:
        return this.#scanArray(text, at, shape, depth)
      case 0x6e: // null
        shape.kinds |= kind.null
        return at + 4
      case 0x74: // true
        shape.kinds |= kind.boolean
        return at + 4
      case 0x66: // false
        shape.kinds |= kind.boolean
        return at + 5
      default:
        return scanNumber(text, at, shape)
    }
  }

  #scanObject(text: string, start: number, shape: Shape, depth: number): number {
    shape.kinds |= kind.object
    if (depth > 0 && (depth >= mostDepth || shape.fields.length > mostNestedFields)) {
      shape.kinds |= kind.unruly
      return skipNested(text, start)
    }
    shape.objectCount++
    const object = ++this.#object
    let at = start + 1
    for (let expected = 0; ; expected++) {
      let field = shape.fields[expected]
      // Rows mostly have the same fields in the same order, without spaces: then one look finds the next value.
      if (field !== undefined && text.startsWith(field.prefix, at)) at += field.prefix.length
      else {
        at = skipSpace(text, at)
        if (expected === 0 && text.charCodeAt(at) === closeBrace) return at + 1
        field = fieldAt(text, at, shape)
        at = skipSpace(text, at + field.prefix.length - 1)
        if (text.charCodeAt(at) !== colon) throw notARow(text, start)
        at = skipSpace(text, at + 1)
      }
      if (field.lastObject === object) this.#hasDuplicates = true
      else field.count++
      field.lastObject = object
      at = this.#scanValue(text, skipSpace(text, at), field.shape, depth + 1)
      let end = text.charCodeAt(at)
      if (end <= 0x20) {
        at = skipSpace(text, at)
        end = text.charCodeAt(at)
      }
      if (end === closeBrace) return at + 1
      if (end !== comma) throw notARow(text, start)
      at++
    }
  }

  #scanArray(text: string, start: number, shape: Shape, depth: number): number {
    shape.kinds |= kind.array
    if (depth >= mostDepth) {
      shape.kinds |= kind.unruly
      return skipNested(text, start)
    }
    let at = skipSpace(text, start + 1)
    if (text.charCodeAt(at) === closeBracket) return at + 1
    shape.items ??= new Shape()
    for (;;) {
      at = skipSpace(text, this.#scanValue(text, at, shape.items, depth + 1))
      if (text.charCodeAt(at) === closeBracket) return at + 1
      if (text.charCodeAt(at) !== comma) throw notARow(text, start)
      at = skipSpace(text, at + 1)
    }
  }
}

/** The field whose name begins at `at`. */
function fieldAt(text: string, at: number, shape: Shape): ShapeField {
  if (text.charCodeAt(at) !== quote) throw notARow(text, at)
  const quotedName = text.slice(at, skipText(text, at))
  const known = shape.fieldsByName.get(quotedName)
  if (known !== undefined) return known
  const name = String(JSON.parse(Buffer.from(quotedName, 'latin1').toString('utf8')))
  const field = { name, prefix: `${quotedName}:`, shape: new Shape(), count: 0, lastObject: 0 }
  shape.fieldsByName.set(quotedName, field)
  shape.fields.push(field)
  return field
}

/** @returns behind the closing quote of the text that begins at `at` */
function skipText(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end + 1
  }
  throw notARow(text, at)
}

function skipSpace(text: string, from: number): number {
  let at = from
  for (let char = text.charCodeAt(at); char === 0x20 || char === 0x09 || char === 0x0d; ) {
    char = text.charCodeAt(++at)
  }
  return at
}

/** @returns behind the object or list that begins at `at`, however deep it is */
function skipNested(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; ) {
    const char = text.charCodeAt(at)
    if (char === quote) {
      at = skipText(text, at)
      continue
    }
    at++
    if (char === openBrace || char === openBracket) depth++
    else if ((char === closeBrace || char === closeBracket) && --depth === 0) return at
  }
  throw notARow(text, start)
}

function scanNumber(text: string, start: number, shape: Shape): number {
  let at = start
  let isInteger = true
  for (; ; at++) {
    const char = text.charCodeAt(at)
    if (char >= 0x30 && char <= 0x39) continue
    if (char === 0x2e || char === 0x45 || char === 0x65) isInteger = false
    else if (char !== 0x2d && char !== 0x2b) break
  }
  if (at === start) throw notARow(text, start)
  if (!isInteger) {
    shape.kinds |= kind.decimal
    return at
  }
  shape.kinds |= kind.integer
  const isNegative = text.charCodeAt(start) === 0x2d
  const digits = at - start - (isNegative ? 1 : 0)
  if (isNegative) shape.hasNegative = true
  if (digits >= fewestLongDigits) shape.hasLongInteger = true
  if (digits >= fewestWideDigits) {
    shape.width = Math.max(shape.width, widthOf(BigInt(text.slice(start, at))))
  }
  return at
}

function widthOf(value: bigint): number {
  if (BigInt.asIntN(64, value) === value) return width.int64
  if (BigInt.asUintN(64, value) === value) return width.uint64
  return BigInt.asIntN(128, value) === value ? width.int128 : width.beyond
}

/** `2026-11-22T06:14:42Z`, with up to six digits behind the second: what a `TIMESTAMP` holds without loss. */
const time =
  /\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z"/y

function isTime(text: string, from: number, end: number): boolean {
  const length = end - from
  if (length < 20 || length > 27 || text.charCodeAt(end - 1) !== 0x5a) return false
  time.lastIndex = from
  if (!time.test(text)) return false
  const day = Number(text.slice(from + 8, from + 10))
  // Date.UTC carries the 30th of February on to March.
  const [year, month] = [Number(text.slice(from, from + 4)), Number(text.slice(from + 5, from + 7))]
  return (
    year > 0 && (day <= 28 || new Date(Date.UTC(2000 + (year % 400), month - 1, day)).getUTCDate() === day)
  )
}

/** What a scan knows of rows while they are cut out of an answer. */
export interface RowLook {
  /** Whether the scan has seen all rows as they are; else they are to be scanned as lines. */
  isWhole: boolean
  /** @returns where the row that begins at `start` ends, if its shape was seen before; else it is to be learnt */
  endOf(start: number): number | undefined
  learn(start: number, end: number): void
}

function lastOfDuplicates(line: string): string {
  try {
    return stringifyExactJson(parseExactJson(line))
  } catch {
    // The exact parser refuses names that come twice with different values, which the usual one takes.
    return JSON.stringify(JSON.parse(line))
  }
}

function notARow(text: string, at: number): XdrError {
  const [line = ''] = text.slice(at, at + 60).split('\n', 1)
  return new XdrError('XDR_BAD_RESPONSE', `a row is no JSON object: ${plain(line, 60)}`, {
    hint: 'every row must be one object in a line of its own',
  })
}
