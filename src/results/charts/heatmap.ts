import { Zone } from '../zone.js'
import { makeAxis } from './axis.js'
import { type EmptyFigure, emptyFigure, type HeatmapFigure, usualWidth } from './figure.js'
import { tallyGrid, usedOnly, valueTitle } from './grid.js'
import type { HeatmapOptions } from './options.js'
import type { Columns } from './read.js'

const usualLimit = 40
const rowHeight = 24

/** Builds a heat map out of what was read. */
export function buildHeatmap(columns: Columns, options: HeatmapOptions): HeatmapFigure | EmptyFigure {
  const aggregate = options.aggregate ?? (columns.has('color') ? 'sum' : 'count')
  const isClock =
    options.x === undefined && options.y === undefined && columns.nameOf('x') === columns.nameOf('y')
  const values = columns.has('color') ? columns.of('color') : undefined
  const shared = {
    limit: options.limit ?? usualLimit,
    zone: new Zone(options.timeZone),
    weights: { values, aggregate },
    sort: options.sort,
  }
  const clock = <Part>(part: Part) => (isClock ? part : undefined)
  const x = usedUnlessClock(
    makeAxis(columns.of('x'), {
      ...shared,
      name: columns.nameOf('x'),
      bin: options.binX ?? clock('hour of day' as const),
    }),
    isClock,
  )
  const y = usedUnlessClock(
    makeAxis(columns.of('y'), {
      ...shared,
      name: columns.nameOf('y'),
      bin: options.binY ?? clock('weekday' as const),
    }),
    isClock,
  )
  const grid = tallyGrid({ x: x.of, y: y.of, values, aggregate }, Math.max(1, x.buckets.length))
  const measure = valueTitle(
    columns.has('color') ? columns.nameOf('color') : undefined,
    aggregate,
    grid.cells,
  )
  const title =
    options.title ??
    (isClock
      ? `${measure} by hour and weekday of ${columns.nameOf('x')}`
      : `${measure} by ${columns.nameOf('x')} and ${columns.nameOf('y')}`)
  const notes = [...new Set([...x.notes, ...y.notes, ...grid.notes])]
  if (grid.cells.length === 0) return emptyFigure(title, columns.rowCount, notes)
  const largest = grid.cells.reduce((most, cell) => (cell.value > most.value ? cell : most))
  return {
    kind: 'heatmap',
    title,
    notes,
    description:
      `Heat map: ${title}; the largest is ${largest.shown} ` +
      `at ${x.buckets[largest.x]?.label}, ${y.buckets[largest.y]?.label}`,
    width: options.width ?? usualWidth,
    height: options.height ?? Math.max(80, y.buckets.length * rowHeight),
    x,
    y,
    valueTitle: measure,
    cells: grid.cells,
  }
}

function usedUnlessClock(axis: ReturnType<typeof makeAxis>, isClock: boolean) {
  return isClock ? axis : usedOnly(axis)
}
