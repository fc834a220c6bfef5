/** Where something stands in a query: lines count from 1, columns from 0, `stopColumn` is the last one. */
export interface CqlPlace {
  readonly startLine: number
  readonly stopLine: number
  readonly startColumn: number
  readonly stopColumn: number
}

/** What is wrong with a query, as the platform words it: `invalid query: line 1:27 …`. */
export class CqlError extends Error {
  override readonly name = 'CqlError'
  readonly description: string
  readonly place: CqlPlace

  constructor(description: string, place: CqlPlace) {
    super(`invalid query: line ${place.startLine}:${place.startColumn} ${description}`)
    this.description = description
    this.place = place
  }
}

export interface Token {
  readonly kind: 'word' | 'string' | 'operator' | 'end'
  /** A string's text is without its quotes. */
  readonly text: string
  readonly place: CqlPlace
}

const pattern =
  /(?<space>\s+)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<operator>!=|>=|<=|[=<>(),|!])|(?<word>[-\w.:@/*+]+)|(?<wrong>.)/gsu

/** Cuts a query into words, strings and operators. */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let lineStart = 0
  for (const match of query.matchAll(pattern)) {
    const { space, string, operator, word, wrong } = match.groups ?? {}
    const text = match[0]
    const startColumn = match.index - lineStart
    const place = { startLine: line, stopLine: line, startColumn, stopColumn: startColumn + text.length - 1 }
    if (space !== undefined) {
      const breaks = text.split('\n').length - 1
      if (breaks > 0) {
        line += breaks
        lineStart = match.index + text.lastIndexOf('\n') + 1
      }
    } else if (string !== undefined) {
      tokens.push({ kind: 'string', text: string.slice(1, -1).replace(/\\(.)/g, '$1'), place })
    } else if (operator !== undefined) tokens.push({ kind: 'operator', text, place })
    else if (word !== undefined) tokens.push({ kind: 'word', text, place })
    else if (wrong === '"' || wrong === "'") throw new CqlError('the string has no end', place)
    else throw new CqlError(`unexpected character '${text}'`, place)
  }
  const end = query.length - lineStart
  tokens.push({
    kind: 'end',
    text: '<EOF>',
    place: { startLine: line, stopLine: line, startColumn: end, stopColumn: end },
  })
  return tokens
}
