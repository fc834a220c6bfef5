import type { Alerts } from './alerts.js'
import { type Trace, traceOf } from './traces.js'

/** What an alert is about, by the names that the platform gives its entities. */
export interface Entity {
  readonly type: 'hostname' | 'userName' | 'ipAddress' | 'domainName' | 'sha256'
  readonly value: string
}

/** A public address of the documentation ranges (RFC 5737). */
export function remoteAddressOf(alerts: Alerts, alert: number): string {
  const h = alerts.trait(alert, 9)
  return `${h % 2 === 0 ? '198.51.100' : '203.0.113'}.${1 + ((h >>> 8) % 254)}`
}

/** The alert's host, user, own and other address first, in this order. */
export function entitiesOf(alerts: Alerts, alert: number): readonly Entity[] {
  const host = alerts.host[alert] ?? 0
  const trace = traceOf(alerts, alert)
  return [
    { type: 'hostname', value: alerts.hosts.hostname(host) },
    { type: 'userName', value: alerts.username(alert) },
    { type: 'ipAddress', value: alerts.hosts.ip(host) },
    { type: 'ipAddress', value: remoteAddressOf(alerts, alert) },
    ...(trace === undefined ? [] : entitiesOfTrace(trace)),
  ]
}

function entitiesOfTrace({ address, domain, sha256 }: Trace): readonly Entity[] {
  return [
    { type: 'ipAddress', value: address },
    { type: 'domainName', value: domain },
    { type: 'sha256', value: sha256 },
  ]
}
