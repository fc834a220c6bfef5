import type { Axis } from './axis.js'
import type { Series } from './figure.js'

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

/** Colours by the names of a series; without a legend where there is but one. */
export function colorOf({ title, labels, colors }: Series): Part {
  return {
    field: 'series',
    type: 'nominal',
    scale: { domain: [...labels], range: [...colors] },
    legend: labels.length < 2 ? null : { title: title === '' ? null : heading(title) },
  }
}

/** Values that are not grouped: an axis of numbers, or of wall-clock times, which a clock at UTC shows as they are. */
export function positionOf(field: string, axis: Pick<Axis, 'kind' | 'title'>): Part {
  return axis.kind === 'time'
    ? { field, type: 'temporal', title: heading(axis.title), scale: { type: 'utc', nice: false } }
    : { field, type: 'quantitative', title: heading(axis.title), scale: { zero: false, nice: false } }
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
