import { readFileSync } from 'node:fs'
import { XdrError } from '../errors.js'
import { describePlace as describeInText } from '../schema/place-text.js'
import { plain } from '../text.js'

/** @throws XdrError `XDR_FILE` */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw fileError(file, 'read', error)
  }
}

export function fileError(file: string, what: 'read' | 'written', error: unknown): XdrError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  return new XdrError('XDR_FILE', `${plain(file, 200)} cannot be ${what} (${code})`, {
    hint: 'check the path',
  })
}

/** As compilers say it: `file:line:column: message`, the line, and a caret below the place. */
export function describePlace(file: string, text: string, offset: number, message: string): string {
  const { line, column, excerpt } = describeInText(text, { start: offset, end: offset })
  return `${plain(file, 200)}:${line}:${column}: ${plain(message)}\n${excerpt}`
}
