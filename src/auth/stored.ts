import { resolveSource, type Target } from '../providers/target.js'
import { clientIdOf, type Profile, type ProfileStore, type Session } from '../store/profile.js'
import type { PlanParts } from './choice.js'
import { formatTime } from './session-text.js'

/** Stands for the account where the platform's own page asks for it. */
export const noAccount = 'default'

/** A session whose token is good for at least the platform's margin. */
export function isLive(target: Target, session: Session, now: number): boolean {
  const { expiresAt } = session.accessToken
  return expiresAt === undefined || expiresAt - target.provider.expiryMarginS * 1000 > now
}

/** `, until 14:05`, `, expired at …`; nothing where a token does not say. */
export function describeEnd(session: Session | undefined, now: number): string {
  const expiresAt = session?.accessToken.expiresAt
  if (expiresAt === undefined) return ''
  return expiresAt > now
    ? `, until ${formatTime(expiresAt, now)}`
    : `, expired at ${formatTime(expiresAt, now)}`
}

/** What the store holds for a target, and for the platforms whose tokens it uses: nothing else is read. */
export async function profilesFor(
  target: Target,
  store: ProfileStore,
  env: NodeJS.ProcessEnv,
): Promise<Profile[]> {
  const { provider, origin } = target
  const own = await store.list({ provider: provider.name, origin })
  if (provider.tokenFrom === undefined) return own
  return [...own, ...(await profilesFor(resolveSource(target, provider.tokenFrom, env), store, env))]
}

/** The profile of one account at the target. */
export function findProfile({ target, profiles }: PlanParts, account: string): Profile | undefined {
  return profilesAt({ target, profiles }).find((profile) => profile.account === account)
}

/** The profile of the person who is named, or the last one used here when none is. */
export function findPerson(parts: PlanParts): Profile | undefined {
  const account = parts.options.username || parts.env.XDRLAB_USERNAME || undefined
  if (account === undefined && parts.target.provider.account.asks !== 'none') {
    return profilesAt(parts).find((profile) => clientIdOf(profile.account) === undefined)
  }
  return findProfile(parts, account ?? noAccount)
}

function profilesAt({ target, profiles }: Pick<PlanParts, 'target' | 'profiles'>): Profile[] {
  const { provider, region, origin } = target
  return profiles.filter((p) => p.provider === provider.name && p.region === region && p.origin === origin)
}
