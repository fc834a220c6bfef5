import { Zone } from '../zone.js'
import { rangeOf, toWalls } from './axis.js'
import { categorize } from './categories.js'
import {
  type EmptyFigure,
  emptyFigure,
  type TimelineFigure,
  type TimelineItem,
  usualWidth,
} from './figure.js'
import { mostMarks } from './grid.js'
import type { TimelineOptions } from './options.js'
import type { Columns } from './read.js'
import { makeSeries, singleSeries } from './series.js'
import { chooseStep, floorTo, showWall } from './time-steps.js'
import { countOf, toLabel } from './values.js'

const usualLanes = 30
const mostColors = 7
const laneHeight = 24

/** Builds a timeline out of what was read. */
export function buildTimeline(columns: Columns, options: TimelineOptions): TimelineFigure | EmptyFigure {
  const zone = new Zone(options.timeZone)
  const starts = toWalls(columns.of('start'), zone)
  const ends = columns.has('end') ? toWalls(columns.of('end'), zone) : starts
  const laneValues = columns.has('lane') ? columns.of('lane') : Array.from(starts, () => '')
  const laneTitle = columns.has('lane') ? columns.nameOf('lane') : ''
  const lanes = categorize(laneValues, { name: laneTitle, limit: options.limit ?? usualLanes })
  const series = columns.has('color')
    ? makeSeries(columns.of('color'), columns.nameOf('color'), mostColors)
    : singleSeries(starts.length)
  const items: TimelineItem[] = []
  for (let i = 0; i < starts.length; i++) {
    const from = starts[i] ?? Number.NaN
    const color = series.of[i] ?? -1
    if (Number.isNaN(from) || color < 0) continue
    const end = ends[i] ?? Number.NaN
    // What has not ended, or ended before it began, is seen where it began.
    const to = Number.isNaN(end) ? from : Math.max(from, end)
    const label = columns.has('label') ? toLabel(columns.of('label')[i]) : ''
    items.push({ lane: lanes.of[i] ?? 0, series: color, from, to, label, rows: 1 })
  }
  const bounded = boundItems(items, starts)
  const title = options.title ?? `${columns.nameOf('start')}${laneTitle === '' ? '' : ` by ${laneTitle}`}`
  const lost = starts.length - items.length
  const notes = [
    ...lanes.notes,
    ...series.notes,
    ...(lost === 0
      ? []
      : [`${lost.toLocaleString('en')} without a time in ${columns.nameOf('start')} left out`]),
    ...bounded.notes,
  ]
  if (items.length === 0) return emptyFigure(title, columns.rowCount, notes)
  const [first] = rangeOf(starts)
  const last = items.reduce((most, { to }) => Math.max(most, to), first)
  return {
    kind: 'timeline',
    title,
    notes,
    description:
      `Timeline: ${title}; ${countOf(items.length, 'entry', 'entries')} on ` +
      `${countOf(lanes.labels.length, 'lane')} from ${showWall(first)} to ${showWall(last)} (${zone.name})`,
    width: options.width ?? usualWidth,
    height: options.height ?? Math.max(60, lanes.labels.length * laneHeight),
    from: first,
    to: last,
    timeTitle: `${columns.nameOf('start')} (${zone.name})`,
    laneTitle,
    lanes: lanes.labels,
    series,
    items: bounded.items,
  }
}

/** Too many points are put together by time; of too many intervals the longest are kept. */
function boundItems(
  items: readonly TimelineItem[],
  starts: Float64Array,
): { items: readonly TimelineItem[]; notes: string[] } {
  if (items.length <= mostMarks) return { items, notes: [] }
  const points = items.filter(({ from, to }) => from === to)
  const lasting = items.filter(({ from, to }) => from !== to)
  const kept = [...lasting].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, mostMarks / 2)
  const notes = points.length > 0 ? ['points that lie close together are drawn as one'] : []
  if (kept.length < lasting.length) {
    notes.push(
      `the longest ${kept.length.toLocaleString('en')} of ${lasting.length.toLocaleString('en')} intervals`,
    )
  }
  const merged = mergePoints(points, starts)
  const most = mostMarks - kept.length
  if (merged.length > most) {
    notes.push(`the fullest ${most.toLocaleString('en')} of ${merged.length.toLocaleString('en')} points`)
  }
  return { items: [...kept, ...merged.slice(0, most)], notes }
}

function mergePoints(points: readonly TimelineItem[], starts: Float64Array): TimelineItem[] {
  const [first, last] = rangeOf(starts)
  const step = chooseStep(first, last)
  const merged = new Map<number, TimelineItem>()
  for (const point of points) {
    const from = floorTo(step, point.from)
    const key = (from - first) * 4096 + point.lane * 16 + point.series
    const known = merged.get(key)
    if (known === undefined) merged.set(key, { ...point, from, to: from })
    else known.rows++
  }
  return [...merged.values()].sort((a, b) => b.rows - a.rows)
}
