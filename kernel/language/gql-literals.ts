import { findSourceTexts } from './graphql/source-texts.js'

/** A part `${…}` of a template literal. */
export interface Hole {
  /** Place of the `$`. */
  start: number
  /** Behind the `}`. */
  end: number
  /** What stands between the braces, trimmed. */
  expression: string
}

/** A `gql` template literal of a cell. Offsets are UTF-16 units of the cell's text. */
export interface GqlLiteral {
  /** Place of the `g`. */
  tag: number
  /** Behind the tag's name: where type arguments go. */
  tagEnd: number
  /** The tag has type arguments already, or takes none: it is a comment, as of `/* GraphQL *\/`. */
  hasTypeArguments: boolean
  /** Behind the first backtick. */
  start: number
  /** Place of the last backtick, or the end of the cell where there is none. */
  end: number
  isClosed: boolean
  holes: readonly Hole[]
  /** The name it is declared by: `const fields = gql…`. */
  name: string | undefined
}

const declaration =
  /(?:\b(?:const|let|var)\s+|(?:^|[,;{}\n])\s*)([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::[^=;]*)?=\s*(?:[\w$]+\.)?$/u
/** How far before a literal its name may stand. */
const declarationReach = 400

/**
 * The GraphQL documents of a cell, in the order in which they begin: templates tagged `gql`, and those behind
 * `/* GraphQL *\/`. Errors elsewhere in the cell do not matter; a literal without an end reaches to the cell's end.
 *
 * @example
 * findGqlLiterals('const me = gql`{ currentTDRUser { id } }`')[0]?.name      // 'me'
 */
export function findGqlLiterals(code: string): GqlLiteral[] {
  if (!/gql|GraphQL/.test(code)) return []
  return findSourceTexts(code).flatMap(({ tag, start, end, isClosed, holes }) => {
    if (tag === undefined || tag.name !== (tag.kind === 'name' ? 'gql' : 'GraphQL')) return []
    const hasTypeArguments = tag.hasTypeArguments || tag.kind === 'comment'
    const before = code.slice(Math.max(0, tag.start - declarationReach), tag.start)
    const name = declaration.exec(before)?.[1]
    return [{ tag: tag.start, tagEnd: tag.end, hasTypeArguments, start, end, isClosed, holes, name }]
  })
}
