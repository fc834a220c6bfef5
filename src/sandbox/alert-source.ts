import type { Column, Source } from './cql-run.js'
import type { Alerts } from './data/alerts.js'
import { sensorTypes } from './data/alerts.js'
import { alertTags, detectionRules, resolutionStatuses } from './data/catalog.js'
import { userCount, usernameOf } from './data/hosts.js'
import type { Tenant } from './data/tenants.js'
import { alertLogicalColumns } from './logical-types.js'

/** What the words for a severity mean in CQL: from, up to and not including. */
const severityWords: Readonly<Record<string, readonly [number, number]>> = {
  informational: [0, 0.2],
  low: [0.2, 0.4],
  medium: [0.4, 0.6],
  high: [0.6, 0.8],
  critical: [0.8, 1.01],
}

/** The fields of `FROM alert`, by their short and their dotted names. */
export function createAlertSource(alerts: Alerts, tenants: readonly Tenant[]): Source {
  const rules = (of: (rule: (typeof detectionRules)[number]) => readonly string[]): Column => ({
    type: 'coded',
    code: (row) => alerts.rule[row] ?? 0,
    values: detectionRules.map(of),
  })
  const id: Column = { type: 'text', at: (row) => alerts.id(row) }
  const title = rules((rule) => [rule.title])
  const detector = rules((rule) => [rule.detector])
  const createdAt: Column = { type: 'time', at: (row) => alerts.createdAt[row] ?? 0 }
  const severity: Column = {
    type: 'number',
    at: (row) => (alerts.severity[row] ?? 0) / 100,
    words: severityWords,
  }
  const confidence: Column = { type: 'number', at: (row) => (alerts.confidence[row] ?? 0) / 100 }
  const status: Column = {
    type: 'coded',
    code: (row) => alerts.status[row] ?? 0,
    values: resolutionStatuses.map((name) => [name]),
  }
  const sensor: Column = {
    type: 'coded',
    code: (row) => alerts.sensor[row] ?? 0,
    values: sensorTypes.map((name) => [name]),
  }
  const username: Column = {
    type: 'coded',
    code: (row) => alerts.user[row] ?? 0,
    values: Array.from({ length: userCount }, (_, user) => [usernameOf(user)]),
  }
  const hostname: Column = {
    type: 'coded',
    code: (row) => alerts.host[row] ?? 0,
    values: Array.from({ length: alerts.hosts.count }, (_, host) => [alerts.hosts.hostname(host)]),
  }
  const techniques = rules((rule) => rule.techniques)
  const columns = new Map<string, Column>([
    ['id', id],
    ['severity', severity],
    ['metadata.severity', severity],
    ['confidence', confidence],
    ['metadata.confidence', confidence],
    ['title', title],
    ['metadata.title', title],
    ['status', status],
    ['resolution_status', status],
    [
      'tenant_id',
      { type: 'coded', code: (row) => alerts.tenantRow(row), values: tenants.map((tenant) => [tenant.id]) },
    ],
    [
      'tenant.name',
      { type: 'coded', code: (row) => alerts.tenantRow(row), values: tenants.map((tenant) => [tenant.name]) },
    ],
    ['detector', detector],
    ['detector_id', detector],
    ['metadata.creator.detector.detector_id', detector],
    ['sensor_type', sensor],
    ['sensor_types', sensor],
    ['attack_technique_ids', techniques],
    ['mitre_attack_info.technique_id', techniques],
    [
      'tags',
      {
        type: 'coded',
        code: (row) => alerts.tags[row] ?? 0,
        values: Array.from({ length: 256 }, (_, bits) => tagsOf(bits)),
      },
    ],
    [
      'suppressed',
      {
        type: 'coded',
        code: (row) => (resolutionStatuses[alerts.status[row] ?? 0] === 'SUPPRESSED' ? 1 : 0),
        values: [['false'], ['true']],
      },
    ],
    ['hostname', hostname],
    ['username', username],
    ['created_at', createdAt],
    ['metadata.created_at', createdAt],
    ...alertLogicalColumns(alerts, hostname, username),
  ])
  return {
    count: alerts.count,
    columns,
    time: (row) => alerts.createdAt[row] ?? 0,
    range: (earliest, latest) => {
      const first = alerts.firstRowAt(earliest)
      return { first, end: Math.max(first, alerts.firstRowAt(latest + 1)) }
    },
  }
}

/** The tags that the bits of a row stand for. */
export function tagsOf(bits: number): string[] {
  return alertTags.filter((_, i) => (bits & (1 << i)) !== 0)
}
