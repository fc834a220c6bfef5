import type { Axis } from './axis.js'

const minute = 60_000
const day = 86_400_000
/** Width of a letter, more or less, pixels. */
const letter = 6.5

/** How the times of an axis are written, in d3's letters: no more than tells them apart, on a clock of 24 hours. */
export function timeFormat(fromMs: number, toMs: number): string {
  const span = toMs - fromMs
  if (span <= 5 * minute) return '%H:%M:%S'
  if (span <= day / 2) return '%H:%M'
  if (span <= 12 * day) return '%m-%d %H:%M'
  return span <= 1500 * day ? '%Y-%m-%d' : '%Y'
}

/** Whether names would run into one another side by side, where they have so many pixels. */
export function needsTilt({ buckets }: Axis, width: number): boolean {
  const longest = Math.max(...buckets.map(({ label }) => label.length))
  return (longest + 1) * letter * buckets.length > width
}

/** What names beside an axis take of the width. */
export function besideWidth({ buckets }: Axis): number {
  return 40 + Math.max(...buckets.map(({ label }) => Math.min(40, label.length))) * letter
}
