import { randomBytes } from 'node:crypto'

/** JSON has no limit on whole numbers, `JSON.stringify` has: what is larger travels marked and is unmarked in the text. */
const mark = `\u0000int64:${randomBytes(9).toString('hex')}:`
const escapedMark = JSON.stringify(mark).slice(1, -1).replaceAll('\\', '\\\\')
const marked = new RegExp(`"${escapedMark}(-?\\d+)"`, 'g')

/** A 64-bit integer as {@link stringifyWire} will write it: bare, and with every digit. */
export function wireInteger(value: bigint): number | string {
  const small = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
  return small ? Number(value) : mark + value
}

/** The same for every `bigint` inside a value. */
export function wireValue(value: unknown): unknown {
  if (typeof value === 'bigint') return wireInteger(value)
  if (Array.isArray(value)) return value.map(wireValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wireValue(inner)]))
}

/** JSON text of an answer in which 64-bit integers are exact. */
export function stringifyWire(value: unknown): string {
  return unmarkWire(JSON.stringify(value))
}

/** The same for JSON that somebody else has written. */
export function unmarkWire(text: string): string {
  return text.includes('int64:') ? text.replace(marked, '$1') : text
}
