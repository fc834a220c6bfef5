import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { XdrError } from '../errors.js'

/**
 * Puts `text` in the place of a file: a reader, a killed process or a power cut finds the old text or the new one, never
 * a part of it, and what cannot be written leaves the old one as it was.
 *
 * @param what it is called in errors: `the executed notebook`
 * @throws XdrError `XDR_FILE`
 */
export async function replaceFile(path: string, text: string, what: string): Promise<void> {
  const folder = dirname(path)
  const draft = join(folder, `.${randomUUID()}.tmp`)
  try {
    await writeWhole(draft, text)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    const why = reasons[code] === undefined ? '' : `: ${reasons[code]}`
    throw new XdrError('XDR_FILE', `${what} cannot be written to ${path} (${code})${why}`, {
      hint: hints[code] ?? 'name another place with --output',
    })
  }
  await syncFolder(folder)
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this account may not write there',
  EDQUOT: 'the quota of this account is used up',
  EFBIG: 'it is larger than a file may be here',
  EISDIR: 'there is a folder of that name',
  ENOENT: 'there is no such folder',
  ENOSPC: 'the disk is full',
  EPERM: 'this account may not write there',
  EROFS: 'the disk can only be read',
}
const hints: Readonly<Record<string, string>> = {
  EDQUOT: 'make room, or name another place with --output',
  EFBIG: 'raise the limit (ulimit -f), show less, or name another place with --output',
  ENOSPC: 'make room, or name another place with --output',
}

/** Without the sync, a file system may keep the rename and lose the text in a power cut: both copies would be gone. */
async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Some systems cannot sync a folder; the text is safe all the same. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    // Nothing to be done, and nothing lost.
  }
}
