import type { NetworkFigure, TreeFigure } from './figure.js'
import { padTo, widthOf } from './text-layout.js'
import { countOf, showNumber } from './values.js'

const mostHubs = 20
const mostNeighbours = 12

/** The most linked, each with how much it has and what it is linked to most. */
export function networkText({ nodes, links, series }: NetworkFigure, width: number): string[] {
  const names = nodes.map(({ label, series: kind }) => {
    const prefix = series.labels[kind] ?? ''
    return prefix === '' ? label : `${prefix}:${label}`
  })
  const hubs = nodes.slice(0, mostHubs)
  const nameWidth = Math.min(widthOf(names.slice(0, mostHubs)), Math.floor(width * 0.4))
  const degrees = hubs.map(({ degree }) => degree.toLocaleString('en'))
  const degreeWidth = widthOf(degrees)
  const lines = hubs.map((_, hub) => {
    const own = links.filter(({ source, target }) => source === hub || target === hub)
    const ends = own.slice(0, mostNeighbours).map(({ source, target, weight }) => {
      const times = weight === 1 ? '' : ` ×${showNumber(weight)}`
      return `${names[source === hub ? target : source]}${times}`
    })
    return `${padTo(names[hub] ?? '', nameWidth)}  ${padTo(degrees[hub] ?? '', degreeWidth, true)} ─ ${ends.join(', ')}`
  })
  const rest = nodes.length - hubs.length
  return rest > 0 ? [...lines, `… ${countOf(rest, 'more node', 'more nodes')}`] : lines
}

/** A tree as a terminal has it. */
export function treeText({ lines, series }: TreeFigure): string[] {
  /** For each depth whether a line goes on below. */
  const open: boolean[] = []
  return lines.map((line) => {
    const { depth, label, detail, isLast } = line
    open[depth] = !isLast
    const rails = Array.from({ length: Math.max(0, depth - 1) }, (_, i) => (open[i + 1] ? '│  ' : '   '))
    const branch = depth === 0 ? '' : isLast ? '└─ ' : '├─ '
    const mark = line.series >= 2 && line.series <= 3 ? `[${series.labels[line.series]}] ` : ''
    return `${rails.join('')}${branch}${mark}${label}${detail === '' ? '' : `  ${detail}`}`
  })
}
