import { readFileSync } from 'node:fs'
import { XdrError } from '../errors.js'

/**
 * A file that the command line names.
 *
 * @param from its path, or 0 for standard input
 * @param name for messages
 * @throws XdrError `XDR_BAD_OPTION`
 */
export function readText(from: string | number, name: string): string {
  try {
    return readFileSync(from, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new XdrError('XDR_BAD_OPTION', `${name} cannot be read (${code})`, { hint: 'check the path' })
  }
}
