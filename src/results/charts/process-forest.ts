import type { TreeLine } from './figure.js'
import { countOf } from './values.js'

/** One process, as it was read. */
export interface Process {
  id: string
  parent: string | undefined
  label: string
  command: string
  user: string
  timeMs: number
  /** Index into the tree's series: 3 is "in an alert". */
  series: number
  /** Children that the platform knows of. */
  childrenCount: number
  /** Rows that were about it. */
  rows: number
}

export interface Tree {
  lines: TreeLine[]
  /** Processes among the lines. */
  shown: number
  notes: string[]
}

interface Node {
  process: Process
  children: Node[]
  parent: Node | undefined
  depth: number
  /** The deepest of itself and its ancestors that can be drawn. */
  anchor: Node | undefined
  /** Processes below it. */
  below: number
  remark: string
}

const inAlert = 3
const notShown = 4
/** Deeper than this the lines would leave the page. */
const mostDepth = 24
const detailLength = 90

/** The lines of a tree: at most `limit` processes, alerts and what leads to them first. */
export function growTree(processes: readonly Process[], limit: number): Tree {
  const { roots, order, notes } = plant(processes)
  for (const node of [...order].reverse()) {
    if (node.parent !== undefined) node.parent.below += node.below + 1
  }
  const kept = choose(order, limit)
  return { lines: writeLines(roots, kept), shown: [...kept].filter(isRead).length, notes }
}

/** A stand-in for a parent that was not read has no rows. */
function isRead({ process }: Node): boolean {
  return process.rows > 0
}

/** Ties children to parents, whatever is missing and whoever is their own ancestor. */
function plant(processes: readonly Process[]): { roots: Node[]; order: Node[]; notes: string[] } {
  const nodes = new Map(processes.map((process) => [process.id, toNode(process)]))
  const missing = new Map<string, Node[]>()
  const roots: Node[] = []
  for (const node of nodes.values()) {
    const { parent } = node.process
    const found = parent === undefined ? undefined : nodes.get(parent)
    if (found !== undefined && found !== node) found.children.push(node)
    else if (parent === undefined || found === node) roots.push(node)
    else missing.set(parent, [...(missing.get(parent) ?? []), node])
  }
  for (const [id, orphans] of missing) roots.push(...adopt(id, orphans))
  const order: Node[] = []
  const seen = new Set<Node>()
  for (const root of byTime(roots)) walk(root, seen, order)
  const circles = [...nodes.values()].filter((node) => !seen.has(node))
  let count = 0
  for (const node of byTime(circles)) {
    if (seen.has(node)) continue
    node.remark = 'its own ancestor'
    roots.push(node)
    walk(node, seen, order)
    count++
  }
  const notes = [
    ...(missing.size === 0 ? [] : [`${countOf(missing.size, 'parent')} not among these rows`]),
    ...(count === 0 ? [] : [`${countOf(count, 'process is', 'processes are')} among their own ancestors`]),
  ]
  return { roots: byTime(roots), order, notes }
}

function toNode(process: Process): Node {
  return { process, children: [], parent: undefined, depth: 0, anchor: undefined, below: 0, remark: '' }
}

/** Several children of one parent that was not read still belong together. */
function adopt(id: string, orphans: Node[]): Node[] {
  if (orphans.length === 1) return orphans
  const standIn = toNode({
    id,
    parent: undefined,
    label: '(a parent that is not among these rows)',
    command: '',
    user: '',
    timeMs: Math.min(...orphans.map(({ process }) => process.timeMs)),
    series: notShown,
    childrenCount: 0,
    rows: 0,
  })
  standIn.children.push(...orphans)
  return [standIn]
}

/** Parents before children, without recursion: a chain may be very long. */
function walk(root: Node, seen: Set<Node>, order: Node[]): void {
  const waiting = [root]
  seen.add(root)
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    order.push(node)
    node.anchor = node.depth < mostDepth ? node : node.parent?.anchor
    node.children = byTime(node.children.filter((child) => !seen.has(child)))
    for (const child of [...node.children].reverse()) {
      seen.add(child)
      child.parent = node
      child.depth = node.depth + 1
      waiting.push(child)
    }
  }
}

function byTime(nodes: readonly Node[]): Node[] {
  return [...nodes].sort((a, b) =>
    a.process.timeMs === b.process.timeMs ? 0 : a.process.timeMs - b.process.timeMs,
  )
}

/** Whoever is kept has its ancestors kept. */
function choose(order: readonly Node[], limit: number): Set<Node> {
  const kept = new Set<Node>()
  const keep = (node: Node) => {
    if (kept.size >= limit) return
    const road: Node[] = []
    for (let at = node.anchor; at !== undefined && !kept.has(at); at = at.parent) road.push(at)
    for (const step of road.reverse()) if (kept.size < limit) kept.add(step)
  }
  for (const node of order) if (node.process.series === inAlert) keep(node)
  for (const node of [...order].sort((a, b) => a.depth - b.depth)) keep(node)
  return kept
}

function writeLines(roots: readonly Node[], kept: ReadonlySet<Node>): TreeLine[] {
  const lines: TreeLine[] = []
  const waiting: { node: Node; parent: number; isLast: boolean }[] = []
  const push = (nodes: readonly Node[], parent: number, depth: number, hasMore: boolean) => {
    for (const [i, node] of [...nodes].reverse().entries()) {
      waiting.push({ node, parent, isLast: i === 0 && !hasMore })
    }
    return depth
  }
  const rootsKept = roots.filter((node) => kept.has(node))
  push(rootsKept, -1, 0, false)
  const more: { line: TreeLine; after: number }[] = []
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, parent, isLast } = next
    const index = lines.push(toLine(node, parent, isLast)) - 1
    const shown = node.children.filter((child) => kept.has(child))
    const hidden = node.children.filter((child) => !kept.has(child))
    if (hidden.length > 0) {
      const count = hidden.reduce((sum, child) => sum + child.below + 1, 0)
      more.push({ line: moreLine(count, node.depth + 1, index), after: index })
    }
    push(shown, index, node.depth + 1, hidden.length > 0)
  }
  const rootsHidden = roots.length - rootsKept.length
  if (rootsHidden > 0) more.push({ line: moreLine(rootsHidden, 0, -1), after: -1 })
  return insertMore(lines, more)
}

/** Puts "… 5 more" behind the last line below its parent. */
function insertMore(
  lines: readonly TreeLine[],
  more: readonly { line: TreeLine; after: number }[],
): TreeLine[] {
  const behind = new Map<number, TreeLine[]>()
  for (const { line, after } of more) {
    let end = after + 1
    while (end < lines.length && (lines[end]?.depth ?? 0) >= line.depth) end++
    // Of two that end at one place the deeper comes first.
    behind.set(
      end,
      [line, ...(behind.get(end) ?? [])].sort((a, b) => b.depth - a.depth),
    )
  }
  const places: number[] = []
  const all: TreeLine[] = []
  for (let i = 0; i <= lines.length; i++) {
    all.push(...(behind.get(i) ?? []))
    const line = lines[i]
    if (line !== undefined) places[i] = all.push(line) - 1
  }
  return all.map((line) => ({ ...line, parent: line.parent < 0 ? -1 : (places[line.parent] ?? -1) }))
}

function toLine(node: Node, parent: number, isLast: boolean): TreeLine {
  const { process, remark } = node
  const unread = process.childrenCount - node.children.length
  const marks = [
    ...(remark === '' ? [] : [`↺ ${remark}`]),
    ...(unread > 0 ? [`+${unread.toLocaleString('en')} children not read`] : []),
  ]
  const command =
    process.command.length > detailLength ? `${process.command.slice(0, detailLength)}…` : process.command
  return {
    depth: node.depth,
    parent,
    label: process.label,
    detail: [process.user, command, ...marks].filter((part) => part !== '').join(' · '),
    whole: [process.command, process.user, ...marks].filter((part) => part !== '').join(' · '),
    series: process.series,
    isLast,
  }
}

function moreLine(count: number, depth: number, parent: number): TreeLine {
  const label = `… ${count.toLocaleString('en')} more`
  return {
    depth,
    parent,
    label,
    detail: '',
    whole: 'not shown: raise limit to see them',
    series: notShown,
    isLast: true,
  }
}
