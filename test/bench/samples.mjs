/** What was measured, by kernel and measure. */
export class Samples {
  /** @type {Map<string, number[]>} */
  #values = new Map()

  add(kernel, measure, value) {
    const key = `${kernel}\n${measure}`
    const list = this.#values.get(key) ?? []
    list.push(value)
    this.#values.set(key, list)
  }

  /** @returns {{ median: number, p95: number, mean: number, count: number } | undefined} */
  of(kernel, measure) {
    const list = this.#values.get(`${kernel}\n${measure}`)
    if (list === undefined) return undefined
    const sorted = [...list].sort((a, b) => a - b)
    const at = (part) => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0
    const middle = sorted.length / 2
    const median =
      sorted.length % 2 === 1
        ? (sorted[Math.floor(middle)] ?? 0)
        : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
    const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
    return { median, p95: at(0.95), mean, count: sorted.length }
  }
}
