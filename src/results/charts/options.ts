import { XdrError } from '../../errors.js'
import { plain } from '../../text.js'
import type { Row } from '../table.js'
import { nearestNames } from './nearest.js'

/** A field by its dotted name (`metadata.severity`), or a function that works the value out of a row. */
export type Field = string | ((row: Row) => unknown)

/** What is made of the numbers of several rows. Without a field to work on it is `count`. */
export type Aggregate = 'count' | 'sum' | 'mean' | 'median' | 'min' | 'max' | 'distinct'

/** Steps of a time axis; without one it is chosen from the range of the times. */
export type TimeUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

/**
 * How values are put together on an axis: by a step of time, by the hour of the day or the weekday, by the levels of
 * a platform's severity (0 to 1), into so many ranges of numbers, or not at all (`false`).
 */
export type Bin = TimeUnit | 'hour of day' | 'weekday' | 'severity' | number | false

/** Rows to draw: a list, anything that can be looped over, or a query's data with a list in it. */
export type ChartRows = Iterable<unknown> | object

/** What every chart takes. */
export interface ChartOptions {
  /** Heading; by default what is drawn. */
  title?: string
  /** Width of the drawing in pixels. Default 720. */
  width?: number
  /** Height of the drawing in pixels; by default as high as its content needs. */
  height?: number
  /** IANA name of the zone that times are shown in, `UTC`, or `local` (the default). */
  timeZone?: string
}

export interface BarOptions extends ChartOptions {
  /** What there is a bar for. Default: the first short text, else the first time, else the first number. */
  x?: Field
  /** The number that gives the length; by default rows are counted. */
  y?: Field
  /** Splits every bar by this field. */
  color?: Field
  /** Default: `sum` of `y`, or `count` without one. */
  aggregate?: Aggregate
  /** How the values of `x` are put together; chosen from them by default. */
  bin?: Bin
  /** Most bars; the rest is one bar, "other". Default 20. */
  limit?: number
  /** Order of bars for texts. Default `value`, the longest first. */
  sort?: 'value' | 'name' | 'none'
  /** A logarithmic scale. Default false. */
  log?: boolean
  /** Bars from left to right. Default: where their names would not fit below them. */
  horizontal?: boolean
}

export interface LineOptions extends ChartOptions {
  /** Default: the first time, else the first number, else the first short text. */
  x?: Field
  /** The number that gives the height; by default rows are counted. */
  y?: Field
  /** A line for each value of this field. */
  color?: Field
  /** Default: `sum` of `y`, or `count` without one. */
  aggregate?: Aggregate
  /** How the values of `x` are put together; chosen from them by default. */
  bin?: Bin
  /** Most lines; the rest is one line, "other". Default 8. */
  limit?: number
  /** A logarithmic scale. Default false. */
  log?: boolean
}

export interface HeatmapOptions extends ChartOptions {
  /** A time, for hours of the day by weekday: in place of `x` and `y`. */
  time?: Field
  /** Default, with `y`: the first two short texts; where there is a time, `time`. */
  x?: Field
  y?: Field
  /** The number that gives the colour; by default rows are counted. */
  color?: Field
  /** Default: `sum` of `color`, or `count` without one. */
  aggregate?: Aggregate
  binX?: Bin
  binY?: Bin
  /** Most columns and most rows; the rest is "other". Default 40. */
  limit?: number
  /** Order of columns and rows for texts. Default `value`, those with the most first; `none` leaves it to the rows. */
  sort?: 'value' | 'name' | 'none'
}

export interface TimelineOptions extends ChartOptions {
  /** When something happened or began. Default: the first time. */
  start?: Field
  /** When it ended; without one it is a point. */
  end?: Field
  /** What each has a line of its own for. Default: the first short text. */
  lane?: Field
  color?: Field
  /** What is told of each. */
  label?: Field
  /** Most lanes; the rest is the lane "other". Default 30. */
  limit?: number
}

export interface NetworkOptions extends ChartOptions {
  /** From where to where. Default: the first pair of known names, such as `from_entity` and `to_entity`. */
  source?: Field
  target?: Field
  /** A list in every row, all of whose members belong together: in place of `source` and `target`. */
  entities?: Field
  /** The number that gives the width of a link; by default rows are counted. */
  size?: Field
  /** Most nodes: those with the most links are kept. Default 80. */
  limit?: number
}

export interface ProcessTreeOptions extends ChartOptions {
  /** What identifies a process. Default: `processCorrelationID`, `process_correlation_id`, or host and process id. */
  id?: Field
  /** The same of its parent. */
  parent?: Field
  /** Default: the file name of the image, else the beginning of the command line. */
  label?: Field
  command?: Field
  user?: Field
  /** When it began; children stand in this order. */
  time?: Field
  /** Most processes drawn; alerts and what leads to them are kept first. Default 100. */
  limit?: number
}

export interface AlertTimelineOptions extends ChartOptions {
  /** Default: `metadata.created_at`, else the first time. */
  time?: Field
  /** What the bars are split by. Default: the severity. */
  color?: Field
  bin?: TimeUnit
}

type Check = (value: unknown) => string | undefined

const field: Check = (value) =>
  (typeof value === 'string' && value !== '') || typeof value === 'function'
    ? undefined
    : 'the name of a field, or a function of a row'
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false')
const textCheck: Check = (value) => (typeof value === 'string' ? undefined : 'a text')
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value) ? undefined : `one of ${values.join(', ')}`
const between =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : `a number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`
const units = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'] as const
const bin: Check = (value) => {
  if (value === false || (typeof value === 'number' && value >= 1 && value <= 1000)) return undefined
  const wanted = oneOf(...units, 'hour of day', 'weekday', 'severity')(value)
  return wanted === undefined ? undefined : `${wanted}, a number of ranges up to 1,000, or false`
}
const aggregate = oneOf('count', 'sum', 'mean', 'median', 'min', 'max', 'distinct')
const zone: Check = (value) => {
  if (value === 'local') return undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(value) })
    return undefined
  } catch {
    return 'an IANA zone such as Europe/Amsterdam, UTC, or local'
  }
}

const shared = { title: textCheck, width: between(100, 4000), height: between(20, 8000), timeZone: zone }

/** The options that each chart knows. */
const known = {
  bar: {
    ...shared,
    x: field,
    y: field,
    color: field,
    aggregate,
    bin,
    limit: between(1, 500),
    sort: oneOf('value', 'name', 'none'),
    log: flag,
    horizontal: flag,
  },
  line: { ...shared, x: field, y: field, color: field, aggregate, bin, limit: between(1, 50), log: flag },
  heatmap: {
    ...shared,
    time: field,
    x: field,
    y: field,
    color: field,
    aggregate,
    binX: bin,
    binY: bin,
    limit: between(1, 70),
    sort: oneOf('value', 'name', 'none'),
  },
  timeline: {
    ...shared,
    start: field,
    end: field,
    lane: field,
    color: field,
    label: field,
    limit: between(1, 200),
  },
  network: {
    ...shared,
    source: field,
    target: field,
    entities: field,
    size: field,
    limit: between(2, 400),
  },
  processTree: {
    ...shared,
    id: field,
    parent: field,
    label: field,
    command: field,
    user: field,
    time: field,
    limit: between(1, 1000),
  },
  alertTimeline: { ...shared, time: field, color: field, bin: oneOf(...units) },
} as const satisfies Record<string, Readonly<Record<string, Check>>>

export type ChartKind = keyof typeof known

/**
 * An option that is spelled wrongly would be left out in silence: it is named.
 *
 * @throws XdrError `XDR_BAD_OPTION`
 */
export function checkOptions(kind: ChartKind, options: object): void {
  const checks = new Map<string, Check>(Object.entries(known[kind]))
  for (const [name, value] of Object.entries(options)) {
    const check = checks.get(name)
    if (check === undefined) {
      throw new XdrError('XDR_BAD_OPTION', `chart.${kind} has no option "${plain(name, 40)}"`, {
        hint: `did you mean ${nearestNames(name, [...checks.keys()]).join(', ')}?`,
      })
    }
    const wanted = value === undefined ? undefined : check(value)
    if (wanted !== undefined) {
      throw new XdrError('XDR_BAD_OPTION', `${name} of chart.${kind} is ${plain(inspectShort(value), 40)}`, {
        hint: `it must be ${wanted}`,
      })
    }
  }
}

function inspectShort(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value)
}
