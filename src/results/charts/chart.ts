import { Chart, shownWhenReady } from './drawn.js'
import type { Figure } from './figure.js'
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
import { planBars, planHeatmap, planLines, planTimeline } from './plans.js'
import { collectProcesses, planAlertTimeline, planNetwork, planProcessTree } from './plans-domain.js'
import type { PlotDrawing, PlotSource } from './plot.js'
import { type Columns, type Planner, readRows } from './read.js'
import { countOf } from './values.js'

/** Rows at once give a chart at once; rows that arrive give a promise of one. */
export interface ChartMaker<Options> {
  (rows: AsyncIterable<unknown>, options?: Options): Promise<Chart>
  (rows: ChartRows, options?: Options): Chart
}

/**
 * How a kind of chart chooses its fields, and makes a figure of what was read. Only the first is loaded with the
 * library: a notebook that draws nothing pays nothing for drawing.
 */
interface Kind<Options> {
  plan(options: Options): Planner
  load(): Promise<(columns: Columns, options: Options) => Figure | Promise<Figure>>
}

function makerOf<Options extends ChartOptions>(
  name: ChartKind,
  { plan, load }: Kind<Options>,
  prepare: (rows: ChartRows) => ChartRows = (rows) => rows,
): ChartMaker<Options> {
  function make(rows: AsyncIterable<unknown>, options?: Options): Promise<Chart>
  function make(rows: ChartRows, options?: Options): Chart
  function make(rows: ChartRows, given?: Options): Chart | Promise<Chart> {
    const options = Object.assign(Object.create(null), given)
    checkOptions(name, options)
    const toChart = (columns: Columns) =>
      new Chart(`chart.${name} of ${countOf(columns.rowCount, 'row')}`, async () => {
        const [build, { tidyFigure }] = await Promise.all([load(), import('./wording.js')])
        return tidyFigure(await build(columns, options), columns, options)
      })
    const columns = readRows(prepare(rows), plan(options))
    return columns instanceof Promise ? shownWhenReady(columns.then(toChart)) : toChart(columns)
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
  bar: makerOf<BarOptions>('bar', {
    plan: planBars,
    load: async () => (await import('./bars.js')).buildBars,
  }),

  /**
   * Lines, usually over time.
   *
   * @example
   * chart.line(rows, { x: 'metadata.created_at', color: 'status', bin: 'day' })
   */
  line: makerOf<LineOptions>('line', {
    plan: planLines,
    load: async () => (await import('./lines.js')).buildLines,
  }),

  /**
   * Squares that are the brighter the more there is: of two fields, or of a time's hours and weekdays.
   *
   * @example
   * chart.heatmap(rows, { time: 'metadata.created_at' })
   * chart.heatmap(rows, { x: 'sensor', y: 'metadata.title' })
   */
  heatmap: makerOf<HeatmapOptions>('heatmap', {
    plan: planHeatmap,
    load: async () => (await import('./heatmap.js')).buildHeatmap,
  }),

  /**
   * What happened when, in lanes; with `end`, how long.
   *
   * @example
   * chart.timeline(events, { start: 'event_time_usec', lane: 'hostname', color: 'event_type' })
   */
  timeline: makerOf<TimelineOptions>('timeline', {
    plan: planTimeline,
    load: async () => (await import('./timeline.js')).buildTimeline,
  }),

  /**
   * What is linked to what. Entities such as `hostname:web-1` have the colour of their kind.
   *
   * @example
   * chart.network(alerts)                     // the relationships of their entities
   * chart.network(events, { source: 'username', target: 'hostname' })
   */
  network: makerOf<NetworkOptions>('network', {
    plan: planNetwork,
    load: async () => (await import('./network.js')).buildNetwork,
  }),

  /**
   * Processes below the processes that started them: of process events, or of the data of `processLineage` and
   * `processChildren`.
   *
   * @example
   * chart.processTree(await xdr.query(gql`query { processLineage(…) { lineage { … } } }`))
   */
  processTree: makerOf<ProcessTreeOptions>(
    'processTree',
    { plan: planProcessTree, load: async () => (await import('./process-tree.js')).buildProcessTree },
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
    load: async () => (await import('./alert-timeline.js')).buildAlertTimeline,
  }),

  /**
   * A drawing of Observable Plot: its options, or a function that is given Plot.
   *
   * @throws whatever Plot, or the function, throws
   * @example
   * await chart.plot((Plot) => Plot.plot({ marks: [Plot.dot(rows, { x: 'a', y: 'b' })] }))
   */
  plot: (source: PlotSource): Promise<PlotDrawing> =>
    shownWhenReady(import('./plot.js').then(({ drawPlot }) => drawPlot(source))),
} as const
