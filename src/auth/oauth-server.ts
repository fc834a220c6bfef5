import * as oauth from 'oauth4webapi'
import { XdrError } from '../errors.js'
import { checkUrl, type HttpResponse, send } from '../http.js'
import type { Rfc8628SignIn } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import type { Secret } from '../secrets.js'
import type { Session } from '../store/profile.js'
import { plain } from '../text.js'
import { createDpopKey, createProof, learnFromAnswer } from './dpop.js'
import { longestAnswerBytes, parseObject } from './token-response.js'

export interface RequestOptions {
  [oauth.customFetch]: (url: string, options: oauth.CustomFetchOptions<string, unknown>) => Promise<Response>
  [oauth.allowInsecureRequests]: boolean
}

/** oauth4webapi's `fetch`, over {@link send}: byte limit, no redirects, errors of ours. */
export class Transport {
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
          isRare: true,
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

/**
 * The server of a device sign-in: as described by hand, else discovered.
 *
 * @throws XdrError
 */
export async function findServer(
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
    endpointOf(
      as,
      name,
      'the server may not offer device sign-in; describe it with endpoints in place of issuer',
    )
  }
  return as
}

/** @throws XdrError `XDR_BAD_RESPONSE` where it publishes none, `XDR_BAD_URL` */
function endpointOf(
  as: oauth.AuthorizationServer,
  name: 'device_authorization_endpoint' | 'token_endpoint',
  hint: string,
): URL {
  const endpoint = as[name]
  if (endpoint !== undefined) return checkUrl(endpoint, name)
  throw new XdrError('XDR_BAD_RESPONSE', `${plain(as.issuer, 120)} publishes no ${name}`, { hint })
}

/**
 * Finds where an issuer gives tokens for client credentials, and where it takes them back.
 *
 * @throws XdrError `XDR_BAD_RESPONSE` where it publishes no metadata, or none of this
 */
export async function discoverTokenEndpoint(
  issuer: string,
  clientId: string,
  signal: AbortSignal | undefined,
): Promise<{ url: URL } & Pick<Session, 'revocation'>> {
  const as = await discover(checkUrl(issuer, 'the issuer'), signal)
  const url = endpointOf(as, 'token_endpoint', 'describe the server with endpoints in place of issuer')
  return { url, ...revocationOf(as, { clientId }) }
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

/** Where a session of this server can be given up (RFC 7009). */
export function revocationOf(
  { revocation_endpoint: endpoint }: oauth.AuthorizationServer,
  { clientId }: { clientId: string },
): Pick<Session, 'revocation'> {
  return endpoint === undefined ? {} : { revocation: { endpoint, clientId } }
}

export function hostOf(as: oauth.AuthorizationServer): string {
  return new URL(as.token_endpoint ?? as.issuer).host
}

/** Rebuilt from allow-listed fields: oauth4webapi keeps whole answers, tokens included, in an error's `cause`. */
export function toXdrError(error: unknown, what: string): XdrError {
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
