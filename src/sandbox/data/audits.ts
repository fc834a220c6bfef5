import type { Maybe } from '../context.js'
import { choose, hash, RowIds } from './random.js'
import type { World } from './world.js'

export interface AuditSearch {
  tenantIDs?: Maybe<string[]>
  offset?: Maybe<number>
  limit?: Maybe<number>
  application?: Maybe<string>
  applications?: Maybe<string[]>
  username?: Maybe<string>
  email?: Maybe<string>
  emails?: Maybe<string[]>
  action?: Maybe<string>
  eventName?: Maybe<string>
  eventNames?: Maybe<string[]>
  targetRn?: Maybe<string>
  traceId?: Maybe<string>
  searchByAll?: Maybe<string>
  before?: Maybe<string>
  after?: Maybe<string>
  sortBy?: Maybe<string>
  sortOrder?: Maybe<string>
}

const actions = [
  ['alerts', 'UPDATE', 'AlertResolutionUpdated', 'an alert was settled'],
  ['investigations', 'CREATE', 'InvestigationCreated', 'an investigation was opened'],
  ['investigations', 'UPDATE', 'InvestigationUpdated', 'an investigation was changed'],
  ['users', 'CREATE', 'LoginSucceeded', 'a person signed in'],
  ['users', 'CREATE', 'LoginFailed', 'a sign-in failed'],
  ['clients', 'CREATE', 'ClientCreated', 'an API client was registered'],
  ['rules', 'UPDATE', 'RuleDisabled', 'a rule was switched off'],
] as const
const auditCount = 1200
const spanMs = 30 * 86_400_000
const usualLimit = 100
const maxLimit = 1000

/** What people did in the last 30 days. */
export class Audits {
  readonly #world: World
  readonly #ids: RowIds

  constructor(world: World) {
    this.#world = world
    this.#ids = new RowIds(world.seed, 'audit')
  }

  search(input: AuditSearch, seesTenant: (tenant: number) => boolean) {
    const found = Array.from({ length: auditCount }, (_, row) => this.#audit(row)).filter(
      (audit) => seesTenant(this.#world.tenantRow(audit.tenantId)) && matches(audit, input),
    )
    const field = sortFields[input.sortBy ?? 'timestamp'] ?? 'timestamp'
    const sign = input.sortOrder === 'asc' ? 1 : -1
    found.sort((a, b) => (a[field] === b[field] ? 0 : a[field] < b[field] ? -sign : sign))
    const offset = Math.max(0, input.offset ?? 0)
    const limit = Math.min(maxLimit, Math.max(1, input.limit ?? usualLimit))
    return {
      totalResults: found.length,
      relation: 'eq',
      offset,
      limit,
      audits: found.slice(offset, offset + limit),
    }
  }

  #audit(row: number): Audit {
    const { seed, now, people, tenants } = this.#world
    const h = hash(seed, 81, row)
    const [application, action, eventName, eventDesc] = choose(actions, h)
    const person = people[hash(seed, 82, row) % people.length]
    // Two of three happen at home.
    const tenantId = tenants[h % 3 === 0 ? hash(seed, 83, row) % tenants.length : 0]?.id ?? ''
    const id = this.#ids.uuid(row)
    return {
      id,
      logType: 'audit',
      application,
      requestType: 'graphql',
      username: person?.email.split('@')[0] ?? '',
      email: person?.email ?? '',
      source: `198.51.100.${1 + (h % 254)}`,
      targetRn: `rn:${application}:${tenantId}:${h.toString(36)}`,
      action,
      timestamp: new Date(now - Math.floor((spanMs / auditCount) * (row + 0.5))).toISOString(),
      eventName,
      eventDesc,
      tenantId,
      traceId: id.replaceAll('-', ''),
      responseCode: eventName === 'LoginFailed' ? 401 : 200,
      url: '/graphql',
      requestParams: { id: h.toString(36) },
      beforeState: action === 'UPDATE' ? { status: 'OPEN' } : {},
      afterState: { status: action === 'UPDATE' ? 'CLOSED' : 'OPEN' },
    }
  }
}

interface Audit {
  readonly id: string
  readonly logType: string
  readonly application: string
  readonly requestType: string
  readonly username: string
  readonly email: string
  readonly source: string
  readonly targetRn: string
  readonly action: string
  readonly timestamp: string
  readonly eventName: string
  readonly eventDesc: string
  readonly tenantId: string
  readonly traceId: string
  readonly responseCode: number
  readonly url: string
  readonly requestParams: Record<string, string>
  readonly beforeState: Record<string, string>
  readonly afterState: Record<string, string>
}

const sortFields: Readonly<
  Record<string, 'timestamp' | 'application' | 'eventName' | 'eventDesc' | 'username' | 'email'>
> = {
  timestamp: 'timestamp',
  application: 'application',
  eventName: 'eventName',
  eventDesc: 'eventDesc',
  username: 'username',
  email: 'email',
}

function matches(audit: Audit, input: AuditSearch): boolean {
  const is = (wanted: Maybe<string>, value: string) => (wanted ?? value) === value
  const among = (wanted: Maybe<string[]>, value: string) => (wanted ?? [value]).includes(value)
  const everything = Object.values(audit).filter((value) => typeof value === 'string')
  const words = input.searchByAll?.toLowerCase() ?? ''
  return (
    among(input.tenantIDs, audit.tenantId) &&
    is(input.application, audit.application) &&
    among(input.applications, audit.application) &&
    is(input.username, audit.username) &&
    is(input.email, audit.email) &&
    among(input.emails, audit.email) &&
    is(input.action, audit.action) &&
    is(input.eventName, audit.eventName) &&
    among(input.eventNames, audit.eventName) &&
    is(input.targetRn, audit.targetRn) &&
    is(input.traceId, audit.traceId) &&
    (input.before ?? '\uffff') > audit.timestamp &&
    (input.after ?? '') <= audit.timestamp &&
    (words === '' || everything.some((value) => value.toLowerCase().includes(words)))
  )
}
