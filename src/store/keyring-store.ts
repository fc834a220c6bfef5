import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { XdrError } from '../errors.js'
import { sha256Hex } from '../unique-name.js'
import { fileStore, profilePath, writeProfileFile } from './file-store.js'
import type { Keyring } from './keyring.js'
import { agrees, type CutOff, type Profile, type ProfileKey, type ProfileStore } from './profile.js'
import { type ProfileFile, parseSecrets, readProfile, readProfiles } from './profile-file.js'
import {
  isSameKey,
  joinProfile,
  profileName,
  secretsInFile,
  splitProfile,
  withSecrets,
} from './profile-record.js'

export interface KeyringStoreOptions {
  /** Loaded when first used: most commands only read a file. */
  openKeyring: () => Promise<Keyring>
  /**
   * `auto` keeps the secrets in the 0600 file where there is no keyring, and says so once. `file` leaves the keyring: a
   * sign-in that is still there is read, and moves into its file with the next write.
   */
  place: 'auto' | 'keyring' | 'file'
  onNote: (level: 'info' | 'warning', text: string) => void
}

/**
 * Profiles whose secrets may be in the operating system's keyring: the file of each holds everything else, so that
 * `whoami` and the proposal of an account ask no keyring. A profile that is in the other place is read as it is and
 * moves with its next write.
 */
export function keyringStore(dir: string, { openKeyring, place, onNote }: KeyringStoreOptions): ProfileStore {
  const required = place === 'keyring'
  let opened: Promise<Keyring> | undefined
  const keyring = () => {
    opened ??= openKeyring()
    return opened
  }
  const said = new Set<string>()
  const warnOnce = (text: string) => {
    if (!said.has(text)) onNote('warning', text)
    said.add(text)
  }
  const files = fileStore(dir, warnOnce)

  const open = async (file: ProfileFile): Promise<Profile> => {
    if (file.secrets !== 'keyring') return joinProfile(file, secretsInFile(file))
    try {
      return joinProfile(file, parseSecrets(await (await keyring()).get(entryName(dir, file))))
    } catch (error) {
      if (file.session !== undefined || file.client !== undefined) {
        warnOnce(
          `the keyring with the sign-in of ${file.account} cannot be read: ${whyOf(error)}; sign in again`,
        )
      }
      return joinProfile(file, undefined)
    }
  }

  /** @returns whether the keyring took it */
  const putAway = async (profile: Profile, file: ProfileFile, secrets: string): Promise<boolean> => {
    if (place === 'file') return false
    const why = await (await keyring()).probe()
    if (why === undefined) {
      try {
        await (await keyring()).set(entryName(dir, profile), secrets)
        return true
      } catch (error) {
        if (required) throw noKeyring(whyOf(error))
        warnOnce(
          `the keyring did not take the sign-in (${whyOf(error)}): it is kept in ${profilePath(dir, file)}`,
        )
        return false
      }
    }
    if (required) throw noKeyring(why)
    return false
  }

  return {
    kind: place === 'file' ? 'file' : 'keyring',
    read: async (key) => {
      const file = readProfile(profilePath(dir, key), warnOnce)
      return file !== undefined && isSameKey(file, key) ? open(file) : undefined
    },
    // Each is a question to the keyring, so only those that are asked for.
    list: (where = {}) =>
      Promise.all(
        readProfiles(dir, warnOnce)
          .filter((file) => agrees(file, where))
          .map(open),
      ),
    write: async (profile) => {
      const { file, secrets } = splitProfile(profile)
      const before = readProfile(profilePath(dir, profile), warnOnce)
      if (Object.keys(secrets).length === 0) {
        await writeProfileFile(dir, file)
        if (before?.secrets === 'keyring') await forget(await keyring(), dir, profile, warnOnce)
      } else if (await putAway(profile, file, asciiJson(secrets))) {
        // After the keyring has them: a process that is ended in between leaves the old sign-in whole.
        await writeProfileFile(dir, { ...file, secrets: 'keyring' })
      } else {
        await writeProfileFile(dir, withSecrets(file, secrets))
        if (place === 'auto')
          sayWhereOnce(dir, (await (await keyring()).probe()) ?? 'it did not take the sign-in', onNote)
        // What the keyring still has is no longer true.
        else if (before?.secrets === 'keyring') await forget(await keyring(), dir, profile, warnOnce)
      }
    },
    remove: async (key) => {
      const file = readProfile(profilePath(dir, key), warnOnce)
      rmSync(profilePath(dir, key), { force: true })
      if (file?.secrets === 'keyring') await forget(await keyring(), dir, key, warnOnce)
    },
    checkWritable: async () => {
      await files.checkWritable()
      const why = required ? await (await keyring()).probe() : undefined
      if (why !== undefined) throw noKeyring(why)
    },
    prepareToWrite: () => files.prepareToWrite?.(),
    exclusively: (key, work, signal, meanwhile) => {
      const prepared = (before?: CutOff) => {
        // Started before a new token is asked for, so that it can take it at once.
        const ready = place === 'file' ? undefined : keyring().then((opened) => opened.probe())
        ready?.catch(() => {})
        return work(before)
      }
      return files.exclusively?.(key, prepared, signal, meanwhile) ?? prepared()
    },
  }
}

/** In parts of a keyring's own length, a letter of two halves could be cut. */
function asciiJson(value: object): string {
  const toEscape = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(/[^\0-\x7f]/g, toEscape)
}

async function forget(
  keyring: Keyring,
  dir: string,
  key: ProfileKey,
  warn: (text: string) => void,
): Promise<void> {
  try {
    await keyring.delete(entryName(dir, key))
  } catch (error) {
    warn(`the keyring still holds the sign-in of ${key.account}: ${whyOf(error)}; delete "xdrlab" there`)
  }
}

/** One keyring serves several homes (`XDRLAB_HOME`): each has entries of its own. */
function entryName(dir: string, key: ProfileKey): string {
  return `${profileName(key)}@${sha256Hex(dir).slice(0, 8)}`
}

function noKeyring(why: string): XdrError {
  return new XdrError('XDR_STORE_UNWRITABLE', `sign-ins cannot be kept in the OS keyring: ${why}`, {
    hint: "unlock the keyring, or use store: 'file' (XDRLAB_STORE=file)",
  })
}

function whyOf(error: unknown): string {
  return error instanceof XdrError ? error.message : 'it cannot be reached'
}

/** Once a home, not once a process: a line that comes every time is read no more. */
function sayWhereOnce(dir: string, why: string, onNote: KeyringStoreOptions['onNote']): void {
  // Beside the folder of the profiles, in which there are sign-ins only.
  const mark = join(dirname(dir), 'secrets-in-files')
  if (existsSync(mark)) return
  try {
    writeFileSync(mark, '', { mode: 0o600 })
  } catch {
    // Said again the next time.
  }
  onNote('info', `no OS keyring (${why}): sign-ins are kept in ${dir}, in files that only you can read`)
}
