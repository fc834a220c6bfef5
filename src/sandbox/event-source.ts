import type { Column, Source } from './cql-run.js'
import { type EventPlace, eventPlacesOf, eventTime, eventValues } from './data/events.js'
import { filterKeysOf } from './data/rules.js'
import type { World } from './data/world.js'
import { InvestigationStore } from './investigation-store.js'
import { eventLogicalColumns } from './logical-types.js'

/** What `FROM` takes beside alert and investigation. */
const eventTypes = [
  'antivirus',
  'apicall',
  'auth',
  'cloudaudit',
  'dhcp',
  'dnsquery',
  'email',
  'encrypt',
  'filemod',
  'generic',
  'http',
  'management_event',
  'netflow',
  'nids',
  'persistence',
  'process',
  'registry',
  'script_block',
  'thirdpartyalert',
  'thread_injection',
  'process_module',
  'detection_finding',
] as const
const numericKeys = /_usec$|_port$|^bytes_|_code$|_count$|^process_id$|_window$|^protocol$|^severity$/

/** What a name after `FROM` stands for; `undefined` where there is no such source. */
export function findSource(world: World, name: string): Source | undefined {
  if (name === 'alert') return world.alertSource
  if (name === 'investigation') return new InvestigationStore(world).source()
  return isEventType(name) ? eventSource(world, name).source : undefined
}

export function isEventType(name: string): boolean {
  return eventTypes.some((type) => type === name)
}

/** The events of one type. */
export interface EventSource {
  readonly source: Source
  values(row: number): Record<string, unknown>
  tenantRow(row: number): number
}

const known = new WeakMap<World, Map<string, EventSource>>()

/** The events of a type, found once. */
export function eventSource(world: World, type: string): EventSource {
  const sources = known.get(world) ?? new Map<string, EventSource>()
  known.set(world, sources)
  const found = sources.get(type) ?? createEventSource(world, type)
  sources.set(type, found)
  return found
}

function createEventSource(world: World, type: string): EventSource {
  const { alerts } = world
  const places = eventPlacesOf(alerts, type)
  const placeOf = (row: number): EventPlace => places[row] ?? { alert: 0, number: 0 }
  const tenantRow = (row: number) => alerts.tenantRow(placeOf(row).alert)
  // A search asks for time upon time of every row, and for the values of one row field by field.
  const times = Float64Array.from(places, (place) => eventTime(alerts, place))
  let latest: { row: number; values: Record<string, unknown> } | undefined
  const values = (row: number) => {
    if (latest?.row !== row) {
      const tenant = world.tenants[tenantRow(row)]?.id ?? ''
      latest = { row, values: eventValues(alerts, placeOf(row), tenant) }
    }
    return latest.values
  }
  const columns = filterKeysOf(type).map((key): [string, Column] => [key, columnOf(key, values)])
  return {
    source: {
      count: places.length,
      columns: new Map([...columns, ...eventLogicalColumns(values)]),
      time: (row) => times[row] ?? 0,
    },
    values,
    tenantRow,
  }
}

function columnOf(key: string, values: (row: number) => Record<string, unknown>): Column {
  if (numericKeys.test(key)) return { type: 'number', at: (row) => Number(values(row)[key] ?? 0) }
  return {
    type: 'text',
    at: (row) => {
      const value = valueAt(values(row), key)
      return value === undefined || value === null ? undefined : String(value)
    },
  }
}

/** `program_hash.sha256` is the `sha256` of the `program_hash`. */
function valueAt(values: Record<string, unknown>, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
      values,
    )
}
