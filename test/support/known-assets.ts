import type { World } from '../../src/sandbox/data/world.js'
import { dayMs } from './known-world.js'

const hourMs = 3_600_000

/** A machine as the sandbox makes it, before any query. */
export interface KnownAsset {
  hostname: string
  kind: string
  system: string
  /** Without `ENDPOINT_`. */
  sensor: string
  version: string
  isIsolated: boolean
  /** Row of its tenant. */
  tenant: number
  /** Whole days since it was last seen. */
  silentDays: number
}

/** All machines; the analyst's home tenant sees every one. */
export function knownAssets({ hosts }: World): KnownAsset[] {
  return Array.from({ length: hosts.count }, (_, host) => {
    const silence = hosts.trait(host, 2)
    const { systemType, osVersion } = hosts.kind(host)
    return {
      hostname: hosts.hostname(host),
      kind: systemType,
      system: osVersion,
      sensor: hosts.endpointType(host).replace('ENDPOINT_', ''),
      version: `3.${hosts.trait(host, 3) % 6}.${hosts.trait(host, 4) % 10}`,
      isIsolated: hosts.trait(host, 6) % 97 === 0,
      tenant: hosts.tenantOf[host] ?? 0,
      // One in twelve is silent for whole days, the others for less than three hours.
      silentDays: Math.floor(
        (silence % 12 === 0 ? (1 + (silence % 25)) * dayMs : silence % (3 * hourMs)) / dayMs,
      ),
    }
  })
}
