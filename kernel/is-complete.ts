import { parseSync } from 'oxc-parser'

/** The content of an `is_complete_reply`. */
export type Completeness = { status: 'complete' | 'invalid' } | { status: 'incomplete'; indent: string }

const options = { lang: 'ts', sourceType: 'module', showSemanticErrors: true } as const

/** Whether a console should run what was typed or wait for more. */
export function checkComplete(code: string): Completeness {
  const error = parseSync('cell.ts', code, options).errors[0]
  if (error === undefined) return { status: 'complete' }
  const at = error.labels[0]?.start ?? 0
  const isAtEnd = at >= code.trimEnd().length
  // A template or a comment that is left open runs over lines; a quoted string or a regular expression cannot.
  const isOpen = error.message.startsWith('Unterminated') && !/^(["']|\/[^*])/.test(code.slice(at))
  if (!isAtEnd && !isOpen) return { status: 'invalid' }
  const lastLine = code.trimEnd().split('\n').at(-1) ?? ''
  const indent = /^\s*/.exec(lastLine)?.[0] ?? ''
  return { status: 'incomplete', indent: /[{([]$/.test(lastLine) ? `${indent}  ` : indent }
}
