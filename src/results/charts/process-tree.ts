import type { Row } from '../table.js'
import type { FieldFacts } from './fields.js'
import { type EmptyFigure, emptyFigure, type Series, type TreeFigure, usualWidth } from './figure.js'
import type { ChartRows, Field, ProcessTreeOptions } from './options.js'
import { grey, palette, severityColor } from './palette.js'
import { growTree, type Process } from './process-forest.js'
import type { Columns, Planner } from './read.js'
import { countOf, ownValue, toLabel, toNumber, toTime } from './values.js'

const usualLimit = 100
const lineHeight = 20

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

/** What a line of the tree is. */
export const treeSeries: Series = {
  title: '',
  labels: ['process', 'administrator', 'blocked', 'in an alert', 'not shown'],
  colors: [palette[0], palette[4], palette[1], severityColor('critical') ?? grey, grey],
}

/** Which fields a process tree is read from. */
export function planProcessTree(options: ProcessTreeOptions): Planner {
  return (fields) => {
    const find = (key: keyof typeof names) => findName(fields, names[key])
    const known = find('id')
    const pid = find('pid')
    const parentPid = find('parentPid')
    const host = find('host')
    const hasIds = options.id !== undefined || known !== undefined || pid === undefined
    return {
      fields: {
        id: options.id ?? (hasIds ? (known ?? fields[0]?.name) : withHost(host, pid)),
        parent: options.parent ?? (hasIds ? find('parent') : withHost(host, parentPid)),
        label: options.label ?? find('image'),
        command: options.command ?? find('command'),
        user: options.user ?? find('user'),
        time: options.time ?? find('time'),
        isAdmin: find('isAdmin'),
        isBlocked: find('isBlocked'),
        alerts: find('alerts'),
        childrenCount: find('childrenCount'),
      },
    }
  }
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

/** Builds a process tree out of what was read. */
export function buildProcessTree(columns: Columns, options: ProcessTreeOptions): TreeFigure | EmptyFigure {
  const title = options.title ?? 'process tree'
  const processes = readProcesses(columns)
  if (processes.length === 0) return emptyFigure(title, columns.rowCount, ['no row identifies a process'])
  const tree = growTree(processes, options.limit ?? usualLimit)
  const lost = columns.rowCount - processes.reduce((sum, { rows }) => sum + rows, 0)
  return {
    kind: 'tree',
    title,
    notes: [
      ...(tree.shown < processes.length
        ? [`${tree.shown} of ${countOf(processes.length, 'process', 'processes')}`]
        : []),
      ...(lost === 0 ? [] : [`${countOf(lost, 'row')} without an id left out`]),
      ...tree.notes,
    ],
    description: `Process tree: ${countOf(processes.length, 'process', 'processes')}, first ${tree.lines[0]?.label}`,
    width: options.width ?? usualWidth,
    height: options.height ?? tree.lines.length * lineHeight,
    series: treeSeries,
    lines: tree.lines,
  }
}

/** The processes by their ids; what was read twice, as part of a lineage and as a child, is one. */
function readProcesses(columns: Columns): Process[] {
  const processes = new Map<string, Process>()
  const at = (channel: string, i: number) => columns.of(channel)[i]
  for (const [i, value] of columns.of('id').entries()) {
    if (value === null || value === undefined || value === '') continue
    const id = toLabel(value, 300)
    const known = processes.get(id)
    if (known !== undefined) {
      known.rows++
      continue
    }
    const parent = at('parent', i)
    const command = toLabel(at('command', i) ?? '', 4000).replace(/^\((empty|none)\)$/, '')
    const alerts = at('alerts', i)
    processes.set(id, {
      id,
      parent: parent === null || parent === undefined || parent === '' ? undefined : toLabel(parent, 300),
      label: labelOf(at('label', i), command, id),
      command,
      user: toLabel(at('user', i) ?? '', 60).replace(/^\((empty|none)\)$/, ''),
      timeMs: toTime(at('time', i)) ?? Number.POSITIVE_INFINITY,
      series:
        Array.isArray(alerts) && alerts.length > 0
          ? 3
          : at('isBlocked', i) === true
            ? 2
            : at('isAdmin', i) === true
              ? 1
              : 0,
      childrenCount: toNumber(at('childrenCount', i)) ?? 0,
      rows: 1,
    })
  }
  return [...processes.values()]
}

/** The file's name, without its folders. */
function labelOf(image: unknown, command: string, id: string): string {
  const path = typeof image === 'string' && image !== '' ? image : firstWord(command)
  const name = path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1)
  return toLabel(name === '' ? id : name, 60)
}

function firstWord(command: string): string {
  return /^"([^"]+)"/.exec(command)?.[1] ?? command.split(' ', 1)[0] ?? ''
}
