import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { XdrError } from '../errors.js'
import { sandboxOrigin } from '../providers/provider.js'
import { taegis } from '../providers/taegis.js'
import { resolveTarget, type Target } from '../providers/target.js'
import { Secret } from '../secrets.js'
import {
  type ClientPair,
  clientAccount,
  clientIdOf,
  type Profile,
  type ProfileKey,
  type ProfileStore,
} from '../store/profile.js'
import { plain } from '../text.js'
import { parseIni } from './ini.js'
import { formatTime } from './session-text.js'
import { isLive, noAccount } from './stored.js'
import { readSession } from './token-response.js'

/** The SDK writes a kilobyte or two an environment. */
const longestFileBytes = 1024 * 1024
/** The longest name of an environment that is shown, characters. */
const longestName = 40

/** What one environment in the SDK's cache gives. */
export interface SdkEntry {
  /** As it stands in the file, made safe to show. */
  environment: string
  /** Ours, where the environment is one that we know. */
  region?: string
  /** A token that lives. */
  signIn?: Profile & { session: NonNullable<Profile['session']> }
  /** Client credentials that the entry's variables hold; it names the variables only. */
  client?: Profile & { client: ClientPair; from: string }
  /** Why something in it is not taken, each a half sentence. */
  skipped: string[]
}

/** What {@link readSdkCache} found. */
export interface SdkCache {
  path: string
  entries: SdkEntry[]
  /** What a person should know of the file itself, each a sentence. */
  warnings: string[]
}

/** Where taegis-sdk-python keeps its tokens: `~/.taegis_sdk_python/config` on every system. */
export function sdkCachePath(): string {
  return join(homedir(), '.taegis_sdk_python', 'config')
}

/**
 * Reads the token cache of taegis-sdk-python (`taegis_sdk_python/config.py`, versions 1 and 2): an INI file
 * with a section for each environment, in it `access_token` (a JWT, there is no refresh token and no expiry
 * beside it), and `client_id`/`client_secret` with the *names of variables* where a person renamed them.
 * Changes nothing and sends nothing.
 *
 * @param store looked into, so that a sign-in that lives longer is not replaced
 * @throws XdrError `XDR_BAD_OPTION` where the file is not there, not readable, or not the SDK's
 */
export async function readSdkCache(
  path: string,
  store: ProfileStore,
  now: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<SdkCache> {
  const { text, warnings } = readCacheFile(path)
  const sections = parseIni(text)
  if ('badLine' in sections) {
    throw unusable(path, `is not a configuration file of taegis-sdk-python (line ${sections.badLine})`)
  }
  const entries = [...sections.sections]
    .filter(
      ([, values]) => values.get('access_token') || values.has('client_id') || values.has('client_secret'),
    )
    .map(([name, values]) => readEntry(name, values, now, env))
  dropDoubles(entries)
  for (const entry of entries) await dropOlderThanOurs(entry, store)
  return { path, entries, warnings }
}

function readCacheFile(path: string): { text: string; warnings: string[] } {
  let fd: number
  try {
    // Not through a link, and not waiting for the other end of a pipe.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    if (code === 'ENOENT' || code === 'ENOTDIR') throw unusable(path, 'is not there')
    if (code === 'ELOOP') throw unusable(path, 'is a link; name the file itself')
    throw unusable(path, `cannot be read (${code})`)
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw unusable(path, 'is not a file')
    if (stat.size > longestFileBytes) throw unusable(path, 'is too large for a token cache')
    const warnings: string[] = []
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0)
      warnings.push(`others on this machine may read or change ${plain(path)}: chmod 600 it`)
    if (process.getuid !== undefined && stat.uid !== process.getuid())
      warnings.push(`${plain(path)} belongs to another user: its tokens may be somebody else’s`)
    return { text: readFileSync(fd, 'utf8'), warnings }
  } finally {
    closeSync(fd)
  }
}

function unusable(path: string, why: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', `${plain(path)} ${why}`, {
    hint: 'taegis-sdk-python keeps its tokens in ~/.taegis_sdk_python/config; --from names another file',
  })
}

function readEntry(
  name: string,
  values: ReadonlyMap<string, string>,
  now: number,
  env: NodeJS.ProcessEnv,
): SdkEntry {
  const entry: SdkEntry = { environment: plain(name, longestName), skipped: [] }
  const region = regionOf(name)
  if (region === undefined) {
    entry.skipped.push('unknown environment')
    return entry
  }
  entry.region = region
  const target = resolveTarget(taegis, { region }, env)
  readToken(entry, target, values.get('access_token') ?? '', now)
  readClient(entry, target, values, now, env)
  return entry
}

function regionOf(environment: string): string | undefined {
  const wanted = environment.toLowerCase()
  // As the SDK, which compares without case.
  return Object.entries(taegis.regions).find(
    ([region, { origin, aliases }]) =>
      origin !== sandboxOrigin && [region, ...aliases].some((known) => known === wanted),
  )?.[0]
}

function readToken(entry: SdkEntry, target: Target, token: string, now: number): void {
  if (token === '') return
  const session = readSession({ access_token: token }, taegis, now)
  const expiresAt = session?.accessToken.expiresAt
  // A token without an end counts as expired for the SDK as well.
  if (session === undefined || expiresAt === undefined) entry.skipped.push('its token is unreadable')
  else if (!isLive(target, session, now)) entry.skipped.push(`expired at ${formatTime(expiresAt, now)}`)
  else {
    const { subject } = session
    const isPerson = subject !== undefined && clientIdOf(subject) === undefined
    const account = isPerson ? subject : noAccount
    entry.signIn = { ...keyOf(target, account), savedAt: now, session }
  }
}

function readClient(
  entry: SdkEntry,
  target: Target,
  values: ReadonlyMap<string, string>,
  now: number,
  env: NodeJS.ProcessEnv,
): void {
  if (!values.has('client_id') && !values.has('client_secret')) return
  const names = [values.get('client_id') ?? 'CLIENT_ID', values.get('client_secret') ?? 'CLIENT_SECRET']
  const [idName = '', secretName = ''] = names
  // Somebody may have written the credentials themselves there: then they are not shown, and the SDK does not use them.
  if (!names.every((name) => /^[A-Z_][A-Z0-9_]{0,79}$/i.test(name) && !looksRandom(name))) {
    entry.skipped.push('its client_id and client_secret are no names of variables')
    return
  }
  const { [idName]: id, [secretName]: secret } = env
  const from = `${idName} and ${secretName}`
  if (!id || !secret) entry.skipped.push(`client credentials: ${from} are not set here`)
  else {
    const client = { id, secret: new Secret(secret, 'client secret') }
    entry.client = { ...keyOf(target, clientAccount(id)), savedAt: now, session: undefined, client, from }
  }
}

/**
 * Ids and secrets are letters and digits as well: a variable's name has either capitals only, or small
 * letters only.
 */
function looksRandom(name: string): boolean {
  return (/[a-z]/.test(name) && /[A-Z]/.test(name)) || /^[0-9a-f]{16,}$/i.test(name)
}

function keyOf({ provider, region, origin }: Target, account: string): ProfileKey {
  return { provider: provider.name, region, origin, account }
}

/** `charlie`, `production` and `us1` are sections of their own for one place: the token that lives longest counts. */
function dropDoubles(entries: readonly SdkEntry[]): void {
  const best = new Map<string, SdkEntry>()
  for (const entry of entries) {
    const { signIn } = entry
    if (signIn === undefined) continue
    const key = JSON.stringify([signIn.region, signIn.account])
    const other = best.get(key)
    const isBetter = endOf(signIn) > endOf(other?.signIn)
    const dropped = isBetter ? other : entry
    if (isBetter) best.set(key, entry)
    if (dropped !== undefined) {
      const kept = isBetter ? entry : other
      delete dropped.signIn
      dropped.skipped.push(`the same sign-in stands under ${kept?.environment} and lives longer`)
    }
  }
}

async function dropOlderThanOurs(entry: SdkEntry, store: ProfileStore): Promise<void> {
  const { signIn } = entry
  if (signIn === undefined) return
  const ours = await store.read(signIn)
  const { session } = ours ?? {}
  if (session === undefined) return
  const expiresAt = session.accessToken.expiresAt ?? Number.POSITIVE_INFINITY
  if (session.refreshToken === undefined && expiresAt < endOf(signIn)) return
  delete entry.signIn
  entry.skipped.push('xdrlab has this sign-in, and its own lives as long')
}

function endOf(profile: Profile | undefined): number {
  return profile?.session?.accessToken.expiresAt ?? 0
}
