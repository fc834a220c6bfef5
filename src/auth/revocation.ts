import { XdrError } from '../errors.js'
import { checkUrl, send } from '../http.js'
import type { Rfc8628SignIn } from '../providers/provider.js'
import { Secret } from '../secrets.js'
import type { Session } from '../store/profile.js'
import { basicAuthorization, formEncode } from './client-auth.js'
import { longestAnswerBytes } from './token-response.js'

/** A person who logs out waits for no longer. */
const longestMs = 10_000

/** How a client shows who it is, where it has a secret. */
export type RevocationClient = Pick<Rfc8628SignIn, 'clientId' | 'clientSecret' | 'clientAuth'>

/** What came of it: `not-offered` where the server has no such endpoint; `failed` when it could not be told. */
export type Revocation = { state: 'revoked' | 'not-offered' } | { state: 'failed'; why: string }

/**
 * Tells the server that a session's tokens are given up (RFC 7009): the refresh token first, so that nothing new can
 * be had with it if the second request fails. Never throws but for an abort: forgetting here must not wait for it.
 *
 * @param client the provider's own client, for its secret
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
  const secret = typeof given === 'string' ? new Secret(given).reveal() : given?.reveal()
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
  throw new XdrError('XDR_HTTP', `${url.host} answered HTTP ${response.status}`, {
    hint: 'end the session on the platform’s own page',
    status: response.status,
  })
}
