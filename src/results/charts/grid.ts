import type { Axis } from './axis.js'
import type { GridCell } from './figure.js'
import type { Aggregate } from './options.js'
import { Tally } from './tally.js'

/** Most bars, points or squares in one drawing. */
export const mostMarks = 5000

/** What goes into the cells of a grid. */
export interface GridValues {
  /** For each value the index on either axis; −1 leaves it out. */
  x: Int32Array
  y: Int32Array
  values: readonly unknown[] | undefined
  aggregate: Aggregate
}

export interface Grid {
  cells: GridCell[]
  notes: string[]
}

/** Puts the rows of each pair of buckets together. Cells without a number are left out; order is by x, then y. */
export function tallyGrid({ x, y, values, aggregate }: GridValues, width: number): Grid {
  const tallies = new Map<number, Tally>()
  let [lastKey, tally]: [number, Tally | undefined] = [-1, undefined]
  for (let i = 0; i < x.length; i++) {
    const [column, row] = [x[i] ?? -1, y[i] ?? -1]
    if (column < 0 || row < 0) continue
    const key = row * width + column
    if (key !== lastKey || tally === undefined) {
      tally = tallies.get(key) ?? new Tally(aggregate)
      if (tally.rows === 0) tallies.set(key, tally)
      lastKey = key
    }
    tally.add(values?.[i])
  }
  const all = [...tallies].sort(([a], [b]) => (a % width) - (b % width) || a - b)
  const cells = all.flatMap(([key, tally]) => {
    const { value } = tally
    if (value === undefined || !Number.isFinite(value)) return []
    return [{ x: key % width, y: Math.floor(key / width), value, shown: tally.shown, rows: tally.rows }]
  })
  const lost = tallies.size - cells.length
  return {
    cells: cells.slice(0, mostMarks),
    notes: [
      ...(lost === 0 ? [] : [`${lost.toLocaleString('en')} without a number left out`]),
      ...(cells.length > mostMarks
        ? [`the first ${mostMarks.toLocaleString('en')} of ${cells.length.toLocaleString('en')} marks`]
        : []),
    ],
  }
}

/** Heading of the values: `rows`, `sum of bytes`, or the field alone where no two rows were put together. */
export function valueTitle(
  field: string | undefined,
  aggregate: Aggregate,
  cells: readonly GridCell[],
): string {
  if (field === undefined || aggregate === 'count') return 'rows'
  if (aggregate === 'distinct') return `different ${field}`
  return cells.every(({ rows }) => rows === 1) ? field : `${aggregate} of ${field}`
}

/** What the axis has, without names that nothing stands at: they would be empty places. */
export function usedOnly(axis: Axis): Axis {
  if (axis.kind !== 'category') return axis
  const used = new Set(axis.of)
  const places = axis.buckets.map((_, i) => i).filter((i) => used.has(i))
  if (places.length === axis.buckets.length) return axis
  const moved = axis.buckets.map((_, i) => places.indexOf(i))
  return {
    ...axis,
    buckets: places.flatMap((i) => axis.buckets[i] ?? []),
    of: axis.of.map((i) => moved[i] ?? -1),
  }
}
