import type * as PlotModule from '@observablehq/plot'
import type { PlotOptions, ScaleOptions } from '@observablehq/plot'
import type { Axis } from './axis.js'
import type { BarsFigure, HeatmapFigure, LinesFigure } from './figure.js'
import { grey } from './palette.js'
import { logBase, stack } from './stacks.js'
import { besideWidth, needsTilt, timeFormat } from './ticks.js'

type Plot = typeof PlotModule

const axisRoom = 44
const usualLeft = 56
/** Below the drawing: the ticks, and the heading of the axis. */
const bottom = 40
const longestName = 34
/** Tilted, a name takes room beside and below the drawing. */
const longestTilted = 24
const tiltDegrees = 30
const tilt = (tiltDegrees / 180) * Math.PI
const letter = 6.2

/** Bars, their parts where the stack has put them. */
export function barsPlot(plot: Plot, figure: BarsFigure): PlotOptions {
  const { x, series, isHorizontal, log, cells, valueTitle } = figure
  const segments = stack(figure).map(({ cell, from, to }) => ({
    at: x.buckets[cell.x]?.label ?? '',
    low: position(x, x.buckets[cell.x]?.from),
    high: position(x, x.buckets[cell.x]?.to),
    from,
    to,
    color: series.colors[cell.y] ?? grey,
    title: tooltip([
      [x.title, x.buckets[cell.x]?.label],
      [series.title, series.hasLegend ? series.labels[cell.y] : undefined],
      [valueTitle, cell.shown],
      ['mostly', cell.note],
    ]),
  }))
  const length: ScaleOptions = { label: valueTitle, grid: true, ...(log ? { type: 'log' } : {}) }
  const base = log ? logBase(cells) : 0
  const shared = { fill: 'color', title: 'title', insetRight: 0.5, insetLeft: 0.5 }
  const isRanged = x.kind !== 'category'
  const mark = isRanged
    ? isHorizontal
      ? plot.rect(segments, { y1: 'low', y2: 'high', x1: 'from', x2: 'to', ...shared })
      : plot.rect(segments, { x1: 'low', x2: 'high', y1: 'from', y2: 'to', ...shared })
    : isHorizontal
      ? plot.barX(segments, { y: 'at', x1: 'from', x2: 'to', ...shared })
      : plot.barY(segments, { x: 'at', y1: 'from', y2: 'to', ...shared })
  const rule = isHorizontal ? plot.ruleX([base]) : plot.ruleY([base])
  const isTilted = !isRanged && !isHorizontal && needsTilt(x, figure.width - 80)
  const place = isRanged ? rangeScale(x) : nameScale(x, isTilted)
  return {
    height: figure.height + roomBelow(x, isTilted).height,
    ...(isHorizontal ? { x: length, y: place } : { x: place, y: length }),
    marginLeft: isHorizontal && !isRanged ? namesRoom(x) : leftRoom(x, isTilted, usualLeft),
    marginBottom: roomBelow(x, isTilted).margin,
    marginRight: 24,
    marks: [mark, rule],
  }
}

/** Lines; points where there are few. */
export function linesPlot(
  plot: Plot,
  { x, series, cells, valueTitle, log, height, width }: LinesFigure,
): PlotOptions {
  const isRanged = x.kind !== 'category'
  const isTilted = !isRanged && needsTilt(x, width - 80)
  const points = cells.map((cell) => ({
    at: isRanged ? position(x, x.buckets[cell.x]?.from) : (x.buckets[cell.x]?.label ?? ''),
    value: cell.value,
    series: cell.y,
    color: series.colors[cell.y] ?? grey,
    title: tooltip([
      [x.title, x.buckets[cell.x]?.label],
      [series.title, series.hasLegend ? series.labels[cell.y] : undefined],
      [valueTitle, cell.shown],
    ]),
  }))
  return {
    height: height + roomBelow(x, isTilted).height,
    x: isRanged ? rangeScale(x) : nameScale(x, isTilted),
    y: { label: valueTitle, grid: true, ...(log ? { type: 'log' } : { zero: true }) },
    marginLeft: leftRoom(x, isTilted, usualLeft),
    marginBottom: roomBelow(x, isTilted).margin,
    marginRight: 24,
    marks: [
      plot.line(points, { x: 'at', y: 'value', z: 'series', stroke: 'color', strokeWidth: 1.75 }),
      points.length <= 300
        ? plot.dot(points, { x: 'at', y: 'value', fill: 'color', r: 2.5, title: 'title' })
        : undefined,
      log ? undefined : plot.ruleY([0], { strokeOpacity: 0.4 }),
    ],
  }
}

/** Squares with a scale of colours. */
export function heatmapPlot(
  plot: Plot,
  { x, y, cells, valueTitle, height, width }: HeatmapFigure,
): PlotOptions {
  const squares = cells.map((cell) => ({
    column: x.buckets[cell.x]?.label ?? '',
    row: y.buckets[cell.y]?.label ?? '',
    value: cell.value,
    title: tooltip([
      [x.title, x.buckets[cell.x]?.label],
      [y.title, y.buckets[cell.y]?.label],
      [valueTitle, cell.shown],
    ]),
  }))
  const isTilted = needsTilt(x, width - besideWidth(y))
  return {
    height: height + roomBelow(x, isTilted).height,
    x: nameScale(x, isTilted),
    y: nameScale(y, false),
    color: { scheme: 'viridis', label: valueTitle },
    marginLeft: leftRoom(x, isTilted, namesRoom(y)),
    marginBottom: roomBelow(x, isTilted).margin,
    marginRight: 24,
    marks: [plot.cell(squares, { x: 'column', y: 'row', fill: 'value', title: 'title', inset: 0.5 })],
  }
}

/** Lines of `name: value` for what is told when somebody points at a mark. */
export function tooltip(parts: readonly (readonly [string, string | undefined])[]): string {
  return parts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => (name === '' ? value : `${name}: ${value}`))
    .join('\n')
}

function position(axis: Axis, at: number | undefined): number | Date {
  return axis.kind === 'time' ? new Date(at ?? 0) : (at ?? 0)
}

function rangeScale(axis: Axis): ScaleOptions {
  const first = axis.buckets[0]?.from ?? 0
  return axis.kind === 'time'
    ? timeScale(axis.title, first, axis.buckets.at(-1)?.to ?? first)
    : { ...centred(axis.title), type: 'linear' }
}

/** An axis of wall-clock times. */
export function timeScale(title: string, fromMs: number, toMs: number): ScaleOptions {
  return { ...centred(title), type: 'utc', tickFormat: timeFormat(fromMs, toMs), tickSpacing: 110 }
}

function centred(label: string): ScaleOptions {
  return { label, labelAnchor: 'center', labelArrow: 'none' }
}

function nameScale(axis: Axis, isTilted: boolean): ScaleOptions {
  return {
    ...centred(axis.title),
    type: 'band',
    domain: axis.buckets.map(({ label }) => label),
    tickFormat: (label: string) => cutName(label, isTilted ? longestTilted : longestName),
    ...(isTilted ? { tickRotate: -tiltDegrees } : {}),
  }
}

/** A name as long as there is room for it. */
export function cutName(name: string, most = longestName): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name
}

function longest({ buckets }: Axis, most: number): number {
  return Math.max(...buckets.map(({ label }) => Math.min(label.length, most)))
}

function namesRoom(axis: Axis): number {
  return 42 + Math.ceil(longest(axis, longestName) * letter)
}

/** Tilted names go down and to the left of their ticks, the first one beyond the drawing. */
function leftRoom(axis: Axis, isTilted: boolean, usual: number): number {
  const first = Math.min(axis.buckets[0]?.label.length ?? 0, longestTilted)
  return isTilted ? Math.max(usual, Math.ceil(first * letter * Math.cos(tilt))) : usual
}

function roomBelow(axis: Axis, isTilted: boolean): { margin: number; height: number } {
  if (!isTilted) return { margin: bottom, height: axisRoom }
  const margin = bottom + Math.ceil(longest(axis, longestTilted) * letter * Math.sin(tilt))
  return { margin, height: margin + axisRoom - bottom }
}
