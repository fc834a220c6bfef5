import { instantOfObject } from './table-time.js'

/** One column: a field, or a field of a field. */
export interface Column {
  /** Dotted name. */
  name: string
  /** What stands above it; unlike that of every other column. */
  title: string
  path: readonly string[]
  /** Some rows have fields of their own here, which are columns of their own. */
  isSplit: boolean
}

/** Where a row has no such field. */
export const missing = Symbol('missing')

/** A value that throws when it is read. */
export class Unreadable {
  readonly reason: string

  constructor(error: unknown) {
    this.reason = error instanceof Error ? error.message : String(error)
  }
}

/** An object, seen as its named members. */
export type Members = Readonly<Record<string, unknown>>

const deepest = 4
/** Fields looked at, of all rows together: those of a thousand rows with a hundred each. */
const mostLooked = 100_000

/** Columns that were found in some rows. */
export interface FoundColumns {
  columns: Column[]
  /** Every field of every row was looked at. */
  isComplete: boolean
}

interface Field {
  fields: Map<string, Field> | undefined
  hasValue: boolean
  /** Null or an empty object: a column only where nothing better is known of it. */
  hasNothing: boolean
  isTime: boolean
}

/** The columns of some rows: nested fields with dotted names, side by side, in order of first appearance. */
export function findColumns(rows: readonly unknown[]): FoundColumns {
  const root = newField()
  let left = mostLooked
  const look = (value: Members, field: Field, depth: number): void => {
    for (const name of namesOf(value)) {
      if (left-- <= 0) return
      field.fields ??= new Map()
      let found = field.fields.get(name)
      if (found === undefined) {
        found = newField()
        field.fields.set(name, found)
      }
      const item = readOwn(value, name)
      if (item === undefined || item === null) found.hasNothing = true
      else if (typeof item !== 'object' || !isPlainObject(item)) found.hasValue = true
      else if (instantOfObject(item) !== undefined) found.isTime = true
      else if (depth + 1 >= deepest) found.hasValue = true
      else if (namesOf(item).length === 0) found.hasNothing = true
      else look(item, found, depth + 1)
    }
  }
  for (const row of rows) if (hasMembers(row) && left > 0) look(row, root, 0)
  return { columns: withTitles(columnsOf(root, [])), isComplete: left >= 0 }
}

/** What a row has in a column; null where one of the fields above it is null. Never throws. */
export function readColumn(row: unknown, column: Column): unknown {
  try {
    return readPath(row, column)
  } catch (error) {
    return new Unreadable(error)
  }
}

function readPath(row: unknown, { path, isSplit }: Column): unknown {
  let value = row
  for (const name of path) {
    if (value === null) return null
    if (!hasMembers(value) || !Object.hasOwn(value, name)) return missing
    value = value[name]
  }
  if (value === undefined) return missing
  return isSplit && isPlainObject(value) && instantOfObject(value) === undefined ? missing : value
}

/** A column that a person names: a field whose fields lie deeper than columns are made of, or in few rows. */
export function columnOfPath(name: string): Column {
  return { name, title: name, path: name.split('.'), isSplit: false }
}

/** Columns with titles unlike each other. */
export function withTitles(columns: readonly Column[]): Column[] {
  const titles = unlikeEachOther(columns.map(({ title }) => title))
  return columns.map((column, i) => ({ ...column, title: titles[i] ?? column.title }))
}

/** Names made unlike each other, by a number behind them. */
export function unlikeEachOther(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let unlike = name
    for (let number = 2; taken.has(unlike); number++) unlike = `${name} (${number})`
    taken.add(unlike)
    return unlike
  })
}

/** An object of the kind that JSON and object literals give. */
export function isPlainObject(value: unknown): value is Members {
  if (!hasMembers(value)) return false
  try {
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === null || prototype === Object.prototype
  } catch {
    return false
  }
}

/** Names of an object's own fields; none where they cannot be told. */
export function namesOf(value: object): string[] {
  try {
    return Object.keys(value)
  } catch {
    return []
  }
}

/** A field of the object itself, never of what it inherits. */
export function readMember(value: Members, name: string): unknown {
  try {
    return Object.hasOwn(value, name) ? value[name] : missing
  } catch (error) {
    return new Unreadable(error)
  }
}

/** Anything that has named members: objects of every kind, lists too. */
export function hasMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}

function readOwn(value: Members, name: string): unknown {
  try {
    return value[name]
  } catch (error) {
    return new Unreadable(error)
  }
}

function newField(): Field {
  return { fields: undefined, hasValue: false, hasNothing: false, isTime: false }
}

function columnsOf(field: Field, above: readonly string[]): Column[] {
  const columns: Column[] = []
  for (const [name, found] of field.fields ?? []) {
    const path = [...above, name]
    // A time that is not set is an object like a time, and no group of columns.
    const isSplit = found.fields !== undefined && !found.isTime
    if (found.hasValue || found.isTime || (found.hasNothing && !isSplit)) {
      columns.push({ name: path.join('.'), title: path.join('.'), path, isSplit })
    }
    if (isSplit) columns.push(...columnsOf(found, path))
  }
  return columns
}
