import { chmodSync, closeSync, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

const groupAndOthers = 0o077

/** The user id of somebody else whose file it is; `undefined` where it is our own, and on Windows, which has none. */
export function foreignOwner({ uid }: Pick<Stats, 'uid'>): number | undefined {
  const own = process.geteuid?.()
  return own === undefined || own === uid ? undefined : uid
}

/**
 * The text of a file with secrets, if it is ours: another's (root can read them all) would be their sign-in, or one that
 * they have put there for us to use. One that others could read is closed to them.
 *
 * @param onProblem told, in a sentence, of both; without it, nothing is changed
 * @throws what Node throws where the file cannot be read
 */
export function readOwnFile(path: string, onProblem?: (message: string) => void): string | undefined {
  const fd = openSync(path, 'r')
  try {
    // Of the file that is open, not of what may stand under the name by now.
    const file = fstatSync(fd)
    const owner = foreignOwner(file)
    if (owner === undefined) {
      if (onProblem !== undefined) closeToOthers(path, file, onProblem)
      return readFileSync(fd, 'utf8')
    }
    onProblem?.(`the stored sign-in ${path} belongs to another user of this machine (uid ${owner}): not used`)
    return undefined
  } finally {
    closeSync(fd)
  }
}

/** A file is as closed as its folder, which is 0700 where we made it: a copy or a mount may have opened both. */
function closeToOthers(path: string, file: Stats, onProblem: (message: string) => void): void {
  if (process.platform === 'win32' || (file.mode & groupAndOthers) === 0) return
  const dir = dirname(path)
  const folder = statSync(dir)
  if ((folder.mode & groupAndOthers) === 0) return
  const mode = (file.mode & 0o777).toString(8)
  try {
    chmodSync(path, 0o600)
    if (foreignOwner(folder) === undefined) chmodSync(dir, 0o700)
    onProblem(
      `others on this machine could read the stored sign-in ${path} (mode ${mode}); it is closed to them now. ` +
        'If they should not have: "xdrlab logout --all", and sign in anew',
    )
  } catch {
    onProblem(`others on this machine can read the stored sign-in ${path} (mode ${mode}): chmod 600 it`)
  }
}
