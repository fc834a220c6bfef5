import { type Cell, describeCell } from './table-cell.js'
import { type Column, readColumn } from './table-columns.js'
import { counted, grouped } from './table-strings.js'
import type { TimeText } from './table-time.js'

/** What a table shows: chosen columns, the first rows, and how much there is of both. */
export interface TableContent {
  title: string | undefined
  columns: readonly Column[]
  /** There may be further columns, which nobody has looked for. */
  hasMoreColumns: boolean
  /** Only the columns that were asked for by name: as many as there are. */
  hasChosenColumns: boolean
  rows: readonly unknown[]
  /** `undefined` where more follow and nobody knows how many. */
  totalRows: number | undefined
  /** Rows that were asked for; without, each form has its own limit. */
  rowLimit: number | undefined
  /** How rows that are not shown are had. */
  hint: string | undefined
  times: TimeText
}

/** The cells of a table, made once for all its forms and only where they are shown. */
export class TableModel {
  readonly content: TableContent
  readonly #cells: Cell[][] = []

  constructor(content: TableContent) {
    this.content = content
  }

  cell(row: number, column: number): Cell {
    let cells = this.#cells[row]
    if (cells === undefined) {
      cells = []
      this.#cells[row] = cells
    }
    let cell = cells[column]
    if (cell === undefined) {
      const { columns, rows, times } = this.content
      const shown = columns[column]
      if (shown === undefined) throw new RangeError(`column ${column} of ${columns.length}`)
      cell = describeCell(readColumn(rows[row], shown), shown.name, times)
      cells[column] = cell
    }
    return cell
  }

  /** What a column holds in its first `rows` rows; `text` for a mixture, `nothing` for no values. */
  kindOf(column: number, rows: number): Cell['kind'] {
    let common: Cell['kind'] = 'nothing'
    for (let row = 0; row < rows; row++) {
      const { kind } = this.cell(row, column)
      if (kind === 'nothing' || kind === common) continue
      if (common !== 'nothing') return 'text'
      common = kind
    }
    return common
  }

  /** `first 100 of 1,000 rows, first 50 of 60 columns, times in Europe/Berlin`. */
  summary(shownRows: number, shownColumns: number, { countsAllColumns = true } = {}): string {
    const { columns, hasMoreColumns, totalRows, times } = this.content
    const parts = [countOfRows(shownRows, totalRows)]
    if (shownColumns < columns.length) {
      const all = `${hasMoreColumns ? 'at least ' : ''}${counted(columns.length, 'column')}`
      parts.push(`first ${grouped(shownColumns)} of ${all}`)
    } else if (countsAllColumns && columns.length > 0) parts.push(counted(columns.length, 'column'))
    if (this.#hasTimes(shownRows, shownColumns)) parts.push(`times in ${times.zone}`)
    return parts.join(', ')
  }

  /** `; toArray() reads all`, where there are more rows and that is known; else nothing. */
  hint(shownRows: number): string {
    const { hint, totalRows } = this.content
    return hint === undefined || shownRows === totalRows ? '' : `; ${hint}`
  }

  #hasTimes(rows: number, columns: number): boolean {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (this.cell(row, column).kind === 'time') return true
      }
    }
    return false
  }
}

function countOfRows(shown: number, total: number | undefined): string {
  if (total === undefined) return `first ${counted(shown, 'row')}, more follow`
  if (total === 0) return 'no rows'
  return shown < total ? `first ${grouped(shown)} of ${counted(total, 'row')}` : counted(total, 'row')
}
