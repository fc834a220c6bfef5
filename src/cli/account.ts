import type { Revocation } from '../auth/revocation.js'
import { formatTime } from '../auth/session-text.js'
import { connect } from '../client/connect.js'
import { findProvider } from '../providers/find.js'
import type { Provider } from '../providers/provider.js'
import { resolveTarget } from '../providers/target.js'
import { openStore } from '../store/open-store.js'
import { agrees, clientIdOf, type Profile, type ProfileStore } from '../store/profile.js'
import { interruptSignal } from './interrupt.js'
import { connectOptionsOf, providerOf, type WhereOptions } from './provider-option.js'

/** The store of this person, with its warnings on stderr. */
export function openProfiles(): ProfileStore {
  return openStore(undefined, (_level, text) => process.stderr.write(`! ${text}\n`))
}

/** `xdrlab login` */
export async function login(options: WhereOptions & { browser: boolean; json?: boolean }): Promise<void> {
  const client = await connect(providerOf(options), {
    ...connectOptionsOf(options),
    browser: options.browser,
    fresh: true,
    signal: interruptSignal(),
  })
  // In a terminal the display has already ended in the same line.
  if (options.json) process.stdout.write(`${JSON.stringify({ ...client.target, ...client.session })}\n`)
}

/**
 * `xdrlab logout`: the sign-ins of one place, or all; the account name stays as the next proposal unless
 * `--all`. What is here is forgotten in any case; exit code 1 where a server that revokes could not be told.
 */
export async function logout(options: WhereOptions & { all?: boolean; json?: boolean }): Promise<void> {
  const store = openProfiles()
  const chosen = options.all === true ? await store.list() : await profilesAt(store, options)
  const signedOut = chosen.filter((profile) => profile.session !== undefined || profile.client !== undefined)
  // All at once, and before anything is forgotten: an interrupt here leaves the sign-ins as they were.
  const signal = interruptSignal()
  const told = await Promise.all(signedOut.map((profile) => tellServer(profile, chosen, options, signal)))
  if (told.some(({ state }) => state === 'failed')) process.exitCode = 1
  for (const profile of chosen) {
    // Client credentials are no proposal for the next sign-in: they would sign in by themselves.
    if (options.all === true || clientIdOf(profile.account) !== undefined) await store.remove(profile)
    else await store.write({ ...profile, session: undefined })
  }
  if (options.json) {
    const list = signedOut.map((profile, i) => ({
      ...describeKey(profile),
      revoked: told[i]?.state === 'revoked',
      revocation: told[i]?.state,
    }))
    process.stdout.write(`${JSON.stringify({ signedOut: list })}\n`)
    return
  }
  if (signedOut.length === 0) process.stdout.write('nobody was signed in there\n')
  for (const [i, profile] of signedOut.entries()) {
    const end = describeRevocation(told[i], profile)
    process.stdout.write(`signed out: ${profile.account} · ${profile.provider} ${profile.region}${end}\n`)
  }
}

async function tellServer(
  profile: Profile,
  profiles: readonly Profile[],
  options: WhereOptions & { all?: boolean },
  signal: AbortSignal,
): Promise<Revocation> {
  if (profile.session?.revocation === undefined) return { state: 'not-offered' }
  const { revocationClientOf, revokeSession } = await import('../auth/revocation.js')
  const provider = options.all === true ? namedProvider(profile.provider) : providerOf(options)
  return revokeSession(profile.session, revocationClientOf(profile, provider, profiles, process.env), signal)
}

/** A sign-in may be left of a platform that nothing describes any more. */
function namedProvider(name: string): Provider | undefined {
  try {
    return findProvider(name)
  } catch {
    return undefined
  }
}

function describeRevocation(told: Revocation | undefined, { session }: Profile): string {
  if (told?.state === 'revoked') return ' · revoked at the server'
  if (told?.state !== 'failed') return ''
  const { expiresAt } = session?.accessToken ?? {}
  const until = expiresAt === undefined ? '' : ` until ${formatTime(expiresAt)}`
  return ` · forgotten here only: the server was not told, and its tokens live on${until} (${told.why})`
}

async function profilesAt(store: ProfileStore, options: WhereOptions): Promise<Profile[]> {
  const provider = providerOf(options)
  const { origin } = resolveTarget(provider, options)
  const { username } = options
  const mine = process.env.XDRLAB_USERNAME
  const isMeant = (account: string) =>
    username !== undefined
      ? account === username
      : !mine || account === mine || clientIdOf(account) !== undefined
  const where = { provider: provider.name, origin }
  return (await store.list(where)).filter((p) => agrees(p, where) && isMeant(p.account))
}

function describeKey({ provider, region, origin, account }: Profile) {
  return { provider, region, origin, account }
}
