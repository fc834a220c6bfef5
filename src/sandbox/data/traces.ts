import { createHash } from 'node:crypto'
import type { Alerts } from './alerts.js'
import { hash } from './random.js'

/** What a group leaves behind: named by threat intelligence, and seen in the alerts and events of a few tenants. */
export interface Trace {
  /** Of the third range for documentation (RFC 5737), which nothing else in a sandbox uses. */
  readonly address: string
  readonly domain: string
  readonly sha256: string
}

/** Groups that do not exist, and what they are known for. */
export const groups = [
  ['LANTERN FISH', 'loader sold to several crews'],
  ['COPPER HERON', 'credential theft through fake meeting invitations'],
  ['SALT MARSH', 'ransomware that deletes its traces first'],
  ['PAPER KITE', 'mail compromise against payroll teams'],
  ['GREY BADGER', 'intrusions through unpatched edge devices'],
  ['NIGHT ORCHARD', 'DNS tunnels to rented servers'],
  ['TIN WHISTLE', 'abuse of remote support tools'],
  ['BLUE THISTLE', 'token theft from browsers'],
] as const

/** One alert in so many could be a group's; most tenants have never been visited by most groups. */
const alertsPerTrace = 30
const tenantsPerVisit = 3

/** The same for every seed, so that a hunt can name them. */
export const traces: readonly Trace[] = groups.map(([name], i) => ({
  address: `192.0.2.${10 + 17 * i}`,
  domain: `update.${name.toLowerCase().replace(' ', '-')}.example`,
  sha256: createHash('sha256').update(`the tool of ${name}`).digest('hex'),
}))

/** The trace that an alert and its events carry, if any. */
export function traceOf(alerts: Alerts, alert: number): Trace | undefined {
  const draw = alerts.trait(alert, 40)
  if (draw % alertsPerTrace !== 0) return undefined
  const group = Math.floor(draw / alertsPerTrace) % groups.length
  const isVisited = hash(alerts.seed, 95, group, alerts.tenantRow(alert)) % tenantsPerVisit === 0
  return isVisited ? traces[group] : undefined
}
