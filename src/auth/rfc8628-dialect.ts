import * as oauth from 'oauth4webapi'
import type { Clock } from '../clock.js'
import { abortedError, XdrError } from '../errors.js'
import {
  checkUrl,
  type HttpResponse,
  isTransient,
  isTransientStatus,
  parseRetryAfter,
  send,
} from '../http.js'
import type { Rfc8628SignIn } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import { Secret } from '../secrets.js'
import type { Session } from '../store/profile.js'
import { plain } from '../text.js'
import { basicAuthorization } from './client-auth.js'
import { readSkew } from './clock-skew.js'
import type { DeviceCode, DeviceDialect, Poll } from './dialect.js'
import { createDpopKey, createProof, dpopAlgorithm, learnFromAnswer } from './dpop.js'
import { badToken, longestAnswerBytes, parseObject, readDeviceCode, readSession } from './token-response.js'

/** A poll that is not answered by then counts as lost, and the next one is later. */
const pollTimeoutMs = 30_000

/** Any OAuth server with the device grant: messages by oauth4webapi, answers over our own HTTP. */
export function rfc8628Dialect(
  target: Target,
  signIn: Rfc8628SignIn & { clientId: string },
  clock: Clock,
): DeviceDialect {
  const client: oauth.Client = { client_id: signIn.clientId }
  /** The key that this sign-in's tokens get, once it is known that the server wants one. */
  let ownKey: Secret | undefined
  const clientAuth = authenticationOf(signIn)
  let found: Promise<oauth.AuthorizationServer> | undefined
  const server = (signal: AbortSignal | undefined) => {
    found ??= findServer(target, signIn, signal).catch((error) => {
      found = undefined
      throw error
    })
    return found
  }

  const requestToken = async (
    ask: (as: oauth.AuthorizationServer, options: RequestOptions) => Promise<Response>,
    process: (as: oauth.AuthorizationServer, response: Response) => Promise<oauth.TokenEndpointResponse>,
    signal: AbortSignal | undefined,
    boundTo?: Secret | undefined,
  ): Promise<Poll> => {
    const lost = new AbortController()
    const cancelLost = clock.after(pollTimeoutMs, () => lost.abort())
    try {
      const as = await server(signal)
      if (wantsDpop(signIn, as)) ownKey ??= createDpopKey()
      const transport = new Transport(
        signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]),
        { key: boundTo ?? ownKey, mayBind: boundTo === undefined && signIn.dpop !== false },
      )
      const response = await ask(as, transport.options(as))
      if (boundTo === undefined) ownKey = transport.dpop.key
      // The library judges an ID token by our clock.
      const wireHeaders = Object.fromEntries(response.headers)
      client[oauth.clockSkew] = Math.round(readSkew(wireHeaders, Date.now()) / 1000)
      if (isTransientStatus(response.status)) {
        const retryAfter = response.headers.get('retry-after') ?? undefined
        return { state: 'unreachable', retryAfterMs: parseRetryAfter(retryAfter, clock.now()) }
      }
      const answer = await process(as, signIn.issuer === undefined ? await dropIdToken(response) : response)
      const claims = answer.id_token === undefined ? {} : oauth.getValidatedIdTokenClaims(answer)
      const skewMs = readSkew(wireHeaders, clock.now())
      const session = readSession(
        { ...answer },
        target.provider,
        clock.now(),
        { ...claims },
        undefined,
        skewMs,
      )
      if (session === undefined) return failed(badToken(hostOf(as)))
      const { key } = transport.dpop
      const isBound = key !== undefined && answer.token_type === 'dpop'
      return {
        state: 'granted',
        session: { ...session, ...(isBound ? { dpopKey: key } : {}), ...revocationOf(as, signIn) },
      }
    } catch (error) {
      if (signal?.aborted) throw abortedError('the sign-in')
      if (lost.signal.aborted || isTransient(error)) return { state: 'unreachable', retryAfterMs: undefined }
      return pollOfError(error)
    } finally {
      cancelLost()
    }
  }

  return {
    holdsPolls: false,
    async begin(signal) {
      const as = await server(signal)
      const transport = new Transport(signal)
      const parameters = signIn.scopes.length === 0 ? {} : { scope: signIn.scopes.join(' ') }
      try {
        const response = await oauth.deviceAuthorizationRequest(
          as,
          client,
          clientAuth,
          parameters,
          transport.options(as, as.device_authorization_endpoint),
        )
        // Read by ourselves: oauth4webapi refuses what RFC 8628 lets us repair (an interval as text, no expires_in).
        const answer = response.status === 200 ? parseObject(await response.clone().text()) : undefined
        return readDeviceCode(
          answer ?? { ...(await oauth.processDeviceAuthorizationResponse(as, client, response)) },
          hostOf(as),
        )
      } catch (error) {
        throw toXdrError(error, `${hostOf(as)} did not start the sign-in`)
      }
    },
    poll: (code: DeviceCode, signal) =>
      requestToken(
        (as, options) =>
          oauth.deviceCodeGrantRequest(as, client, clientAuth, code.deviceCode.reveal(), options),
        (as, response) => oauth.processDeviceCodeResponse(as, client, response),
        signal,
      ),
    async refresh(refreshToken: Secret, signal, dpopKey) {
      const poll = await requestToken(
        (as, options) =>
          oauth.refreshTokenGrantRequest(as, client, clientAuth, refreshToken.reveal(), options),
        (as, response) => oauth.processRefreshTokenResponse(as, client, response),
        signal,
        dpopKey,
      )
      switch (poll.state) {
        case 'granted':
          // RFC 6749 section 6: no new refresh token in the answer means that the old one stays good.
          return { ...poll.session, refreshToken: poll.session.refreshToken ?? refreshToken }
        case 'unreachable':
          throw new XdrError('XDR_NETWORK', `${new URL(target.origin).host} did not renew the sign-in`, {
            hint: 'check the network and try again; the sign-in itself is kept',
          })
        default:
          return undefined
      }
    },
  }
}

/** Whether the first token request already carries a proof. */
function wantsDpop({ dpop }: Rfc8628SignIn, as: oauth.AuthorizationServer): boolean {
  if (dpop === true) return true
  return dpop === 'auto' && as.dpop_signing_alg_values_supported?.includes(dpopAlgorithm) === true
}

function revocationOf(
  { revocation_endpoint: endpoint }: oauth.AuthorizationServer,
  { clientId }: { clientId: string },
): Pick<Session, 'revocation'> {
  return endpoint === undefined ? {} : { revocation: { endpoint, clientId } }
}

function authenticationOf(signIn: Rfc8628SignIn & { clientId: string }): oauth.ClientAuth {
  const { clientSecret } = signIn
  if (clientSecret === undefined) return oauth.None()
  const secret = (typeof clientSecret === 'string' ? new Secret(clientSecret) : clientSecret).reveal()
  switch (signIn.clientAuth) {
    case 'body':
      return oauth.ClientSecretPost(secret)
    case 'basic-plain':
      // oauth4webapi encodes more than the RFC asks for: a dash in a client id would arrive as %2D.
      return (_as, _client, _body, headers) =>
        headers.set('authorization', basicAuthorization(signIn.clientId, secret))
    default:
      return oauth.ClientSecretBasic(secret)
  }
}

/** Of a server described by hand neither issuer nor algorithm is known: its ID token cannot be checked, nor is it needed. */
async function dropIdToken(response: Response): Promise<Response> {
  const answer = response.status === 200 ? parseObject(await response.clone().text()) : undefined
  if (answer?.id_token === undefined) return response
  const { id_token: _unchecked, ...rest } = answer
  return new Response(JSON.stringify(rest), response)
}

interface RequestOptions {
  [oauth.customFetch]: (url: string, options: oauth.CustomFetchOptions<string, unknown>) => Promise<Response>
  [oauth.allowInsecureRequests]: boolean
}

/** oauth4webapi's `fetch`, over {@link send}: byte limit, no redirects, errors of ours. */
class Transport {
  /** @param dpop the key of the proofs; `mayBind` makes one where the server refuses a token without */
  constructor(
    readonly signal: AbortSignal | undefined,
    readonly dpop: { key?: Secret | undefined; mayBind: boolean } = { mayBind: false },
  ) {}

  options(as: oauth.AuthorizationServer, endpoint: string | undefined = as.token_endpoint): RequestOptions {
    return {
      [oauth.customFetch]: async (url, options) => {
        const { body, method } = options
        const request = {
          method: method === 'GET' ? ('GET' as const) : ('POST' as const),
          url: checkUrl(url, 'the OAuth endpoint'),
          signal: this.signal,
          maxBytes: longestAnswerBytes,
          ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
        }
        const tryOnce = () => {
          const { key } = this.dpop
          const proof = key === undefined ? {} : { dpop: createProof(key, request.method, request.url) }
          return send({ ...request, headers: { ...options.headers, ...proof } })
        }
        let response = await tryOnce()
        if (this.dpop.mayBind && this.dpop.key === undefined && asksForProof(response)) {
          this.dpop.key = createDpopKey()
          response = await tryOnce()
        }
        // The server's first nonce comes with its refusal (RFC 9449 section 8).
        if (learnFromAnswer(request.url, response) && this.dpop.key !== undefined) response = await tryOnce()
        return toResponse(response)
      },
      // http is let through only where checkUrl lets it: on loopback.
      [oauth.allowInsecureRequests]:
        checkUrl(endpoint ?? as.issuer, 'the OAuth endpoint').protocol === 'http:',
    }
  }
}

/** A server that gives this client bound tokens only says so by refusing (RFC 9449 sections 5 and 8). */
function asksForProof({ status, text }: HttpResponse): boolean {
  const error = status === 400 ? parseObject(text)?.error : undefined
  return error === 'invalid_dpop_proof' || error === 'use_dpop_nonce'
}

function toResponse(response: HttpResponse): Response {
  const noBody = response.status === 204 || response.status === 304
  // oauth4webapi stops at a challenge without reading the error beside it (RFC 6749 section 5.2, invalid_client).
  const { 'www-authenticate': _challenge, ...headers } = response.headers
  return new Response(noBody ? null : response.text, { status: response.status, headers })
}

async function findServer(
  target: Target,
  signIn: Rfc8628SignIn,
  signal: AbortSignal | undefined,
): Promise<oauth.AuthorizationServer> {
  const as =
    signIn.issuer === undefined
      ? {
          issuer: target.origin,
          device_authorization_endpoint: new URL(signIn.deviceAuthorizationEndpoint ?? '', target.origin)
            .href,
          token_endpoint: new URL(signIn.tokenEndpoint ?? '', target.origin).href,
          ...(signIn.revocationEndpoint === undefined
            ? {}
            : { revocation_endpoint: new URL(signIn.revocationEndpoint, target.origin).href }),
        }
      : await discover(checkUrl(signIn.issuer, 'the issuer'), signal)
  for (const name of ['device_authorization_endpoint', 'token_endpoint'] as const) {
    if (as[name] === undefined) {
      throw new XdrError('XDR_BAD_RESPONSE', `${plain(as.issuer, 120)} publishes no ${name}`, {
        hint: 'the server may not offer device sign-in; describe it with endpoints in place of issuer',
      })
    }
    checkUrl(as[name], name)
  }
  return as
}

/** OpenID Connect Discovery, then RFC 8414: servers offer one or the other. */
async function discover(issuer: URL, signal: AbortSignal | undefined): Promise<oauth.AuthorizationServer> {
  const transport = new Transport(signal)
  let reason: unknown
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    try {
      const options = { ...transport.options({ issuer: issuer.href }, issuer.href), algorithm }
      return await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
    } catch (error) {
      if (error instanceof XdrError && error.code !== 'XDR_REDIRECT') throw error
      // Metadata of another issuer says more than the 404 of the second address.
      reason = wrongIssuer(reason) === undefined ? error : reason
    }
  }
  const named = wrongIssuer(reason)
  if (named === undefined) throw toXdrError(reason, `${issuer.host} publishes no OAuth metadata`)
  throw new XdrError('XDR_BAD_RESPONSE', `${issuer.href} names itself another issuer: ${named}`, {
    hint: 'give oauth() exactly the issuer that the server names, if that is the server you mean',
  })
}

/** What metadata names as its issuer, where that is why they were refused (RFC 8414 section 3.3). */
function wrongIssuer(error: unknown): string | undefined {
  if (!(error instanceof oauth.OperationProcessingError)) return undefined
  if (error.code !== oauth.JSON_ATTRIBUTE_COMPARISON) return undefined
  const { cause } = error
  const body = typeof cause === 'object' && cause !== null && 'body' in cause ? cause.body : undefined
  return typeof body === 'object' && body !== null && 'issuer' in body ? plain(body.issuer, 120) : undefined
}

function pollOfError(error: unknown): Poll {
  if (error instanceof oauth.ResponseBodyError) {
    switch (error.error) {
      case 'authorization_pending':
        return { state: 'pending' }
      case 'slow_down':
        return { state: 'slow_down' }
      case 'access_denied':
        return { state: 'denied' }
      case 'expired_token':
        return { state: 'expired' }
    }
  }
  return failed(toXdrError(error, 'the server refused the sign-in'))
}

function failed(error: XdrError): Poll {
  return { state: 'failed', error }
}

function hostOf(as: oauth.AuthorizationServer): string {
  return new URL(as.token_endpoint ?? as.issuer).host
}

/** Rebuilt from allow-listed fields: oauth4webapi keeps whole answers, tokens included, in an error's `cause`. */
function toXdrError(error: unknown, what: string): XdrError {
  if (error instanceof XdrError) return error
  const hint = 'check client id, scopes and endpoints with the server’s administrator'
  if (error instanceof oauth.ResponseBodyError) {
    const said = [error.error, error.error_description]
      .filter((t) => t !== undefined)
      .map((t) => plain(t, 200))
    return new XdrError('XDR_SIGN_IN_FAILED', `${what}: ${said.join(', ')}`, { hint, status: error.status })
  }
  if (error instanceof oauth.OperationProcessingError) {
    return new XdrError('XDR_BAD_RESPONSE', `${what}: ${plain(error.message, 200)}`, { hint })
  }
  return new XdrError('XDR_BAD_RESPONSE', `${what}: an unreadable answer`, { hint })
}
