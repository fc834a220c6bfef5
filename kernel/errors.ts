import { inspect, types } from 'node:util'
import { describeError, XdrError } from '../src/errors.js'
import { CellSyntaxError } from './syntax.js'

/** The content of Jupyter's `error` message. */
export interface ErrorContent {
  ename: string
  evalue: string
  traceback: string[]
}

/** What the person who pressed stop sees; Jupyter's own kernels use this name. */
export const interruptedContent: ErrorContent = {
  ename: 'KeyboardInterrupt',
  evalue: 'the cell was interrupted',
  traceback: ['KeyboardInterrupt: the cell was interrupted'],
}

/** Of a longer text the beginning and the end are shown: the message, and where it was thrown. */
const longestText = 20_000
const longestLine = 400

const unreadable = 'something was thrown that cannot be looked at'

/** Whatever a cell threw, as a front end shows it. Never throws itself. */
export function errorContent(thrown: unknown, source: string, label: string): ErrorContent {
  try {
    if (thrown instanceof CellSyntaxError) return syntaxErrorContent(thrown, source, label)
    if (isError(thrown)) return { ...nameAndMessage(thrown), traceback: describeThrown(thrown).split('\n') }
    const text = describeThrown(thrown)
    return { ename: 'Uncaught', evalue: text, traceback: [`Uncaught ${text}`] }
  } catch {
    return { ename: 'Error', evalue: unreadable, traceback: [unreadable] }
  }
}

/**
 * An error as text: of ours the message and the hint, of others the stack, causes and members included. Never throws
 * itself, though what was thrown may be made to.
 */
export function describeThrown(thrown: unknown): string {
  try {
    if (isOurs(thrown)) return describeError(thrown)
    return shortened(inspect(thrown, { depth: 3, maxStringLength: 10_000 }))
  } catch {
    return unreadable
  }
}

/** Those of other realms (`node:vm`) are no instances of ours. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || types.isNativeError(thrown)
}

/** By shape as well: the notebook's folder may hold another copy of xdrlab, whose class is not ours. */
function isOurs(thrown: unknown): thrown is XdrError {
  if (thrown instanceof XdrError) return true
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    String(thrown.code).startsWith('XDR_') &&
    'hint' in thrown &&
    typeof thrown.hint === 'string'
  )
}

function nameAndMessage(error: Error): { ename: string; evalue: string } {
  const { name, message } = error
  // A class of the cell that sets no name of its own is still called by its name.
  const ename = name === 'Error' ? error.constructor.name || name : name
  return { ename: String(ename), evalue: shortened(String(message)) }
}

function shortened(text: string): string {
  if (text.length <= longestText) return text
  const half = longestText / 2
  return `${text.slice(0, half)}… (${text.length - longestText} characters left out) …${text.slice(-half)}`
}

/** The line with a caret under the place. */
function syntaxErrorContent(error: CellSyntaxError, source: string, label: string): ErrorContent {
  const { message, line, column, file } = error
  const place = `${file?.label ?? label}:${line}:${column}`
  return {
    ename: 'SyntaxError',
    evalue: file === undefined ? `${message} (${place})` : message,
    traceback: [
      `SyntaxError: ${message}`,
      `    at ${place}`,
      '',
      ...caretLines(file?.source ?? source, line, column),
    ],
  }
}

/** A line of a text, and one with a caret under the place; both counted from 1. */
export function caretLines(source: string, line: number, column: number): [string, string] {
  const whole = source.replace(/^\ufeff/, '').split(/\r?\n/)[line - 1] ?? ''
  // Of a line as programs write them, the surroundings of the place.
  const from = whole.length > longestLine ? Math.max(0, column - 1 - longestLine / 2) : 0
  const text = whole.slice(from, from + longestLine)
  const margin = `${line} | `
  // The caret's indent repeats the line's tabs, or it would stand elsewhere than what it points at.
  const indent = text.slice(0, column - 1 - from).replace(/[^\t]/g, ' ')
  return [`${margin}${text}`, `${' '.repeat(margin.length)}${indent}^`]
}
