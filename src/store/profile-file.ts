import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from '../record.js'
import { readOwnFile } from './ownership.js'
import type { ProfileKey } from './profile.js'

/** The part of a profile that nobody but its person may see. */
export interface ProfileSecrets {
  accessToken?: string
  refreshToken?: string
  /** The private key that the tokens are bound to (RFC 9449), as a JWK. */
  dpopKey?: string
  clientSecret?: string
}

/** A profile as it stands in its file: all of it, or all but the secrets where the OS keyring holds them. */
export interface ProfileFile extends ProfileKey {
  version: 1
  savedAt: number
  /** Where the secrets are, if not here. */
  secrets?: 'keyring'
  session?: Omit<ProfileSecrets, 'clientSecret'> & {
    expiresAt?: number
    subject?: string
    tenants: string[]
    revocation?: { endpoint: string; clientId: string }
  }
  client?: { id: string; secret?: string }
}

/**
 * The profiles of a folder, the last saved first. Reads no keyring and loads nothing: `whoami` is asked by shell
 * prompts.
 *
 * @param onProblem told, in a sentence, when a damaged file was set aside, or one was open to others; without it, such a
 * file is left as it is
 */
export function readProfiles(dir: string, onProblem?: (message: string) => void): ProfileFile[] {
  return listFolder(dir)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readProfile(join(dir, name), onProblem))
    .filter((profile) => profile !== undefined)
    .sort((a, b) => b.savedAt - a.savedAt)
}

/** The profile of one file; `undefined` where there is none, none that can be read, or one of another user's. */
export function readProfile(path: string, onProblem?: (message: string) => void): ProfileFile | undefined {
  let text: string | undefined
  try {
    text = readOwnFile(path, onProblem)
  } catch {
    return undefined
  }
  if (text === undefined) return undefined
  const profile = parseProfile(text)
  if (profile === undefined && onProblem !== undefined) setAside(path, onProblem)
  return profile
}

function listFolder(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

function setAside(path: string, onProblem: (message: string) => void): void {
  const aside = `${path}.damaged-${Date.now()}`
  try {
    renameSync(path, aside)
    onProblem(`a stored sign-in was damaged and has been set aside as ${aside}; sign in again`)
  } catch {
    onProblem(`the stored sign-in ${path} is damaged and could not be set aside; delete it and sign in again`)
  }
}

function parseProfile(text: string): ProfileFile | undefined {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(file) || file.version !== 1) return undefined
  const { provider, region, origin, account, savedAt, session } = file
  if (typeof provider !== 'string' || typeof region !== 'string' || typeof origin !== 'string')
    return undefined
  if (typeof account !== 'string' || typeof savedAt !== 'number') return undefined
  const profile: ProfileFile = { version: 1, provider, region, origin, account, savedAt }
  const inKeyring = file.secrets === 'keyring'
  if (inKeyring) profile.secrets = 'keyring'
  if (isRecord(file.client) && typeof file.client.id === 'string') {
    profile.client = { id: file.client.id, ...textsOf(file.client, ['secret']) }
  }
  if (session === undefined) return profile
  if (!isRecord(session) || !Array.isArray(session.tenants)) return undefined
  if (typeof session.accessToken !== 'string' && !inKeyring) return undefined
  profile.session = {
    ...textsOf(session, ['accessToken', 'refreshToken', 'dpopKey', 'subject']),
    ...(isTime(session.expiresAt) ? { expiresAt: session.expiresAt } : {}),
    tenants: session.tenants.map(String),
    ...revocationOf(session.revocation),
  }
  return profile
}

/** Reads what {@link ProfileSecrets} was written as; `undefined` for anything else. */
export function parseSecrets(text: string | undefined): ProfileSecrets | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (isRecord(value)) return textsOf(value, ['accessToken', 'refreshToken', 'dpopKey', 'clientSecret'])
  } catch {
    // Not ours, or cut: as good as not there.
  }
  return undefined
}

function revocationOf(value: unknown): Pick<NonNullable<ProfileFile['session']>, 'revocation'> {
  if (!isRecord(value)) return {}
  const { endpoint, clientId } = value
  if (typeof endpoint !== 'string' || typeof clientId !== 'string') return {}
  return { revocation: { endpoint, clientId } }
}

function textsOf<K extends string>(
  record: Record<string, unknown>,
  names: readonly K[],
): { [N in K]?: string } {
  const texts: { [N in K]?: string } = {}
  for (const name of names) {
    const value = record[name]
    if (typeof value === 'string') texts[name] = value
  }
  return texts
}

/** A file may have been written by hand: a time that no calendar knows could not be printed. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime())
}
