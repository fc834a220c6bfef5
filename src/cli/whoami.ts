import { describeSession, formatTime } from '../auth/session-text.js'
import { profileFolder } from '../paths.js'
import { type ProfileFile, readProfiles } from '../store/profile-file.js'
import { guardOutputs } from './outcome.js'
import { writeOut } from './output.js'

/** `xdrlab whoami`: exit code 1 when no live sign-in is stored. */
export async function whoami(options: { json?: boolean }): Promise<void> {
  const onProblem = (message: string) => {
    guardOutputs()
    process.stderr.write(`! ${message}\n`)
  }
  const profiles = readProfiles(profileFolder(), onProblem).filter((p) => p.session !== undefined)
  const now = Date.now()
  const isLive = (profile: ProfileFile) => (profile.session?.expiresAt ?? now + 1) > now
  if (!profiles.some(isLive)) process.exitCode = 1
  if (options.json) {
    const list = profiles.map((profile) => ({
      ...describeKey(profile),
      subject: profile.session?.subject ?? null,
      tenants: profile.session?.tenants ?? [],
      expiresAt: toDate(profile.session?.expiresAt),
      live: isLive(profile),
    }))
    writeOut(`${JSON.stringify(list)}\n`)
    return
  }
  if (profiles.length === 0) writeOut('nobody is signed in; "xdrlab login" signs you in\n')
  for (const profile of profiles) writeOut(`${describeProfile(profile, isLive(profile))}\n`)
}

function describeKey({ provider, region, origin, account }: ProfileFile) {
  return { provider, region, origin, account }
}

function describeProfile(profile: ProfileFile, isLive: boolean): string {
  const { session, account } = profile
  const expiresAt = session?.expiresAt
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

function toDate(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
