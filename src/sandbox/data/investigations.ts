import type { Alerts } from './alerts.js'
import { detectionRules } from './catalog.js'
import type { Person } from './people.js'
import { Random, type RowIds } from './random.js'

export interface Evidence {
  readonly id: string
  readonly createdAt: number
  readonly createdBy: string
  /** The alert, asset, event or query. */
  readonly subject: string
  readonly isGenesis: boolean
}

export interface Comment {
  readonly id: string
  readonly authorId: string
  readonly createdAt: number
  readonly comment: string
  readonly isInternal: boolean
}

/** An investigation as it is kept; it changes with the mutations. */
export interface Investigation {
  readonly id: string
  readonly shortId: string
  readonly tenant: number
  title: string
  keyFindings: string
  priority: number
  type: string
  status: string
  tags: readonly string[]
  assigneeId: string | null
  readonly contributorIds: readonly string[]
  readonly createdById: string
  readonly createdAt: number
  updatedById: string
  updatedAt: number
  closeReason: string | null
  readonly ruleId: string | null
  riskScore: number
  alerts: readonly Evidence[]
  assets: readonly Evidence[]
  events: readonly Evidence[]
  searchQueries: readonly Evidence[]
  comments: readonly Comment[]
}

const statuses = [
  'OPEN',
  'OPEN',
  'ACTIVE',
  'AWAITING_ACTION',
  'DRAFT',
  'SUSPENDED',
  'CLOSED_FALSE_POSITIVE_ALERT',
  'CLOSED_AUTHORIZED_ACTIVITY',
  'CLOSED_THREAT_MITIGATED',
  'CLOSED_CONFIRMED_SECURITY_INCIDENT',
  'CLOSED_INFORMATIONAL',
  'CLOSED_INCONCLUSIVE',
] as const
const types = [
  'SECURITY_INVESTIGATION',
  'SECURITY_INVESTIGATION',
  'THREAT_HUNT',
  'INCIDENT_RESPONSE',
] as const
const labels = ['phishing', 'ransomware', 'insider', 'vip', 'follow-up', 'customer-asked'] as const
const hourMs = 3_600_000
const most = 400

/** Up to 400 investigations over the alerts, oldest first; each alert belongs to one at most. */
export function createInvestigations(
  seed: number,
  now: number,
  alerts: Alerts,
  people: readonly Person[],
  ids: RowIds,
): Investigation[] {
  const random = new Random(seed, 51)
  const count = Math.min(most, alerts.count)
  const genesis = Uint32Array.from({ length: count }, () => random.below(alerts.count)).sort()
  return Array.from(genesis, (first, row) => {
    const person = people[random.below(people.length)]?.id ?? ''
    const rule = detectionRules[alerts.rule[first] ?? 0]
    const createdAt = Math.min(now - 1000, (alerts.createdAt[first] ?? now) + random.below(6) * hourMs)
    const updatedAt = Math.min(now, createdAt + random.below(72) * hourMs)
    const status = random.pick(statuses)
    const closed = status.startsWith('CLOSED')
    const id = ids.uuid(row)
    const evidence = (kind: string, subject: string, isGenesis = false): Evidence => ({
      id: `${kind}-${id.slice(0, 8)}-${subject.slice(-12)}`,
      createdAt,
      createdBy: person,
      subject,
      isGenesis,
    })
    const rows = linkAlerts(alerts, first, row, random)
    const hosts = [...new Set(rows.map((alert) => alerts.host[alert] ?? 0))]
    return {
      id,
      shortId: `INV${String(10_001 + row)}`,
      tenant: alerts.tenantRow(first),
      title: `${rule?.title} on ${alerts.hosts.hostname(alerts.host[first] ?? 0)}`,
      keyFindings: `## Summary\n${rule?.title}: ${rows.length} alert(s) on ${hosts.length} host(s) looked at.`,
      priority: 1 + random.below(4),
      type: random.pick(types),
      status,
      tags: random.below(2) === 0 ? [random.pick(labels)] : [],
      assigneeId: random.below(5) === 0 ? null : person,
      contributorIds: [person],
      createdById: person,
      createdAt,
      updatedById: person,
      updatedAt,
      closeReason: closed ? 'looked into and settled' : null,
      ruleId: `rule-${alerts.rule[first]}`,
      riskScore: (alerts.severity[first] ?? 0) / 10,
      alerts: rows.map((alert, i) => evidence('alert', alerts.id(alert), i === 0)),
      assets: hosts.map((host) => evidence('asset', alerts.hosts.ids.uuid(host))),
      events: [],
      searchQueries: [],
      comments: closed
        ? [
            {
              id: `comment-${id}`,
              authorId: person,
              createdAt: updatedAt,
              comment: 'Closed after review.',
              isInternal: false,
            },
          ]
        : [],
    }
  })
}

/** The first alert and up to five of the same tenant that came soon after it. */
function linkAlerts(alerts: Alerts, first: number, row: number, random: Random): number[] {
  const wanted = 1 + random.below(6)
  const tenant = alerts.tenantRow(first)
  const rows: number[] = []
  const horizon = Math.min(alerts.count, first + 300)
  for (let alert = first; alert < horizon && rows.length < wanted; alert++) {
    if (alerts.tenantRow(alert) !== tenant || alerts.investigation[alert] !== 0) continue
    alerts.investigation[alert] = row + 1
    rows.push(alert)
  }
  return rows.length === 0 ? [first] : rows
}
