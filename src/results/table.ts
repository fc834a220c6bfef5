import { findColumns, isPlainObject } from './table-columns.js'
import { timesIn } from './table-time.js'
import { TableView } from './table-view.js'

/** Rows of a table, as a query gives them. */
export type Row = Readonly<Record<string, unknown>>

const displayHook = Symbol.for('Jupyter.display')
/** A list whose first so many items are objects is one of rows. */
const mostLooked = 100

/** Rows that are the beginning of more. */
export interface RestOfRows {
  /** `undefined` where nobody knows. */
  totalRows: number | undefined
  /** How the others are had. */
  hint: string
}

/**
 * A list of objects as a table: nested fields as dotted columns, long lists and long values cut with a count.
 *
 * @param textWidth characters a line of the text form
 * @param rest where the list is the beginning of a longer one
 * @returns `undefined` for what is no table
 */
export function tableView(value: unknown, textWidth?: number, rest?: RestOfRows): TableView | undefined {
  if (!isRows(value)) return undefined
  const rows = value.slice(0, mostLooked)
  const { columns, isComplete } = findColumns(rows)
  const content = {
    title: undefined,
    columns,
    hasMoreColumns: !isComplete,
    hasChosenColumns: false,
    rows,
    totalRows: rest === undefined ? value.length : rest.totalRows,
    rowLimit: undefined,
    hint: rest?.hint,
    times: timesIn(),
  }
  return new TableView(content, textWidth)
}

/** Gives a query's data a display as the table of its first list of rows; as data it stays what it was. */
export function withTable<T extends object>(data: T): T {
  const rows = findRows(data)
  if (rows === undefined || !Object.isExtensible(data)) return data
  return Object.defineProperty(data, displayHook, {
    // Made when asked for: a query whose value is not shown pays nothing.
    value: () => tableView(rows)?.bundle() ?? {},
    enumerable: false,
    configurable: true,
  })
}

/** Whether {@link withTable} has found rows in it. */
export function isResult(value: object): boolean {
  return Object.hasOwn(value, displayHook) && findRows(value) !== undefined
}

/** The first list of objects in a result, nearest to the top: GraphQL wraps its rows in two or three objects. */
export function findRows(data: object): readonly Row[] | undefined {
  let level: unknown[] = [data]
  for (let depth = 0; depth < 6 && level.length > 0; depth++) {
    const below: unknown[] = []
    for (const value of level) {
      if (isRows(value)) return value
      if (isPlainObject(value)) for (const member of Object.values(value)) below.push(member)
    }
    level = below
  }
  return undefined
}

/** Nulls stand between the rows of a partial result. */
function isRows(value: unknown): value is readonly Row[] {
  if (!Array.isArray(value)) return false
  let objects = 0
  for (let i = 0; i < value.length && i < mostLooked; i++) {
    if (isPlainObject(value[i])) objects++
    else if (value[i] !== null) return false
  }
  return objects > 0
}
