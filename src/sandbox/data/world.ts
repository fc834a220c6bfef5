import { createAlertSource } from '../alert-source.js'
import type { Source } from '../cql-run.js'
import { Alerts } from './alerts.js'
import { createDirectory } from './directory.js'
import { Hosts } from './hosts.js'
import { createInvestigations, type Investigation } from './investigations.js'
import { createPeople, type Person } from './people.js'
import { RowIds } from './random.js'
import { createTenants, type Tenant } from './tenants.js'

export interface WorldOptions {
  /** The same seed and count give the same rows, whatever the time. */
  seed: number
  /** How many alerts. */
  alerts: number
  /** "Now" of the data, milliseconds since 1970. Ages are fixed by the seed, so times move with it. */
  now: number
}

const hostCount = 5000

/**
 * Everything a sandbox knows. The guarantee: with equal `seed` and `alerts`, ids, attributes and ages are equal, so
 * `EARLIEST=-1d` gives the same rows at any `now`; with equal `now` as well, every answer is equal byte for byte,
 * until somebody changes something.
 */
export class World {
  readonly seed: number
  /** Where relative times such as `EARLIEST=-1d` start. It stands still, so that a lab open for days keeps its data. */
  readonly now: number
  readonly tenants: readonly Tenant[]
  readonly hosts: Hosts
  readonly alerts: Alerts
  /** The alerts as CQL sees them. */
  readonly alertSource: Source
  /** Those who work with the platform. */
  readonly people: readonly Person[]
  /** Everybody who has access, `people` among them. */
  readonly directory: readonly Person[]
  /** Oldest first; new ones are added at the end. */
  readonly investigations: Investigation[]
  readonly #startedAt = performance.now()
  readonly #tenantRows: ReadonlyMap<string, number>

  constructor(options: WorldOptions) {
    this.seed = options.seed
    this.now = options.now
    this.tenants = createTenants(options.now)
    this.hosts = new Hosts(options.seed, hostCount, this.tenants)
    this.alerts = new Alerts(options.seed, options.alerts, options.now, this.hosts)
    this.alertSource = createAlertSource(this.alerts, this.tenants)
    this.people = createPeople(options.seed, options.now, this.tenants)
    this.directory = createDirectory(options.seed, options.now, this.people)
    this.investigations = createInvestigations(
      options.seed,
      options.now,
      this.alerts,
      this.people,
      new RowIds(options.seed, 'investigation'),
    )
    this.#tenantRows = new Map(this.tenants.map((tenant, row) => [tenant.id, row]))
  }

  /** The time for what a person does: it runs on from {@link World.now}. */
  currentTime(): number {
    return Math.floor(this.now + performance.now() - this.#startedAt)
  }

  /** -1 where there is no such tenant. */
  tenantRow(id: string): number {
    return this.#tenantRows.get(id) ?? -1
  }
}
