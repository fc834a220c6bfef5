import { CqlError, type CqlPlace, type Token, tokenize } from './cql-lexer.js'

export type CompareOperator = '=' | '!=' | '>' | '>=' | '<' | '<=' | 'CONTAINS' | '!CONTAINS' | 'IN' | '!IN'

export interface CqlValue {
  readonly text: string
  readonly quoted: boolean
  readonly place: CqlPlace
}

export interface CqlField {
  readonly name: string
  readonly place: CqlPlace
}

export type CqlExpression =
  | { readonly kind: 'and' | 'or'; readonly left: CqlExpression; readonly right: CqlExpression }
  | { readonly kind: 'not'; readonly inner: CqlExpression }
  | {
      readonly kind: 'compare'
      readonly field: CqlField
      readonly operator: CompareOperator
      readonly place: CqlPlace
      /** One value, or all of a list. */
      readonly values: readonly CqlValue[]
    }

export type CqlPipe =
  | { readonly kind: 'head' | 'tail'; readonly count: number }
  | {
      readonly kind: 'sort'
      readonly by: readonly { readonly field: CqlField; readonly descending: boolean }[]
    }
  | { readonly kind: 'aggregate'; readonly by: readonly CqlField[] }

export interface CqlQuery {
  readonly sources: readonly CqlField[]
  readonly where: CqlExpression | undefined
  readonly earliest: CqlValue | undefined
  readonly latest: CqlValue | undefined
  readonly pipes: readonly CqlPipe[]
}

/** Deep enough for any query written by hand, and shallow enough for the stack. */
const maxDepth = 100
const maxLength = 64 * 1024

/**
 * Reads `FROM alert [WHERE …] [EARLIEST=… LATEST=…] [| head N | tail N | sort by f desc | aggregate count by f]`.
 * Key words are read in either case.
 *
 * @throws CqlError with the place of what was not understood
 */
export function parseCql(query: string): CqlQuery {
  if (query.length > maxLength) {
    throw new CqlError('the query is too long', { startLine: 1, stopLine: 1, startColumn: 0, stopColumn: 0 })
  }
  return new Parser(tokenize(query)).query()
}

class Parser {
  readonly #tokens: readonly Token[]
  #position = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  query(): CqlQuery {
    this.#keyword('FROM')
    const sources = [this.#field('a source such as alert')]
    while (this.#takeOperator(',')) sources.push(this.#field('a source such as alert'))
    let where: CqlExpression | undefined
    let earliest: CqlValue | undefined
    let latest: CqlValue | undefined
    for (;;) {
      const token = this.#peek()
      if (this.#isKeyword(token, 'WHERE')) {
        if (where !== undefined) this.#unexpected('one WHERE only')
        this.#position++
        where = this.#or()
      } else if (this.#isKeyword(token, 'EARLIEST')) {
        if (earliest !== undefined) this.#unexpected('one EARLIEST only')
        earliest = this.#time()
      } else if (this.#isKeyword(token, 'LATEST')) {
        if (latest !== undefined) this.#unexpected('one LATEST only')
        latest = this.#time()
      } else break
    }
    const pipes: CqlPipe[] = []
    while (this.#takeOperator('|')) pipes.push(this.#pipe())
    if (this.#peek().kind !== 'end') this.#unexpected('WHERE, EARLIEST, LATEST, | or the end')
    return { sources, where, earliest, latest, pipes }
  }

  #or(): CqlExpression {
    let left = this.#and()
    while (this.#takeKeyword('OR')) left = { kind: 'or', left, right: this.#and() }
    return left
  }

  #and(): CqlExpression {
    let left = this.#not()
    while (this.#isKeyword(this.#peek(), 'AND') && !this.#timeFollows(1)) {
      this.#position++
      left = { kind: 'and', left, right: this.#not() }
    }
    // `… AND EARLIEST=-1d` is written often; the time is a clause of its own all the same.
    if (this.#isKeyword(this.#peek(), 'AND')) this.#position++
    return left
  }

  #timeFollows(ahead: number): boolean {
    const token = this.#tokens[this.#position + ahead]
    return token !== undefined && (this.#isKeyword(token, 'EARLIEST') || this.#isKeyword(token, 'LATEST'))
  }

  #not(): CqlExpression {
    if (++this.#depth > maxDepth) this.#unexpected('fewer nested conditions')
    try {
      if (this.#takeKeyword('NOT')) return { kind: 'not', inner: this.#not() }
      if (!this.#takeOperator('(')) return this.#comparison()
      const inner = this.#or()
      if (!this.#takeOperator(')')) this.#unexpected("')'")
      return inner
    } finally {
      this.#depth--
    }
  }

  #comparison(): CqlExpression {
    const field = this.#field('a field')
    const token = this.#next()
    const compare = (operator: CompareOperator, values: readonly CqlValue[]): CqlExpression => ({
      kind: 'compare',
      field,
      operator,
      place: token.place,
      values,
    })
    if (token.kind === 'operator') {
      switch (token.text) {
        case '=':
        case '!=':
        case '>':
        case '>=':
        case '<':
        case '<=':
          return compare(token.text, [this.#value()])
        case '!':
          if (this.#takeKeyword('CONTAINS')) return compare('!CONTAINS', [this.#value()])
          if (this.#takeKeyword('IN')) return compare('!IN', this.#list())
          this.#unexpected('CONTAINS or IN after !')
      }
    }
    if (this.#isKeyword(token, 'CONTAINS')) return compare('CONTAINS', [this.#value()])
    if (this.#isKeyword(token, 'IN')) return compare('IN', this.#list())
    if (this.#isKeyword(token, 'NOT')) {
      if (this.#takeKeyword('IN')) return compare('!IN', this.#list())
      if (this.#takeKeyword('CONTAINS')) return compare('!CONTAINS', [this.#value()])
      this.#unexpected('IN or CONTAINS after NOT')
    }
    this.#position--
    return this.#unexpected('a comparison such as = or CONTAINS')
  }

  #list(): CqlValue[] {
    if (!this.#takeOperator('(')) this.#unexpected("'('")
    const values = [this.#value()]
    while (this.#takeOperator(',')) values.push(this.#value())
    if (!this.#takeOperator(')')) this.#unexpected("',' or ')'")
    return values
  }

  #time(): CqlValue {
    this.#position++
    if (!this.#takeOperator('=')) this.#unexpected("'='")
    return this.#value()
  }

  #pipe(): CqlPipe {
    if (this.#takeKeyword('HEAD')) return { kind: 'head', count: this.#count() }
    if (this.#takeKeyword('TAIL')) return { kind: 'tail', count: this.#count() }
    if (this.#takeKeyword('SORT')) {
      this.#keyword('BY')
      const by = [this.#sortField()]
      while (this.#takeOperator(',')) by.push(this.#sortField())
      return { kind: 'sort', by }
    }
    if (this.#takeKeyword('AGGREGATE')) {
      this.#keyword('COUNT')
      if (!this.#takeKeyword('BY')) return { kind: 'aggregate', by: [] }
      const by = [this.#field('a field')]
      while (this.#takeOperator(',')) by.push(this.#field('a field'))
      return { kind: 'aggregate', by }
    }
    return this.#unexpected('head, tail, sort or aggregate')
  }

  #sortField() {
    const field = this.#field('a field')
    if (this.#takeKeyword('DESC')) return { field, descending: true }
    this.#takeKeyword('ASC')
    return { field, descending: false }
  }

  #count(): number {
    const token = this.#peek()
    if (token.kind !== 'word' || !/^\d{1,9}$/.test(token.text)) this.#unexpected('a whole number')
    this.#position++
    return Number(token.text)
  }

  #field(expected: string): CqlField {
    const token = this.#peek()
    if (token.kind !== 'word' || !/^@?[a-z_]/i.test(token.text)) this.#unexpected(expected)
    this.#position++
    return { name: token.text, place: token.place }
  }

  #value(): CqlValue {
    const token = this.#peek()
    if (token.kind !== 'word' && token.kind !== 'string') this.#unexpected('a value')
    this.#position++
    return { text: token.text, quoted: token.kind === 'string', place: token.place }
  }

  #peek(): Token {
    const token = this.#tokens[Math.min(this.#position, this.#tokens.length - 1)]
    if (token === undefined) throw new TypeError('a query always ends in its end token')
    return token
  }

  #next(): Token {
    const token = this.#peek()
    this.#position++
    return token
  }

  #isKeyword(token: Token, keyword: string): boolean {
    return token.kind === 'word' && token.text.toUpperCase() === keyword
  }

  #takeKeyword(keyword: string): boolean {
    if (!this.#isKeyword(this.#peek(), keyword)) return false
    this.#position++
    return true
  }

  #keyword(keyword: string): void {
    if (!this.#takeKeyword(keyword)) this.#unexpected(keyword)
  }

  #takeOperator(text: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'operator' || token.text !== text) return false
    this.#position++
    return true
  }

  #unexpected(expected: string): never {
    const { text, kind, place } = this.#peek()
    const found = kind === 'end' ? 'the end' : `'${text}'`
    throw new CqlError(`unexpected ${found}, expecting ${expected}`, place)
  }
}
