import { XdrError } from '../../errors.js'
import { plain } from '../../text.js'
import type { Row } from '../table.js'
import { nearestNames } from './nearest.js'
import type { Field } from './options.js'
import { isTime, ownValue, toLabel, toNumber } from './values.js'

export type FieldKind = 'time' | 'number' | 'text' | 'list' | 'other'

/** What the first rows say of one field. */
export interface FieldFacts {
  name: string
  kind: FieldKind
  /** Rows that have it, and different values among them. */
  filled: number
  distinct: number
  /** Mean length of its texts. */
  length: number
}

const deepest = 5
const mostNames = 3000

/** Gives the value of a field in a row. */
export function readerOf(field: Field): (row: Row) => unknown {
  if (typeof field === 'function') return field
  const parts = field.split('.')
  if (parts.length === 1) return (row) => ownValue(row, field)
  return (row) => {
    // A column of a database may have the dot in its own name.
    if (Object.hasOwn(row, field)) return row[field]
    let value: unknown = row
    for (const part of parts) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) {
        return parts.length > 2 ? readJoined(row, parts) : undefined
      }
      value = Reflect.get(value, part)
    }
    return value
  }
}

/** The same where some of the dots belong to a name: `a.b` in `{ 'x.y': { z: 1 } }`. */
function readJoined(object: unknown, parts: readonly string[]): unknown {
  if (parts.length === 0) return object
  if (typeof object !== 'object' || object === null || parts.length > 8) return undefined
  for (let taken = parts.length; taken > 0; taken--) {
    const name = parts.slice(0, taken).join('.')
    if (!Object.hasOwn(object, name)) continue
    const found = readJoined(Reflect.get(object, name), parts.slice(taken))
    if (found !== undefined) return found
  }
  return undefined
}

/** How a field is called on the chart. */
export function nameOf(field: Field, otherwise: string): string {
  const name = typeof field === 'string' ? field : field.name || otherwise
  return toLabel(name, 80)
}

/** The fields of some rows by their dotted names, in order of first appearance. */
export function findFields(rows: readonly Row[]): FieldFacts[] {
  const values = new Map<string, unknown[]>()
  for (const row of rows) collect(row, '', 0, values)
  return [...values].map(([name, list]) => factsOf(name, list))
}

function collect(object: object, prefix: string, depth: number, into: Map<string, unknown[]>): void {
  for (const [key, value] of Object.entries(object)) {
    const name = `${prefix}${key}`
    if (isNested(value) && depth < deepest && !isTime(value, name)) {
      collect(value, `${name}.`, depth + 1, into)
      continue
    }
    const known = into.get(name)
    if (known !== undefined) known.push(value)
    else if (into.size < mostNames) into.set(name, [value])
  }
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
}

function factsOf(name: string, values: readonly unknown[]): FieldFacts {
  const filled = values.filter((value) => value !== null && value !== undefined && value !== '')
  const texts = filled.filter((value) => typeof value === 'string')
  const most = (test: (value: unknown) => boolean) =>
    filled.length > 0 && filled.filter(test).length >= 0.8 * filled.length
  const kind = most(Array.isArray)
    ? 'list'
    : most((value) => isTime(value, name))
      ? 'time'
      : most((value) => toNumber(value) !== undefined)
        ? 'number'
        : most((value) => typeof value === 'string' || typeof value === 'boolean')
          ? 'text'
          : 'other'
  return {
    name,
    kind,
    filled: filled.length,
    distinct: new Set(filled).size,
    length: texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, texts.length),
  }
}

/** What is said when a name that was asked for stands in no row. */
export function unknownField(option: string, name: string, fields: readonly FieldFacts[]): XdrError {
  const names = fields.map((field) => field.name)
  const near = nearestNames(name, names).map((known) => plain(known, 80))
  return new XdrError('XDR_BAD_OPTION', `${option}: no row has the field "${plain(name, 80)}"`, {
    hint: near.length === 0 ? 'these rows have no fields at all' : `the nearest are ${near.join(', ')}`,
  })
}
