import type { TimeUnit } from './options.js'
import { countOf } from './values.js'

/** A step of a time axis. Times here are wall-clock times: milliseconds as if the zone's clock were UTC. */
export interface TimeStep {
  unit: TimeUnit
  count: number
}

const minute = 60_000
const hour = 3_600_000
const day = 86_400_000
const lengths: Readonly<Record<TimeUnit, number>> = {
  second: 1000,
  minute,
  hour,
  day,
  week: 7 * day,
  month: 30 * day,
  year: 365 * day,
}
/** Monday, 5 January 1970. */
const firstMonday = 4 * day
/** Steps that a person reads easily, finest first. */
const steps: readonly TimeStep[] = [
  { unit: 'second', count: 1 },
  { unit: 'second', count: 10 },
  { unit: 'minute', count: 1 },
  { unit: 'minute', count: 10 },
  { unit: 'hour', count: 1 },
  { unit: 'hour', count: 6 },
  { unit: 'day', count: 1 },
  { unit: 'week', count: 1 },
  { unit: 'month', count: 1 },
  { unit: 'year', count: 1 },
]
const mostSteps = 100
/** What a step that was asked for may come to. */
const mostAskedSteps = 1500

/** The finest step that divides the range into a number of parts that can be read. */
export function chooseStep(fromMs: number, toMs: number): TimeStep {
  const fits = steps.find((step) => stepsIn(step, fromMs, toMs) <= mostSteps)
  return (
    fits ?? { unit: 'year', count: Math.ceil(stepsIn({ unit: 'year', count: 1 }, fromMs, toMs) / mostSteps) }
  )
}

/** The step that was asked for, or the next coarser one that gives a drawing and not a wall. */
export function stepOf(unit: TimeUnit, fromMs: number, toMs: number): TimeStep {
  const asked: TimeStep = { unit, count: 1 }
  if (stepsIn(asked, fromMs, toMs) <= mostAskedSteps) return asked
  const from = steps.findIndex((step) => step.unit === unit && step.count === 1)
  return (
    steps.slice(from).find((step) => stepsIn(step, fromMs, toMs) <= mostAskedSteps) ??
    chooseStep(fromMs, toMs)
  )
}

function stepsIn({ unit, count }: TimeStep, fromMs: number, toMs: number): number {
  return (toMs - fromMs) / (lengths[unit] * count)
}

/** The beginning of the step that a time lies in. */
export function floorTo({ unit, count }: TimeStep, wallMs: number): number {
  const date = new Date(wallMs)
  if (unit === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  if (unit === 'year') return yearStart(Math.floor(date.getUTCFullYear() / count) * count)
  const offset = unit === 'week' ? firstMonday : 0
  const length = lengths[unit] * count
  return Math.floor((wallMs - offset) / length) * length + offset
}

/** The beginning of the next step. */
export function nextStep({ unit, count }: TimeStep, startMs: number): number {
  const date = new Date(startMs)
  if (unit === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
  if (unit === 'year') return yearStart(date.getUTCFullYear() + count)
  return startMs + lengths[unit] * count
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function yearStart(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1)
}

/** `per hour`, `per 10 minutes`. */
export function describeStep({ unit, count }: TimeStep): string {
  return count === 1 ? `per ${unit}` : `per ${countOf(count, unit)}`
}

/** A step by its beginning, as exactly as the step is. */
export function showStep({ unit }: TimeStep, startMs: number): string {
  const text = new Date(startMs).toISOString()
  if (unit === 'year') return text.slice(0, -20)
  if (unit === 'month') return text.slice(0, -17)
  if (unit === 'week' || unit === 'day') return text.slice(0, -14)
  return showWall(startMs, unit === 'second')
}

/** `2026-05-01 14:05`. */
export function showWall(wallMs: number, withSeconds = true): string {
  return new Date(wallMs)
    .toISOString()
    .replace('T', ' ')
    .slice(0, withSeconds ? -5 : -8)
}
