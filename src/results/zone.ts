const hour = 3_600_000
const day = 24 * hour
/** Of days and of quarters of an hour that are remembered. */
const mostOffsets = 10_000

/** A time zone: what its clocks show, for any number of times. */
export class Zone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat | undefined
  /** Whether a day has one offset, and which. */
  readonly #days = new Map<number, number | undefined>()
  readonly #hours = new Map<number, number>()

  /**
   * @param name an IANA name, `UTC`, or `local`, the zone of the process (`TZ`)
   * @throws RangeError for an unknown one
   */
  constructor(name = 'local') {
    const format = new Intl.DateTimeFormat('en-US', {
      ...(name === 'local' ? {} : { timeZone: name }),
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    this.name = format.resolvedOptions().timeZone
    if (!/^(UTC|Etc\/UTC|GMT)$/i.test(this.name)) this.#format = format
  }

  /** What a clock in this zone shows, as milliseconds of a clock that stands at UTC. */
  toWall(timeMs: number): number {
    return this.#format === undefined ? timeMs : timeMs + this.#offsetAt(timeMs, this.#format)
  }

  /** Formatting takes microseconds, and a million times are asked for: a day without a change is asked once. */
  #offsetAt(timeMs: number, format: Intl.DateTimeFormat): number {
    const number = Math.floor(timeMs / day)
    let offset = this.#days.get(number)
    if (offset === undefined && !this.#days.has(number)) {
      const atStart = measureOffset(number * day, format)
      offset = atStart === measureOffset((number + 1) * day - 1, format) ? atStart : undefined
      if (this.#days.size >= mostOffsets) this.#days.clear()
      this.#days.set(number, offset)
    }
    return offset ?? this.#hourOffset(timeMs, format)
  }

  /** On the day of a change: no zone changes within a quarter of an hour. */
  #hourOffset(timeMs: number, format: Intl.DateTimeFormat): number {
    const quarter = Math.floor(timeMs / (hour / 4))
    const known = this.#hours.get(quarter)
    if (known !== undefined) return known
    const offset = measureOffset(quarter * (hour / 4), format)
    if (this.#hours.size >= mostOffsets) this.#hours.clear()
    this.#hours.set(quarter, offset)
    return offset
  }
}

function measureOffset(timeMs: number, format: Intl.DateTimeFormat): number {
  const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]))
  const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const wall = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
  return wall - Math.floor(timeMs / 1000) * 1000
}
