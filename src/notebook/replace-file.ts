import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { XdrError } from '../errors.js'

type Content = string | Uint8Array

/** How a file that cannot be replaced is told of. */
export interface FileWords {
  /** What it is called: `the executed notebook`. */
  what: string
  /** How a person has it written to another place. */
  elsewhere?: string
}

/**
 * Puts a content in the place of a file: a reader, a killed process or a power cut finds the old one or the new one,
 * never a part of it, and what cannot be written leaves the old one as it was. Its permissions stay, and a link to it
 * stays a link. A device or a pipe is written to.
 *
 * @throws XdrError `XDR_FILE`
 * @example
 * await replaceFile('report.html', html, { what: 'the report' })
 */
export async function replaceFile(path: string, content: Content, words: FileWords): Promise<void> {
  try {
    const there = await stat(path).catch(whereMissing)
    if (there !== undefined && !there.isFile() && !there.isDirectory()) await writeFile(path, content)
    else await replace(there === undefined ? path : await realpath(path), content, there?.mode)
  } catch (error) {
    throw cannotWrite(path, error, words)
  }
}

function whereMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

async function replace(path: string, content: Content, mode: number | undefined): Promise<void> {
  const folder = dirname(path)
  const draft = join(folder, `.${randomUUID()}.tmp`)
  try {
    await writeWhole(draft, content, mode)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
  await syncFolder(folder)
}

function cannotWrite(
  path: string,
  error: unknown,
  { what, elsewhere = 'name another place with --output' }: FileWords,
): XdrError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  const why = reasons[code] === undefined ? '' : `: ${reasons[code]}`
  const first = remedies[code]
  return new XdrError('XDR_FILE', `${what} cannot be written to ${path} (${code})${why}`, {
    hint: first === undefined ? elsewhere : `${first}, or ${elsewhere}`,
  })
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
const remedies: Readonly<Record<string, string>> = {
  EDQUOT: 'make room',
  EFBIG: 'raise the limit (ulimit -f), show less',
  ENOSPC: 'make room',
}

/** Without the sync, a file system may keep the rename and lose the text in a power cut: both copies would be gone. */
async function writeWhole(path: string, content: Content, mode: number | undefined): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(content)
    // What the process takes off new files is no change of this one.
    if (mode !== undefined) await file.chmod(mode & 0o777)
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
