import { makeAxis } from './axis.js'
import { describeCells } from './bars.js'
import type { FieldFacts } from './fields.js'
import { type BarsFigure, type EmptyFigure, emptyFigure, type GridCell, usualWidth } from './figure.js'
import { tallyGrid } from './grid.js'
import { firstTime } from './guess.js'
import type { AlertTimelineOptions } from './options.js'
import type { Columns, Planner } from './read.js'
import { makeSeries, singleSeries } from './series.js'
import { countOf, toLabel } from './values.js'
import { Zone } from './zone.js'

const mostColors = 7
const usualHeight = 240

/** Which fields of an alert are drawn: those that the platform's alerts have, wherever they stand in the row. */
export function planAlertTimeline(options: AlertTimelineOptions): Planner {
  return (fields) => ({
    fields: {
      time:
        options.time ??
        find(fields, ['created_at', 'createdAt', 'inserted_at', 'began_at']) ??
        firstTime(fields) ??
        fields[0]?.name,
      color: options.color ?? find(fields, ['severity', 'priority']),
      alertTitle: find(fields, ['title', 'name']),
    },
    spread: ['color'],
  })
}

/** A field whose last part is one of the names; the platform's own place before others. */
function find(fields: readonly FieldFacts[], wanted: readonly string[]): string | undefined {
  for (const last of wanted) {
    const found = [`metadata.${last}`, last].find((name) => fields.some((field) => field.name === name))
    const other = fields.find(({ name }) => name.endsWith(`.${last}`))?.name
    if ((found ?? other) !== undefined) return found ?? other
  }
  return undefined
}

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
  const counts = new Map(cells.map((cell) => [`${cell.x} ${cell.y}`, new Map<unknown, number>()]))
  for (const [i, title] of titles.entries()) {
    const inCell = counts.get(`${x[i]} ${y[i]}`)
    if (title !== null && title !== undefined) inCell?.set(title, (inCell.get(title) ?? 0) + 1)
  }
  return cells.map((cell) => {
    const inCell = [...(counts.get(`${cell.x} ${cell.y}`) ?? [])]
    const [first, ...rest] = inCell
    if (first === undefined) return cell
    const [title, count] = rest.reduce((most, other) => (other[1] > most[1] ? other : most), first)
    const different = inCell.length === 1 ? '' : `, of ${countOf(inCell.length, 'title')}`
    return { ...cell, note: `${toLabel(title, 80)} (${count.toLocaleString('en')}${different})` }
  })
}
