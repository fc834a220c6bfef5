import { AccessToken, Secret } from '../../src/secrets.js'
import type { Profile, ProfileKey } from '../../src/store/profile.js'

export const anaKey: ProfileKey = {
  provider: 'taegis',
  region: 'us1',
  origin: 'https://api.example.com',
  account: 'ana',
}

/** A stored sign-in whose secrets all hold the word `SENTINEL`. */
export function sentinelProfile(changes: Partial<Profile> = {}): Profile {
  return {
    ...anaKey,
    savedAt: 1_700_000_000_000,
    session: {
      accessToken: new AccessToken('SENTINEL-access-of-ana', 1_700_003_600_000),
      refreshToken: new Secret('SENTINEL-refresh-of-ana'),
      subject: 'Ana',
      tenants: ['11', '22'],
    },
    ...changes,
  }
}

/** What a profile holds, with its secrets as text. */
export function revealed(profile: Profile | undefined) {
  const { session, client } = profile ?? {}
  return {
    access: session?.accessToken.reveal(),
    refresh: session?.refreshToken?.reveal(),
    secret: client?.secret.reveal(),
  }
}
