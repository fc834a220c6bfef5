import type { Aggregate } from './options.js'
import { severityRank } from './palette.js'
import { Tally } from './tally.js'
import { countOf, toLabel } from './values.js'

/** What names are ordered by. */
export interface Weights {
  values: readonly unknown[] | undefined
  aggregate: Aggregate
}

export interface Categories {
  /** All different. The last one may be the rest, `hasOther`. */
  labels: readonly string[]
  hasOther: boolean
  /** For each value the index of its label. */
  of: Int32Array
  notes: readonly string[]
}

export interface CategoryOptions {
  name: string
  limit: number
  weights?: Weights | undefined
  sort?: 'value' | 'name' | 'none' | undefined
}

const mostCompared = 5000
const collator = new Intl.Collator('en', { numeric: true })

/** The names among values, most important first; beyond `limit` they are one, "other". */
export function categorize(values: readonly unknown[], options: CategoryOptions): Categories {
  const { codes, samples } = encode(values)
  const order = orderOf(codes, samples, options)
  const hasOther = order.length > options.limit
  const kept = hasOther ? order.slice(0, options.limit) : order
  const places = new Int32Array(samples.length).fill(kept.length)
  for (const [place, code] of kept.entries()) places[code] = place
  const labels = uniqueLabels(kept.map((code) => samples[code]))
  const rest = order.length - kept.length
  if (hasOther) labels.push(uniqueIn(`other (${rest.toLocaleString('en')})`, new Set(labels)))
  return {
    labels,
    hasOther,
    of: relabel(codes, places),
    notes: hasOther
      ? [
          `the first ${countOf(kept.length, 'value')} of ${options.name}; ${rest.toLocaleString('en')} more are "other"`,
        ]
      : [],
  }
}

function relabel(codes: Int32Array, places: Int32Array): Int32Array {
  const of = new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) of[i] = places[codes[i] ?? 0] ?? -1
  return of
}

/** Numbers the different values. What reads the same is the same: 1, 1n and "1". */
function encode(values: readonly unknown[]): { codes: Int32Array; samples: unknown[] } {
  const codes = new Int32Array(values.length)
  const samples: unknown[] = []
  const byValue = new Map<unknown, number>()
  const byText = new Map<string, number>()
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    let code = typeof value === 'string' ? byText.get(value) : byValue.get(value)
    if (code === undefined) {
      const text = typeof value === 'string' ? value : toLabel(value, 10_000)
      code = byText.get(text) ?? samples.push(value ?? null) - 1
      byText.set(text, code)
      if (typeof value !== 'string') byValue.set(value, code)
    }
    codes[i] = code
  }
  return { codes, samples }
}

function orderOf(codes: Int32Array, samples: readonly unknown[], options: CategoryOptions): number[] {
  const order = samples.map((_, code) => code)
  const { sort, weights } = options
  if (sort === 'none') return order
  // To compare a million names takes seconds, and of so many nobody reads more than the first.
  const isMany = samples.length > mostCompared && sort !== 'name'
  const names = isMany ? [] : samples.map((sample) => toLabel(sample))
  const byName = (a: number, b: number) => (isMany ? a - b : collator.compare(names[a] ?? '', names[b] ?? ''))
  if (sort === 'name') return order.sort(byName)
  if (sort === undefined && hasOwnOrder(samples, options.limit)) {
    return order.sort((a, b) => severityRank(names[b] ?? '') - severityRank(names[a] ?? '') || byName(a, b))
  }
  const sizes = weigh(codes, samples.length, weights)
  return order.sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || byName(a, b))
}

/** Numbers and levels of severity stand in their own order, where all of them are shown. */
function hasOwnOrder(samples: readonly unknown[], limit: number): boolean {
  if (samples.length > limit) return false
  const filled = samples.filter((sample) => sample !== null)
  return (
    filled.every((sample) => typeof sample === 'number' || typeof sample === 'bigint') ||
    filled.every((sample) => typeof sample === 'string' && severityRank(sample) >= 0)
  )
}

function weigh(codes: Int32Array, count: number, weights: Weights | undefined): Float64Array {
  const sizes = new Float64Array(count)
  if (weights?.values === undefined) {
    for (const code of codes) sizes[code] = (sizes[code] ?? 0) + 1
    return sizes
  }
  const tallies = Array.from({ length: count }, () => new Tally(weights.aggregate))
  for (let i = 0; i < codes.length; i++) tallies[codes[i] ?? 0]?.add(weights.values[i])
  return sizes.map((_, code) => tallies[code]?.value ?? Number.NEGATIVE_INFINITY)
}

/** Different values may read the same once they are cut; a drawing would take them for one. */
function uniqueLabels(samples: readonly unknown[]): string[] {
  const taken = new Set<string>()
  return samples.map((sample) => uniqueIn(toLabel(sample), taken))
}

function uniqueIn(label: string, taken: Set<string>): string {
  let unique = label
  for (let number = 2; taken.has(unique); number++) unique = `${label} #${number}`
  taken.add(unique)
  return unique
}
