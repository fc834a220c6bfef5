import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  Binary,
  Bool,
  type Data,
  type DataType,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeBuilder,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Timestamp,
  TimestampMicrosecond,
  TimeUnit,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { stringifyExactJson } from '../json.js'
import type { DatabaseColumn } from './database.js'
import { type ParsedType, parseType } from './database-types.js'
import { linesOf } from './row-lines.js'
import type { RowLines } from './row-source.js'
import type { Row } from './table.js'

/**
 * Writes rows as Arrow IPC, a batch at a time. What Arrow has no type for here (128-bit integers, decimals,
 * dates, JSON) is text.
 *
 * @returns how many rows
 */
export async function writeArrow(
  path: string,
  format: 'arrow' | 'arrows',
  columns: readonly DatabaseColumn[],
  batches: AsyncIterable<{ rows: readonly Row[] }>,
): Promise<number> {
  const plans = columns.map(({ name, type }) => ({ name, type: parseType(type) }))
  const schema = new Schema(plans.map(({ name, type }) => new Field(name, arrowType(type), true)))
  const writer = format === 'arrow' ? new RecordBatchFileWriter() : new RecordBatchStreamWriter()
  let count = 0
  const write = async () => {
    writer.reset(undefined, schema)
    for await (const { rows } of batches) {
      if (rows.length === 0) continue
      count += rows.length
      const children = plans.map(({ name, type }) =>
        columnData(
          rows.map((row) => row[name]),
          type,
        ),
      )
      const data = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children })
      writer.write(new RecordBatch(schema, data))
    }
    writer.finish()
  }
  const writing = write().catch((error) => {
    writer.abort(error)
    throw error
  })
  await Promise.all([writing, pipeline(Readable.from(writer), createWriteStream(path, { flags: 'wx' }))])
  return count
}

function arrowType(type: ParsedType, isInner = false): DataType {
  if (type.kind === 'list') return new List(new Field('item', arrowType(type.item, true), true))
  if (type.kind === 'struct') {
    return new Struct(type.fields.map((field) => new Field(field.name, arrowType(field.type, true), true)))
  }
  switch (type.text) {
    case 'BOOLEAN':
      return new Bool()
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'UTINYINT':
    case 'USMALLINT':
      return new Int32()
    case 'UINTEGER':
    case 'BIGINT':
      return new Int64()
    case 'UBIGINT':
      return new Uint64()
    case 'FLOAT':
    case 'DOUBLE':
      return new Float64()
    case 'BLOB':
      return new Binary()
    case 'TIMESTAMP':
      // Builders take times as milliseconds, so only a whole column of them, made by hand, keeps microseconds.
      return isInner ? new Utf8() : new TimestampMicrosecond('UTC')
    default:
      return new Utf8()
  }
}

function columnData(values: readonly unknown[], type: ParsedType): Data {
  const target = arrowType(type)
  if (target instanceof Timestamp) return timeData(values)
  const builder = makeBuilder({ type: target, nullValues: [null, undefined] })
  for (const value of values) builder.append(toArrow(value, type))
  return builder.finish().flush()
}

function timeData(values: readonly unknown[]): Data {
  const micros = new BigInt64Array(values.length)
  const valid = new Uint8Array(Math.ceil(values.length / 8))
  let nullCount = 0
  for (const [i, value] of values.entries()) {
    const time = typeof value === 'string' ? microsOf(value) : undefined
    if (time === undefined) nullCount++
    else {
      micros[i] = time
      valid[i >> 3] = (valid[i >> 3] ?? 0) | (1 << (i & 7))
    }
  }
  const type = new TimestampMicrosecond('UTC')
  return makeData({ type, length: values.length, nullCount, nullBitmap: valid, data: micros })
}

/** `undefined` for infinity, which Arrow has not. */
function microsOf(text: string): bigint | undefined {
  const [, whole = '', fraction = ''] = /^(.*?\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(text) ?? []
  const millis = Date.parse(`${whole}Z`)
  return Number.isNaN(millis)
    ? undefined
    : BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

function toArrow(value: unknown, type: ParsedType): unknown {
  if (value === null || value === undefined) return null
  if (type.kind === 'list') return Array.isArray(value) ? value.map((item) => toArrow(item, type.item)) : null
  if (type.kind === 'struct') {
    return Object.fromEntries(
      type.fields.map((field) => [field.name, toArrow(Reflect.get(Object(value), field.name), field.type)]),
    )
  }
  if (/^(BIGINT|UBIGINT|UINTEGER)$/.test(type.text)) return BigInt(value as number | bigint)
  // A text in JSON keeps its quotes: it is not the same as what it might be read as.
  const isText = arrowType(type, true) instanceof Utf8
  return isText && (type.text === 'JSON' || typeof value !== 'string') ? stringifyExactJson(value) : value
}

/** Rows of an Arrow file or stream as JSON lines; times with their microseconds, bytes in hexadecimal digits. */
export async function* readArrow(path: string): AsyncGenerator<RowLines, void, undefined> {
  const file = await open(path)
  try {
    const reader = await RecordBatchReader.from(file)
    for await (const batch of reader) yield* linesOf(rowsOf(batch))
  } finally {
    await file.close()
  }
}

function* rowsOf(batch: RecordBatch): Generator<Row> {
  const { fields } = batch.schema
  const columns = fields.map((field, i) => ({ name: field.name, column: batch.getChildAt(i) }))
  for (let row = 0; row < batch.numRows; row++) {
    yield Object.fromEntries(
      columns.map(({ name, column }) => {
        if (column === null || !column.isValid(row)) return [name, null]
        return [name, column.type instanceof Timestamp ? timeText(column, row) : fromArrow(column.get(row))]
      }),
    )
  }
}

type Column = NonNullable<ReturnType<RecordBatch['getChildAt']>>

function timeText(column: Column, row: number): unknown {
  const data = column.data[0]
  const raw: unknown = data?.values?.[row]
  const type: unknown = column.type
  if (typeof raw !== 'bigint' || !(type instanceof Timestamp)) return column.get(row)
  const perSecond = {
    [TimeUnit.SECOND]: 1n,
    [TimeUnit.MILLISECOND]: 1000n,
    [TimeUnit.MICROSECOND]: 1_000_000n,
    [TimeUnit.NANOSECOND]: 1_000_000_000n,
  }
  const unit = perSecond[type.unit as TimeUnit]
  const left = ((raw % unit) + unit) % unit
  const second = new Date(Number((raw - left) / unit) * 1000).toISOString().slice(0, 19)
  const digits = String(unit).length - 1
  return digits === 0 ? `${second}Z` : `${second}.${String(left).padStart(digits, '0')}Z`
}

function fromArrow(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Symbol.iterator in value && !('toJSON' in value && isRow(value))) {
    return Array.from(value as Iterable<unknown>, fromArrow)
  }
  const json: unknown = 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value
  return Object.fromEntries(Object.entries(json ?? {}).map(([name, item]) => [name, fromArrow(item)]))
}

/** A structure can be iterated as well, as pairs of name and value. */
function isRow(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Row]'
}
