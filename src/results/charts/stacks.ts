import type { BarsFigure, GridCell } from './figure.js'

/** A part of a bar: from where to where. */
export interface Segment {
  cell: GridCell
  from: number
  to: number
}

/** Puts the parts of each bar upon one another: those above zero upwards, those below it downwards. */
export function stack({ cells, log }: BarsFigure): Segment[] {
  const base = log ? logBase(cells) : 0
  const ups = new Map<number, number>()
  const downs = new Map<number, number>()
  return cells.map((cell) => {
    const side = cell.value < 0 ? downs : ups
    const from = side.get(cell.x) ?? base
    const to = log ? cell.value : from + cell.value
    side.set(cell.x, to)
    return { cell, from, to }
  })
}

/** Where bars begin on a logarithmic scale, which has no zero: the power of ten below the smallest. */
export function logBase(cells: readonly GridCell[]): number {
  const least = cells.reduce((smallest, { value }) => Math.min(smallest, value), Number.POSITIVE_INFINITY)
  const power = 10 ** Math.floor(Math.log10(least))
  return power === least ? power / 10 : power
}
