import { findGqlLiterals, type GqlLiteral } from '../gql-literals.js'

/** Cells of a long session, twice over. */
const mostKept = 1000
const kept = new Map<string, readonly GqlLiteral[]>()

/** The literals of a cell; earlier cells are asked for again with every key that is pressed. */
export function literalsOf(code: string): readonly GqlLiteral[] {
  const known = kept.get(code)
  if (known !== undefined) return known
  const literals = findGqlLiterals(code)
  if (kept.size >= mostKept) kept.clear()
  kept.set(code, literals)
  return literals
}

/** The literal whose GraphQL the cursor is in; none within a hole, where TypeScript stands. */
export function literalAt(code: string, cursor: number): GqlLiteral | undefined {
  const around = literalsOf(code).filter(({ start, end }) => start <= cursor && cursor <= end)
  const innermost = around.at(-1)
  const isInHole = innermost?.holes.some(({ start, end }) => start < cursor && cursor < end)
  return isInHole === true ? undefined : innermost
}
