import { Zone } from '../zone.js'
import { type Axis, makeAxis } from './axis.js'
import { type BarsFigure, type EmptyFigure, emptyFigure, type GridCell, usualWidth } from './figure.js'
import { tallyGrid, usedOnly, valueTitle } from './grid.js'
import type { BarOptions } from './options.js'
import type { Columns } from './read.js'
import { makeSeries, ownColors } from './series.js'
import { countOf } from './values.js'

const usualLimit = 20
const mostColors = 7
/** Names of more than this, all together, do not fit below their bars. */
const mostNameLetters = 60
const barHeight = 22
const usualHeight = 260

/** Builds bars out of what was read. */
export function buildBars(columns: Columns, options: BarOptions): BarsFigure | EmptyFigure {
  const aggregate = options.aggregate ?? (columns.has('y') ? 'sum' : 'count')
  const values = columns.has('y') ? columns.of('y') : undefined
  const name = columns.nameOf('x')
  const x = usedOnly(
    makeAxis(columns.of('x'), {
      name,
      bin: options.bin,
      limit: options.limit ?? usualLimit,
      zone: new Zone(options.timeZone),
      weights: { values, aggregate },
      sort: options.sort,
    }),
  )
  const series = columns.has('color')
    ? makeSeries(columns.of('color'), columns.nameOf('color'), mostColors)
    : ownColors(x)
  const grid = tallyGrid({ x: x.of, y: series.of, values, aggregate }, Math.max(1, x.buckets.length))
  const log = options.log ?? false
  const cells = log ? grid.cells.filter(({ value }) => value > 0) : grid.cells
  const hidden = grid.cells.length - cells.length
  const measure = valueTitle(columns.has('y') ? columns.nameOf('y') : undefined, aggregate, cells)
  const title = options.title ?? `${measure} by ${name}${columns.has('color') ? ` and ${series.title}` : ''}`
  const notes = [
    ...x.notes,
    ...series.notes,
    ...grid.notes,
    ...(hidden === 0 ? [] : [`${countOf(hidden, 'bar')} of 0 or less left out: the scale is logarithmic`]),
  ]
  if (cells.length === 0) return emptyFigure(title, columns.rowCount, notes)
  const isHorizontal = options.horizontal ?? needsRoom(x)
  return {
    kind: 'bars',
    title,
    notes,
    description: `Bar chart: ${title}; ${describeCells(x, cells)}`,
    width: options.width ?? usualWidth,
    height: options.height ?? (isHorizontal ? Math.max(60, x.buckets.length * barHeight) : usualHeight),
    x,
    valueTitle: measure,
    series,
    cells,
    log,
    isHorizontal,
  }
}

function needsRoom({ kind, buckets }: Axis): boolean {
  return (
    kind === 'category' && buckets.reduce((sum, { label }) => sum + label.length + 2, 0) > mostNameLetters
  )
}

/** The largest, in words. */
export function describeCells(x: Axis, cells: readonly GridCell[]): string {
  const largest = [...cells].sort((a, b) => b.value - a.value).slice(0, 3)
  const parts = largest.map((cell) => `${x.buckets[cell.x]?.label} ${cell.shown}`)
  return `the largest of ${cells.length.toLocaleString('en')}: ${parts.join(', ')}`
}
