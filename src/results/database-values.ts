import {
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionValue,
  type DuckDBValue,
  HUGEINT,
  INTEGER,
  LIST,
  listValue,
  SQLNULL,
  TIMESTAMP,
  UBIGINT,
  VARCHAR,
} from '@duckdb/node-api'
import { XdrError } from '../errors.js'
import { parseExactJson } from '../json.js'
import { plain } from '../text.js'
import { quoteName } from './database-shape.js'

/**
 * A value of the database as JavaScript has it. Integers are `number` up to 2^53 and `bigint` beyond; times are ISO
 * text in UTC, with milliseconds, or with microseconds where there are any; JSON is parsed; whatever JavaScript has no
 * exact form for is text.
 */
export function fromDatabase(value: DuckDBValue, type: DuckDBType): unknown {
  if (value === null) return null
  if (typeof value === 'bigint') return fromInteger(value)
  if (typeof value === 'string') return type.alias === 'JSON' ? parseExactJson(value) : value
  if (typeof value !== 'object') return value
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return isoTime(value.micros, String(value))
  }
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      if (!(value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)) return String(value)
      const itemType = 'valueType' in type ? type.valueType : VARCHAR
      return value.items.map((item) => fromDatabase(item, itemType))
    }
    case DuckDBTypeId.STRUCT: {
      if (!(value instanceof DuckDBStructValue) || !('entryNames' in type)) return String(value)
      const { entries } = value
      return Object.fromEntries(
        type.entryNames.map((name, i) => [
          name,
          fromDatabase(entries[name] ?? null, type.entryTypes[i] ?? VARCHAR),
        ]),
      )
    }
    case DuckDBTypeId.MAP: {
      if (!(value instanceof DuckDBMapValue) || !('keyType' in type)) return String(value)
      const { keyType, valueType } = type
      return Object.fromEntries(
        value.entries.map((entry) => [
          String(fromDatabase(entry.key, keyType)),
          fromDatabase(entry.value, valueType),
        ]),
      )
    }
    case DuckDBTypeId.UNION: {
      if (!(value instanceof DuckDBUnionValue) || !('memberTags' in type)) return String(value)
      return fromDatabase(value.value, type.memberTypes[type.memberTags.indexOf(value.tag)] ?? VARCHAR)
    }
    default:
      return fromScalar(value, type)
  }
}

function fromScalar(value: DuckDBValue & object, type: DuckDBType): unknown {
  if (value instanceof DuckDBBlobValue) return value.bytes
  if (value instanceof DuckDBDecimalValue) {
    const text = String(value)
    const number = Number(text)
    // Fifteen digits are what a double keeps whatever they are.
    return value.value < 10n ** 15n && value.value > -(10n ** 15n) ? number : text
  }
  const text = String(value)
  return /^TIMESTAMP_(S|MS|NS)$/.test(DuckDBTypeId[type.typeId] ?? '') && /^\d{4}-/.test(text)
    ? `${text.replace(' ', 'T')}Z`
    : text
}

function fromInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** @param otherwise for infinity, and for years that ISO 8601 has no usual form for */
function isoTime(micros: bigint, otherwise: string): string {
  // Rounded down, so that what is left over is positive before 1970 as well.
  const left = ((micros % 1000n) + 1000n) % 1000n
  const time = new Date(Number((micros - left) / 1000n))
  const year = time.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) return otherwise
  const text = time.toISOString()
  return left === 0n ? text : `${text.slice(0, -1)}${String(left).padStart(3, '0')}Z`
}

/** A type as SQL writes it. The engine's own text has `VARCHAR` for `JSON`. */
export function typeText(type: DuckDBType): string {
  if (type.alias !== undefined) return type.alias
  if (type.typeId === DuckDBTypeId.LIST && 'valueType' in type) return `${typeText(type.valueType)}[]`
  if (type.typeId !== DuckDBTypeId.STRUCT || !('entryNames' in type)) return String(type)
  const fields = type.entryNames.map(
    (name, i) => `${quoteName(name)} ${typeText(type.entryTypes[i] ?? VARCHAR)}`,
  )
  return `STRUCT(${fields.join(', ')})`
}

/** A value of a cell and the type that it is bound as. */
interface Bound {
  value: DuckDBValue
  type: DuckDBType
}

/**
 * A value of a cell as the database takes it.
 *
 * @throws XdrError `XDR_BAD_OPTION` for what SQL has no value for
 */
export function toDatabase(value: unknown): Bound {
  if (value === null) return { value: null, type: SQLNULL }
  if (typeof value === 'string') return { value, type: VARCHAR }
  if (typeof value === 'boolean') return { value, type: BOOLEAN }
  if (typeof value === 'bigint') return { value, type: integerType(value) }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return { value, type: DOUBLE }
    return Math.abs(value) < 2 ** 31 ? { value, type: INTEGER } : { value: BigInt(value), type: BIGINT }
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    return { value: new DuckDBTimestampValue(BigInt(value.getTime()) * 1000n), type: TIMESTAMP }
  }
  if (value instanceof Uint8Array) return { value: blobValue(value), type: BLOB }
  if (Array.isArray(value)) return toList(value)
  throw badValue(value === undefined ? 'undefined' : `${plain(describe(value), 40)}`)
}

/** A list has one type: that of its values, the widest of its numbers. */
function toList(values: readonly unknown[]): Bound {
  const bound = values.map(toDatabase)
  const types = new Map(bound.filter(({ value }) => value !== null).map(({ type }) => [String(type), type]))
  const [only = VARCHAR, ...others] = types.values()
  if (others.length === 0) return { value: listValue(bound.map(({ value }) => value)), type: LIST(only) }
  const isNumeric = [...types.keys()].every((name) => /^(INTEGER|BIGINT|UBIGINT|HUGEINT|DOUBLE)$/.test(name))
  if (!isNumeric) throw badValue('a list of values of different kinds')
  if (types.has('DOUBLE')) {
    return {
      value: listValue(bound.map(({ value }) => (value === null ? null : Number(value)))),
      type: LIST(DOUBLE),
    }
  }
  const items = bound.map(({ value }) => (typeof value === 'number' ? BigInt(value) : value))
  return { value: listValue(items), type: LIST(HUGEINT) }
}

function integerType(value: bigint): DuckDBType {
  if (BigInt.asIntN(64, value) === value) return BIGINT
  if (BigInt.asUintN(64, value) === value) return UBIGINT
  if (BigInt.asIntN(128, value) === value) return HUGEINT
  throw badValue('an integer of more than 128 bits')
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (value instanceof Date) return 'a Date that is no time'
  return typeof value === 'object' ? 'an object' : typeof value
}

function badValue(what: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', `${what} cannot be a value in SQL`, {
    hint: 'give text, a number, a bigint, a boolean, a Date, null, bytes or a list of one of them; rows go in with load()',
  })
}
