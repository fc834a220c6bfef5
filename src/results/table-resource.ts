import { isPlainObject, missing, readColumn, Unreadable, unlikeEachOther } from './table-columns.js'
import { boundedJson, dataOf, shortInspection } from './table-json.js'
import type { TableModel } from './table-model.js'
import { safeData, safeLine } from './table-strings.js'
import { type Instant, instantOfDate, instantOfObject, instantOfText, utcText } from './table-time.js'

/** MIME type of a Frictionless Data Resource: what data explorers take. */
export const resourceMimeType = 'application/vnd.dataresource+json'

/** Table Schema's types, as far as JSON rows have them. */
type FieldType = 'string' | 'integer' | 'number' | 'boolean' | 'datetime' | 'array' | 'object' | 'any'

interface Field {
  name: string
  type: FieldType
  title?: string
  description?: string
}

/** Rows as data, beside what describes them. */
export interface DataResource {
  profile: 'tabular-data-resource'
  name: string
  title?: string
  description: string
  schema: { fields: Field[] }
  data: Record<string, unknown>[]
}

const mostRows = 100
const mostColumns = 500
const mostBytes = 500_000
const mostValueLength = 10_000
const mostNameLength = 1_000

/** What of a value can stand in JSON, and what it is. */
type Datum =
  | { type: FieldType; value: unknown }
  | { type: 'nothing'; value: null }
  | { type: 'long'; value: string }

const nothing: Datum = { type: 'nothing', value: null }

/** The shown rows as a data resource (Table Schema); integers beyond 2^53 as text, times in UTC. */
export function dataResource(model: TableModel): DataResource {
  const { title, columns, rows, rowLimit } = model.content
  const shownColumns = columns.slice(0, mostColumns)
  const kinds = shownColumns.map(() => new Set<Datum['type']>())
  const table: (Datum | undefined)[][] = []
  let bytes = 0
  for (const row of rows.slice(0, rowLimit ?? mostRows)) {
    const data = shownColumns.map((column) => datumOf(readColumn(row, column)))
    bytes += data.reduce((sum, datum, i) => sum + sizeOf(datum, shownColumns[i]?.title.length ?? 0), 2)
    if (bytes > mostBytes && table.length > 0) break
    data.forEach((datum, i) => {
      if (datum !== undefined && datum.type !== 'nothing') kinds[i]?.add(datum.type)
    })
    table.push(data)
  }
  const names = unlikeEachOther(shownColumns.map(({ title: name }) => safeData(name, mostNameLength)))
  const fields = names.map((name, i): Field => {
    const isLong = kinds[i]?.has('long') === true
    return {
      name,
      type: typeOf(kinds[i] ?? new Set()),
      ...(isLong ? { description: 'integers beyond 2^53 as text' } : {}),
    }
  })
  return {
    profile: 'tabular-data-resource',
    name: 'rows',
    ...(title === undefined ? {} : { title: safeLine(title, 200) }),
    description: model.summary(table.length, shownColumns.length),
    schema: { fields },
    data: table.map((data) => rowOf(data, fields)),
  }
}

function rowOf(data: readonly (Datum | undefined)[], fields: readonly Field[]): Record<string, unknown> {
  // Without a prototype, a field named `__proto__` is one like any other.
  const row: Record<string, unknown> = Object.create(null)
  data.forEach((datum, i) => {
    const field = fields[i]
    if (datum === undefined || field === undefined) return
    const isText =
      field.type === 'string' && (typeof datum.value === 'number' || typeof datum.value === 'boolean')
    row[field.name] = isText ? String(datum.value) : datum.value
  })
  return row
}

/** One type for a column: texts where long integers are among the numbers, `any` for a mixture. */
function typeOf(kinds: ReadonlySet<Datum['type']>): FieldType {
  const [only, ...others] = kinds
  if (only === undefined) return 'any'
  if (others.length === 0) return only === 'long' || only === 'nothing' ? 'string' : only
  const are = (...types: Datum['type'][]) => [...kinds].every((kind) => types.includes(kind))
  if (are('integer', 'number')) return 'number'
  if (are('integer', 'number', 'long', 'string')) return kinds.has('long') ? 'string' : 'any'
  return are('string', 'datetime') ? 'string' : 'any'
}

/** `undefined` for a field that the row does not have. */
function datumOf(value: unknown): Datum | undefined {
  switch (typeof value) {
    case 'string':
      return {
        type: instantOfText(value) === undefined ? 'string' : 'datetime',
        value: safeData(value, mostValueLength),
      }
    case 'number':
      return Number.isFinite(value)
        ? { type: Number.isSafeInteger(value) ? 'integer' : 'number', value }
        : { type: 'number', value: specialNumber(value) }
    case 'bigint':
      return Number.isSafeInteger(Number(value))
        ? { type: 'integer', value: Number(value) }
        : { type: 'long', value: safeData(String(value), mostValueLength) }
    case 'boolean':
      return { type: 'boolean', value }
    case 'undefined':
      return undefined
    case 'object':
      return value === null ? nothing : datumSafely(value)
    default:
      return value === missing
        ? undefined
        : { type: 'string', value: safeData(shortInspection(value), mostValueLength) }
  }
}

function datumSafely(value: object): Datum | undefined {
  try {
    return datumOfObject(value)
  } catch {
    return nothing
  }
}

function datumOfObject(value: object): Datum | undefined {
  if (value instanceof Unreadable) return nothing
  const instant = momentOf(value)
  if (instant !== undefined) return { type: 'datetime', value: utcText(instant) }
  if (value instanceof Date) return nothing
  if (ArrayBuffer.isView(value)) return { type: 'string', value: shortInspection(value) }
  const data = Array.isArray(value) || isPlainObject(value) ? value : dataOf(value)
  if (typeof data !== 'object' || data === null) return datumOf(data)
  const { text, isCut } = boundedJson(data, mostValueLength, { isStrict: true })
  if (isCut) return { type: 'string', value: safeData(text, 2 * mostValueLength) }
  const parsed: unknown = JSON.parse(safeData(text, text.length))
  return {
    type: Array.isArray(parsed) ? 'array' : typeof parsed === 'string' ? 'string' : 'object',
    value: parsed,
  }
}

function momentOf(value: object): Instant | undefined {
  return value instanceof Date ? instantOfDate(value) : instantOfObject(value)
}

/** Table Schema's spelling of what JSON has no number for. */
function specialNumber(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF'
}

/** Bytes that it takes as JSON. */
function sizeOf(datum: Datum | undefined, nameLength: number): number {
  if (datum === undefined) return 0
  const { value } = datum
  const isShort = typeof value === 'number' || typeof value === 'boolean' || value === null
  return (
    3 * Math.min(nameLength, mostNameLength) +
    4 +
    (isShort ? 20 : typeof value === 'string' && bare.test(value) ? value.length : jsonSize(value))
  )
}

/** ASCII that JSON writes as it is. */
const bare = /^[ !#-[\]-~]*$/

function jsonSize(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '')
}
