import { parseSync } from 'oxc-parser'
import { eachNode, type Node } from './scopes.js'

/** A file that an error is in, where it is not the cell. */
interface SourceFile {
  label: string
  source: string
}

/** A cell, or a file that it imports, that is no TypeScript. */
export class CellSyntaxError extends Error {
  override readonly name = 'SyntaxError'
  /** 1-based, in the text that the person typed. */
  readonly line: number
  readonly column: number
  /** `undefined`: the cell that runs. */
  readonly file: SourceFile | undefined

  constructor(message: string, line: number, column: number, file?: SourceFile) {
    super(file === undefined ? message : `${message} (${file.label}:${line}:${column})`)
    this.line = line
    this.column = column
    // Its text is for the caret; printed with the error it would be noise.
    Object.defineProperty(this, 'file', { value: file, enumerable: false })
  }
}

/** A complaint of the compiler. */
interface Complaint {
  message: string
  labels: readonly { start: number }[]
}

/** The compiler's complaint in the person's terms, with its place. */
export function syntaxErrorOf(source: string, error: Complaint, file?: SourceFile): CellSyntaxError {
  const jsx = findJsx(source)
  const message =
    jsx === undefined
      ? error.message
      : 'JSX is not part of a cell: use display.html(…), or compile .tsx files before they are imported'
  // Of two declarations of one name, the second is what the person has to look at.
  const label = error.labels.at(error.message.includes('already been declared') ? -1 : 0)
  // oxc-transform counts in UTF-8 bytes, oxc-parser in UTF-16 units.
  const before =
    jsx === undefined
      ? Buffer.from(source)
          .subarray(0, label?.start ?? 0)
          .toString()
      : source.slice(0, jsx)
  const lines = before.split('\n')
  return new CellSyntaxError(message, lines.length, (lines.at(-1)?.length ?? 0) + 1, file)
}

/** Where the first JSX element begins; `undefined` where the cell is wrong for another reason. */
function findJsx(source: string): number | undefined {
  if (!/<\s*\/|\/\s*>/.test(source)) return undefined
  const { program, errors } = parseSync('cell.tsx', source, { lang: 'tsx', sourceType: 'module' })
  if (errors.length > 0) return undefined
  let first: number | undefined
  eachNode(program as unknown as Node, ({ type, start }) => {
    if (type.startsWith('JSX') && (first === undefined || start < first)) first = start
  })
  return first
}

/** It begins, behind comments, with a brace: as a statement that is a block. */
export function beginsWithBrace(source: string): boolean {
  return /^(?:\s+|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*\{/.test(source)
}

/** The text up to the comments and blanks that end it. */
export function withoutEndComments(source: string): string {
  let text = source.trimEnd()
  if (!/\/\/|\*\/$/.test(text)) return text
  const isObject = beginsWithBrace(source)
  // As a block, an object literal stops the parser before it comes to the comments.
  const parsed = parseSync('cell.ts', isObject ? `(${source}\n)` : source, {
    lang: 'ts',
    sourceType: 'module',
  })
  for (const { start, end } of parsed.comments.toReversed()) {
    const shift = isObject ? 1 : 0
    if (end - shift !== text.length) break
    text = text.slice(0, start - shift).trimEnd()
  }
  return text
}
