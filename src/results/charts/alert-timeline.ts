import { Zone } from '../zone.js'
import { makeAxis } from './axis.js'
import { describeCells } from './bars.js'
import { type BarsFigure, type EmptyFigure, emptyFigure, type GridCell, usualWidth } from './figure.js'
import { tallyGrid } from './grid.js'
import type { AlertTimelineOptions } from './options.js'
import type { Columns } from './read.js'
import { makeSeries, singleSeries } from './series.js'
import { countOf, toLabel } from './values.js'

const mostColors = 7
const usualHeight = 240

/** Builds bars of alerts over time, by severity. */
export function buildAlertTimeline(
  columns: Columns,
  options: AlertTimelineOptions,
): BarsFigure | EmptyFigure {
  const axis = makeAxis(columns.of('time'), {
    name: columns.nameOf('time'),
    bin: options.bin ?? 'time',
    limit: 0,
    zone: new Zone(options.timeZone),
  })
  const series = columns.has('color')
    ? makeSeries(columns.of('color'), columns.nameOf('color'), mostColors)
    : singleSeries(axis.of.length)
  const grid = tallyGrid(
    { x: axis.of, y: series.of, values: undefined, aggregate: 'count' },
    Math.max(1, axis.buckets.length),
  )
  const title = options.title ?? `alerts over time${columns.has('color') ? ` by ${series.title}` : ''}`
  const notes = [...axis.notes, ...series.notes, ...grid.notes]
  if (grid.cells.length === 0) return emptyFigure(title, columns.rowCount, notes)
  const cells = withTitles(grid.cells, columns, axis.of, series.of)
  return {
    kind: 'bars',
    title,
    notes,
    description: `${countOf(columns.rowCount, 'alert')} over time; ${describeCells(axis, cells)}`,
    width: options.width ?? usualWidth,
    height: options.height ?? usualHeight,
    x: axis,
    valueTitle: 'alerts',
    series,
    cells,
    log: false,
    isHorizontal: false,
  }
}

/** What a bar is mostly made of, for its tooltip. */
function withTitles(
  cells: readonly GridCell[],
  columns: Columns,
  x: Int32Array,
  y: Int32Array,
): readonly GridCell[] {
  if (!columns.has('alertTitle')) return cells
  const titles = columns.of('alertTitle')
  const width = x.reduce((most, at) => Math.max(most, at), 0) + 1
  const counts = new Map(cells.map((cell) => [cell.y * width + cell.x, new Map<unknown, number>()]))
  for (let i = 0; i < titles.length; i++) {
    const [at, series, title] = [x[i] ?? -1, y[i] ?? -1, titles[i]]
    if (at < 0 || series < 0 || title === null || title === undefined) continue
    const inCell = counts.get(series * width + at)
    inCell?.set(title, (inCell.get(title) ?? 0) + 1)
  }
  return cells.map((cell) => {
    const inCell = [...(counts.get(cell.y * width + cell.x) ?? [])]
    const [first, ...rest] = inCell
    if (first === undefined) return cell
    const [title, count] = rest.reduce((most, other) => (other[1] > most[1] ? other : most), first)
    const different = inCell.length === 1 ? '' : `, of ${countOf(inCell.length, 'title')}`
    return { ...cell, note: `${toLabel(title, 80)} (${count.toLocaleString('en')}${different})` }
  })
}
