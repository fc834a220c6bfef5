import { tagsOf } from '../../src/sandbox/alert-source.js'
import { type DetectionRule, detectionRules, resolutionStatuses } from '../../src/sandbox/data/catalog.js'
import type { Tenant } from '../../src/sandbox/data/tenants.js'
import { World } from '../../src/sandbox/data/world.js'

/** An alert as the sandbox makes it, before any query. */
export interface KnownAlert {
  /** In the world's arrays. */
  row: number
  id: string
  rule: DetectionRule
  title: string
  severity: number
  confidence: number
  status: (typeof resolutionStatuses)[number]
  hostname: string
  username: string
  tags: string[]
  tenant: Tenant | undefined
  /** Milliseconds before the world's now. */
  ageMs: number
}

/** The world of a sandbox as `xdrlab run --sandbox` starts it; the times move with `now`, all else is fixed. */
export function openKnownWorld({ now = Date.now(), alerts = 100_000 } = {}): World {
  return new World({ seed: 1, alerts, now })
}

/** Its alerts, newest first. The analyst's home tenant sees all of them. */
export function knownAlerts({ alerts, tenants, now }: World): KnownAlert[] {
  return Array.from({ length: alerts.count }, (_, age) => {
    const row = alerts.count - 1 - age
    const rule = detectionRules[alerts.rule[row] ?? 0]
    const status = resolutionStatuses[alerts.status[row] ?? 0]
    if (rule === undefined || status === undefined) throw new Error(`alert ${row} has no rule or status`)
    return {
      row,
      id: alerts.id(row),
      rule,
      title: rule.title,
      severity: (alerts.severity[row] ?? 0) / 100,
      confidence: (alerts.confidence[row] ?? 0) / 100,
      status,
      hostname: alerts.hosts.hostname(alerts.host[row] ?? 0),
      username: alerts.username(row),
      tags: tagsOf(alerts.tags[row] ?? 0),
      tenant: tenants[alerts.tenantRow(row)],
      ageMs: now - (alerts.createdAt[row] ?? 0),
    }
  })
}

/** Rows by a key, in the order of its first appearance. */
export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return groups
}

/** How many rows there are of each key, the most first. */
export function countBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, number> {
  const counts = [...groupBy(rows, keyOf)].map(([key, group]): [string, number] => [key, group.length])
  return new Map(counts.sort(([, a], [, b]) => b - a))
}

const hourMs = 3_600_000
export const dayMs: number = 24 * hourMs
