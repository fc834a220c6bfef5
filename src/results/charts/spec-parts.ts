import type { Axis } from './axis.js'
import type { Series } from './figure.js'
import { needsTilt, timeFormat } from './ticks.js'

/** A part of a specification. */
export type Part = Record<string, unknown>

/**
 * Vega-Lite writes headings into expressions, between double quotes: a quote or a backslash in the name of a field
 * would end the text there, and what follows would be run.
 */
export function heading(text: string): string {
  return text.replace(/"/g, '”').replace(/\\/g, '∖')
}

/** A line of a tooltip. Vega's tooltip takes `image` for an address to load, and `title` for its heading. */
export function told(field: string, title: string): Part {
  const safe = heading(title)
  return { field, type: 'nominal', title: /^(image|title)$/.test(safe) ? `${safe}:` : safe }
}

/** Black or white, by the ground that the theme of the viewer has. */
export const inkExpression = { expr: "luminance(background || 'white') < 0.4 ? '#f0f0f0' : '#24292f'" }

/** Colours by the names of a series, which stand above the drawing in as many lines as they need. */
export function colorOf({ title, labels, colors, hasLegend }: Series, width: number): Part {
  const longest = Math.max(...labels.map((label) => Math.min(label.length, 40)))
  const columns = Math.max(1, Math.min(labels.length, Math.floor(width / (longest * 6.5 + 34))))
  return {
    field: 'series',
    type: 'nominal',
    scale: { domain: [...labels], range: [...colors] },
    legend: hasLegend
      ? { title: title === '' ? null : heading(title), orient: 'top', columns, labelLimit: 260 }
      : null,
  }
}

/** Values that are not grouped: an axis of numbers, or of wall-clock times, which a clock at UTC shows as they are. */
export function positionOf(field: string, axis: Axis): Part {
  const title = heading(axis.title)
  if (axis.kind !== 'time') {
    return { field, type: 'quantitative', title, scale: { zero: false, nice: false } }
  }
  const first = axis.buckets[0]?.from ?? 0
  return timePositionOf(field, title, first, axis.buckets.at(-1)?.to ?? first)
}

/** A time between two others. */
export function timePositionOf(field: string, title: string, fromMs: number, toMs: number): Part {
  return {
    field,
    type: 'temporal',
    title: heading(title),
    scale: { type: 'utc', nice: false },
    axis: { format: timeFormat(fromMs, toMs), labelOverlap: true },
  }
}

/** The angle of names below an axis: aslant where they would run into one another. */
export function nameAngle(axis: Axis, width: number): number {
  return needsTilt(axis, width) ? -30 : 0
}

/** Names in the order of the axis. */
export function namesOf(field: string, axis: Axis): Part {
  return {
    field,
    type: 'nominal',
    title: heading(axis.title),
    scale: { domain: axis.buckets.map(({ label }) => label) },
    sort: null,
  }
}

/** Everything that has its own place, without axes. */
export function pixels(field: string, size: number, isUpsideDown = false): Part {
  return {
    field,
    type: 'quantitative',
    axis: null,
    scale: { domain: isUpsideDown ? [size, 0] : [0, size], nice: false, zero: false },
  }
}
