import { Zone } from '../zone.js'
import { makeAxis } from './axis.js'
import { describeCells } from './bars.js'
import { type EmptyFigure, emptyFigure, type GridCell, type LinesFigure, usualWidth } from './figure.js'
import { mostMarks, tallyGrid, valueTitle } from './grid.js'
import type { LineOptions } from './options.js'
import type { Columns } from './read.js'
import { makeSeries, singleSeries } from './series.js'
import { countOf } from './values.js'

const usualLines = 7
const usualHeight = 260
const mostNames = 50

/** Builds lines out of what was read. */
export function buildLines(columns: Columns, options: LineOptions): LinesFigure | EmptyFigure {
  const aggregate = options.aggregate ?? (columns.has('y') ? 'sum' : 'count')
  const name = columns.nameOf('x')
  const x = makeAxis(columns.of('x'), {
    name,
    bin: options.bin,
    limit: mostNames,
    zone: new Zone(options.timeZone),
    sort: 'none',
    exactNumbers: true,
  })
  const series = columns.has('color')
    ? makeSeries(columns.of('color'), columns.nameOf('color'), options.limit ?? usualLines)
    : singleSeries(x.of.length)
  const values = columns.has('y') ? columns.of('y') : undefined
  const grid = tallyGrid({ x: x.of, y: series.of, values, aggregate }, Math.max(1, x.buckets.length))
  const log = options.log ?? false
  const addsUp = aggregate === 'count' || aggregate === 'sum' || aggregate === 'distinct'
  // A line over a step in which nothing happened would hide that: what adds up is 0 there.
  const isFilled = x.kind === 'time' && addsUp && !log && aggregate !== 'distinct' && isCountLike(grid.cells)
  const points = isFilled ? fillZeros(grid.cells, x.buckets.length, series.labels.length) : grid.cells
  const cells = log ? points.filter(({ value }) => value > 0) : points
  const hidden = points.length - cells.length
  const measure = valueTitle(columns.has('y') ? columns.nameOf('y') : undefined, aggregate, grid.cells)
  const title = options.title ?? `${measure} over ${name}${columns.has('color') ? ` by ${series.title}` : ''}`
  const notes = [
    ...x.notes,
    ...series.notes,
    ...grid.notes,
    ...(hidden === 0 ? [] : [`${countOf(hidden, 'point')} of 0 or less left out: the scale is logarithmic`]),
  ]
  if (cells.length === 0) return emptyFigure(title, columns.rowCount, notes)
  return {
    kind: 'lines',
    title,
    notes,
    description: `Line chart: ${title}; ${describeCells(x, cells)}`,
    width: options.width ?? usualWidth,
    height: options.height ?? usualHeight,
    x,
    valueTitle: measure,
    series,
    cells,
    log,
  }
}

/** Rows that were put together are counted or summed; one row a step is a measurement, and no row is no zero. */
function isCountLike(cells: readonly GridCell[]): boolean {
  return cells.some(({ rows }) => rows > 1) || cells.every(({ value }) => value === 1)
}

function fillZeros(cells: readonly GridCell[], width: number, height: number): readonly GridCell[] {
  if (width * height > mostMarks) return cells
  const known = new Map(cells.map((cell) => [cell.y * width + cell.x, cell]))
  return Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [Math.floor(i / height), i % height]
    return known.get(y * width + x) ?? { x, y, value: 0, shown: '0', rows: 0 }
  })
}
