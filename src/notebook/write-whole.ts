import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { XdrError } from '../errors.js'

/**
 * Writes beside the file, then renames: what was there stays until the new one is whole.
 *
 * @throws XdrError `XDR_FILE`
 */
export function writeWhole(path: string, content: string | Buffer): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  try {
    writeFileSync(draft, content)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new XdrError('XDR_FILE', `${path} cannot be written (${code})`, {
      hint: 'name another place with --output',
    })
  }
}
