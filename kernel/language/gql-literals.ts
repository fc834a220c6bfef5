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
  /** The tag has type arguments already. */
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
