import { describeSession, formatTime } from '../auth/sign-in-view.js'
import { connect } from '../client/connect.js'
import { profileFolder } from '../paths.js'
import { resolveTarget } from '../providers/target.js'
import { fileStore } from '../store/file-store.js'
import type { Profile, ProfileStore } from '../store/profile.js'
import { interruptSignal } from './interrupt.js'
import { connectOptionsOf, providerOf, type WhereOptions } from './provider-option.js'

function openProfiles(): ProfileStore {
  return fileStore(profileFolder(), (message) => process.stderr.write(`! ${message}\n`))
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

/** `xdrlab logout`: the sign-ins of one place, or all; the account name stays as the next proposal unless `--all`. */
export async function logout(options: WhereOptions & { all?: boolean; json?: boolean }): Promise<void> {
  const store = openProfiles()
  const chosen = options.all === true ? store.list() : profilesAt(store, options)
  const signedOut = chosen.filter((profile) => profile.session !== undefined)
  for (const profile of chosen) {
    if (options.all === true) store.remove(profile)
    else await store.write({ ...profile, session: undefined })
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ signedOut: signedOut.map(describeKey) })}\n`)
    return
  }
  if (signedOut.length === 0) process.stdout.write('nobody was signed in there\n')
  for (const profile of signedOut) {
    process.stdout.write(`signed out: ${profile.account} · ${profile.provider} ${profile.region}\n`)
  }
}

function profilesAt(store: ProfileStore, options: WhereOptions): Profile[] {
  const provider = providerOf(options)
  const { origin } = resolveTarget(provider, options)
  const account = options.username ?? process.env.XDRLAB_USERNAME
  return store
    .list()
    .filter((p) => p.provider === provider.name && p.origin === origin && (!account || p.account === account))
}

/** `xdrlab whoami`: exit code 1 when no live sign-in is stored. */
export async function whoami(options: { json?: boolean }): Promise<void> {
  const profiles = openProfiles()
    .list()
    .filter((profile) => profile.session !== undefined)
  const now = Date.now()
  const isLive = (profile: Profile) => (profile.session?.accessToken.expiresAt ?? now + 1) > now
  if (!profiles.some(isLive)) process.exitCode = 1
  if (options.json) {
    const list = profiles.map((profile) => ({
      ...describeKey(profile),
      subject: profile.session?.subject ?? null,
      tenants: profile.session?.tenants ?? [],
      expiresAt: profile.session?.accessToken.toJSON().expiresAt ?? null,
      live: isLive(profile),
    }))
    process.stdout.write(`${JSON.stringify(list)}\n`)
    return
  }
  if (profiles.length === 0) process.stdout.write('nobody is signed in; "xdrlab login" signs you in\n')
  for (const profile of profiles) process.stdout.write(`${describeProfile(profile, isLive(profile))}\n`)
}

function describeKey({ provider, region, origin, account }: Profile) {
  return { provider, region, origin, account }
}

function describeProfile(profile: Profile, isLive: boolean): string {
  const { session, account } = profile
  const expiresAt = session?.accessToken.expiresAt
  const place = `${profile.provider} ${profile.region} (${new URL(profile.origin).host})`
  if (!isLive) return `${place}: ${account}, expired at ${formatTime(expiresAt ?? 0)}`
  const line = describeSession({
    subject: session?.subject,
    account: account === 'default' ? undefined : account,
    tenants: session?.tenants ?? [],
    tenant: undefined,
    expiresAt,
  })
  return `${place}: ${line}`
}
