import { createHash } from 'node:crypto'
import type { Alerts } from './alerts.js'
import { type DetectionRule, detectionRules } from './catalog.js'
import { hash, RowIds } from './random.js'
import { type Trace, traceOf } from './traces.js'

/** An alert has one to four events; an event's row is its alert's row times this, plus its number. */
const eventsPerAlert = 4

/** One logon in so many comes from an address that its person does not usually have. */
const strangeLogons = 8
const powershellSha256 = createHash('sha256').update('powershell.exe').digest('hex')

const eventIds = rememberIds('event')
const processIds = rememberIds('process')

/** Finds the ids of a kind, made once for all alerts of a world. */
function rememberIds(kind: string): (alerts: Alerts) => RowIds {
  const made = new WeakMap<Alerts, RowIds>()
  return (alerts) => {
    const known = made.get(alerts)
    if (known !== undefined) return known
    const ids = new RowIds(alerts.seed, kind)
    made.set(alerts, ids)
    return ids
  }
}

function ruleOf(alerts: Alerts, alert: number): DetectionRule | undefined {
  return detectionRules[alerts.rule[alert] ?? 0]
}

export function eventIdsOf(alerts: Alerts, alert: number): string[] {
  const count = 1 + (alerts.trait(alert, 30) % eventsPerAlert)
  return Array.from({ length: count }, (_, number) => eventIdOf(alerts, { alert, number }))
}

function eventIdOf(alerts: Alerts, { alert, number }: EventPlace): string {
  const type = ruleOf(alerts, alert)?.eventType ?? 'generic'
  return `event://priv:scwx.${type}:${eventIds(alerts).uuid(alert * eventsPerAlert + number)}`
}

export interface EventPlace {
  readonly alert: number
  readonly number: number
}

/** Where the events of a type are, in the order of their alerts. */
export function eventPlacesOf(alerts: Alerts, type: string): EventPlace[] {
  const places: EventPlace[] = []
  for (let alert = 0; alert < alerts.count; alert++) {
    if ((ruleOf(alerts, alert)?.eventType ?? 'generic') !== type) continue
    const count = 1 + (alerts.trait(alert, 30) % eventsPerAlert)
    for (let number = 0; number < count; number++) places.push({ alert, number })
  }
  return places
}

/** Milliseconds since 1970. */
export function eventTime(alerts: Alerts, { alert, number }: EventPlace): number {
  return (alerts.createdAt[alert] ?? 0) - 1000 * (5 + (hash(alerts.seed, 32, alert, number) % 600))
}

/** Which alert an event belongs to. */
export function findEvent(alerts: Alerts, id: string): EventPlace | undefined {
  const row = eventIds(alerts).rowOf(id.slice(-36))
  const alert = Math.floor(row / eventsPerAlert)
  if (row < 0 || alert >= alerts.count) return undefined
  const number = row % eventsPerAlert
  return eventIdsOf(alerts, alert)[number] === id ? { alert, number } : undefined
}

/** Windows number the hours of a host's process table; they start above 2^53, where a double begins to round. */
export function processWindow(alerts: Alerts, alert: number): bigint {
  return 73_252_035_284_761_978n + BigInt(hash(alerts.seed, 31, alert)) * 3n
}

/** The event as the platform's JSON, with 64-bit integers as `bigint`. */
export function eventValues(
  alerts: Alerts,
  { alert, number }: EventPlace,
  tenantId: string,
): Record<string, unknown> {
  const rule = ruleOf(alerts, alert)
  const host = alerts.host[alert] ?? 0
  const id = eventIdOf(alerts, { alert, number })
  const hostId = alerts.hosts.ids.uuid(host)
  const h = hash(alerts.seed, 32, alert, number)
  const time = eventTime(alerts, { alert, number })
  const type = rule?.eventType ?? 'process'
  const trace = traceOf(alerts, alert)
  const remote = trace?.address ?? `203.0.113.${1 + (h % 254)}`
  return {
    resource_id: id,
    id,
    tenant_id: tenantId,
    schema: `scwx.${type}`,
    event_type: type,
    sensor_type: alerts.hosts.endpointType(host),
    sensor_id: hostId.replaceAll('-', ''),
    host_id: hostId,
    hostname: alerts.hosts.hostname(host),
    username: alerts.username(alert),
    event_time_usec: time * 1000,
    ingest_time_usec: (time + 1700) * 1000,
    ...details(type, alerts, alert, h, remote, trace),
  }
}

function details(
  type: DetectionRule['eventType'],
  alerts: Alerts,
  alert: number,
  h: number,
  remote: string,
  trace: Trace | undefined,
): Record<string, unknown> {
  const host = alerts.host[alert] ?? 0
  switch (type) {
    case 'process':
    case 'filemod':
      return {
        process_correlation_id: processCorrelationId(alerts, alert, leafPath(alerts, alert)),
        parent_process_correlation_id: processCorrelationId(
          alerts,
          alert,
          leafPath(alerts, alert).slice(0, -1),
        ),
        process_time_window: processWindow(alerts, alert),
        process_id: 1000 + (h % 30_000),
        commandline: 'powershell.exe -NoProfile -EncodedCommand SQBuAHYA',
        image_path: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
        ...(type === 'filemod'
          ? {
              action: 'rename',
              filename: `\\\\share\\finance\\${h % 9999}.xlsx`,
              process_file_hash: { sha256: trace?.sha256 ?? powershellSha256 },
            }
          : { program_hash: { sha256: trace?.sha256 ?? powershellSha256 } }),
      }
    case 'auth':
      return {
        action: 'Auth',
        auth_type: 'interactive',
        result: h % 3 === 0 ? 'success' : 'failure',
        source_address:
          trace !== undefined || h % strangeLogons === 0
            ? remote
            : usualAddressOf(alerts, alerts.user[alert] ?? 0),
        target_domain_name: 'CORP',
        target_user_name: alerts.username(alert),
      }
    case 'dnsquery':
      return {
        query_name: trace?.domain ?? `${h.toString(36)}.example.net`,
        query_type: 'A',
        resolved: [remote],
        source_address: alerts.hosts.ip(host),
      }
    case 'netflow':
      return {
        source_address: alerts.hosts.ip(host),
        source_port: 49_152 + (h % 16_000),
        destination_address: remote,
        destination_port: [443, 8443, 53, 22][h % 4],
        protocol: 6,
        bytes_out: BigInt(h) * 40_009n,
        bytes_in: h % 90_000,
      }
    case 'http':
      return {
        source_address: remote,
        destination_address: alerts.hosts.ip(host),
        http_method: 'GET',
        uri_path: `/search?q=${h.toString(36)}`,
        user_agent: 'curl/8.5',
        response_code: [200, 403, 404, 500][h % 4],
      }
    case 'cloudaudit':
      return {
        event_name: ['CreateAccessKey', 'StopLogging', 'PutBucketPolicy', 'New-InboxRule'][h % 4],
        source_address: remote,
        user_agent: 'console',
        event_source: 'cloud.example',
      }
    case 'email':
      return {
        from_email_address: `billing@${trace?.domain ?? `${h.toString(36)}.example`}`,
        to_email_address: `${alerts.username(alert)}@corp.example`,
        subject: 'Invoice overdue',
        attachment_count: h % 3,
        source_address: remote,
      }
  }
}

/** Where a person mostly signs in from. */
export function usualAddressOf(alerts: Alerts, user: number): string {
  return `203.0.113.${1 + (hash(alerts.seed, 34, user) % 254)}`
}

/** Where the process of an alert stands in its tree: child 0 of child 0 … of the root. */
export function leafPath(alerts: Alerts, alert: number): number[] {
  return new Array<number>(3 + (alerts.trait(alert, 33) % 3)).fill(0)
}

/** `<alert's process tree>-<path>`, the path being the number of the child at each step from the root. */
export function processCorrelationId(alerts: Alerts, alert: number, path: readonly number[]): string {
  return `${processIds(alerts).uuid(alert)}-${path.join('.')}`
}
