import { parseExactJson, stringifyExactJson } from '../../json.js'
import { isRecord } from '../../record.js'
import type { RowLines } from '../../results/row-source.js'
import type { Row } from '../../results/table.js'

/** The list that Relay's connections have (`edges { cursor node { … } }`). */
export const edgesName = 'edges'
const ownNames = new Set(['node', 'cursor', '__typename'])

/**
 * What an entry of `edges` holds: its node, with the entry's `cursor` where that was asked for (`edgeCursor` beside a
 * field of that name). An entry with fields of its own stays as it is, since they belong to no node.
 *
 * @returns `null` for an entry without a node: one that the server could not give
 */
function nodeOf(edge: Row): Row | null {
  const { node, cursor } = edge
  if (!('node' in edge) || !Object.keys(edge).every((name) => ownNames.has(name))) return edge
  if (node === null) return null
  if (!isRecord(node)) return edge
  if (cursor === undefined) return node
  return { ...node, [Object.hasOwn(node, 'cursor') ? 'edgeCursor' : 'cursor']: cursor }
}

/** The same of values that may be anything. */
export function nodesOf<Value>(edges: readonly Value[]): Value[] {
  return edges.flatMap((edge) => {
    const node = isRecord(edge) ? nodeOf(edge) : edge
    return node === null ? [] : [node as Value]
  })
}

/** The same of lines. */
export function nodeLines({ ndjson }: RowLines): RowLines {
  const text = Buffer.from(ndjson.buffer, ndjson.byteOffset, ndjson.byteLength).toString('utf8')
  const edges = text.trimEnd() === '' ? [] : text.trimEnd().split('\n')
  const nodes = nodesOf(edges.map((edge) => parseExactJson(edge)))
  return {
    ndjson: Buffer.from(nodes.map((node) => `${stringifyExactJson(node)}\n`).join('')),
    count: nodes.length,
  }
}
