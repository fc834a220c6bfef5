import { plain } from '../../text.js'

/** Labels are cut to this; tooltips show more. */
const longestLabel = 120
/** Names of fields that hold a time though their values are numbers. */
const timeName = /(time|date|usec|timestamp|_at|At|_ts|_ms|created|updated|inserted|_seen)$|^(ts|at|when)$/
const numeric = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const isoTime =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s?(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/i
/** Text that is neither well-formed JSON for a notebook nor well-formed XML for an SVG. */
const unwritable = /\p{Surrogate}|[\ufffe\uffff]/gu

/** A number, also out of an exact integer or a decimal in text; `undefined` for what is none. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' && value.length < 40 && numeric.test(value)) {
    const number = Number(value)
    return Number.isFinite(number) ? number : undefined
  }
  return undefined
}

/**
 * A time in milliseconds since 1970, UTC: out of a Date, ISO text (UTC where it has no zone), a protobuf timestamp
 * (`{ seconds, nanos }`), a database's (`{ micros }`), or a number of seconds, milli-, micro- or nanoseconds, which
 * are told by their size. The zero times of programming languages mean "none".
 */
export function toTime(value: unknown): number | undefined {
  const timeMs = readTime(value)
  return timeMs !== undefined && timeMs !== 0 && Math.abs(timeMs) < 8e15 && timeMs > -6e13
    ? timeMs
    : undefined
}

function readTime(value: unknown): number | undefined {
  if (typeof value === 'string') return readIsoTime(value)
  if (typeof value === 'number' || typeof value === 'bigint') return readEpoch(Number(value))
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime()
  const seconds = toNumber(ownValue(value, 'seconds'))
  if (seconds !== undefined) return seconds * 1000 + (toNumber(ownValue(value, 'nanos')) ?? 0) / 1e6
  const micros = toNumber(ownValue(value, 'micros'))
  return micros === undefined ? undefined : micros / 1000
}

function readIsoTime(text: string): number | undefined {
  if (text.length > 40) return undefined
  const [, date, time, zone = 'Z'] = isoTime.exec(text) ?? []
  if (date === undefined) return undefined
  const zoneText = /^(z|utc)$/i.test(zone) ? 'Z' : /:|\d{4}/.test(zone) ? zone : `${zone}:00`
  const timeMs = Date.parse(time === undefined ? `${date}T00:00Z` : `${date}T${time}${zoneText}`)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

function readEpoch(number: number): number | undefined {
  const size = Math.abs(number)
  if (!Number.isFinite(number) || size < 1e8) return undefined
  if (size < 1e11) return number * 1000
  if (size < 1e14) return number
  return size < 1e17 ? number / 1000 : number / 1e6
}

/** Whether a value is a time by itself, or a number in a field that is named as one. */
export function isTime(value: unknown, name: string): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return timeName.test(name) && toTime(value) !== undefined
  }
  return toTime(value) !== undefined
}

/** A value as the name of a bar, a lane or a node: one line, safe to show anywhere. */
export function toLabel(value: unknown, maxLength = longestLabel): string {
  if (value === null || value === undefined) return '(none)'
  if (value === '') return '(empty)'
  const text = plain(rawText(value), maxLength).replace(unwritable, '')
  return text === '' ? '(unprintable)' : text
}

function rawText(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 10_000)
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  try {
    return JSON.stringify(value, (_name, item) => (typeof item === 'bigint' ? String(item) : item)) ?? ''
  } catch {
    return '[unreadable]'
  }
}

/** A number for people: thousands set apart, at most four digits that matter behind the point. */
export function showNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en')
  return value.toLocaleString('en', { maximumSignificantDigits: Math.abs(value) < 1000 ? 4 : 6 })
}

/** `1 row`, `2 rows`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`
}

/** A property of the object itself: what every object inherits is no field. */
export function ownValue(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined
}
