import type * as PlotModule from '@observablehq/plot'
import type { PlotOptions } from '@observablehq/plot'
import type { TimelineFigure } from './figure.js'
import { grey } from './palette.js'
import { whenOf } from './spec-timeline.js'
import { cutName, timeScale, tooltip } from './svg-grid.js'

/** Bars for what lasted, dots for what happened. */
export function timelinePlot(plot: typeof PlotModule, figure: TimelineFigure): PlotOptions {
  const { lanes, series, items, timeTitle, laneTitle, height } = figure
  const all = items.map((item) => ({
    lane: lanes[item.lane] ?? '',
    from: new Date(item.from),
    to: new Date(item.to),
    radius: Math.min(9, 2.5 + Math.log2(item.rows)),
    isPoint: item.from === item.to,
    color: series.colors[item.series] ?? grey,
    title: tooltip([
      [timeTitle, whenOf(item)],
      [laneTitle, lanes[item.lane]],
      [series.title, series.hasLegend ? series.labels[item.series] : undefined],
      ['', item.label],
      ['rows', item.rows > 1 ? item.rows.toLocaleString('en') : undefined],
    ]),
  }))
  const longest = Math.max(...lanes.map((lane) => cutName(lane).length))
  return {
    height: height + 44,
    x: { ...timeScale(timeTitle, figure.from, figure.to), grid: true },
    y: {
      type: 'band',
      domain: [...lanes],
      label: laneTitle === '' ? null : laneTitle,
      tickFormat: (lane: string) => cutName(lane),
    },
    marginLeft: 42 + Math.ceil(longest * 6.2),
    marginBottom: 40,
    marginRight: 24,
    marks: [
      plot.barX(
        all.filter(({ isPoint }) => !isPoint),
        {
          y: 'lane',
          x1: 'from',
          x2: 'to',
          fill: 'color',
          fillOpacity: 0.85,
          title: 'title',
          insetTop: 3,
          insetBottom: 3,
        },
      ),
      plot.dot(
        all.filter(({ isPoint }) => isPoint),
        {
          y: 'lane',
          x: 'from',
          r: { value: 'radius', scale: null },
          fill: 'color',
          fillOpacity: 0.75,
          title: 'title',
        },
      ),
    ],
  }
}
