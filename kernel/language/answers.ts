/** What the language worker says of a place in a cell. Offsets are UTF-16 units of the cell's text, from 0. */

/** One proposal of a completion. */
export interface Proposal {
  /** What goes into the cell. */
  text: string
  /** As JupyterLab shows it beside the name: `function`, `method`, `property`, `field`, `enum`, `keyword`… */
  kind: string
  /** Its type or signature in one line. */
  signature?: string
  /** Markdown. */
  documentation?: string
  isDeprecated?: boolean
  /** Goes in at the cell's start as well: the import that the name needs. */
  importLine?: string
}

export interface Completions {
  proposals: readonly Proposal[]
  /** What they replace. */
  start: number
  end: number
}

/** What a tooltip says. */
export interface Hover {
  /** Markdown: signature, description, deprecation. */
  markdown: string
  /** The same without any markup. */
  text: string
  start: number
  end: number
}

export interface Diagnostic {
  severity: 'error' | 'warning' | 'hint'
  /** Safe to show as text: one line or a few. */
  message: string
  source: 'typescript' | 'graphql' | 'cql'
  /** `2339` of TypeScript, or the name of a GraphQL rule. */
  code?: string
  start: number
  end: number
}

/** A cell and those before it in the session, in the order in which they ran. */
export interface CellContext {
  code: string
  earlier: readonly string[]
}
