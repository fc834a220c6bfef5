import * as oauth from 'oauth4webapi'
import type { Clock } from '../clock.js'
import { abortedError, XdrError } from '../errors.js'
import { isTransient, isTransientStatus, parseRetryAfter } from '../http.js'
import type { Rfc8628SignIn } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import { Secret } from '../secrets.js'
import { basicAuthorization } from './client-auth.js'
import { readSkew } from './clock-skew.js'
import { type DeviceCode, type DeviceDialect, type Poll, pollOfErrorCode } from './dialect.js'
import { createDpopKey, dpopAlgorithm } from './dpop.js'
import {
  findServer,
  hostOf,
  type RequestOptions,
  revocationOf,
  Transport,
  toXdrError,
} from './oauth-server.js'
import { badToken, parseObject, readDeviceCode, readSession } from './token-response.js'

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

function authenticationOf(signIn: Rfc8628SignIn & { clientId: string }): oauth.ClientAuth {
  const { clientSecret } = signIn
  if (clientSecret === undefined) return oauth.None()
  const secret = (
    typeof clientSecret === 'string' ? new Secret(clientSecret, 'client secret') : clientSecret
  ).reveal()
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

/**
 * Of a server described by hand neither issuer nor algorithm is known: its ID token cannot be checked, nor is
 * it needed.
 */
async function dropIdToken(response: Response): Promise<Response> {
  const answer = response.status === 200 ? parseObject(await response.clone().text()) : undefined
  if (answer?.id_token === undefined) return response
  const { id_token: _unchecked, ...rest } = answer
  return new Response(JSON.stringify(rest), response)
}

function pollOfError(error: unknown): Poll {
  const told = error instanceof oauth.ResponseBodyError ? pollOfErrorCode(error.error) : undefined
  return told ?? failed(toXdrError(error, 'the server refused the sign-in'))
}

function failed(error: XdrError): Poll {
  return { state: 'failed', error }
}
