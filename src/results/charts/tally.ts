import type { Aggregate } from './options.js'
import { showNumber, toNumber } from './values.js'

/** What several rows come to. */
export class Tally {
  rows = 0
  readonly #aggregate: Aggregate
  #numbers = 0
  #sum = 0
  /** Exact integers are summed apart, so that nothing is rounded before the end. */
  #exactSum = 0n
  #least = Number.POSITIVE_INFINITY
  #most = Number.NEGATIVE_INFINITY
  #all: number[] | undefined
  #different: Set<unknown> | undefined

  constructor(aggregate: Aggregate) {
    this.#aggregate = aggregate
    if (aggregate === 'median') this.#all = []
    if (aggregate === 'distinct') this.#different = new Set()
  }

  add(value: unknown): void {
    this.rows++
    if (this.#aggregate === 'count') return
    if (this.#different !== undefined) {
      if (value !== null && value !== undefined) this.#different.add(value)
      return
    }
    const number = toNumber(value)
    if (number === undefined) return
    this.#numbers++
    if (typeof value === 'bigint') this.#exactSum += value
    else this.#sum += number
    if (number < this.#least) this.#least = number
    if (number > this.#most) this.#most = number
    this.#all?.push(number)
  }

  /** `undefined` where no row had a number. */
  get value(): number | undefined {
    switch (this.#aggregate) {
      case 'count':
        return this.rows
      case 'distinct':
        return this.#different?.size ?? 0
      case 'sum':
        return this.#numbers === 0 ? undefined : this.#total
      case 'mean':
        return this.#numbers === 0 ? undefined : this.#total / this.#numbers
      case 'min':
        return this.#numbers === 0 ? undefined : this.#least
      case 'max':
        return this.#numbers === 0 ? undefined : this.#most
      default:
        return this.#median
    }
  }

  /** The value for people; sums of exact integers to the last digit. */
  get shown(): string {
    if (this.#aggregate === 'sum' && this.#exactSum !== 0n && Number.isSafeInteger(this.#sum)) {
      return (this.#exactSum + BigInt(this.#sum)).toLocaleString('en')
    }
    const { value } = this
    return value === undefined ? 'none' : showNumber(value)
  }

  get #total(): number {
    return this.#sum + Number(this.#exactSum)
  }

  get #median(): number | undefined {
    const sorted = Float64Array.from(this.#all ?? []).sort()
    const middle = sorted.length / 2
    return sorted.length % 2 === 1
      ? sorted[Math.floor(middle)]
      : sorted.length === 0
        ? undefined
        : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
  }
}
