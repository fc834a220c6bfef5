import { type EmptyFigure, emptyFigure, type Series, type TreeFigure, usualWidth } from './figure.js'
import type { ProcessTreeOptions } from './options.js'
import { grey, palette, severityColor } from './palette.js'
import { growTree, type Process } from './process-forest.js'
import type { Columns } from './read.js'
import { countOf, toLabel, toNumber, toTime } from './values.js'

const usualLimit = 100
const lineHeight = 20

/** What a line of the tree is. */
export const treeSeries: Series = {
  title: '',
  labels: ['process', 'administrator', 'blocked', 'in an alert', 'not shown'],
  colors: [palette[0], palette[4], palette[1], severityColor('critical') ?? grey, grey],
  hasLegend: true,
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
