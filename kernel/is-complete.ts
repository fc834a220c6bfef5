import { parseSync } from 'oxc-parser'

/** The content of an `is_complete_reply`. */
export type Completeness =
  | { status: 'complete' | 'invalid' | 'unknown' }
  | { status: 'incomplete'; indent: string }

const options = { lang: 'ts', sourceType: 'module', showSemanticErrors: true } as const
/** What the parser calls an error in its middle, though more text would mend it. */
const unfinished = /(\?\.|\b(const|let|var|using)(\s+[\p{ID_Continue}$]+(\s*:[^=]+)?)?)$/u
/** What more lines cannot mend, though the parser stops at the end: half a number, a lonely backslash. */
const unmendable = /((?<![\p{ID_Continue}$])\d[\w.]*|(?<!["'`].*)\\)$/u

/** Whether a console should run what was typed or wait for more. */
export function checkComplete(code: string): Completeness {
  try {
    return check(code, code.trimEnd())
  } catch {
    // A parser that fails has not said that the code is wrong: the console decides by its own rule.
    return { status: 'unknown' }
  }
}

function check(code: string, text: string): Completeness {
  const { errors, program } = parseSync('cell.ts', code, options)
  const [error] = errors
  if (error === undefined) {
    const last = program.body.at(-1)
    // A signature alone is grammar, of an overload: its body is still to come.
    const isSignature = last?.type === 'TSDeclareFunction' && !last.declare
    return isSignature ? { status: 'incomplete', indent: indentAfter(text) } : { status: 'complete' }
  }
  const at = error.labels[0]?.start ?? 0
  const isAtEnd = at >= text.length && !unmendable.test(text)
  // A template or a comment that is left open runs over lines; a quoted string only with a backslash at its end.
  const isOpen =
    error.message.startsWith('Unterminated') &&
    (!/^(["']|\/[^*])/.test(code.slice(at)) || (/^["']/.test(code.slice(at)) && /(^|[^\\])\\$/.test(text)))
  if (!isAtEnd && !isOpen && !unfinished.test(text)) return { status: 'invalid' }
  return { status: 'incomplete', indent: indentAfter(text) }
}

function indentAfter(text: string): string {
  const lastLine = text.split('\n').at(-1) ?? ''
  const indent = /^\s*/.exec(lastLine)?.[0] ?? ''
  return /[{([]$/.test(lastLine) ? `${indent}  ` : indent
}
