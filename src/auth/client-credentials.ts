import type { Clock } from '../clock.js'
import { XdrError } from '../errors.js'
import { type HttpResponse, isTransient, isTransientStatus, parseRetryAfter, send } from '../http.js'
import type { ClientCredentialsGrant } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import type { ClientPair, Session } from '../store/profile.js'
import { plain } from '../text.js'
import { basicAuthorization, formEncode } from './client-auth.js'
import { readSkew } from './clock-skew.js'
import { badToken, type JsonObject, longestAnswerBytes, parseObject, readSession } from './token-response.js'

/** Tries, the first included: asking again costs nothing, since no one-time value is spent. */
const mostTries = 3
const firstBackoffMs = 500
/** A server that asks for a longer wait gets an error in place of a silent hour. */
const longestWaitMs = 60_000

/**
 * Asks for a token with client credentials (RFC 6749 section 4.4), in the wire form that the platform documents.
 *
 * @throws XdrError `XDR_SIGN_IN_FAILED` where the server refuses them, `XDR_RATE_LIMITED`, `XDR_NETWORK`, …
 */
export async function requestClientToken(
  target: Target,
  grant: ClientCredentialsGrant,
  client: ClientPair,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const parameters: Record<string, string> = { grant_type: 'client_credentials' }
  if (grant.scopes !== undefined && grant.scopes.length > 0) parameters.scope = grant.scopes.join(' ')
  if (grant.clientAuth === 'body') {
    parameters.client_id = client.id
    parameters.client_secret = client.secret.reveal()
  }
  const authorization = authorizationOf(grant, client)
  const { url, ...revocation } = await findEndpoint(target, grant, client, signal)
  const session = await requestToken(
    target,
    {
      url,
      headers: authorization === undefined ? {} : { authorization },
      body: grant.body,
      parameters,
      expiry: grant.expiry,
      hint: 'check client id and secret: credentials are good for one region, and their end can be rotated or deleted',
    },
    clock,
    signal,
  )
  return { ...session, ...revocation }
}

async function findEndpoint(
  target: Target,
  { issuer, tokenEndpoint = '' }: ClientCredentialsGrant,
  { id }: ClientPair,
  signal: AbortSignal | undefined,
): Promise<{ url: URL } & Pick<Session, 'revocation'>> {
  if (issuer === undefined) return { url: new URL(tokenEndpoint, target.origin) }
  // Metadata needs the library; an address that is given does not.
  return (await import('./oauth-server.js')).discoverTokenEndpoint(issuer, id, signal)
}

function authorizationOf(grant: ClientCredentialsGrant, { id, secret }: ClientPair): string | undefined {
  switch (grant.clientAuth) {
    case 'basic':
      return basicAuthorization(formEncode(id), formEncode(secret.reveal()))
    case 'basic-plain':
      return basicAuthorization(id, secret.reveal())
    case 'body':
      return undefined
  }
}

/** One request to a token endpoint, as data. */
export interface TokenRequest {
  url: URL
  headers: Record<string, string>
  body: 'form' | 'json'
  parameters: Readonly<Record<string, string>>
  expiry: ClientCredentialsGrant['expiry']
  /** What to do when the server refuses. */
  hint: string
}

/**
 * Sends a token request that may be repeated without harm, and reads the answer.
 *
 * @throws XdrError
 */
export async function requestToken(
  target: Target,
  request: TokenRequest,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const { url } = request
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await send({
        method: 'POST',
        url,
        isRare: true,
        headers: {
          ...request.headers,
          'content-type': request.body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
        },
        body:
          request.body === 'json'
            ? JSON.stringify(request.parameters)
            : new URLSearchParams(request.parameters).toString(),
        signal,
        maxBytes: longestAnswerBytes,
      })
      return readAnswer(target, request, response, clock.now())
    } catch (error) {
      if (!(error instanceof XdrError) || !isTransient(error) || attempt >= mostTries) throw error
      const waitMs = Math.max(error.retryAfterMs ?? 0, firstBackoffMs * 2 ** (attempt - 1))
      if (waitMs > longestWaitMs) throw error
      await clock.sleep(waitMs, signal)
    }
  }
}

function readAnswer(target: Target, request: TokenRequest, response: HttpResponse, now: number): Session {
  const { host } = request.url
  const answer = parseObject(response.text)
  if (response.status < 200 || response.status > 299) throw refused(target, request, response, answer, now)
  if (answer === undefined) {
    throw new XdrError('XDR_BAD_RESPONSE', `${host} answered the sign-in with what is not JSON`, {
      hint: 'check the region and the URL: a proxy or a sign-in page may stand in between',
      status: response.status,
    })
  }
  if (answer.error !== undefined) throw refused(target, request, response, answer, now)
  const type = answer.token_type
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== 'bearer')) {
    throw new XdrError('XDR_BAD_RESPONSE', `${host} gave a token of a kind that is not known here`, {
      hint: 'ask the platform’s support for bearer tokens',
    })
  }
  const session = readSession(
    answer,
    target.provider,
    now,
    {},
    request.expiry,
    readSkew(response.headers, now),
  )
  if (session === undefined) throw badToken(host)
  return session
}

/** Only the standard's two fields and the request id are quoted: the rest of an answer may hold a token. */
function refused(
  target: Target,
  request: TokenRequest,
  response: HttpResponse,
  answer: JsonObject | undefined,
  now: number,
): XdrError {
  const { host } = request.url
  const { status } = response
  const fields = { status, requestId: requestIdOf(target, response, answer) }
  const retryAfterMs = parseRetryAfter(response.headers['retry-after'], now)
  if (status === 429) {
    const when = retryAfterMs === undefined ? 'a minute' : `${Math.ceil(retryAfterMs / 1000)} s`
    return new XdrError('XDR_RATE_LIMITED', `${host} has had too many sign-ins`, {
      ...fields,
      hint: `wait ${when}; the limit counts for the whole organisation`,
      retryAfterMs,
    })
  }
  if (isTransientStatus(status)) {
    return new XdrError('XDR_NETWORK', `${host} could not sign you in (HTTP ${status})`, {
      ...fields,
      hint: 'the platform has a problem; try again later',
      retryAfterMs,
    })
  }
  const said = [answer?.error, answer?.error_description]
    .filter((text) => typeof text === 'string')
    .map((text) => plain(text, 200))
  const words = said.length > 0 ? `: ${said.join(', ')}` : ''
  return new XdrError('XDR_SIGN_IN_FAILED', `${host} refused the sign-in (HTTP ${status})${words}`, {
    ...fields,
    hint: request.hint,
  })
}

/** What the platform's support asks for: `X-Request-Id`, else the fields that the provider names. */
function requestIdOf(
  target: Target,
  response: HttpResponse,
  answer: JsonObject | undefined,
): string | undefined {
  const named = (target.provider.requestIds ?? []).map((field) => answer?.[field])
  const found = [response.headers['x-request-id'], ...named].find((id) => typeof id === 'string' && id !== '')
  return found === undefined ? undefined : plain(found, 100)
}
