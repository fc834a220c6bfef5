import stringWidth from 'string-width'
import type { View } from '../screen/screen.js'
import { escapeHtml, plain } from '../text.js'

/** Rows of a table, as a query gives them. */
export type Row = Readonly<Record<string, unknown>>

/** What is shown at once; the value itself stays whole. */
const mostHtmlRows = 100
const mostTextRows = 20
const mostColumns = 24
const mostCellLength = 80
/** Characters a line of a text table, where no terminal says its own. */
const usualTextWidth = 120
/** A column is cut to this at the least before one is left out. */
const leastColumnWidth = 16

/**
 * A list of objects as a table: nested fields as dotted columns, long lists and long values cut with a count.
 *
 * @param textWidth characters a line of the text form
 * @returns `undefined` for what is no table
 */
export function tableView(value: unknown, textWidth: number = terminalWidth()): View | undefined {
  if (!isRows(value)) return undefined
  const columns = findColumns(value)
  return { text: textTable(value, columns, textWidth), html: htmlTable(value, columns) }
}

/** Gives a query's data a display as the table of its first list of rows; as data it stays what it was. */
export function withTable<T extends object>(data: T): T {
  const rows = findRows(data)
  if (rows === undefined || !Object.isExtensible(data)) return data
  return Object.defineProperty(data, Symbol.for('Jupyter.display'), {
    // Made when asked for: a query whose value is not shown pays nothing.
    value: () => {
      const view = tableView(rows)
      return view === undefined ? {} : { 'text/plain': view.text, 'text/html': view.html }
    },
    enumerable: false,
    configurable: true,
  })
}

/** The first list of objects in a result, nearest to the top: GraphQL wraps its rows in two or three objects. */
export function findRows(data: object): readonly Row[] | undefined {
  let level: unknown[] = [data]
  for (let depth = 0; depth < 6 && level.length > 0; depth++) {
    const rows = level.find(isRows)
    if (rows !== undefined) return rows
    level = level.filter(isPlainObject).flatMap((object) => Object.values(object))
  }
  return undefined
}

/** `COLUMNS` is how a shell, or `xdrlab run`, tells a process that has no terminal of its own. */
function terminalWidth(): number {
  return Number(process.env.COLUMNS) || usualTextWidth
}

function isRows(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 && value.slice(0, mostHtmlRows).every(isPlainObject)
}

function isPlainObject(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Dotted names in order of first appearance, from the rows that are shown. */
function findColumns(rows: readonly Row[]): string[] {
  const names = new Set<string>()
  for (const row of rows.slice(0, mostHtmlRows)) for (const [name] of flatten(row)) names.add(name)
  return [...names]
}

/** An empty object is a value of its own; nesting ends at four levels. */
function flatten(row: Row, prefix = '', depth = 0): [string, unknown][] {
  return Object.entries(row).flatMap(([name, value]) =>
    isPlainObject(value) && depth < 3 && Object.keys(value).length > 0
      ? flatten(value, `${prefix}${name}.`, depth + 1)
      : [[`${prefix}${name}`, value] satisfies [string, unknown]],
  )
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)) {
    return plain(value.join(', '), mostCellLength)
  }
  if (Array.isArray(value)) return `${value.length} items`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (typeof value === 'object') return plain(jsonText(value), mostCellLength)
  return plain(value, mostCellLength)
}

function jsonText(value: object): string {
  try {
    return JSON.stringify(value, (_name, item) => (typeof item === 'bigint' ? String(item) : item)) ?? ''
  } catch {
    return '[unreadable]'
  }
}

function caption(
  rows: readonly Row[],
  shownRows: number,
  columns: readonly string[],
  shownColumns: number,
): string {
  const parts = [
    rows.length > shownRows
      ? `first ${shownRows} of ${rows.length.toLocaleString('en')} rows`
      : countOf(rows.length, 'row'),
    ...(columns.length > shownColumns ? [`first ${shownColumns} of ${columns.length} columns`] : []),
  ]
  return parts.join(', ')
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function textTable(rows: readonly Row[], columns: readonly string[], textWidth: number): string {
  const shown = rows.slice(0, mostTextRows).map((row) => new Map(flatten(row)))
  const cells = columns.map((column) => [plain(column), ...shown.map((row) => cellText(row.get(column)))])
  const widths = fitWidths(
    cells.map((texts) => Math.max(...texts.map((text) => stringWidth(text)))),
    textWidth,
  )
  const isNumeric = cells.map(([, ...texts]) => texts.every((text) => /^$|^-?[\d.]+$/.test(text)))
  const line = (i: number) =>
    widths
      .map((width, column) => padCell(cells[column]?.[i] ?? '', width, isNumeric[column] === true))
      .join('  ')
      .trimEnd()
  const [head = '', ...body] = Array.from({ length: shown.length + 1 }, (_, i) => line(i))
  return [
    head,
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...body,
    `(${caption(rows, mostTextRows, columns, widths.length)})`,
  ].join('\n')
}

/** Cuts the widest columns until the table fits; columns that do not fit even so are left out at the end. */
function fitWidths(wanted: readonly number[], textWidth: number): number[] {
  const widths = wanted.slice(0, mostColumns)
  const total = () => widths.reduce((sum, width) => sum + width + 2, -2)
  while (total() > textWidth) {
    const widest = Math.max(...widths)
    if (widest > leastColumnWidth) widths[widths.indexOf(widest)] = widest - 1
    else if (widths.length > 1) widths.pop()
    else break
  }
  return widths
}

function padCell(text: string, width: number, isNumeric: boolean): string {
  const cut = stringWidth(text) > width ? `${sliceWidth(text, width - 1)}…` : text
  const space = ' '.repeat(Math.max(0, width - stringWidth(cut)))
  return isNumeric ? space + cut : cut + space
}

/** The longest beginning that is at most `width` columns wide: a wide character counts two. */
function sliceWidth(text: string, width: number): string {
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    if (stringWidth(kept + segment) > width) break
    kept += segment
  }
  return kept
}

const graphemes = new Intl.Segmenter()

function htmlTable(rows: readonly Row[], columns: readonly string[]): string {
  const kept = columns.slice(0, mostColumns)
  const shown = rows.slice(0, mostHtmlRows).map((row) => new Map(flatten(row)))
  const align = kept.map((column) => (shown.every((row) => isNumber(row.get(column))) ? 'right' : 'left'))
  const style = (i: number) => `style="text-align:${align[i]};white-space:nowrap"`
  const head = kept
    .map((column, i) => `<th scope="col" ${style(i)}>${escapeHtml(plain(column))}</th>`)
    .join('')
  const line = (row: ReadonlyMap<string, unknown>) =>
    kept.map((column, i) => `<td ${style(i)}>${htmlCell(row.get(column))}</td>`).join('')
  const body = shown.map((row) => `<tr>${line(row)}</tr>`).join('')
  return `<div style="max-height:480px;overflow:auto"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>\
<div style="color:var(--jp-ui-font-color2,#616161)">${caption(rows, mostHtmlRows, columns, kept.length)}</div>`
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value === null || value === undefined
}

function htmlCell(value: unknown): string {
  const text = cellText(value)
  const whole =
    typeof value === 'string' && value.length > mostCellLength
      ? ` title="${escapeHtml(plain(value, 2000))}"`
      : ''
  return whole === '' ? escapeHtml(text) : `<span${whole}>${escapeHtml(text)}</span>`
}
