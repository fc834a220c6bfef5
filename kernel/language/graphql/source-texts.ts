import type { Hole } from '../gql-literals.js'

/** A string or a template literal of a cell. Offsets are UTF-16 units of the cell's text. */
export interface SourceText {
  kind: 'string' | 'template'
  /** Behind the opening quote. */
  start: number
  /** Place of the closing quote, or where the text stops without one. */
  end: number
  isClosed: boolean
  /** Those of a template. */
  holes: readonly Hole[]
  /** What a template is tagged with. */
  tag: Tag | undefined
}

export interface Tag {
  /** The last name before the backtick: `gql` of `xdrlab.gql`, or what a comment says. */
  name: string
  kind: 'name' | 'comment'
  start: number
  end: number
  hasTypeArguments: boolean
}

const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy
const number = /\d[\w.]*/y
const punctuation = /\+\+|--|=>|\?\.|[^\s]/uy
/** A regular expression stands behind these, never a division. */
const wordsBeforeExpressions = new Set(
  'return typeof instanceof in of new delete void throw case do else await yield extends default'.split(' '),
)
/** What nests deeper is read as text: the stack is not endless. */
const deepestHole = 100
const wordsWithCondition = new Set(['if', 'while', 'for', 'with'])

/**
 * Finds the strings and templates of TypeScript text, those within the holes of templates as well, in the order in
 * which they begin. It reads tokens only, so that errors elsewhere in the cell do not matter.
 */
export function findSourceTexts(code: string): SourceText[] {
  const found: SourceText[] = []
  new Scanner(code, found).scan()
  return found.sort((a, b) => a.start - b.start)
}

class Scanner {
  readonly #code: string
  readonly #found: SourceText[]
  /** In how many holes of templates this one stands. */
  readonly #depth: number
  #at = 0
  /** The token before ends a value, so that `/` divides. */
  #isBehindValue = false
  /** What the next template is tagged with, if it comes at once. */
  #tag: Tag | undefined
  #lastWord = ''
  /** Of each open parenthesis: it holds the condition of an `if` or a loop. */
  readonly #parentheses: boolean[] = []

  constructor(code: string, found: SourceText[], depth = 0) {
    this.#code = code
    this.#found = found
    this.#depth = depth
  }

  /** To the end, or to the `}` that ends the hole of a template. */
  scan(isHole = false): void {
    let braces = 0
    while (this.#at < this.#code.length) {
      const character = this.#code[this.#at] ?? ''
      if (isHole && character === '}' && braces === 0) return
      if (character === '{') braces++
      else if (character === '}') braces--
      this.#token(character)
    }
  }

  #token(character: string): void {
    if (/\s/u.test(character)) {
      this.#at++
    } else if (character === '/' && /[/*]/.test(this.#code[this.#at + 1] ?? '')) {
      this.#comment()
    } else if (character === '"' || character === "'") {
      this.#string(character)
    } else if (character === '`') {
      this.#template()
    } else if (character === '/' && !this.#isBehindValue && this.#regularExpression()) {
      this.#value()
    } else if (!this.#word()) {
      this.#operator()
    }
  }

  #word(): boolean {
    const start = this.#at
    const text = this.#take(identifier)
    if (text === undefined) {
      if (this.#take(number) === undefined) return false
      this.#value()
      return true
    }
    this.#value()
    this.#isBehindValue = !wordsBeforeExpressions.has(text)
    this.#lastWord = text
    const end = this.#at
    const hasTypeArguments = text === 'gql' && this.#typeArguments()
    this.#tag = { name: text, kind: 'name', start, end, hasTypeArguments }
    return true
  }

  /** Steps over `<…>` where a template follows; else it is a comparison. */
  #typeArguments(): boolean {
    const start = skipBlank(this.#code, this.#at)
    if (this.#code[start] !== '<') return false
    const end = closingAngle(this.#code, start)
    if (end === undefined || this.#code[skipBlank(this.#code, end)] !== '`') return false
    this.#at = end
    return true
  }

  #operator(): void {
    const text = this.#take(punctuation) ?? ''
    if (text === '') this.#at++
    const wasBehindValue = this.#isBehindValue
    const word = this.#lastWord
    this.#value()
    if (text === '(') this.#parentheses.push(wordsWithCondition.has(word))
    if (text === ')') this.#isBehindValue = this.#parentheses.pop() !== true
    else if (text === '++' || text === '--') this.#isBehindValue = wasBehindValue
    // A block ends more often than a value where a line ends.
    else if (text === '}')
      this.#isBehindValue = !/^[^\S\n]*\n/.test(this.#code.slice(this.#at, this.#at + 80))
    else this.#isBehindValue = text === ']'
  }

  #value(): void {
    this.#isBehindValue = true
    this.#tag = undefined
    this.#lastWord = ''
  }

  #comment(): void {
    const start = this.#at
    const isBlock = this.#code[start + 1] === '*'
    const end = this.#code.indexOf(isBlock ? '*/' : '\n', start + 2)
    this.#at = end < 0 ? this.#code.length : end + (isBlock ? 2 : 1)
    const says = isBlock ? /^\/\*\s*(\w+)\s*\*\/$/.exec(this.#code.slice(start, this.#at))?.[1] : undefined
    if (says === undefined) return
    this.#tag ??= { name: says, kind: 'comment', start, end: this.#at, hasTypeArguments: false }
  }

  #string(quote: string): void {
    const start = ++this.#at
    for (; this.#at < this.#code.length; this.#at++) {
      const character = this.#code[this.#at]
      if (character === '\\') this.#at += this.#code.startsWith('\r\n', this.#at + 1) ? 2 : 1
      else if (character === quote || character === '\n' || character === '\r') break
    }
    const end = Math.min(this.#at, this.#code.length)
    const isClosed = this.#code[end] === quote
    this.#at = isClosed ? end + 1 : end
    this.#found.push({ kind: 'string', start, end, isClosed, holes: [], tag: undefined })
    this.#value()
  }

  #template(): void {
    const tag = this.#tag
    const start = ++this.#at
    const holes: Hole[] = []
    while (this.#at < this.#code.length && this.#code[this.#at] !== '`') {
      if (this.#code[this.#at] === '\\') this.#at += 2
      else if (this.#depth < deepestHole && this.#code.startsWith('${', this.#at)) holes.push(this.#hole())
      else this.#at++
    }
    const end = Math.min(this.#at, this.#code.length)
    const isClosed = this.#code[end] === '`'
    this.#at = isClosed ? end + 1 : end
    this.#found.push({ kind: 'template', start, end, isClosed, holes, tag })
    this.#value()
  }

  #hole(): Hole {
    const start = this.#at
    const inner = new Scanner(this.#code, this.#found, this.#depth + 1)
    inner.#at = start + 2
    inner.scan(true)
    const last = Math.min(inner.#at, this.#code.length)
    this.#at = this.#code[last] === '}' ? last + 1 : last
    return { start, end: this.#at, expression: this.#code.slice(start + 2, last).trim() }
  }

  /** Steps over it and says so; what does not end in its line is a division. */
  #regularExpression(): boolean {
    const pattern = /\/(?:\\[^\n]|\[(?:\\[^\n]|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/y
    return this.#take(pattern) !== undefined
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#code)?.[0]
    if (text !== undefined) this.#at += text.length
    return text
  }
}

/** Behind white space and comments. */
function skipBlank(code: string, at: number): number {
  const blank = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
  blank.lastIndex = at
  return at + (blank.exec(code)?.[0].length ?? 0)
}

/**
 * Longer type arguments are read as a comparison: nobody writes them, and a `<` must not cost a look at all
 * that follows.
 */
const longestTypeArguments = 4000

/** Behind the `>` that closes the `<` at `start`. */
function closingAngle(code: string, start: number): number | undefined {
  const part = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|=>|[<>({[\]})`]|;\s*\n/g
  part.lastIndex = start
  const open: string[] = []
  for (let match = part.exec(code); match !== null; match = part.exec(code)) {
    const [text] = match
    if (text === '`' || match.index - start > longestTypeArguments) return undefined
    if ('<({['.includes(text)) open.push(text)
    else if (text.startsWith(';') && !open.includes('{')) return undefined
    else if (text.length === 1 && '>)}]'.includes(text)) {
      if (open.pop() !== { '>': '<', ')': '(', '}': '{', ']': '[' }[text]) return undefined
      if (open.length === 0) return match.index + 1
    }
  }
  return undefined
}
