import { isPlainObject, missing, namesOf, readMember, Unreadable } from './table-columns.js'
import { boundedJson, dataOf, shortInspection } from './table-json.js'
import { counted, safeBlock, safeLine } from './table-strings.js'
import {
  type Instant,
  instantOfDate,
  instantOfNumber,
  instantOfObject,
  instantOfText,
  type TimeText,
  utcText,
} from './table-time.js'

/** One value, as it is shown. */
export interface Cell {
  /** `nothing` is what no value of the data is: null, a missing field, an empty text, something unreadable. */
  kind: 'text' | 'number' | 'time' | 'nothing'
  /** Safe, one line; empty for a field that the row does not have. */
  text: string
  /** All of it, over several lines, where `text` is not: made when it is asked for. */
  whole?: () => string
  /** The moment in UTC, for a time. */
  utc?: string
}

/** Characters of a value that are shown at once, and on demand. */
export const mostCellLength = 80
const mostWholeLength = 10_000
const mostHexBytes = 1_024
/** A longer text is cut in any case. */
const mostTrimmedLength = 1_000
/** Lines, tabs and runs of blanks: one line cannot show them. */
const layout = /[\t-\r\u0085\u2028\u2029]|\s\s/

const missingCell: Cell = { kind: 'nothing', text: '' }
const nullCell: Cell = { kind: 'nothing', text: 'null' }
const emptyCell: Cell = { kind: 'nothing', text: '""' }

/** How a value is shown. Never throws. */
export function describeCell(value: unknown, columnName: string, times: TimeText): Cell {
  switch (typeof value) {
    case 'string':
      return describeString(value, times)
    case 'number':
    case 'bigint': {
      const instant = instantOfNumber(value, columnName)
      return instant === undefined ? describeNumber(value) : describeTime(instant, times)
    }
    case 'boolean':
      return { kind: 'text', text: String(value) }
    case 'undefined':
      return missingCell
    case 'object':
      return value === null ? nullCell : describeSafely(value, times)
    default:
      return value === missing
        ? missingCell
        : { kind: 'text', text: safeLine(shortInspection(value), mostCellLength) }
  }
}

function describeString(value: string, times: TimeText): Cell {
  if (value === '') return emptyCell
  const instant = instantOfText(value)
  if (instant !== undefined) return describeTime(instant, times)
  const core = value.length > mostTrimmedLength ? value : value.trim()
  const text = safeLine(core, mostCellLength)
  if (core.length > mostCellLength || layout.test(core) || text.endsWith('…')) {
    return { kind: 'text', text, whole: () => safeBlock(value, mostWholeLength) }
  }
  // Blanks alone would look like a field that is not there.
  return text === '' ? { kind: 'nothing', text: `"${' '.repeat(value.length)}"` } : { kind: 'text', text }
}

function describeNumber(value: number | bigint): Cell {
  const text = String(value)
  if (text.length <= mostCellLength) return { kind: 'number', text }
  return {
    kind: 'number',
    text: safeLine(text, mostCellLength),
    whole: () => safeBlock(text, mostWholeLength),
  }
}

function describeTime(instant: Instant, times: TimeText): Cell {
  return { kind: 'time', text: times.local(instant), utc: utcText(instant) }
}

function describeSafely(value: object, times: TimeText): Cell {
  try {
    return describeObject(value, times)
  } catch (error) {
    return unreadableCell(new Unreadable(error))
  }
}

function describeObject(value: object, times: TimeText): Cell {
  if (value instanceof Unreadable) return unreadableCell(value)
  if (value instanceof Date) {
    const instant = instantOfDate(value)
    if (instant !== undefined) return describeTime(instant, times)
    return { kind: 'text', text: Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString() }
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return describeBytes(value)
  if (Array.isArray(value)) return describeList(value)
  const instant = instantOfObject(value)
  if (instant !== undefined) return describeTime(instant, times)
  if (value instanceof Map || value instanceof Set) return asJson(value, counted(value.size, 'item'))
  const data = dataOf(value)
  if (data !== value && (typeof data !== 'object' || data === null)) return describeCell(data, '', times)
  if (data instanceof Unreadable) return unreadableCell(data)
  if (value instanceof Error) return { kind: 'text', text: safeLine(String(value), mostCellLength) }
  return asJson(data)
}

/** Plain values side by side, also where each stands in an object of its own; of others only how many there are. */
function describeList(list: readonly unknown[]): Cell {
  if (list.length === 0) return { kind: 'text', text: '[]' }
  let joined = ''
  let hasObjects = false
  for (const item of list) {
    const isObject = typeof item === 'object' && item !== null
    const value = isObject ? onlyText(item) : item
    if (isObject && value === undefined) return asJson(list, counted(list.length, 'item'))
    hasObjects ||= isObject
    joined += joined === '' ? plainItem(value) : `, ${plainItem(value)}`
    if (joined.length > mostCellLength) break
  }
  const text = safeLine(joined, mostCellLength)
  return hasObjects || joined.length > mostCellLength ? asJson(list, text) : { kind: 'text', text }
}

/** The text of an object that has nothing else, as in GraphQL's `hostnames { hostname }`. */
function onlyText(item: object): string | undefined {
  if (!isPlainObject(item)) return undefined
  const [name, ...others] = namesOf(item)
  const value = name === undefined || others.length > 0 ? undefined : readMember(item, name)
  return typeof value === 'string' ? value : undefined
}

function plainItem(item: unknown): string {
  if (typeof item === 'string') return item === '' ? '""' : item.slice(0, mostCellLength + 1)
  return typeof item === 'symbol' || typeof item === 'function'
    ? shortInspection(item)
    : String(item ?? 'null')
}

/** JSON, or `text` with the JSON on demand. */
function asJson(value: unknown, text?: string): Cell {
  const preview = text === undefined ? boundedJson(value, mostCellLength) : { text, isCut: true }
  const line = safeLine(preview.text, mostCellLength)
  if (!preview.isCut && preview.text.length <= mostCellLength) return { kind: 'text', text: line }
  return {
    kind: 'text',
    text: line,
    // A little longer than what is written: what it says of the rest is not cut.
    whole: () => safeBlock(boundedJson(value, mostWholeLength, { indent: '  ' }).text, 2 * mostWholeLength),
  }
}

function describeBytes(value: ArrayBufferView | ArrayBuffer): Cell {
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value)
  const size = counted(bytes.length, 'byte')
  if (bytes.length <= 16)
    return { kind: 'text', text: bytes.length === 0 ? size : `${size}: ${bytes.toString('hex')}` }
  return {
    kind: 'text',
    text: `${size}: ${bytes.toString('hex', 0, 16)}…`,
    whole: () => hexLines(bytes),
  }
}

function hexLines(bytes: Buffer): string {
  const shown = bytes.toString('hex', 0, mostHexBytes).replace(/(.{64})(?=.)/g, '$1\n')
  const left = bytes.length - mostHexBytes
  return left > 0 ? `${shown}\n… ${counted(left, 'more byte')}` : shown
}

function unreadableCell({ reason }: Unreadable): Cell {
  return { kind: 'nothing', text: safeLine(`[unreadable: ${reason}]`, mostCellLength) }
}
