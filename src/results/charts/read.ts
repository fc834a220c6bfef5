import { abortedError, XdrError } from '../../errors.js'
import { currentScreen } from '../../screen/screen.js'
import type { Row } from '../table.js'
import { type FieldFacts, findFields, nameOf, readerOf, unknownField } from './fields.js'
import type { ChartRows, Field } from './options.js'

/** Rows that are looked at before the fields are chosen. */
const sampleSize = 500
/** Members of one list that are counted. */
const mostMembers = 100

/** Which field goes where. */
export interface Plan {
  /** What each channel (`x`, `color`) is read from; one that is `undefined` is left out. */
  fields: Readonly<Record<string, Field | undefined>>
  /** Channels whose lists count under each of their members. */
  spread?: readonly string[]
  /** Channels that no row need have. */
  optional?: readonly string[]
}

/** What was read: a list of values for each channel, all of one length. */
export class Columns {
  readonly fields: readonly FieldFacts[]
  /** Rows read; there are more values than rows where lists were spread. */
  readonly rowCount: number
  readonly #values: ReadonlyMap<string, unknown[]>
  readonly #names: ReadonlyMap<string, string>

  constructor(
    fields: readonly FieldFacts[],
    rowCount: number,
    values: ReadonlyMap<string, unknown[]>,
    names: ReadonlyMap<string, string>,
  ) {
    this.fields = fields
    this.rowCount = rowCount
    this.#values = values
    this.#names = names
  }

  has(channel: string): boolean {
    return this.#values.has(channel)
  }

  of(channel: string): readonly unknown[] {
    return this.#values.get(channel) ?? []
  }

  /** The field's name, for headings. */
  nameOf(channel: string): string {
    return this.#names.get(channel) ?? channel
  }
}

/** Chooses fields from the facts about the first rows. */
export type Planner = (fields: readonly FieldFacts[], sampleSize: number) => Plan

/**
 * Reads rows once, keeping the values that are drawn and nothing else. What can be looped over at once is read at
 * once; rows that arrive give a promise.
 *
 * @throws XdrError `XDR_BAD_OPTION` for a field that stands in no row, and for what has no rows
 */
export function readRows(rows: ChartRows, plan: Planner): Columns | Promise<Columns> {
  const reader = new RowReader(plan)
  const source = rowsOf(rows)
  if (Symbol.iterator in source) {
    for (const row of source) reader.push(row)
    return reader.finish()
  }
  return readArriving(source, reader)
}

async function readArriving(source: AsyncIterable<unknown>, reader: RowReader): Promise<Columns> {
  const { signal } = await currentScreen()
  for await (const row of source) {
    // Leaving the loop ends what fetches the rows.
    if (signal?.aborted) throw abortedError('reading the rows of a chart')
    reader.push(row)
  }
  return reader.finish()
}

class RowReader {
  readonly #plan: Planner
  #sample: Row[] = []
  #count = 0
  #facts: FieldFacts[] = []
  #channels: Channel[] | undefined

  constructor(plan: Planner) {
    this.#plan = plan
  }

  push(value: unknown): void {
    const row = toRow(value)
    this.#count++
    if (this.#channels !== undefined) take(this.#channels, row)
    else if (this.#sample.push(row) >= sampleSize) this.#begin()
  }

  finish(): Columns {
    const channels = this.#channels ?? this.#begin()
    if (this.#count > 0) {
      for (const { name, field, found } of channels) {
        if (!found && typeof field === 'string') throw unknownField(name, field, this.#facts)
      }
    }
    return new Columns(
      this.#facts,
      this.#count,
      new Map(channels.map(({ name, values }) => [name, values])),
      new Map(channels.map(({ name, field }) => [name, nameOf(field, name)])),
    )
  }

  #begin(): Channel[] {
    this.#facts = findFields(this.#sample)
    const { fields, spread = [], optional = [] } = this.#plan(this.#facts, this.#sample.length)
    const channels = Object.entries(fields).flatMap(([name, field]) =>
      field === undefined
        ? []
        : [
            {
              name,
              field,
              read: readerOf(field),
              isSpread: spread.includes(name),
              found: optional.includes(name),
              values: [],
              current: undefined,
            } satisfies Channel,
          ],
    )
    for (const row of this.#sample) take(channels, row)
    this.#sample = []
    this.#channels = channels
    return channels
  }
}

interface Channel {
  name: string
  field: Field
  read: (row: Row) => unknown
  isSpread: boolean
  found: boolean
  values: unknown[]
  /** Of the row that is being read. */
  current: unknown
}

/** Once for every row: no allocation where no list is spread. */
function take(channels: readonly Channel[], row: Row): void {
  for (const channel of channels) {
    const value = channel.read(row)
    if (value !== undefined) channel.found = true
    if (channel.isSpread && Array.isArray(value)) {
      takeSpread(channels, row)
      return
    }
    channel.current = value
  }
  for (const channel of channels) channel.values.push(channel.current)
}

function takeSpread(channels: readonly Channel[], row: Row): void {
  const read = channels.map((channel) => {
    const value = channel.read(row)
    if (value !== undefined) channel.found = true
    return value
  })
  spreadLists(channels, read)
}

/** A row under each member of its lists: `tags: ['a', 'b']` counts for both. */
function spreadLists(channels: readonly Channel[], read: readonly unknown[]): void {
  let records: unknown[][] = [[]]
  for (const [i, channel] of channels.entries()) {
    const value = read[i]
    const members =
      channel.isSpread && Array.isArray(value)
        ? value.length === 0
          ? [undefined]
          : value.slice(0, mostMembers)
        : [value]
    records = records.flatMap((record) => members.map((member) => [...record, member]))
  }
  for (const record of records) for (const [i, channel] of channels.entries()) channel.values.push(record[i])
}

/** A plain value is a row with one field, `value`. */
function toRow(value: unknown): Row {
  if (isRow(value)) return value
  return { value }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function rowsOf(rows: ChartRows): Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof rows === 'object' && rows !== null) {
    if (isIterable(rows) || isAsyncIterable(rows)) return rows
    const list = findList(rows)
    if (list !== undefined) return list
  }
  throw new XdrError('XDR_BAD_OPTION', 'a chart needs rows: a list, or something that can be looped over', {
    hint: 'hand in a list of objects, the rows of a query, or its data',
  })
}

function isIterable(value: object): value is Iterable<unknown> {
  return typeof Reflect.get(value, Symbol.iterator) === 'function'
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return typeof Reflect.get(value, Symbol.asyncIterator) === 'function'
}

/** The first list in a query's data, nearest to the top; an empty one where there is no other. */
function findList(data: object): readonly unknown[] | undefined {
  let empty: readonly unknown[] | undefined
  let level: unknown[] = [data]
  for (let depth = 0; depth < 6 && level.length > 0; depth++) {
    const lists = level.filter((value): value is unknown[] => Array.isArray(value))
    const filled = lists.find((list) => isRow(list[0]))
    if (filled !== undefined) return filled
    empty ??= lists.find((list) => list.length === 0)
    level = level.filter(isRow).flatMap((object) => Object.values(object))
  }
  return empty
}
