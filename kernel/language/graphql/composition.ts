import type { CellContext } from '../answers.js'
import type { GqlLiteral } from '../gql-literals.js'
import { literalsOf } from './literals.js'

/** A piece of a composed document: text of the literal itself, or what stands in place of a hole. */
interface Piece {
  /** Where it begins in the document. */
  start: number
  length: number
  /** Where it begins in the cell; of a hole, the place of its `$`. */
  cellStart: number
  /** Behind the hole; absent for the literal's own text. */
  holeEnd?: number
  /** What the hole puts in is a document by itself: what is wrong there is said where it is written. */
  isDocument?: boolean
}

const beginsDocument = /^(?:[\s,]|#.*)*(?:query|mutation|subscription|fragment|\{)/

/** The document that a literal makes, with what its holes put in, and the way from its places to those of the cell. */
export class Composition {
  readonly text: string
  /** Place of the first hole whose text nobody knows before the cell runs. */
  readonly firstUnknown: number | undefined
  readonly #pieces: readonly Piece[]

  constructor(text: string, pieces: readonly Piece[], firstUnknown: number | undefined) {
    this.text = text
    this.firstUnknown = firstUnknown
    this.#pieces = pieces
  }

  /** Where a place of the cell, within the literal's own text, is in the document. */
  toDocument(cellOffset: number): number {
    const own = this.#pieces.filter(
      ({ holeEnd, cellStart }) => holeEnd === undefined && cellStart <= cellOffset,
    )
    const piece = own.at(-1)
    return piece === undefined ? 0 : piece.start + Math.min(cellOffset - piece.cellStart, piece.length)
  }

  /** Where a range of the document is in the cell; `isOwn` is `false` for what another document has put in. */
  toCell({ start, end }: { start: number; end: number }): { start: number; end: number; isOwn: boolean } {
    const piece = this.#pieces.findLast((each) => each.start <= start) ?? this.#pieces[0]
    if (piece === undefined) return { start: 0, end: 0, isOwn: true }
    if (piece.holeEnd !== undefined)
      return { start: piece.cellStart, end: piece.holeEnd, isOwn: piece.isDocument !== true }
    const from = piece.cellStart + Math.min(start - piece.start, piece.length)
    const most = piece.cellStart + piece.length
    return { start: from, end: Math.max(from, Math.min(from + (end - start), most)), isOwn: true }
  }
}

/** Fragments that put in fragments: deeper than anybody writes, and no way round in a circle. */
const deepestHole = 20

/** The document that a literal makes. Lines may end in CRLF: GraphQL and its tools count `\n`. */
export function compose(cell: CellContext, literal: GqlLiteral, depth = 0): Composition {
  const pieces: Piece[] = []
  const seen = new Set<string>()
  let text = ''
  let firstUnknown: number | undefined
  let at = literal.start
  const own = (end: number) => {
    pieces.push({ start: text.length, length: end - at, cellStart: at })
    text += cell.code.slice(at, end).replace(/\r\n?/g, (ending) => (ending === '\r' ? '\n' : ' \n'))
  }
  for (const hole of literal.holes) {
    own(hole.start)
    const source = depth < deepestHole ? sourceOf(cell, literal, hole.start, depth) : undefined
    if (source === undefined) firstUnknown ??= text.length
    // As gql does: a fragment that is put in twice is defined once.
    const put = source === undefined || seen.has(source) ? ' ' : source
    seen.add(put)
    pieces.push({
      start: text.length,
      length: put.length,
      cellStart: hole.start,
      holeEnd: hole.end,
      isDocument: beginsDocument.test(put),
    })
    text += put
    at = hole.end
  }
  own(literal.end)
  return new Composition(text, pieces, firstUnknown)
}

/** What the hole that begins there puts in, as far as the cells tell. */
function sourceOf(
  cell: CellContext,
  literal: GqlLiteral,
  holeStart: number,
  depth: number,
): string | undefined {
  const hole = literal.holes.find(({ start }) => start === holeStart)
  if (hole === undefined) return undefined
  const nested = literalsOf(cell.code).find(({ tag }) => tag > hole.start && tag < hole.end)
  if (nested !== undefined) {
    const isAll = /^(?:[\w$]+\.)?gql\b/.test(hole.expression) && /`\s*$/.test(hole.expression)
    return isAll ? known(cell, nested, depth) : undefined
  }
  const found = declared(cell, hole.expression, hole.start)
  return found === undefined ? undefined : known(found.cell, found.literal, depth)
}

function known(cell: CellContext, literal: GqlLiteral, depth: number): string | undefined {
  const { text, firstUnknown } = compose(cell, literal, depth + 1)
  return firstUnknown === undefined ? text : undefined
}

/** The literal that a name stands for: the last one before, in this cell or an earlier one. */
function declared(
  cell: CellContext,
  name: string,
  before: number,
): { cell: CellContext; literal: GqlLiteral } | undefined {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return undefined
  const declaration = new RegExp(
    `\\b(?:const|let|var|function)\\s+${name.replaceAll('$', '\\$')}(?![\\p{ID_Continue}$])`,
    'u',
  )
  const here = literalsOf(cell.code).findLast((each) => each.name === name && each.tag < before)
  if (here !== undefined) return { cell, literal: here }
  if (declaration.test(cell.code.slice(0, before))) return undefined
  for (let i = cell.earlier.length - 1; i >= 0; i--) {
    const code = cell.earlier[i] ?? ''
    const literal = literalsOf(code).findLast((each) => each.name === name)
    if (literal !== undefined) return { cell: { code, earlier: cell.earlier.slice(0, i) }, literal }
    // Something else has taken the name since.
    if (code.includes(name) && declaration.test(code)) return undefined
  }
  return undefined
}

/** Names of literals, of this cell and earlier ones, that define a fragment. */
export function declaredFragments(cell: CellContext): Map<string, string> {
  const found = new Map<string, string>()
  for (const code of [...cell.earlier, cell.code]) {
    for (const { name, start, end } of literalsOf(code)) {
      if (name === undefined) continue
      for (const [, fragment = ''] of code.slice(start, end).matchAll(/\bfragment\s+(\w+)\s+on\s/g)) {
        found.set(fragment, name)
      }
    }
  }
  return found
}
