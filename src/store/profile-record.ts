import { AccessToken, Secret } from '../secrets.js'
import { uniqueName } from '../unique-name.js'
import type { Profile, ProfileKey } from './profile.js'
import type { ProfileFile, ProfileSecrets } from './profile-file.js'

/** The name of a profile's file, without its ending. */
export function profileName(key: ProfileKey): string {
  const identity = JSON.stringify([key.provider, key.region, key.origin, key.account])
  return uniqueName(`${key.provider}-${key.region}-${key.account}`, identity)
}

/** Whether two keys name the same sign-in; a file that somebody renamed into another's place does not. */
export function isSameKey(a: ProfileKey, b: ProfileKey): boolean {
  return (
    a.provider === b.provider && a.region === b.region && a.origin === b.origin && a.account === b.account
  )
}

/** A profile as its file has it, all but the secrets, and these apart. */
export function splitProfile(profile: Profile): { file: ProfileFile; secrets: ProfileSecrets } {
  const { provider, region, origin, account, savedAt, session, client } = profile
  const file: ProfileFile = { version: 1, provider, region, origin, account, savedAt }
  const secrets: ProfileSecrets = {}
  if (session !== undefined) {
    file.session = { tenants: [...session.tenants] }
    if (session.accessToken.expiresAt !== undefined) file.session.expiresAt = session.accessToken.expiresAt
    if (session.subject !== undefined) file.session.subject = session.subject
    if (session.revocation !== undefined) file.session.revocation = { ...session.revocation }
    secrets.accessToken = session.accessToken.reveal()
    if (session.refreshToken !== undefined) secrets.refreshToken = session.refreshToken.reveal()
    if (session.dpopKey !== undefined) secrets.dpopKey = session.dpopKey.reveal()
  }
  if (client !== undefined) {
    file.client = { id: client.id }
    secrets.clientSecret = client.secret.reveal()
  }
  return { file, secrets }
}

/** The profile of a file and its secrets; without an access token there is no session, without a secret no client. */
export function joinProfile(file: ProfileFile, secrets: ProfileSecrets | undefined): Profile {
  const { provider, region, origin, account, savedAt, session, client } = file
  const profile: Profile = { provider, region, origin, account, savedAt, session: undefined }
  if (session !== undefined && secrets?.accessToken !== undefined) {
    const { accessToken, refreshToken, dpopKey } = secrets
    profile.session = {
      accessToken: new AccessToken(accessToken, session.expiresAt),
      refreshToken: refreshToken === undefined ? undefined : new Secret(refreshToken, 'refresh token'),
      subject: session.subject,
      tenants: session.tenants,
      ...(dpopKey === undefined ? {} : { dpopKey: new Secret(dpopKey, 'signing key') }),
      ...(session.revocation === undefined ? {} : { revocation: session.revocation }),
    }
  }
  if (client !== undefined && secrets?.clientSecret !== undefined) {
    profile.client = { id: client.id, secret: new Secret(secrets.clientSecret, 'client secret') }
  }
  return profile
}

/** What joins a file and a keyring entry: of a file that holds its own secrets, these. */
export function secretsInFile({ session, client }: ProfileFile): ProfileSecrets {
  return {
    ...(session?.accessToken === undefined ? {} : { accessToken: session.accessToken }),
    ...(session?.refreshToken === undefined ? {} : { refreshToken: session.refreshToken }),
    ...(session?.dpopKey === undefined ? {} : { dpopKey: session.dpopKey }),
    ...(client?.secret === undefined ? {} : { clientSecret: client.secret }),
  }
}

/** The file with the secrets in it, as it stands where there is no keyring. */
export function withSecrets(file: ProfileFile, secrets: ProfileSecrets): ProfileFile {
  const { clientSecret, ...ofSession } = secrets
  return {
    ...file,
    ...(file.session === undefined ? {} : { session: { ...ofSession, ...file.session } }),
    ...(file.client === undefined || clientSecret === undefined
      ? {}
      : { client: { ...file.client, secret: clientSecret } }),
  }
}
