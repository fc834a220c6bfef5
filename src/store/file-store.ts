import { accessSync, chmodSync, constants, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { XdrError } from '../errors.js'
import { withLock } from './lock.js'
import { foreignOwner } from './ownership.js'
import { agrees, type DirectStore, type ProfileKey } from './profile.js'
import { type ProfileFile, readProfile, readProfiles } from './profile-file.js'
import {
  isSameKey,
  joinProfile,
  profileName,
  secretsInFile,
  splitProfile,
  withSecrets,
} from './profile-record.js'

/**
 * Profiles as one JSON file each, 0600 in a 0700 folder. One file a profile needs no lock: many processes can write
 * at once and every write is atomic (written beside, then renamed).
 *
 * @param dir the folder; made when first written to
 * @param onProblem told, in a sentence, when a damaged file was set aside
 */
export function fileStore(dir: string, onProblem: (message: string) => void): DirectStore {
  const said = new Set<string>()
  const sayOnce = (message: string) => {
    if (!said.has(message)) onProblem(message)
    said.add(message)
  }
  return {
    kind: 'file',
    read: (key) => {
      const file = readProfile(profilePath(dir, key), onProblem)
      return file !== undefined && isSameKey(file, key) ? joinProfile(file, secretsInFile(file)) : undefined
    },
    list: (where = {}) =>
      readProfiles(dir, onProblem)
        .filter((file) => agrees(file, where))
        .map((file) => joinProfile(file, secretsInFile(file))),
    write: (profile) => {
      const { file, secrets } = splitProfile(profile)
      return writeProfileFile(dir, withSecrets(file, secrets))
    },
    remove: (key) => rmSync(profilePath(dir, key), { force: true }),
    checkWritable: async () => {
      try {
        makeFolder(dir)
        accessSync(dir, constants.W_OK | constants.X_OK)
      } catch (error) {
        throw error instanceof XdrError ? error : unwritable(dir, codeOf(error))
      }
    },
    prepareToWrite: () => void loadConf().catch(() => {}),
    exclusively: (key, work, signal, meanwhile) => {
      prepareToLock(dir)
      const path = profilePath(dir, key)
      return withLock(`${path}.lock`, work, {
        signal,
        onProblem: sayOnce,
        ...(meanwhile === undefined ? {} : { meanwhile: whenWritten(path, meanwhile) }),
      })
    },
  }
}

/** Where a profile's file is, or would be. */
export function profilePath(dir: string, key: ProfileKey): string {
  return join(dir, `${profileName(key)}.json`)
}

/** Asks the first time, and then when the file is another: a look costs much less than the reading. */
function whenWritten<T>(path: string, ask: () => Promise<T | undefined>): () => Promise<T | undefined> {
  let seen: string | undefined
  return async () => {
    const file = statSync(path, { throwIfNoEntry: false })
    const found = `${file?.ino} ${file?.mtimeMs} ${file?.size}`
    if (found === seen) return undefined
    // Before the reading: what is written during that is seen the next time.
    seen = found
    return ask()
  }
}

/** The lock is a file in the folder. */
function prepareToLock(dir: string): void {
  try {
    makeFolder(dir)
  } catch {
    // Said by the write.
  }
}

/** @throws XdrError `XDR_STORE_UNWRITABLE` where it is another user's, or what Node throws */
function makeFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  // Root may write everywhere, and what it writes here the folder's owner could no longer read.
  const owner = foreignOwner(statSync(dir))
  if (owner !== undefined) throw unwritable(dir, `it belongs to another user, uid ${owner}`)
  // mkdir leaves an existing folder as it was, and the umask may have changed a new one.
  chmodSync(dir, 0o700)
}

/**
 * Writes a profile's file, whole or not at all.
 *
 * @throws XdrError `XDR_STORE_UNWRITABLE`
 */
export async function writeProfileFile(dir: string, file: ProfileFile): Promise<void> {
  try {
    makeFolder(dir)
    const Conf = await loadConf()
    new Conf<ProfileFile>({
      cwd: dir,
      configName: profileName(file),
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: true,
    }).store = file
  } catch (error) {
    throw error instanceof XdrError ? error : unwritable(dir, codeOf(error))
  }
}

/**
 * Loads conf (80 ms, so only a write pays; reading goes without it) and takes away the signal handlers that come with
 * it: they answer Ctrl-C by sending the signal again, which would end a run untidily and a notebook's interrupt twice.
 */
async function loadConf() {
  const before = new Set(signals.flatMap((name) => process.listeners(name)))
  const { default: Conf } = await import('conf')
  for (const name of signals) {
    for (const listener of process.listeners(name)) {
      if (!before.has(listener)) process.removeListener(name, listener)
    }
  }
  return Conf
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function unwritable(dir: string, why: string): XdrError {
  return new XdrError('XDR_STORE_UNWRITABLE', `sign-ins cannot be kept in ${dir} (${why})`, {
    hint: "make the folder writable, set XDRLAB_HOME to another one, or sign in with store: 'memory'",
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}
