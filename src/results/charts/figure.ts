import type { Axis } from './axis.js'
import { countOf } from './values.js'

/** Names that have a colour, in the order of the legend. */
export interface Series {
  /** The field's name. */
  title: string
  labels: readonly string[]
  colors: readonly string[]
  /** Whether the colours have to be explained. */
  hasLegend: boolean
}

/** One bar, one point or one square. */
export interface GridCell {
  /** Index of the bucket on the axis. */
  x: number
  /** Index of the series, or of the bucket on the other axis. */
  y: number
  value: number
  /** The value for people. */
  shown: string
  /** Rows in it. */
  rows: number
  /** More for the tooltip. */
  note?: string
}

interface FigureBase {
  title: string
  /** What was cut or left out. */
  notes: readonly string[]
  /** For those who do not see the drawing. */
  description: string
  width: number
  height: number
}

/** Nothing to draw, and why. */
export interface EmptyFigure extends FigureBase {
  kind: 'empty'
}

export interface BarsFigure extends FigureBase {
  kind: 'bars'
  x: Axis
  valueTitle: string
  series: Series
  cells: readonly GridCell[]
  log: boolean
  isHorizontal: boolean
}

export interface LinesFigure extends FigureBase {
  kind: 'lines'
  x: Axis
  valueTitle: string
  series: Series
  cells: readonly GridCell[]
  log: boolean
}

export interface HeatmapFigure extends FigureBase {
  kind: 'heatmap'
  x: Axis
  y: Axis
  valueTitle: string
  cells: readonly GridCell[]
}

/** Something that happened or lasted, in wall-clock milliseconds. */
export interface TimelineItem {
  lane: number
  series: number
  from: number
  /** The same as `from` for a point. */
  to: number
  label: string
  /** More than one where points were put together. */
  rows: number
}

export interface TimelineFigure extends FigureBase {
  kind: 'timeline'
  /** First and last time, wall-clock milliseconds. */
  from: number
  to: number
  /** The time axis's heading, with the zone. */
  timeTitle: string
  laneTitle: string
  lanes: readonly string[]
  series: Series
  items: readonly TimelineItem[]
}

export interface NetworkNode {
  label: string
  /** Index into the series. */
  series: number
  /** Pixels from the left and the top. */
  x: number
  y: number
  /** Links that it has, the ones that are not drawn included. */
  degree: number
  /** Radius in pixels. */
  radius: number
  isNamed: boolean
}

export interface NetworkLink {
  source: number
  target: number
  weight: number
}

export interface NetworkFigure extends FigureBase {
  kind: 'network'
  series: Series
  nodes: readonly NetworkNode[]
  links: readonly NetworkLink[]
}

/** A line of a process tree, in the order of drawing. */
export interface TreeLine {
  depth: number
  /** Index of the parent's line, −1 for a root. */
  parent: number
  label: string
  /** Behind the label: command line, user. */
  detail: string
  /** The whole of it, for the tooltip. */
  whole: string
  series: number
  isLast: boolean
}

export interface TreeFigure extends FigureBase {
  kind: 'tree'
  series: Series
  lines: readonly TreeLine[]
}

export type Figure =
  | EmptyFigure
  | BarsFigure
  | LinesFigure
  | HeatmapFigure
  | TimelineFigure
  | NetworkFigure
  | TreeFigure

export const usualWidth = 720

/** A figure that says why there is nothing to see. */
export function emptyFigure(title: string, rowCount: number, notes: readonly string[]): EmptyFigure {
  return {
    kind: 'empty',
    title,
    notes: rowCount === 0 ? [] : notes,
    description: rowCount === 0 ? 'no rows to draw' : `nothing to draw in ${countOf(rowCount, 'row')}`,
    width: usualWidth,
    height: 60,
  }
}
