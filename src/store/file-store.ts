import { createHash } from 'node:crypto'
import { accessSync, chmodSync, constants, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { XdrError } from '../errors.js'
import { AccessToken, Secret } from '../secrets.js'
import { withLock } from './lock.js'
import type { Profile, ProfileKey, ProfileStore } from './profile.js'
import { type ProfileFile, readProfile, readProfiles } from './profile-file.js'

/**
 * Profiles as one JSON file each, 0600 in a 0700 folder. One file a profile needs no lock: many processes can write
 * at once and every write is atomic (written beside, then renamed).
 *
 * @param dir the folder; made when first written to
 * @param onProblem told, in a sentence, when a damaged file was set aside
 */
export function fileStore(dir: string, onProblem: (message: string) => void): ProfileStore {
  const said = new Set<string>()
  const sayOnce = (message: string) => {
    if (!said.has(message)) onProblem(message)
    said.add(message)
  }
  return {
    kind: 'file',
    read: (key) => {
      const file = readProfile(join(dir, fileName(key)), onProblem)
      return file !== undefined && sameKey(file, key) ? toProfile(file) : undefined
    },
    list: () => readProfiles(dir, onProblem).map(toProfile),
    write: (profile) => writeProfile(dir, profile),
    remove: (key) => rmSync(join(dir, fileName(key)), { force: true }),
    checkWritable: async () => {
      try {
        makeFolder(dir)
        accessSync(dir, constants.W_OK | constants.X_OK)
      } catch (error) {
        throw unwritable(dir, error)
      }
    },
    exclusively: (key, work, signal) =>
      withLock(join(dir, `${fileName(key)}.lock`), work, { signal, onProblem: sayOnce }),
  }
}

/** Readable for a person who looks into the folder; the hash keeps apart what the readable part cannot. */
function fileName(key: ProfileKey): string {
  const identity = JSON.stringify([key.provider, key.region, key.origin, key.account])
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 12)
  const readable = `${key.provider}-${key.region}-${key.account}`.toLowerCase().replace(/[^a-z0-9@.-]+/g, '_')
  return `${readable.slice(0, 80)}-${hash}.json`
}

function sameKey(a: ProfileKey, b: ProfileKey): boolean {
  return (
    a.provider === b.provider && a.region === b.region && a.origin === b.origin && a.account === b.account
  )
}

function makeFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  // mkdir leaves an existing folder as it was, and the umask may have changed a new one.
  chmodSync(dir, 0o700)
}

async function writeProfile(dir: string, profile: Profile): Promise<void> {
  const { session } = profile
  const file: ProfileFile = {
    version: 1,
    provider: profile.provider,
    region: profile.region,
    origin: profile.origin,
    account: profile.account,
    savedAt: profile.savedAt,
  }
  if (session !== undefined) {
    file.session = { accessToken: session.accessToken.reveal(), tenants: [...session.tenants] }
    if (session.accessToken.expiresAt !== undefined) file.session.expiresAt = session.accessToken.expiresAt
    if (session.refreshToken !== undefined) file.session.refreshToken = session.refreshToken.reveal()
    if (session.subject !== undefined) file.session.subject = session.subject
  }
  try {
    makeFolder(dir)
    const Conf = await loadConf()
    new Conf<ProfileFile>({
      cwd: dir,
      configName: fileName(profile).replace(/\.json$/, ''),
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: true,
    }).store = file
  } catch (error) {
    throw unwritable(dir, error)
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

function unwritable(dir: string, error: unknown): XdrError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  return new XdrError('XDR_STORE_UNWRITABLE', `sign-ins cannot be kept in ${dir} (${code})`, {
    hint: "make the folder writable, set XDRLAB_HOME to another one, or sign in with store: 'memory'",
  })
}

function toProfile({ session, version: _version, ...key }: ProfileFile): Profile {
  if (session === undefined) return { ...key, session: undefined }
  const { accessToken, refreshToken, expiresAt, subject, tenants } = session
  if (accessToken === undefined) return { ...key, session: undefined }
  return {
    ...key,
    session: {
      accessToken: new AccessToken(accessToken, expiresAt),
      refreshToken: refreshToken === undefined ? undefined : new Secret(refreshToken),
      subject,
      tenants,
    },
  }
}
