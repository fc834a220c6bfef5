import { type EventPlace, eventPlacesOf, eventTime, eventValues } from '../../src/sandbox/data/events.js'
import { World } from '../../src/sandbox/data/world.js'

/** An event of the seeded data, read where it is made: past the platform's search and its wire. */
export interface SeededEvent {
  readonly place: EventPlace
  readonly type: string
  readonly time: number
  readonly tenant: string
  readonly values: Record<string, unknown>
}

export const dayMs = 86_400_000
/** What `EARLIEST` finds does not depend on it: ages are fixed by the seed. */
const anyTime = Date.UTC(2026, 0, 15, 12)

/** What a sandbox holds that was started without options, at `now` milliseconds since 1970. */
export function openSeededWorld(now: number = anyTime): World {
  return new World({ seed: 1, alerts: 100_000, now })
}

/** Events of some types, not older than so many days, the newest first. */
export function seededEvents(world: World, types: readonly string[], days: number): SeededEvent[] {
  const { alerts, tenants } = world
  return types
    .flatMap((type) => eventPlacesOf(alerts, type).map((place) => ({ type, place })))
    .map(({ type, place }) => ({ type, place, time: eventTime(alerts, place) }))
    .filter(({ time }) => time >= world.now - days * dayMs)
    .map(({ type, place, time }) => {
      const tenant = tenants[alerts.tenantRow(place.alert)]?.id ?? ''
      return { place, type, time, tenant, values: eventValues(alerts, place, tenant) }
    })
    .sort((a, b) => b.time - a.time)
}

/** Rows of the alerts that are not older than so many days and that `isWanted`. */
export function seededAlerts(
  { alerts, now }: World,
  days: number,
  isWanted: (alert: number) => boolean,
): number[] {
  const from = now - days * dayMs
  return Array.from({ length: alerts.count }, (_, alert) => alert).filter(
    (alert) => (alerts.createdAt[alert] ?? 0) >= from && isWanted(alert),
  )
}

/** Whether a value stands anywhere in an event as a text of its own. */
export function holds(event: SeededEvent, wanted: string): boolean {
  return JSON.stringify(event.values, (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  ).includes(JSON.stringify(wanted))
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
