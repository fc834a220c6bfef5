import { Zone } from '../zone.js'
import { type Axis, isSeverity, makeAxis } from './axis.js'
import { categorize } from './categories.js'
import type { Series } from './figure.js'
import { grey, palette, severityColor } from './palette.js'

export interface SeriesOf extends Series {
  /** For each value the index of its series, −1 for none. */
  of: Int32Array
  notes: readonly string[]
}

/** One colour for everything. */
export function singleSeries(count: number): SeriesOf {
  return {
    title: '',
    labels: [''],
    colors: [palette[0]],
    hasLegend: false,
    of: new Int32Array(count),
    notes: [],
  }
}

/** Colours for the values of a field: a severity has its own, the rest of many is grey. */
export function makeSeries(values: readonly unknown[], name: string, limit: number): SeriesOf {
  if (isSeverity(values, name)) return severitySeries(values, name)
  const { labels, hasOther, of, notes } = categorize(values, { name, limit })
  const colors = labels.map((label, i) =>
    hasOther && i === labels.length - 1
      ? grey
      : (severityColor(label) ?? (label === '(none)' ? grey : (palette[i % palette.length] ?? grey))),
  )
  return { title: name, labels, colors, hasLegend: true, of, notes }
}

/** The worst first; levels that do not occur are left out. */
function severitySeries(values: readonly unknown[], name: string): SeriesOf {
  const axis = makeAxis(values, { name, bin: 'severity', limit: 8, zone: new Zone('UTC') })
  const present = axis.buckets
    .map((bucket, level) => ({ label: bucket.label, level }))
    .filter(({ level }) => axis.of.includes(level))
    .reverse()
  const places = axis.buckets.map((_, level) => present.findIndex((series) => series.level === level))
  return {
    title: name,
    labels: present.map(({ label }) => label),
    colors: present.map(({ label }) => severityColor(label) ?? grey),
    hasLegend: true,
    of: axis.of.map((level) => places[level] ?? -1),
    notes: axis.notes,
  }
}

/** Bars of severities have the colours of their levels; their names stand beside them already. */
export function ownColors(axis: Axis): SeriesOf {
  const colors = axis.buckets.map(({ label }) => severityColor(label))
  if (axis.kind !== 'category' || colors.includes(undefined)) return singleSeries(axis.of.length)
  return {
    title: axis.title,
    labels: axis.buckets.map(({ label }) => label),
    colors: colors.map((color) => color ?? grey),
    hasLegend: false,
    of: axis.of,
    notes: [],
  }
}
