import { type EventPlace, eventPlacesOf, eventTime, eventValues } from '../../src/sandbox/data/events.js'
import type { World } from '../../src/sandbox/data/world.js'
import { dayMs } from './known-world.js'

/** An event as the sandbox makes it, before any query. */
export interface KnownEvent {
  readonly place: EventPlace
  readonly type: string
  /** Milliseconds since 1970. */
  readonly time: number
  /** Id of its tenant. */
  readonly tenant: string
  readonly values: Record<string, unknown>
  /** All of them as JSON. */
  readonly json: string
}

/** The types of events that the hunting templates search. */
export const huntedTypes = [
  'process',
  'filemod',
  'netflow',
  'dnsquery',
  'http',
  'auth',
  'cloudaudit',
] as const

/** Events of some types, not older than so many days, the newest first. */
export function knownEvents(world: World, types: readonly string[], days: number): KnownEvent[] {
  const { alerts, tenants } = world
  return types
    .flatMap((type) =>
      eventPlacesOf(alerts, type).map((place) => ({ type, place, time: eventTime(alerts, place) })),
    )
    .filter(({ time }) => time >= world.now - days * dayMs)
    .map(({ type, place, time }) => {
      const tenant = tenants[alerts.tenantRow(place.alert)]?.id ?? ''
      const values = eventValues(alerts, place, tenant)
      const json = JSON.stringify(values, (_, value) => (typeof value === 'bigint' ? String(value) : value))
      return { place, type, time, tenant, values, json }
    })
    .sort((a, b) => b.time - a.time)
}

/** Whether a value stands anywhere in an event as a text of its own. */
export function holds({ json }: KnownEvent, wanted: string): boolean {
  return json.includes(JSON.stringify(wanted))
}

export function distinct(values: readonly unknown[]): number {
  return new Set(values).size
}
