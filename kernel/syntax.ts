import { parseSync } from 'oxc-parser'
import { eachNode, type Node } from './scopes.js'

/** What is wrong with a cell, and where. */
interface Complaint {
  message: string
  /** In UTF-16 units from the start of the cell. */
  offset: number
}

/**
 * The compiler's complaint in the person's terms.
 *
 * @param byteOffset oxc-transform counts in UTF-8 bytes (oxc-parser counts in UTF-16 units)
 */
export function explainSyntax(source: string, message: string, byteOffset: number): Complaint {
  const jsx = findJsx(source)
  if (jsx !== undefined) {
    return {
      message:
        'JSX is not part of a cell: use display.html(…), or compile .tsx files before they are imported',
      offset: jsx,
    }
  }
  return { message, offset: Buffer.from(source).subarray(0, byteOffset).toString().length }
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

/** The text up to the comments and blanks that end it. */
export function withoutEndComments(source: string): string {
  let text = source.trimEnd()
  if (!/\/\/|\*\/$/.test(text)) return text
  const isObject = /^\s*\{/.test(source)
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
