import type { BarsFigure, GridCell, HeatmapFigure, LinesFigure } from './figure.js'
import { colorOf, heading, nameAngle, namesOf, type Part, positionOf, told } from './spec-parts.js'
import { logBase, stack } from './stacks.js'
import { besideWidth } from './ticks.js'

/** Bars: their parts are put together here, and drawn as they are. */
export function barsSpec(figure: BarsFigure): Part {
  const { x, series, isHorizontal, valueTitle, log, cells } = figure
  const values = stack(figure).map(({ cell, from, to }) => {
    const bucket = x.buckets[cell.x]
    return {
      at: bucket?.label ?? '',
      ...(bucket?.from === undefined ? {} : { low: bucket.from, high: bucket.to }),
      from,
      to,
      series: series.labels[cell.y] ?? '',
      shown: cell.shown,
      ...(cell.note === undefined ? {} : { note: cell.note }),
    }
  })
  const isRanged = x.kind !== 'category'
  const length = {
    field: 'to',
    type: 'quantitative',
    title: heading(valueTitle),
    stack: null,
    axis: wholeTicks(cells),
    ...(log ? { scale: { type: 'log', domainMin: logBase(cells) } } : {}),
  }
  const place = isRanged ? positionOf('low', x) : namesOf('at', x)
  const [along, across] = isHorizontal ? ['y', 'x'] : ['x', 'y']
  const tooltip = [
    told('at', x.title),
    ...(series.hasLegend ? [told('series', series.title)] : []),
    told('shown', valueTitle),
    ...(values.some((value) => 'note' in value) ? [told('note', 'mostly')] : []),
  ]
  return {
    data: { values },
    mark: isRanged
      ? { type: 'rect', stroke: null }
      : { type: 'bar', orient: isHorizontal ? 'horizontal' : 'vertical' },
    encoding: {
      [along]:
        isHorizontal || isRanged
          ? place
          : { ...place, axis: { labelAngle: nameAngle(x, figure.width - 80) } },
      ...(isRanged ? { [`${along}2`]: { field: 'high' } } : {}),
      [across]: length,
      [`${across}2`]: { field: 'from' },
      color: colorOf(series, figure.width),
      tooltip,
    },
  }
}

/** Lines, with a point where something was measured. */
export function linesSpec(figure: LinesFigure): Part {
  const { x, series, cells, valueTitle, log } = figure
  const values = cells.map((cell) => ({
    at: x.buckets[cell.x]?.label ?? '',
    ...(x.kind === 'category' ? {} : { place: x.buckets[cell.x]?.from ?? 0 }),
    value: cell.value,
    series: series.labels[cell.y] ?? '',
    shown: cell.shown,
  }))
  return {
    data: { values },
    mark: { type: 'line', point: values.length <= 300, interpolate: 'linear' },
    encoding: {
      x:
        x.kind === 'category'
          ? { ...namesOf('at', x), axis: { labelAngle: nameAngle(x, figure.width - 80) } }
          : positionOf('place', x),
      y: {
        field: 'value',
        type: 'quantitative',
        title: heading(valueTitle),
        axis: wholeTicks(cells),
        ...(log ? { scale: { type: 'log' } } : {}),
      },
      color: colorOf(series, figure.width),
      tooltip: [
        told('at', x.title),
        ...(series.hasLegend ? [told('series', series.title)] : []),
        told('shown', valueTitle),
      ],
    },
  }
}

/** Squares: the brighter the more. */
export function heatmapSpec(figure: HeatmapFigure): Part {
  const { x, y, cells, valueTitle } = figure
  const values = cells.map((cell) => ({
    column: x.buckets[cell.x]?.label ?? '',
    row: y.buckets[cell.y]?.label ?? '',
    value: cell.value,
    shown: cell.shown,
  }))
  return {
    data: { values },
    mark: 'rect',
    encoding: {
      x: { ...namesOf('column', x), axis: { labelAngle: nameAngle(x, figure.width - 60 - besideWidth(y)) } },
      y: namesOf('row', y),
      color: {
        field: 'value',
        type: 'quantitative',
        title: heading(valueTitle),
        scale: { scheme: 'viridis' },
        legend: wholeTicks(cells),
      },
      tooltip: [told('column', x.title), told('row', y.title), told('shown', valueTitle)],
    },
  }
}

/** Whole numbers have no ticks between them. */
function wholeTicks(cells: readonly GridCell[]): Part {
  return cells.every(({ value }) => Number.isInteger(value)) ? { tickMinStep: 1 } : {}
}
