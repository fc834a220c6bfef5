import { XdrError } from '../errors.js'
import { checkUrl, send } from '../http.js'
import type { Provider, Rfc8628SignIn } from '../providers/provider.js'
import { Secret } from '../secrets.js'
import { agrees, type Profile, type Session } from '../store/profile.js'
import { plain } from '../text.js'
import { basicAuthorization, formEncode } from './client-auth.js'
import { findVariable, variableNames } from './environment.js'
import { longestAnswerBytes } from './token-response.js'

/** A person who logs out waits for no longer. */
const longestMs = 10_000

/** How a client shows who it is, where it has a secret. */
export type RevocationClient = Pick<Rfc8628SignIn, 'clientId' | 'clientSecret' | 'clientAuth'>

/**
 * The client that a profile's tokens belong to, with its secret where one is found: in the environment
 * (`XDRLAB_<NAME>_DEVICE_CLIENT_SECRET`, `…_CLIENT_SECRET`), in the provider, in the store.
 *
 * @param provider the profile's own, where it can still be found by its name
 * @param profiles what the store holds
 */
export function revocationClientOf(
  profile: Profile,
  provider: Provider | undefined,
  profiles: readonly Profile[],
  env: NodeJS.ProcessEnv,
): RevocationClient | undefined {
  const clientId = profile.session?.revocation?.clientId
  if (clientId === undefined) return undefined
  const signIn = provider?.signIn?.dialect === 'rfc8628' ? provider.signIn : undefined
  const grant = provider?.clientCredentials
  const own = [signIn, grant].find((way) => way?.clientId === clientId)
  const clientSecret =
    secretInEnvironment(profile, clientId, env) ??
    own?.clientSecret ??
    profiles.find(
      (other) =>
        other.client?.id === clientId &&
        agrees(other, { provider: profile.provider, origin: profile.origin }),
    )?.client?.secret
  const { clientAuth } = own ?? signIn ?? grant ?? {}
  return {
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(clientAuth === undefined ? {} : { clientAuth }),
  }
}

/** The secret beside the id of this client; a variable for the secret alone speaks for the provider's own client. */
function secretInEnvironment(
  { provider, region }: Profile,
  clientId: string,
  env: NodeJS.ProcessEnv,
): string | undefined {
  for (const kind of ['DEVICE_CLIENT', 'CLIENT']) {
    const read = (field: string) =>
      findVariable(env, variableNames({ provider: { name: provider }, region }, `${kind}_${field}`))?.value
    const secret = read('SECRET')
    if (secret !== undefined && (read('ID') ?? clientId) === clientId) return secret
  }
  return undefined
}

/** What came of it: `not-offered` where the server has no such endpoint; `failed` when it could not be told. */
export type Revocation = { state: 'revoked' | 'not-offered' } | { state: 'failed'; why: string }

/**
 * Tells the server that a session's tokens are given up (RFC 7009): the refresh token first, so that nothing new can
 * be had with it if the second request fails. Never throws but for an abort: forgetting here must not wait for it.
 *
 * @param client whose tokens these are, for its secret
 */
export async function revokeSession(
  session: Session,
  client: RevocationClient | undefined,
  signal?: AbortSignal,
): Promise<Revocation> {
  const { revocation, refreshToken, accessToken } = session
  if (revocation === undefined) return { state: 'not-offered' }
  try {
    const url = checkUrl(revocation.endpoint, 'the revocation endpoint')
    const own = client?.clientId === revocation.clientId ? client : undefined
    if (refreshToken !== undefined)
      await revoke(url, refreshToken.reveal(), 'refresh_token', revocation, own, signal)
    await revoke(url, accessToken.reveal(), 'access_token', revocation, own, signal)
    return { state: 'revoked' }
  } catch (error) {
    if (error instanceof XdrError && error.code === 'XDR_ABORTED') throw error
    return { state: 'failed', why: error instanceof XdrError ? error.message : 'an unexpected error' }
  }
}

async function revoke(
  url: URL,
  token: string,
  hint: 'refresh_token' | 'access_token',
  { clientId }: { clientId: string },
  client: RevocationClient | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const form = new URLSearchParams({ token, token_type_hint: hint })
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
  const given = client?.clientSecret
  const secret = typeof given === 'string' ? new Secret(given, 'client secret').reveal() : given?.reveal()
  if (secret === undefined || client?.clientAuth === 'body') form.set('client_id', clientId)
  if (secret !== undefined) {
    if (client?.clientAuth === 'body') form.set('client_secret', secret)
    else if (client?.clientAuth === 'basic-plain')
      headers.authorization = basicAuthorization(clientId, secret)
    else headers.authorization = basicAuthorization(formEncode(clientId), formEncode(secret))
  }
  const response = await send({
    method: 'POST',
    url,
    headers,
    body: form.toString(),
    signal,
    timeoutMs: longestMs,
    maxBytes: longestAnswerBytes,
  })
  // Section 2.2: 200 also for a token that was no good any more. A server need not know both kinds (2.2.1).
  if (response.status >= 200 && response.status < 300) return
  if (hint === 'access_token' && /unsupported_token_type/.test(response.text)) return
  const isRefused = response.status === 401 || /invalid_client/.test(response.text)
  const why =
    isRefused && secret === undefined
      ? `${url.host} wants the secret of its client ${plain(clientId, 80)}, which was not found`
      : `${url.host} answered HTTP ${response.status}`
  throw new XdrError('XDR_HTTP', why, {
    hint: 'end the session on the platform’s own page',
    status: response.status,
  })
}
