import { clash } from './clash.js'
import { firstNumber, firstTime, measureBeside, shortTexts } from './guess.js'
import type { Aggregate, BarOptions, Field, HeatmapOptions, LineOptions, TimelineOptions } from './options.js'
import type { Planner } from './read.js'

/** Which fields a bar chart draws. */
export function planBars(options: BarOptions): Planner {
  return (fields, sampleSize) => {
    const x =
      options.x ?? shortTexts(fields)[0] ?? firstTime(fields) ?? firstNumber(fields) ?? fields[0]?.name
    const isCounted = options.aggregate === undefined && typeof x === 'string'
    const y = options.y ?? (isCounted ? measureBeside(x, fields, sampleSize) : undefined)
    checkMeasure(options.aggregate, 'y', y)
    checkParts(options)
    return { fields: { x, y, color: options.color }, spread: ['x', 'color'] }
  }
}

/** Which fields a line chart draws. */
export function planLines(options: LineOptions): Planner {
  return (fields, sampleSize) => {
    const x =
      options.x ?? firstTime(fields) ?? firstNumber(fields) ?? shortTexts(fields)[0] ?? fields[0]?.name
    const isCounted = options.aggregate === undefined && typeof x === 'string'
    const y = options.y ?? (isCounted ? measureBeside(x, fields, sampleSize) : undefined)
    checkMeasure(options.aggregate, 'y', y)
    return { fields: { x, y, color: options.color }, spread: ['color'] }
  }
}

/** Which fields a heat map draws: two that were named, or the hours and weekdays of a time. */
export function planHeatmap(options: HeatmapOptions): Planner {
  return (fields) => {
    if (options.time !== undefined && (options.x !== undefined || options.y !== undefined)) {
      throw clash('a heat map has either time, or x and y', 'leave out one of them')
    }
    checkMeasure(options.aggregate, 'color', options.color)
    const texts = shortTexts(fields).filter((name) => name !== options.x && name !== options.y)
    const named = options.x !== undefined || options.y !== undefined
    const time = options.time ?? (named ? undefined : firstTime(fields))
    const { color } = options
    if (time !== undefined) return { fields: { x: time, y: time, color } }
    const x = options.x ?? texts.shift() ?? firstTime(fields) ?? firstNumber(fields) ?? fields[0]?.name
    const y =
      options.y ?? texts.shift() ?? firstNumber(fields, x) ?? fields.find(({ name }) => name !== x)?.name
    return { fields: { x, y: y ?? x, color }, spread: ['x', 'y'] }
  }
}

/** Which fields a timeline draws. */
export function planTimeline(options: TimelineOptions): Planner {
  return (fields) => ({
    fields: {
      start: options.start ?? firstTime(fields) ?? fields[0]?.name,
      end: options.end,
      lane: options.lane ?? shortTexts(fields)[0],
      color: options.color,
      label: options.label,
    },
    spread: ['lane'],
  })
}

function checkMeasure(aggregate: Aggregate | undefined, option: string, field: Field | undefined): void {
  if (aggregate === undefined || aggregate === 'count' || field !== undefined) return
  throw clash(`${aggregate} needs a field`, `say of what: { ${option}: 'bytes', aggregate: '${aggregate}' }`)
}

/** The parts of a bar add up; there are numbers that do not. */
function checkParts({ color, aggregate, log }: BarOptions): void {
  if (color === undefined) return
  if (aggregate !== undefined && aggregate !== 'count' && aggregate !== 'sum') {
    throw clash(
      `the parts of a bar add up, and parts of a ${aggregate} do not`,
      'leave out color, or draw lines with chart.line',
    )
  }
  if (log === true) {
    throw clash('the parts of a bar cannot be read off a logarithmic scale', 'leave out color or log')
  }
}
