import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { XdrError } from '../errors.js'
import { replaceFile } from '../notebook/replace-file.js'
import type { ReferredFile } from '../notebook/templates/referred-files.js'
import { plain } from '../text.js'

/** A file that is to stand beside a new notebook as it stood beside the template, and does not yet. */
export interface FileToWrite {
  path: string
  content: Buffer
  /** Another one is in its place, and the person has said that it may go. */
  replaces: boolean
}

/**
 * Compares what a template brings with what is there.
 *
 * @returns what is missing
 * @throws XdrError `XDR_FILE` where another file is in the place of one, and that is not to be written over
 */
export function planFilesBeside(
  target: string,
  files: readonly ReferredFile[],
  { force = false }: { force?: boolean },
): FileToWrite[] {
  const missing = files
    .map(({ name, content }) => {
      const path = join(dirname(target), name)
      return { path, content, replaces: existsSync(path) }
    })
    .filter(({ path, content, replaces }) => !(replaces && isSame(path, content)))
  const other = missing.find(({ replaces }) => replaces)
  if (!force && other !== undefined) throw isThere(other.path)
  return missing
}

/**
 * Looks once more, before anything is written: what was missing may have come up meanwhile.
 *
 * @throws XdrError `XDR_FILE`
 */
export function refuseNewFiles(files: readonly FileToWrite[], { force = false }: { force?: boolean }): void {
  const other = files.find(({ path, replaces }) => !replaces && existsSync(path))
  if (!force && other !== undefined) throw isThere(other.path)
}

export async function writeFiles(files: readonly FileToWrite[]): Promise<void> {
  for (const { path, content } of files) {
    mkdirSync(dirname(path), { recursive: true })
    await replaceFile(path, content, { what: 'a file beside the new notebook' })
  }
}

function isSame(path: string, content: Buffer): boolean {
  const there = statSync(path)
  return there.isFile() && there.size === content.length && readFileSync(path).equals(content)
}

function isThere(path: string): XdrError {
  return new XdrError('XDR_FILE', `${plain(path)} is there already, and differs`, {
    hint: 'the template brings a file of this name: make the notebook in another folder, or write over it with --force',
  })
}
