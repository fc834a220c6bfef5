import type { TimelineFigure, TimelineItem } from './figure.js'
import { colorOf, heading, type Part, timePositionOf, told } from './spec-parts.js'
import { showWall } from './time-steps.js'

/** Bars for what lasted, dots for what happened, a line of the drawing for each lane. */
export function timelineSpec(figure: TimelineFigure): Part {
  const { lanes, series, items, timeTitle, laneTitle } = figure
  const toValue = (item: TimelineItem) => ({
    lane: lanes[item.lane] ?? '',
    series: series.labels[item.series] ?? '',
    from: item.from,
    to: item.to,
    when: whenOf(item),
    label: item.label,
    rows: item.rows,
  })
  const isPoint = ({ from, to }: TimelineItem) => from === to
  const tooltip = [
    told('when', timeTitle),
    ...(laneTitle === '' ? [] : [told('lane', laneTitle)]),
    ...(series.hasLegend ? [told('series', series.title)] : []),
    ...(items.some(({ label }) => label !== '') ? [told('label', 'label')] : []),
    ...(items.some(({ rows }) => rows > 1) ? [told('rows', 'rows')] : []),
  ]
  const encoding = {
    x: timePositionOf('from', timeTitle, figure.from, figure.to),
    y: {
      field: 'lane',
      type: 'nominal',
      title: laneTitle === '' ? null : heading(laneTitle),
      scale: { domain: [...lanes] },
      sort: null,
    },
    color: colorOf(series, figure.width),
    tooltip,
  }
  return {
    layer: [
      {
        data: { values: items.filter((item) => !isPoint(item)).map(toValue) },
        mark: { type: 'bar', height: { band: 0.6 }, minBandSize: 3, opacity: 0.85 },
        encoding: { ...encoding, x2: { field: 'to' } },
      },
      {
        data: { values: items.filter(isPoint).map(toValue) },
        mark: { type: 'circle', opacity: 0.75 },
        encoding: {
          ...encoding,
          ...(items.some(({ rows }) => rows > 1)
            ? { size: { field: 'rows', type: 'quantitative', scale: { range: [20, 300] }, legend: null } }
            : { size: { value: 50 } }),
        },
      },
    ].filter(({ data }) => data.values.length > 0),
  }
}

/** When, and until when. */
export function whenOf({ from, to }: TimelineItem): string {
  return from === to ? showWall(from) : `${showWall(from)} – ${showWall(to)}`
}
