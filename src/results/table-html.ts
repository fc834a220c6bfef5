import { faintStyle, printedWhole, scrolledClass } from '../html-style.js'
import { escapeHtml } from '../text.js'
import { type Cell, mostCellLength } from './table-cell.js'
import type { TableModel } from './table-model.js'
import { counted, safeLine } from './table-strings.js'

const mostRows = 100
const mostColumns = 50
/** Of columns that were chosen by name. */
const mostChosenColumns = 500
/**
 * Bytes of one table. Jupyter's server drops what a kernel sends faster than 1 MB/s over 3 s, and a notebook keeps
 * every output.
 */
const mostBytes = 1_000_000
const mostWholeBytes = 400_000
const mostListedNames = 10_000

const boxStyle = 'max-height:32em;max-width:100%;overflow:auto'
const tableStyle = 'margin:0;border-spacing:0;font-variant-numeric:tabular-nums'
const captionStyle = 'caption-side:top;text-align:left;white-space:nowrap;padding:.3em .6em'
/** In sight also where a wide table is scrolled. */
const summaryStyle = 'position:sticky;left:.6em'
const ground = 'var(--jp-layout-color0,var(--vscode-editor-background,Canvas))'
const headStyle = `position:sticky;top:0;z-index:1;background:${ground};box-shadow:inset 0 -1px 0 rgba(128,128,128,.6)`
const headCellStyle = 'padding:.4em .6em;white-space:nowrap;font-weight:bold;text-align:'
const cellStyle = 'padding:.3em .6em;vertical-align:top;white-space:nowrap;text-align:'
const nothingStyle = `${faintStyle};font-style:italic`
const wholeTextStyle =
  'max-width:50em;max-height:20em;overflow:auto;white-space:pre-wrap;overflow-wrap:break-word;text-align:left;font-family:monospace;padding:.3em 0'
const wholeStyle = `width:max-content;${wholeTextStyle}`
const noteStyle = `padding:.3em .6em;${faintStyle}`

/** A table for notebooks: no script, no style sheet but paper's, every value escaped, its size bounded. */
export function htmlTable(model: TableModel): string {
  const { columns, rows, rowLimit, hasChosenColumns } = model.content
  const most = hasChosenColumns ? mostChosenColumns : mostColumns
  const columnCount = Math.min(columns.length, most)
  const rowsAtMost = Math.min(rows.length, rowLimit ?? mostRows)
  const alignments = Array.from({ length: columnCount }, (_, column) =>
    model.kindOf(column, rowsAtMost) === 'number' ? 'right' : 'left',
  )
  const body = bodyRows(model, rowsAtMost, alignments)
  const rowCount = body.length
  const summary = model.summary(rowCount, columnCount)
  const { title, text } = captionOf(model, summary, model.hint(rowCount))
  const notes = [
    restOfRows(model, columnCount, rowCount, rowsAtMost),
    ...(rowCount === 0 ? [cellOver(columnCount, 'no rows')] : []),
  ].join('')
  return [
    `<div>${printedWhole}<div class="${scrolledClass}" role="region" tabindex="0" aria-label="${title}${text}" style="${boxStyle}">`,
    `<table style="${tableStyle}"><caption style="${captionStyle}"><span style="${summaryStyle}">`,
    `${title === '' ? '' : `<strong>${title}</strong>`}<span style="${faintStyle}">${text}</span></span></caption>`,
    `<thead style="${headStyle}"><tr>${headCells(model, alignments)}</tr></thead>`,
    `<tbody>${body.join('')}${notes}</tbody></table></div>`,
    restOfColumns(model, columnCount),
    '</div>',
  ].join('')
}

/** Escaped. */
function captionOf(model: TableModel, summary: string, hint: string): { title: string; text: string } {
  const { title, times } = model.content
  const isElsewhere = times.zone !== 'UTC' && summary.endsWith(` in ${times.zone}`)
  return {
    title: title === undefined ? '' : `${escapeHtml(safeLine(title, 200))}: `,
    text: escapeHtml(`${summary}${isElsewhere ? ' (UTC on hover)' : ''}${hint}`),
  }
}

function headCells(model: TableModel, alignments: readonly string[]): string {
  return alignments
    .map((alignment, i) => {
      const { title = '', name = '' } = model.content.columns[i] ?? {}
      const shown = safeLine(title, mostCellLength) || '""'
      const hover = shown === name ? '' : ` title="${escapeHtml(safeLine(name, 300))}"`
      return `<th scope="col"${hover} style="${headCellStyle}${alignment}">${escapeHtml(shown)}</th>`
    })
    .join('')
}

/** As many rows as there is room for, the first in any case. */
function bodyRows(model: TableModel, rowsAtMost: number, alignments: readonly string[]): string[] {
  const starts = alignments.map((alignment) => `<td style="${cellStyle}${alignment}">`)
  const lines: string[] = []
  let bytes = 0
  let wholeBytes = mostWholeBytes
  for (let row = 0; row < rowsAtMost; row++) {
    let line = '<tr>'
    for (let column = 0; column < starts.length; column++) {
      const cell = model.cell(row, column)
      const whole = wholeBytes > 0 ? (cell.whole?.() ?? '') : ''
      if (whole !== '') wholeBytes -= Buffer.byteLength(whole)
      line += `${starts[column]}${cellMarkup(cell, whole)}</td>`
    }
    line += '</tr>'
    bytes += Buffer.byteLength(line)
    if (bytes > mostBytes && row > 0) break
    lines.push(line)
  }
  return lines
}

function cellMarkup(cell: Cell, whole: string): string {
  if (cell.utc !== undefined) return `<time datetime="${cell.utc}" title="${cell.utc}">${cell.text}</time>`
  // Looking is cheaper than replacing, and most values have nothing to escape.
  const text = /[&<>"']/.test(cell.text) ? escapeHtml(cell.text) : cell.text
  if (cell.kind === 'nothing') return text === '' ? '' : `<span style="${nothingStyle}">${text}</span>`
  if (whole === '') return text
  return `<details><summary>${text}</summary><div style="${wholeStyle}">${escapeHtml(whole)}</div></details>`
}

function cellOver(columnCount: number, text: string): string {
  const span = columnCount > 1 ? ` colspan="${columnCount}"` : ''
  return `<tr><td${span} style="${cellStyle}left;${faintStyle}">${text}</td></tr>`
}

/** Said where the rows end, since by then the caption is out of sight. */
function restOfRows(model: TableModel, columnCount: number, shown: number, wanted: number): string {
  const { totalRows } = model.content
  if (totalRows === shown) return ''
  const why = shown < wanted ? '; a table is at most 1 MB' : ''
  const rest =
    totalRows === undefined
      ? 'more rows follow, and are not shown'
      : `${counted(totalRows - shown, 'more row')} not shown`
  return cellOver(columnCount, `… ${rest}${why}`)
}

function restOfColumns(model: TableModel, shown: number): string {
  const rest = model.content.columns.slice(shown)
  if (rest.length === 0) return ''
  let names = ''
  let listed = 0
  for (const { title } of rest) {
    if (names.length > mostListedNames) break
    names += `${listed === 0 ? '' : ', '}${safeLine(title, mostCellLength)}`
    listed++
  }
  if (listed < rest.length) names += `, and ${counted(rest.length - listed, 'other')}`
  return `<details style="${noteStyle}"><summary>${counted(rest.length, 'more column')}</summary><div style="${wholeTextStyle}">${escapeHtml(names)}</div></details>`
}
