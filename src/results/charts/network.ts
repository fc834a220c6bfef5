import {
  type EmptyFigure,
  emptyFigure,
  type NetworkFigure,
  type NetworkLink,
  type NetworkNode,
  type Series,
  usualWidth,
} from './figure.js'
import { placeNodes } from './network-layout.js'
import type { NetworkOptions } from './options.js'
import { grey, palette } from './palette.js'
import type { Columns } from './read.js'
import { countOf, ownValue, showNumber, toLabel, toNumber } from './values.js'

const usualLimit = 80
const mostLinks = 500
const mostNames = 24
const mostKinds = 7
/** Members of one row's list that are tied to one another: the ties grow with the square. */
const mostTied = 20
const usualHeight = 480

/** Everything that is linked, and how. */
class Graph {
  readonly nodes = new Map<string, { label: string; kind: string; degree: number }>()
  readonly links = new Map<string, { source: string; target: string; weight: number }>()
  /** Where ends without a kind of their own came from. */
  readonly #kinds: readonly [string, string]

  constructor(kinds: readonly [string, string]) {
    this.#kinds = kinds
  }

  link(source: unknown, target: unknown, weight: number): void {
    const [from, to] = [this.#node(source, this.#kinds[0]), this.#node(target, this.#kinds[1])]
    if (from === undefined || to === undefined || from === to) return
    const key = from < to ? JSON.stringify([from, to]) : JSON.stringify([to, from])
    const known = this.links.get(key)
    if (known !== undefined) {
      known.weight += weight
      return
    }
    this.links.set(key, { source: from, target: to, weight })
    for (const end of [from, to]) {
      const node = this.nodes.get(end)
      if (node !== undefined) node.degree++
    }
  }

  #node(value: unknown, otherKind: string): string | undefined {
    if (value === null || value === undefined || value === '') return undefined
    const key = toLabel(value, 300)
    if (!this.nodes.has(key)) {
      const [, kind, name] = /^([A-Za-z][\w-]{1,30}):(?!\/\/|:)(.+)$/.exec(key) ?? []
      const hasKind = kind !== undefined && name !== undefined && !/^[\da-f:]+$/i.test(key)
      this.nodes.set(key, {
        label: hasKind ? toLabel(name, 60) : toLabel(key, 60),
        kind: hasKind ? kind : otherKind,
        degree: 0,
      })
    }
    return key
  }
}

/** Builds a network out of what was read. */
export function buildNetwork(columns: Columns, options: NetworkOptions): NetworkFigure | EmptyFigure {
  const graph = readGraph(columns)
  const title = options.title ?? titleOf(columns)
  const ranked = [...graph.nodes]
    .filter(([, node]) => node.degree > 0)
    .sort(([a, left], [b, right]) => right.degree - left.degree || (a < b ? -1 : 1))
  const kept = ranked.slice(0, options.limit ?? usualLimit)
  if (kept.length === 0) return emptyFigure(title, columns.rowCount, ['no row links one thing to another'])
  const indexes = new Map(kept.map(([key], index) => [key, index]))
  const allLinks = [...graph.links.values()].flatMap(({ source, target, weight }): NetworkLink[] => {
    const [from, to] = [indexes.get(source), indexes.get(target)]
    return from === undefined || to === undefined ? [] : [{ source: from, target: to, weight }]
  })
  const links = allLinks.sort((a, b) => b.weight - a.weight).slice(0, mostLinks)
  const series = kindSeries(kept.map(([, node]) => node.kind))
  const width = options.width ?? usualWidth
  const height = options.height ?? usualHeight
  const largest = Math.max(...kept.map(([, node]) => node.degree))
  const nodes = kept.map(
    ([, { label, kind, degree }], index): NetworkNode => ({
      label,
      series: Math.max(0, series.labels.indexOf(series.labels.includes(kind) ? kind : 'other')),
      x: width / 2,
      y: height / 2,
      degree,
      radius: 4 + 10 * Math.sqrt(degree / largest),
      isNamed: index < mostNames,
    }),
  )
  return placeNodes({
    kind: 'network',
    title,
    notes: [
      ...(kept.length < ranked.length
        ? [`the ${kept.length} with the most links of ${countOf(ranked.length, 'node')}`]
        : []),
      ...(links.length < allLinks.length
        ? [`the strongest ${showNumber(links.length)} of ${countOf(allLinks.length, 'link')}`]
        : []),
    ],
    description:
      `Network: ${title}; ${countOf(nodes.length, 'node')}, ${countOf(links.length, 'link')}; ` +
      `the most linked: ${nodes
        .slice(0, 3)
        .map(({ label, degree }) => `${label} (${degree})`)
        .join(', ')}`,
    width,
    height,
    series,
    nodes,
    links,
  })
}

function readGraph(columns: Columns): Graph {
  const sizes = columns.has('size') ? columns.of('size') : undefined
  const weightOf = (i: number) => Math.max(0, sizes === undefined ? 1 : (toNumber(sizes[i]) ?? 0))
  const graph = new Graph(
    columns.has('source')
      ? [lastPart(columns.nameOf('source')), lastPart(columns.nameOf('target'))]
      : ['', ''],
  )
  const targets = columns.of('target')
  for (const [i, source] of columns.of('source').entries()) graph.link(source, targets[i], weightOf(i))
  for (const [i, list] of columns.of('relationships').entries()) {
    if (!Array.isArray(list)) continue
    for (const item of list) {
      if (typeof item !== 'object' || item === null) continue
      graph.link(ownValue(item, 'from_entity'), ownValue(item, 'to_entity'), weightOf(i))
    }
  }
  for (const [i, list] of columns.of('entities').entries()) {
    const members = Array.isArray(list) ? list.slice(0, mostTied).map(entityOf) : []
    for (const [place, member] of members.entries()) {
      for (const other of members.slice(place + 1)) graph.link(member, other, weightOf(i))
    }
  }
  return graph
}

/** A key entity is an object around its text. */
function entityOf(member: unknown): unknown {
  return typeof member === 'object' && member !== null ? ownValue(member, 'entity') : member
}

function titleOf(columns: Columns): string {
  if (columns.has('source')) return `${columns.nameOf('source')} → ${columns.nameOf('target')}`
  return columns.nameOf(columns.has('relationships') ? 'relationships' : 'entities')
}

function kindSeries(kinds: readonly string[]): Series {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const ranked = [...counts].sort((a, b) => b[1] - a[1]).map(([kind]) => kind)
  const labels = ranked.length > mostKinds ? [...ranked.slice(0, mostKinds - 1), 'other'] : ranked
  return {
    title: 'kind',
    labels,
    hasLegend: labels.length > 1,
    colors: labels.map((label, i) => (label === 'other' ? grey : (palette[i % palette.length] ?? grey))),
  }
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
