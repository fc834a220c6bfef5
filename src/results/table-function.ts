import type { MimeBundle } from '../display.js'
import { XdrError } from '../errors.js'
import { currentScreen } from '../screen/screen.js'
import { findRows, isResult } from './table.js'
import { type ColumnChoice, chooseColumns, columnNamed, type SortColumn, sortRows } from './table-choice.js'
import { findColumns } from './table-columns.js'
import { type FirstRows, firstRows, firstRowsAsync, isAsync, isCounted } from './table-rows.js'
import { timesIn } from './table-time.js'
import { TableView } from './table-view.js'

/** How {@link table} shows rows; everything has a default. */
export interface TableOptions {
  /**
   * Columns by dotted name, in the order in which they stand: `['id', 'metadata.title']`. `{
   * 'metadata.title': 'Title' }`, alone or in the list, gives a column another name; `metadata` takes all the
   * fields in it, `'*'` all the others. Default: all.
   */
  columns?: ColumnChoice
  /** Columns that are left out, by dotted name; `metadata` takes all the fields in it. */
  hide?: readonly string[]
  /** Rows shown at most, of 10,000. Default: 100 in a notebook, 20 in a terminal. */
  limit?: number
  /** A column to sort by, or several; with `-` before its name the largest come first. Rows without it come last. */
  sort?: string | readonly string[]
  /** Stands above the table. */
  title?: string
  /**
   * IANA name of the time zone in which times are shown, such as `Europe/Berlin` or `UTC`. Default: that of
   * the kernel.
   */
  timeZone?: string
  /** Ends the wait for rows that are fetched while they are read. Default: the stop button, Ctrl-C. */
  signal?: AbortSignal
}

/** Rows as a table: shown as the last value of a cell, by `display()`, by `console.log()`. */
export interface Table {
  /** Names of its columns, as they stand above them. */
  readonly columns: readonly string[]
  /** The HTML form: complete, escaped, without script. */
  toHTML(): string
  /** The text form. */
  toString(): string
}

const usualLimit = 100
const mostLimit = 10_000

/**
 * Shows rows as a table: chosen columns, in an order, with other names.
 *
 * Takes a list of objects, anything that can be looped over (of that only the rows shown are read, and one more), a
 * Map, the result of a query, or a single object, whose fields then stand one below the other. Rows that are fetched
 * while they are read (`for await`) give a promise.
 *
 * @throws XdrError `XDR_BAD_OPTION` for a column that is not there, with the nearest names; `XDR_ABORTED`
 *
 * @example
 * table(alerts, { columns: ['id', { 'metadata.title': 'Title' }], sort: '-metadata.severity', limit: 10 })
 * await table(xdr.pages('/v3/organizations'), { hide: ['address'] })
 */
export function table(rows: AsyncIterable<unknown>, options?: TableOptions): Promise<Table>
export function table(rows: Iterable<unknown> | object, options?: TableOptions): Table
export function table(rows: object, options: TableOptions = {}): Table | Promise<Table> {
  checkOptions(rows, options)
  const limit = Math.max(1, Math.min(options.limit ?? usualLimit, mostLimit))
  if (isAsync(rows)) return readTable(rows, limit, options)
  const source = isResult(rows) ? (findRows(rows) ?? rows) : rows
  return options.sort === undefined
    ? makeTable(firstRows(source, limit), options, source)
    : makeTable(firstSorted(source, limit, options.sort), options, source)
}

async function readTable(
  source: AsyncIterable<unknown>,
  limit: number,
  options: TableOptions,
): Promise<Table> {
  const signal = options.signal ?? (await currentScreen()).signal
  return makeTable(await firstRowsAsync(source, limit, signal), options, [])
}

function makeTable({ rows, total }: FirstRows, options: TableOptions, source: object): Table {
  const searched = Array.isArray(source) && source.length > rows.length ? source : rows
  const found = findColumns(rows)
  const columns = chooseColumns(found.columns, options.columns, options.hide ?? [], searched)
  const view = new TableView({
    title: options.title,
    columns,
    hasMoreColumns: options.columns === undefined && !found.isComplete,
    hasChosenColumns: options.columns !== undefined,
    rows,
    totalRows: total,
    rowLimit: options.limit,
    hint: undefined,
    times: timesIn(options.timeZone),
  })
  return new ShownTable(
    columns.map(({ title }) => title),
    view,
  )
}

function firstSorted(source: object, limit: number, sort: string | readonly string[]): FirstRows {
  const { rows, total } = firstRows(source, Number.MAX_SAFE_INTEGER)
  const { columns: found } = findColumns(rows.slice(0, usualLimit))
  const columns = [sort].flat().map((name): SortColumn => {
    const isDescending = name.startsWith('-')
    return { column: columnNamed(isDescending ? name.slice(1) : name, found, rows), isDescending }
  })
  return { rows: sortRows(rows, columns).slice(0, limit), total }
}

class ShownTable implements Table {
  readonly columns: readonly string[]
  readonly #view: TableView

  constructor(columns: readonly string[], view: TableView) {
    this.columns = columns
    this.#view = view
  }

  toHTML(): string {
    return this.#view.html
  }

  toString(): string {
    return this.#view.text
  }

  /** The convention of kernels for what brings its own display. */
  [Symbol.for('Jupyter.display')](): MimeBundle {
    return this.#view.bundle()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.#view.text
  }
}

function checkOptions(rows: unknown, options: TableOptions): void {
  if (typeof rows !== 'object' || rows === null) {
    throw new XdrError(
      'XDR_BAD_OPTION',
      `table() was given ${rows === null ? 'null' : `a ${typeof rows}`}, not rows`,
      {
        hint: 'give a list of objects, the result of a query, or one object',
      },
    )
  }
  if (rows instanceof Promise) {
    throw new XdrError('XDR_BAD_OPTION', 'table() was given a promise, not rows', {
      hint: 'write await before what makes the rows: table(await xdr.query(…))',
    })
  }
  if (options.limit !== undefined && !(Number.isInteger(options.limit) && options.limit > 0)) {
    throw new XdrError('XDR_BAD_OPTION', 'limit is no whole number above zero', {
      hint: 'write it like table(rows, { limit: 10 })',
    })
  }
  if (options.sort !== undefined && (isAsync(rows) || !isCounted(rows))) {
    throw new XdrError('XDR_BAD_OPTION', 'rows that are still being read cannot be sorted', {
      hint: 'collect them first, as [...rows] or in a for await loop; or sort in the query',
    })
  }
}
