import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { type Column, columnOfPath, missing, readColumn, withTitles } from './table-columns.js'
import { instantOfDate, instantOfObject } from './table-time.js'

/** Columns in the order in which they are shown: dotted names, or `{ name: title }`. */
export type ColumnChoice =
  | readonly (string | Readonly<Record<string, string>>)[]
  | Readonly<Record<string, string>>

/** All columns that are not named elsewhere. */
const allOthers = '*'
const mostProposals = 3

/**
 * The columns that a person asks for, or all but those to hide.
 *
 * @param rows more rows than those that the columns were found in, if there are: a rare field may be in them
 * @throws XdrError `XDR_BAD_OPTION` for a name that is nowhere
 */
export function chooseColumns(
  found: readonly Column[],
  choice: ColumnChoice | undefined,
  hide: readonly string[],
  rows: readonly unknown[],
): Column[] {
  const visible = found.filter(({ name }) => !hide.some((hidden) => isIn(name, hidden)))
  if (choice === undefined) return withTitles(visible)
  const named = (Array.isArray(choice) ? choice : [choice]).flatMap(namesAndTitles)
  const chosen = named.map(([name, title]) =>
    name === allOthers ? [] : columnsNamed(name, title, found, rows),
  )
  const taken = new Set(chosen.flat().map(({ name }) => name))
  const others = visible.filter(({ name }) => !taken.has(name))
  return withTitles(chosen.flatMap((columns, i) => (named[i]?.[0] === allOthers ? others : columns)))
}

/** The one column of that name, for sorting. */
export function columnNamed(name: string, found: readonly Column[], rows: readonly unknown[]): Column {
  const [column = columnOfPath(name)] = columnsNamed(name, undefined, found, rows)
  return column
}

/** Orders rows by one column: numbers, times and texts each in their own way, nothing at the end either way. */
export function sortRows(rows: readonly unknown[], columns: readonly SortColumn[]): unknown[] {
  const collator = new Intl.Collator('en', { numeric: true })
  const keyed = rows.map((row) => ({
    row,
    keys: columns.map(({ column }) => sortKey(readColumn(row, column))),
  }))
  keyed.sort((a, b) => {
    for (const [i, { isDescending }] of columns.entries()) {
      const order = compareKeys(a.keys[i], b.keys[i], isDescending, collator)
      if (order !== 0) return order
    }
    return 0
  })
  return keyed.map(({ row }) => row)
}

/** A column to sort by. */
export interface SortColumn {
  column: Column
  isDescending: boolean
}

type SortKey = number | bigint | string | undefined

function sortKey(value: unknown): SortKey {
  switch (typeof value) {
    case 'number':
      return Number.isNaN(value) ? undefined : value
    case 'bigint':
    case 'string':
      return value
    case 'boolean':
      return Number(value)
    default:
      return typeof value === 'object' && value !== null ? keyOfObject(value) : undefined
  }
}

function keyOfObject(value: object): SortKey {
  const instant = value instanceof Date ? instantOfDate(value) : instantOfObject(value)
  // In nanoseconds: a number of milliseconds cannot tell two events of one microsecond apart.
  return instant === undefined
    ? undefined
    : BigInt(instant.ms) * 1_000_000n + BigInt(instant.fraction.padEnd(9, '0'))
}

function compareKeys(a: SortKey, b: SortKey, isDescending: boolean, collator: Intl.Collator): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const order = orderOf(a, b, collator)
  return isDescending ? -order : order
}

function orderOf(a: number | bigint | string, b: number | bigint | string, collator: Intl.Collator): number {
  if (typeof a === 'string' && typeof b === 'string') return collator.compare(a, b)
  if (typeof a === 'string' || typeof b === 'string') return typeof a === 'string' ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}

function namesAndTitles(entry: string | Readonly<Record<string, string>>): [string, string | undefined][] {
  return typeof entry === 'string' ? [[entry, undefined]] : Object.entries(entry)
}

function isIn(name: string, group: string): boolean {
  return name === group || name.startsWith(`${group}.`)
}

function columnsNamed(
  name: string,
  title: string | undefined,
  found: readonly Column[],
  rows: readonly unknown[],
): Column[] {
  const columns = found.filter((column) => isIn(column.name, name))
  if (columns.length > 0) return columns.map((column) => renamed(column, name, title))
  const deep = columnOfPath(name)
  const flat = { ...deep, path: [name] }
  const column = [deep, flat].find((candidate) => rows.some((row) => hasColumn(row, candidate)))
  // Without rows there is nothing to know the names from.
  if (column !== undefined || rows.length === 0) return [renamed(column ?? deep, name, title)]
  throw new XdrError('XDR_BAD_OPTION', `there is no column "${plain(name, 80)}" in these rows`, {
    hint: proposal(name, found),
  })
}

/** A group keeps its inner names behind the title that it is given. */
function renamed(column: Column, name: string, title: string | undefined): Column {
  return title === undefined ? column : { ...column, title: `${title}${column.name.slice(name.length)}` }
}

function hasColumn(row: unknown, column: Column): boolean {
  const value = row === null ? missing : readColumn(row, column)
  return value !== missing && value !== null
}

function proposal(name: string, found: readonly Column[]): string {
  const nearest = found
    .map((column) => ({ name: column.name, distance: distanceTo(name, column.name) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, mostProposals)
    .map((column) => plain(column.name, 80))
  if (nearest.length === 0) return 'the rows have no fields'
  return `the nearest ${nearest.length === 1 ? 'is' : 'are'} ${nearest.join(', ')}`
}

/** How far a typed name is from a real one: its last part alone is often meant. */
function distanceTo(typed: string, name: string): number {
  const lower = typed.toLowerCase()
  const last = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return Math.min(editDistance(lower, name.toLowerCase()), editDistance(lower, last) + 0.5)
}

/** Letters to add, take away or change (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1])
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
