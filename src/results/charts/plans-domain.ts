import type { Row } from '../table.js'
import { clash } from './clash.js'
import type { FieldFacts } from './fields.js'
import { firstTime } from './guess.js'
import type { AlertTimelineOptions, ChartRows, Field, NetworkOptions, ProcessTreeOptions } from './options.js'
import type { Planner } from './read.js'
import { ownValue } from './values.js'

/** Names of fields that go from one thing to another. */
const pairs = [
  ['source', 'target'],
  ['from_entity', 'to_entity'],
  ['source_address', 'destination_address'],
  ['src', 'dst'],
  ['from', 'to'],
  ['username', 'hostname'],
] as const

/** Which fields a network draws. */
export function planNetwork(options: NetworkOptions): Planner {
  return (fields) => {
    const { source, target, entities, size } = options
    if ((source === undefined) !== (target === undefined)) {
      throw clash('a network needs both ends of its links', 'name source and target, or entities')
    }
    if (source !== undefined && entities !== undefined) {
      throw clash('a network has either source and target, or entities', 'leave out one of them')
    }
    if (source !== undefined) return { fields: { source, target, size }, spread: ['source', 'target'] }
    if (entities !== undefined) return { fields: { entities, size } }
    return { fields: { ...guessEnds(fields), size }, spread: ['source', 'target'] }
  }
}

function guessEnds(fields: readonly FieldFacts[]): Record<string, string> {
  const named = (last: string) => fields.find(({ name }) => lastPart(name) === last)?.name
  for (const [from, to] of pairs) {
    const [source, target] = [named(from), named(to)]
    if (source !== undefined && target !== undefined) return { source, target }
  }
  const lists = fields.filter(({ kind }) => kind === 'list')
  const relationships = lists.find(({ name }) => lastPart(name) === 'relationships')?.name
  if (relationships !== undefined) return { relationships }
  const entities = lists.find(({ name }) => /entities$/i.test(name))?.name
  if (entities !== undefined) return { entities }
  if (fields.length === 0) return {}
  throw clash(
    'no field of these rows is known to lead from one thing to another',
    "name them: chart.network(rows, { source: 'username', target: 'hostname' })",
  )
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** How the platform's events call what a tree is made of; the later names are those of plain rows. */
const names = {
  id: ['processCorrelationID', 'process_correlation_id'],
  parent: ['parentProcessCorrelationID', 'parent_process_correlation_id'],
  image: ['imagePath', 'image_path', 'name'],
  command: ['commandline', 'command_line', 'commandLine'],
  user: ['username', 'user_name'],
  time: ['processCreationTime', 'process_creation_time', 'eventTimeUsec', 'event_time_usec'],
  isAdmin: ['processIsAdmin', 'process_is_admin', 'userIsAdmin'],
  isBlocked: ['wasBlocked', 'was_blocked'],
  alerts: ['alerts'],
  childrenCount: ['childrenCount', 'children_count'],
  host: ['hostID', 'host_id'],
  pid: ['processID', 'process_id', 'pid'],
  parentPid: ['parentProcessID', 'parent_process_id', 'ppid'],
} as const

/** Which fields a process tree is read from. */
export function planProcessTree(options: ProcessTreeOptions): Planner {
  return (fields) => {
    const find = (key: keyof typeof names) => findName(fields, names[key])
    // Only some processes are blocked or in an alert, and none of them need be among the first.
    const usual = (key: keyof typeof names) =>
      fields.length === 0 ? undefined : (find(key) ?? names[key][0])
    const known = find('id')
    const pid = find('pid')
    const parentPid = find('parentPid')
    const host = find('host')
    const hasIds = options.id !== undefined || known !== undefined || pid === undefined
    return {
      fields: {
        id: options.id ?? (hasIds ? (known ?? fields[0]?.name) : withHost(host, pid)),
        parent: options.parent ?? (hasIds ? usual('parent') : withHost(host, parentPid)),
        label: options.label ?? usual('image'),
        command: options.command ?? usual('command'),
        user: options.user ?? usual('user'),
        time: options.time ?? usual('time'),
        isAdmin: usual('isAdmin'),
        isBlocked: usual('isBlocked'),
        alerts: usual('alerts'),
        childrenCount: usual('childrenCount'),
      },
      optional: optionalIn(options),
    }
  }
}

/** What was not named may be missing. */
function optionalIn(options: ProcessTreeOptions): string[] {
  const named = new Set(Object.keys(options))
  const channels = [
    'parent',
    'label',
    'command',
    'user',
    'time',
    'isAdmin',
    'isBlocked',
    'alerts',
    'childrenCount',
  ]
  return channels.filter((channel) => !named.has(channel))
}

function findName(fields: readonly FieldFacts[], wanted: readonly string[]): string | undefined {
  for (const last of wanted) {
    const field = fields.find(({ name }) => name === last || name.endsWith(`.${last}`))
    if (field !== undefined) return field.name
  }
  return undefined
}

/** A process id is good on its own host only. */
function withHost(host: string | undefined, pid: string | undefined): Field | undefined {
  if (pid === undefined) return undefined
  return (row: Row) => {
    const value = ownValue(row, pid)
    if (value === null || value === undefined) return undefined
    return host === undefined ? String(value) : `${String(ownValue(row, host))} ${String(value)}`
  }
}

/** All processes in a query's data: a lineage and children may stand side by side in it. */
export function collectProcesses(rows: ChartRows): ChartRows {
  if (Symbol.iterator in rows || Symbol.asyncIterator in rows) return rows
  const found: unknown[] = []
  let level: unknown[] = [rows]
  for (let depth = 0; depth < 8 && level.length > 0; depth++) {
    found.push(...level.filter(isProcess))
    level = level
      .filter((value): value is object => typeof value === 'object' && value !== null && !isProcess(value))
      .flatMap((value) => Object.values(value))
  }
  return found.length > 0 ? found : rows
}

function isProcess(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    [...names.id, ...names.pid].some((name) => Object.hasOwn(value, name))
  )
}

/** Which fields of an alert are drawn: those that the platform's alerts have, wherever they stand in the row. */
export function planAlertTimeline(options: AlertTimelineOptions): Planner {
  return (fields) => ({
    fields: {
      time:
        options.time ??
        find(fields, ['created_at', 'createdAt', 'inserted_at', 'began_at']) ??
        firstTime(fields) ??
        fields[0]?.name,
      color: options.color ?? find(fields, ['severity', 'priority']),
      alertTitle: find(fields, ['title', 'name']),
    },
    spread: ['color'],
  })
}

/** A field whose last part is one of the names; the platform's own place before others. */
function find(fields: readonly FieldFacts[], wanted: readonly string[]): string | undefined {
  for (const last of wanted) {
    const found = [`metadata.${last}`, last].find((name) => fields.some((field) => field.name === name))
    const other = fields.find(({ name }) => name.endsWith(`.${last}`))?.name
    if ((found ?? other) !== undefined) return found ?? other
  }
  return undefined
}
