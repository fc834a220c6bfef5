import { alertTags, detectionRules } from './catalog.js'
import { endpointTypes, type Hosts, userCount, usernameOf } from './hosts.js'
import { hash, Random, RowIds } from './random.js'

const dayMs = 86_400_000
const hourMs = 3_600_000
/** How far back the alerts reach. */
const alertSpanMs: number = 30 * dayMs

/** Every sensor an alert can name; a row holds its own as one byte. */
export const sensorTypes: readonly string[] = [
  ...new Set<string>([...endpointTypes, ...detectionRules.map((rule) => rule.sensor)]),
].filter((sensor) => sensor !== 'endpoint')

/** Out of 1,000, in the order of `resolutionStatuses`; older alerts are more often settled. */
const settledShares = [250, 150, 40, 240, 150, 40, 90, 20, 20] as const
const freshShares = [820, 25, 12, 55, 30, 8, 40, 6, 4] as const

/** What a person did to an alert since the start. */
export interface ResolutionChange {
  readonly userId: string
  readonly reason: string
  readonly at: number
  readonly status: number
  readonly affected: number
}

/**
 * The alerts, one array for each attribute and newest last: 100,000 of them take two megabytes and a few
 * hundredths of a second. Rows become objects only when they are asked for.
 */
export class Alerts {
  readonly count: number
  readonly ids: RowIds
  /** Milliseconds since 1970, ascending. */
  readonly createdAt: Float64Array
  readonly rule: Uint8Array
  /** Hundredths. */
  readonly severity: Uint8Array
  /** Hundredths. */
  readonly confidence: Uint8Array
  readonly status: Uint8Array
  readonly host: Uint16Array
  readonly user: Uint16Array
  readonly sensor: Uint8Array
  /** Bits, in the order of `alertTags`. */
  readonly tags: Uint8Array
  /** Rows of investigations, plus one; 0 where there is none. */
  readonly investigation: Uint16Array
  readonly changes = new Map<number, ResolutionChange[]>()
  /** Counts what was done to any of them: an answer found before is good while it stands still. */
  version = 0
  readonly hosts: Hosts
  readonly seed: number

  constructor(seed: number, count: number, now: number, hosts: Hosts) {
    this.seed = seed
    this.count = count
    this.hosts = hosts
    this.ids = new RowIds(seed, 'alert')
    this.createdAt = createTimes(seed, count, now)
    this.rule = new Uint8Array(count)
    this.severity = new Uint8Array(count)
    this.confidence = new Uint8Array(count)
    this.status = new Uint8Array(count)
    this.host = new Uint16Array(count)
    this.user = new Uint16Array(count)
    this.sensor = new Uint8Array(count)
    this.tags = new Uint8Array(count)
    this.investigation = new Uint16Array(count)
    this.#fill(now)
  }

  #fill(now: number): void {
    const random = new Random(this.seed, 21)
    const wheel = detectionRules.flatMap((rule, i) => new Array<number>(rule.weight).fill(i))
    const sensorCode = new Map(sensorTypes.map((sensor, i) => [sensor, i]))
    const sensorOfHost = Uint8Array.from(
      { length: this.hosts.count },
      (_, host) => sensorCode.get(this.hosts.endpointType(host)) ?? 0,
    )
    const userOfHost = Uint16Array.from({ length: this.hosts.count }, (_, host) => this.hosts.mainUser(host))
    for (let row = 0; row < this.count; row++) {
      const code = wheel[random.below(wheel.length)] ?? 0
      const rule = detectionRules[code]
      if (rule === undefined) continue
      // The square makes a few hosts noisy, as they are in real life.
      const host = Math.floor(random.float() ** 2 * this.hosts.count)
      const spread = random.below(25) - 12
      const age = now - (this.createdAt[row] ?? now)
      this.rule[row] = code
      this.severity[row] = Math.min(99, Math.max(3, rule.severity + spread))
      this.confidence[row] = Math.min(99, Math.max(5, rule.confidence + random.below(21) - 10))
      this.status[row] = drawShare(age > 4 * dayMs ? settledShares : freshShares, random.below(1000))
      this.host[row] = host
      this.user[row] = random.below(10) === 0 ? random.below(userCount) : (userOfHost[host] ?? 0)
      this.sensor[row] = sensorCode.get(rule.sensor) ?? sensorOfHost[host] ?? 0
      this.tags[row] = random.below(3) === 0 ? 1 << random.below(alertTags.length) : 0
    }
  }

  /** The id as the platform shows it. */
  id(row: number): string {
    const rule = detectionRules[this.rule[row] ?? 0]
    const detector = rule?.detector.slice('app:detect:'.length) ?? 'unknown'
    return `alert://priv:${detector}:${this.ids.uuid(row)}`
  }

  /** The row of an id, or -1. */
  rowOf(id: string): number {
    const row = this.ids.rowOf(id.slice(-36))
    return row >= 0 && row < this.count && this.id(row) === id ? row : -1
  }

  tenantRow(row: number): number {
    return this.hosts.tenantOf[this.host[row] ?? 0] ?? 0
  }

  username(row: number): string {
    return usernameOf(this.user[row] ?? 0)
  }

  /** A number that belongs to the alert, for attributes that nothing searches. */
  trait(row: number, salt: number): number {
    return hash(this.seed, 22, row, salt)
  }

  /** The first row that is not older than `time`. */
  firstRowAt(time: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.createdAt[middle] ?? 0) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Settles alerts for a person; `rows` are known to exist. */
  resolve(rows: readonly number[], change: Omit<ResolutionChange, 'affected'>): void {
    this.version++
    for (const row of rows) {
      this.status[row] = change.status
      const earlier = this.changes.get(row) ?? []
      this.changes.set(row, [...earlier, { ...change, affected: rows.length }])
    }
  }
}

/** Ages follow a daily and a weekly rhythm and two bursts; they depend on the seed only, never on the clock. */
function createTimes(seed: number, count: number, now: number): Float64Array {
  const random = new Random(seed, 20)
  const times = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    let age = 0
    const burst = random.below(40)
    if (burst === 0) age = 3 * dayMs + random.float() * 2 * hourMs
    else if (burst === 1) age = 11 * dayMs + random.float() * 5 * hourMs
    else {
      do age = random.float() * alertSpanMs
      while (random.float() > rhythm(age))
    }
    times[row] = Math.floor(now - Math.min(alertSpanMs - 1000, Math.max(1000, age)))
  }
  return times.sort()
}

function rhythm(age: number): number {
  const daily = 0.5 + 0.35 * Math.sin((2 * Math.PI * age) / dayMs)
  const weekend = Math.floor(age / dayMs) % 7 >= 5 ? 0.55 : 1
  return daily * weekend + 0.12
}

function drawShare(shares: readonly number[], draw: number): number {
  let left = draw
  for (let i = 0; i < shares.length; i++) {
    left -= shares[i] ?? 0
    if (left < 0) return i
  }
  return 0
}
