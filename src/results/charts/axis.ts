import type { Zone } from '../zone.js'
import { type Categories, categorize, type Weights } from './categories.js'
import type { Bin, TimeUnit } from './options.js'
import { severityLevels } from './palette.js'
import { chooseStep, describeStep, floorTo, nextStep, showStep, stepOf } from './time-steps.js'
import { isTime, showNumber, toNumber, toTime } from './values.js'

/** One place on an axis. */
export interface Bucket {
  /** Different from every other label of its axis. */
  label: string
  /** A range of numbers or of wall-clock times; a name has none. */
  from?: number
  to?: number
}

export interface Axis {
  kind: 'category' | 'time' | 'number'
  title: string
  buckets: readonly Bucket[]
  /** For each value the bucket that it is in, −1 for none. */
  of: Int32Array
  /** What a person should know beside the drawing. */
  notes: readonly string[]
}

export interface AxisOptions {
  /** The field's name. */
  name: string
  /** `time` is a step of time that is chosen from the range. */
  bin: Bin | 'time' | undefined
  /** Most names. */
  limit: number
  zone: Zone
  /** Names are in the order of what this gives them; without it as they come up. */
  weights?: Weights | undefined
  sort?: 'value' | 'name' | 'none' | undefined
  /** Numbers stand where they are, one by one, while there are not too many. Default: ranges. */
  exactNumbers?: boolean
}

const usualRanges = 20
const mostExactNumbers = 1000
/** Whole numbers up to so many different ones are names in their order: ports, codes, priorities. */
const mostNumberNames = 20
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** Finds the places that values have on an axis. */
export function makeAxis(values: readonly unknown[], options: AxisOptions): Axis {
  const { name, bin } = options
  const chosen = bin ?? guessBin(values, options)
  if (chosen === 'severity') return severityAxis(values, name)
  if (chosen === 'hour of day') return clockAxis(values, options, 24)
  if (chosen === 'weekday') return clockAxis(values, options, 7)
  if (chosen === 'time') return timeAxis(values, options, undefined)
  if (typeof chosen === 'string') return timeAxis(values, options, chosen)
  if (typeof chosen === 'number') return numberAxis(values, options, chosen)
  return categoryAxis(values, options)
}

/** Whether numbers are a severity from 0 to 1, as the platform gives it. */
export function isSeverity(values: readonly unknown[], name: string): boolean {
  if (!/(^|[._])severity$/i.test(name)) return false
  let hasFraction = false
  for (const value of values) {
    if (value === null || value === undefined) continue
    if (typeof value !== 'number' || value < 0 || value > 1) return false
    hasFraction ||= !Number.isInteger(value)
  }
  return hasFraction
}

function guessBin(values: readonly unknown[], { name, exactNumbers }: AxisOptions): Bin | 'time' {
  const sample = values.slice(0, 500).filter((value) => value !== null && value !== undefined)
  const most = (test: (value: unknown) => boolean) => sample.filter(test).length >= 0.8 * sample.length
  if (sample.length === 0) return false
  if (isSeverity(values, name)) return 'severity'
  if (most((value) => isTime(value, name))) return 'time'
  if (!most((value) => toNumber(value) !== undefined)) return false
  if (exactNumbers === true) return usualRanges
  return hasMoreThan(values, mostNumberNames) ? usualRanges : false
}

function hasMoreThan(values: readonly unknown[], count: number): boolean {
  const different = new Set<unknown>()
  for (const value of values) if (different.add(value).size > count) return true
  return false
}

function categoryAxis(values: readonly unknown[], options: AxisOptions): Axis {
  const { labels, of, notes }: Categories = categorize(values, options)
  return { kind: 'category', title: options.name, buckets: labels.map((label) => ({ label })), of, notes }
}

function severityAxis(values: readonly unknown[], name: string): Axis {
  const of = new Int32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const number = toNumber(values[i])
    of[i] = number === undefined ? -1 : levelOf(number)
  }
  return {
    kind: 'category',
    title: name,
    buckets: severityLevels.map((level) => ({ label: level.name })),
    of,
    notes: leftOutNotes(of, 'a number', name),
  }
}

function levelOf(severity: number): number {
  let level = 0
  while (level + 1 < severityLevels.length && severity >= (severityLevels[level + 1]?.from ?? 0)) level++
  return level
}

function timeAxis(values: readonly unknown[], { name, zone }: AxisOptions, unit: TimeUnit | undefined): Axis {
  const walls = toWalls(values, zone)
  const [from, to] = rangeOf(walls)
  const title = `${name} (${zone.name})`
  if (from > to) return emptyAxis('time', title, values, name, 'a time')
  const step = unit === undefined ? chooseStep(from, to) : stepOf(unit, from, to)
  const buckets: Bucket[] = []
  const indexes = new Map<number, number>()
  for (let start = floorTo(step, from); start <= to; start = nextStep(step, start)) {
    indexes.set(start, buckets.length)
    buckets.push({ label: showStep(step, start), from: start, to: nextStep(step, start) })
  }
  const of = new Int32Array(values.length)
  for (let i = 0; i < walls.length; i++) {
    const wall = walls[i] ?? Number.NaN
    of[i] = Number.isNaN(wall) ? -1 : (indexes.get(floorTo(step, wall)) ?? -1)
  }
  const coarser = unit !== undefined && (step.unit !== unit || step.count !== 1)
  return {
    kind: 'time',
    title: `${title}, ${describeStep(step)}`,
    buckets,
    of,
    notes: [
      ...(coarser ? [`a bar or point per ${unit} would be too many: shown ${describeStep(step)}`] : []),
      ...leftOutNotes(of, 'a time', name),
    ],
  }
}

/** Hours of the day or days of the week, all of them. */
function clockAxis(values: readonly unknown[], { name, zone }: AxisOptions, parts: 24 | 7): Axis {
  const of = new Int32Array(values.length)
  const walls = toWalls(values, zone)
  for (let i = 0; i < walls.length; i++) {
    const wall = walls[i] ?? Number.NaN
    of[i] = Number.isNaN(wall) ? -1 : parts === 24 ? hourOf(wall) : weekdayOf(wall)
  }
  const labels =
    parts === 24 ? Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')) : weekdays
  return {
    kind: 'category',
    title: `${parts === 24 ? 'hour of day' : 'weekday'} (${zone.name})`,
    buckets: labels.map((label) => ({ label })),
    of,
    notes: leftOutNotes(of, 'a time', name),
  }
}

function hourOf(wallMs: number): number {
  return Math.floor(wallMs / 3_600_000) - 24 * Math.floor(wallMs / 86_400_000)
}

/** From 0 for Monday; 1970 began on a Thursday. */
function weekdayOf(wallMs: number): number {
  const days = Math.floor(wallMs / 86_400_000) + 3
  return days - 7 * Math.floor(days / 7)
}

function numberAxis(values: readonly unknown[], options: AxisOptions, parts: number): Axis {
  const { name } = options
  const numbers = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) numbers[i] = toNumber(values[i]) ?? Number.NaN
  const [from, to] = rangeOf(numbers)
  if (from > to) return emptyAxis('number', name, values, name, 'a number')
  if (options.exactNumbers === true && options.bin === undefined) {
    const exact = exactNumberAxis(numbers, name)
    if (exact !== undefined) return exact
  }
  const width = niceWidth((to - from) / (options.exactNumbers === true ? Math.max(parts, 200) : parts))
  const first = Math.floor(from / width)
  const count = Math.floor(to / width) - first + 1
  const buckets = Array.from({ length: count }, (_, i) => {
    const [low, high] = [tidy((first + i) * width), tidy((first + i + 1) * width)]
    return { label: `${showNumber(low)} – ${showNumber(high)}`, from: low, to: high }
  })
  const of = new Int32Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? Number.NaN
    of[i] = Number.isNaN(number) ? -1 : Math.min(count - 1, Math.max(0, Math.floor(number / width) - first))
  }
  return { kind: 'number', title: name, buckets, of, notes: leftOutNotes(of, 'a number', name) }
}

function exactNumberAxis(numbers: Float64Array, name: string): Axis | undefined {
  const different = new Set(numbers)
  different.delete(Number.NaN)
  if (different.size > mostExactNumbers) return undefined
  const sorted = Float64Array.from(different).sort()
  const indexes = new Map(Array.from(sorted, (number, i) => [number, i]))
  const of = Int32Array.from(numbers, (number) => indexes.get(number) ?? -1)
  const buckets = Array.from(sorted, (number) => ({ label: showNumber(number), from: number, to: number }))
  return { kind: 'number', title: name, buckets, of, notes: leftOutNotes(of, 'a number', name) }
}

/** 1, 2 or 5 times a power of ten; so that a range is never too narrow for the numbers in it. */
function niceWidth(wanted: number): number {
  if (!(wanted > 0) || !Number.isFinite(wanted)) return wanted === 0 ? 1 : Number.MAX_VALUE / 1e6
  const power = 10 ** Math.floor(Math.log10(wanted))
  const factor = [1, 2, 5, 10].find((nice) => nice * power >= wanted * (1 - 1e-9)) ?? 10
  return factor * power
}

/** Without the tail of a binary fraction: 0.30000000000000004. */
function tidy(number: number): number {
  return Number(number.toPrecision(12))
}

/** Wall-clock times of a zone, `NaN` for what is no time. */
export function toWalls(values: readonly unknown[], zone: Zone): Float64Array {
  const walls = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const timeMs = toTime(values[i])
    walls[i] = timeMs === undefined ? Number.NaN : zone.toWall(timeMs)
  }
  return walls
}

/** From the least to the most; from above to below where there is no number. */
export function rangeOf(numbers: Float64Array): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const number of numbers) {
    if (number < least) least = number
    if (number > most) most = number
  }
  return [least, most]
}

function emptyAxis(
  kind: Axis['kind'],
  title: string,
  values: readonly unknown[],
  name: string,
  what: string,
): Axis {
  const of = new Int32Array(values.length).fill(-1)
  return { kind, title, buckets: [], of, notes: leftOutNotes(of, what, name) }
}

function leftOutNotes(of: Int32Array, what: string, name: string): string[] {
  let count = 0
  for (const index of of) if (index < 0) count++
  return count === 0 ? [] : [`${count.toLocaleString('en')} without ${what} in ${name} left out`]
}
