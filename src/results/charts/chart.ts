import { buildAlertTimeline, planAlertTimeline } from './alert-timeline.js'
import { buildBars, planBars } from './bars.js'
import { Chart, shownWhenReady } from './drawn.js'
import type { Figure } from './figure.js'
import { buildHeatmap, planHeatmap } from './heatmap.js'
import { buildLines, planLines } from './lines.js'
import { buildNetwork, planNetwork } from './network.js'
import {
  type AlertTimelineOptions,
  type BarOptions,
  type ChartKind,
  type ChartOptions,
  type ChartRows,
  checkOptions,
  type HeatmapOptions,
  type LineOptions,
  type NetworkOptions,
  type ProcessTreeOptions,
  type TimelineOptions,
} from './options.js'
import { drawPlot, type PlotDrawing, type PlotSource } from './plot.js'
import { buildProcessTree, collectProcesses, planProcessTree } from './process-tree.js'
import { type Columns, type Planner, readRows } from './read.js'
import { buildTimeline, planTimeline } from './timeline.js'
import { textOfFigure } from './wording.js'

/** Rows at once give a chart at once; rows that arrive give a promise of one. */
export interface ChartMaker<Options> {
  (rows: AsyncIterable<unknown>, options?: Options): Promise<Chart>
  (rows: ChartRows, options?: Options): Chart
}

/** How a kind of chart chooses its fields, and makes a figure of what was read. */
interface Kind<Options> {
  plan(options: Options): Planner
  build(columns: Columns, options: Options): Figure
}

function makerOf<Options extends ChartOptions>(
  name: ChartKind,
  { plan, build }: Kind<Options>,
  prepare: (rows: ChartRows) => ChartRows = (rows) => rows,
): ChartMaker<Options> {
  function make(rows: AsyncIterable<unknown>, options?: Options): Promise<Chart>
  function make(rows: ChartRows, options?: Options): Chart
  function make(rows: ChartRows, given?: Options): Chart | Promise<Chart> {
    const options = Object.assign(Object.create(null), given)
    checkOptions(name, options)
    const made = readRows(prepare(rows), plan(options), (columns) => {
      const figure = build(columns, options)
      // Without rows no field was chosen, and a heading would speak of one.
      const title = columns.rowCount === 0 ? (options.title ?? '') : figure.title
      return new Chart(textOfFigure({ ...figure, title }))
    })
    return made instanceof Promise ? shownWhenReady(made) : made
  }
  return make
}

/**
 * Charts of rows: lists, results of queries, rows that arrive (`await` these). Fields are named with dots; what is not
 * named is chosen. As the last value of a cell a chart is drawn: interactive in JupyterLab, as SVG elsewhere, as text
 * in a terminal.
 *
 * A field that no row has, and an option that no chart has, throw XdrError `XDR_BAD_OPTION` with the nearest names.
 *
 * @example
 * chart.bar(rows, { x: 'metadata.severity' })
 */
export const chart = {
  /**
   * Bars: how many rows there are of each, or what their numbers come to.
   *
   * @example
   * chart.bar(rows, { x: 'status', color: 'sensor_types' })
   * chart.bar(flows, { x: 'destination_address', y: 'bytes_out', limit: 10 })
   */
  bar: makerOf<BarOptions>('bar', { plan: planBars, build: buildBars }),

  /**
   * Lines, usually over time.
   *
   * @example
   * chart.line(rows, { x: 'metadata.created_at', color: 'status', bin: 'day' })
   */
  line: makerOf<LineOptions>('line', { plan: planLines, build: buildLines }),

  /**
   * Squares that are the brighter the more there is: of two fields, or of a time's hours and weekdays.
   *
   * @example
   * chart.heatmap(rows, { time: 'metadata.created_at' })
   * chart.heatmap(rows, { x: 'sensor', y: 'metadata.title' })
   */
  heatmap: makerOf<HeatmapOptions>('heatmap', { plan: planHeatmap, build: buildHeatmap }),

  /**
   * What happened when, in lanes; with `end`, how long.
   *
   * @example
   * chart.timeline(events, { start: 'event_time_usec', lane: 'hostname', color: 'event_type' })
   */
  timeline: makerOf<TimelineOptions>('timeline', { plan: planTimeline, build: buildTimeline }),

  /**
   * What is linked to what. Entities such as `hostname:web-1` have the colour of their kind.
   *
   * @example
   * chart.network(alerts)                     // the relationships of their entities
   * chart.network(events, { source: 'username', target: 'hostname' })
   */
  network: makerOf<NetworkOptions>('network', { plan: planNetwork, build: buildNetwork }),

  /**
   * Processes below the processes that started them: of process events, or of the data of `processLineage` and
   * `processChildren`.
   *
   * @example
   * chart.processTree(await xdr.query(gql`query { processLineage(…) { lineage { … } } }`))
   */
  processTree: makerOf<ProcessTreeOptions>(
    'processTree',
    { plan: planProcessTree, build: buildProcessTree },
    collectProcesses,
  ),

  /**
   * Alerts over time by severity.
   *
   * @example
   * chart.alertTimeline(alerts)
   */
  alertTimeline: makerOf<AlertTimelineOptions>('alertTimeline', {
    plan: planAlertTimeline,
    build: buildAlertTimeline,
  }),

  /**
   * A drawing of Observable Plot: its options, or a function that is given Plot.
   *
   * @throws whatever Plot, or the function, throws
   * @example
   * await chart.plot((Plot) => Plot.plot({ marks: [Plot.dot(rows, { x: 'a', y: 'b' })] }))
   */
  plot: (source: PlotSource): Promise<PlotDrawing> => shownWhenReady(drawPlot(source)),
} as const
