import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** The secrets that stand in the files of a folder, as `file: what it is`. */
export async function findSecrets(folder: string, secrets: ReadonlyMap<string, string>): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const text = await readFile(path, 'latin1')
    for (const [what, secret] of secrets) {
      if (holds(text, secret)) found.push(`${relative(folder, path)}: ${what}`)
    }
  }
  return found
}

/** Six digits alone may be a part of any long number. */
function holds(text: string, secret: string): boolean {
  return /^\d+$/.test(secret)
    ? new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(text)
    : text.includes(secret)
}
