import { type Cell, mostCellLength } from './table-cell.js'
import type { TableModel } from './table-model.js'
import { safeLine } from './table-strings.js'
import { sliceWidth, textWidth } from './table-width.js'

const mostRows = 20
const mostColumns = 24
/** A column is cut to this at the least before one is left out. */
const leastColumnWidth = 16
const gap = '  '

interface ColumnWidth {
  /** Terminal columns of its head, and of its widest cell. */
  head: number
  body: number
  kind: Cell['kind']
}

/**
 * A table for a terminal: aligned columns, no colours.
 *
 * @param width characters a line
 */
export function textTable(model: TableModel, width: number): string {
  const { title, columns, rows, rowLimit } = model.content
  const rowCount = Math.min(rows.length, rowLimit ?? mostRows)
  const heads = columns.slice(0, mostColumns).map((column) => safeLine(column.title, mostCellLength) || '""')
  const wanted = heads.map((head, column): ColumnWidth => {
    let body = 0
    for (let row = 0; row < rowCount; row++) body = Math.max(body, textWidth(model.cell(row, column).text))
    return { head: textWidth(head), body, kind: model.kindOf(column, rowCount) }
  })
  const widths = fitWidths(wanted, width)
  const line = (texts: (column: number) => string) =>
    widths
      .map((columnWidth, column) => pad(texts(column), columnWidth, wanted[column]?.kind === 'number'))
      .join(gap)
      .trimEnd()
  return [
    ...(title === undefined ? [] : [safeLine(title, 200)]),
    ...(columns.length === 0
      ? []
      : [
          line((column) => heads[column] ?? ''),
          widths.map((columnWidth) => '─'.repeat(columnWidth)).join(gap),
          ...Array.from({ length: rowCount }, (_, row) => line((column) => model.cell(row, column).text)),
        ]),
    `(${model.summary(rowCount, widths.length, { countsAllColumns: false })}${model.hint(rowCount)})`,
    ...notShown(model, widths.length, width),
  ].join('\n')
}

/** Names of the columns that are left out, in one line: what could be asked for. */
function notShown(model: TableModel, shown: number, width: number): string[] {
  const rest = model.content.columns.slice(shown, shown + mostColumns)
  if (rest.length === 0) return []
  const line = `not shown: ${rest.map(({ title }) => safeLine(title, mostCellLength)).join(', ')}`
  const isAll = shown + rest.length === model.content.columns.length
  return textWidth(line) > width || !isAll ? [`${sliceWidth(line, width - 1)}…`] : [line]
}

/**
 * Cuts the widest columns until the table fits, of numbers and times only their heads: half of one says something
 * else. Columns that do not fit even so are left out at the end.
 */
function fitWidths(wanted: readonly ColumnWidth[], width: number): number[] {
  const widths = wanted.map(({ head, body }) => Math.max(head, body))
  const least = wanted.map(({ body, kind }) =>
    kind === 'number' || kind === 'time' ? Math.max(leastColumnWidth, body) : leastColumnWidth,
  )
  let total = widths.reduce((sum, each) => sum + each + gap.length, -gap.length)
  while (total > width) {
    const widest = indexOfWidest(widths, least)
    const current = widths[widest]
    if (current !== undefined) {
      widths[widest] = current - 1
      total--
    } else if (widths.length > 1) total -= (widths.pop() ?? 0) + gap.length
    else break
  }
  return widths
}

/** Of those that may be cut still; -1 for none. */
function indexOfWidest(widths: readonly number[], least: readonly number[]): number {
  let widest = -1
  for (const [i, width] of widths.entries()) {
    if (width > (least[i] ?? 0) && width > (widths[widest] ?? 0)) widest = i
  }
  return widest
}

function pad(text: string, width: number, isNumeric: boolean): string {
  const isCut = textWidth(text) > width
  const shown = isCut ? `${sliceWidth(text, width - 1)}…` : text
  const space = ' '.repeat(Math.max(0, width - textWidth(shown)))
  return isNumeric ? space + shown : shown + space
}
