import { XdrError } from '../errors.js'
import { checkUrl } from '../http.js'
import { Secret } from '../secrets.js'
import type { ClientAuth, Provider } from './provider.js'

/** How to reach any RFC 8628 server. Give `issuer` (discovered) or `endpoints` (described by hand). */
export interface OAuthOptions {
  /** The issuer's address; its metadata is read from `/.well-known/…` (RFC 8414, OpenID Connect Discovery). */
  issuer?: string
  /** Without `deviceAuthorization` the sign-in is with client credentials (RFC 6749 section 4.4). */
  endpoints?: { deviceAuthorization?: string; token: string; revocation?: string }
  /**
   * `client`: with client credentials, also where `issuer` is given. Default: `device` wherever the server
   * may have it.
   */
  method?: 'client' | 'device'
  /** As registered with the server (RFC 6749 section 2.2). With client credentials it may come from the environment. */
  clientId?: string
  /** For a confidential client only. */
  clientSecret?: string
  /** Default: none asked for, so the server's own default applies. */
  scopes?: readonly string[]
  /** Origin of the API that the token is for. Default: the issuer's or the token endpoint's origin. */
  api?: string
  /** Path of the GraphQL endpoint on `api`, or a full URL. Default `/graphql`. */
  graphql?: string
  /** Short name for profiles and the command line. Default: the server's host. */
  name?: string
  /** How a client with a secret shows who it is. Default `basic`. */
  clientAuth?: ClientAuth
  /** Body of a client credentials request. Default `form`. */
  body?: 'form' | 'json'
  /** Name for people. Default: the server's host. */
  title?: string
  /**
   * Binds the tokens to a key of this computer's (DPoP, RFC 9449): `true` always, `auto` where the server's metadata
   * offers it. Default: only where the server refuses to go on without.
   */
  dpop?: boolean | 'auto'
  /** Header that carries `tenant`, where the API has one. */
  tenantHeader?: string
}

/**
 * Describes any OAuth server as a provider: with the device grant (RFC 8628), or with client credentials where that
 * is the `method` or `endpoints` has no `deviceAuthorization`.
 *
 * @throws XdrError `XDR_BAD_OPTION`, `XDR_BAD_URL`
 * @example
 * const mine = oauth({ issuer: 'https://id.example.com', clientId: 'notebooks', api: 'https://api.example.com' })
 * const xdr = await connect(mine)
 */
export function oauth(options: OAuthOptions): Provider {
  const { issuer, endpoints } = options
  if ((issuer === undefined) === (endpoints === undefined)) {
    throw badOption(
      'oauth() needs either issuer or endpoints',
      'give the issuer address, or both endpoint addresses',
    )
  }
  const hasDevice = endpoints === undefined || endpoints.deviceAuthorization !== undefined
  if (options.method === 'device' && !hasDevice) {
    throw badOption(
      "oauth() with method 'device' needs endpoints.deviceAuthorization",
      'add its address, or give the issuer alone',
    )
  }
  const byClient = options.method === 'client' || !hasDevice
  const { clientId } = options
  if (byClient ? clientId === '' : typeof clientId !== 'string' || clientId === '') {
    throw badOption('oauth() needs clientId', 'give the client id that is registered with the server')
  }
  if (issuer !== undefined) checkUrl(issuer, 'oauth() issuer')
  if (endpoints?.deviceAuthorization !== undefined)
    checkUrl(endpoints.deviceAuthorization, 'oauth() endpoints.deviceAuthorization')
  if (endpoints?.revocation !== undefined) checkUrl(endpoints.revocation, 'oauth() endpoints.revocation')
  const server = checkUrl(issuer ?? endpoints?.token ?? '', 'oauth() endpoints.token')
  const api = options.api === undefined ? server : checkUrl(options.api, 'oauth() api')
  const graphql = options.graphql ?? '/graphql'
  checkUrl(URL.canParse(graphql, api.origin) ? new URL(graphql, api.origin).href : graphql, 'oauth() graphql')
  const client = {
    ...(clientId === undefined ? {} : { clientId }),
    ...(options.clientSecret === undefined
      ? {}
      : { clientSecret: new Secret(options.clientSecret, 'client secret') }),
  }
  return {
    name: options.name ?? server.host,
    title: options.title ?? server.host,
    regions: { default: { origin: api.origin, aliases: [] } },
    defaultRegion: 'default',
    ...(byClient
      ? {
          clientCredentials: {
            ...(issuer === undefined ? { tokenEndpoint: endpoints?.token ?? '' } : { issuer }),
            body: options.body ?? 'form',
            clientAuth: options.clientAuth ?? 'basic',
            expiry: ['expires_in', 'expiry', 'jwt'],
            scopes: options.scopes ?? [],
            ...client,
          },
        }
      : {
          signIn: {
            dialect: 'rfc8628',
            scopes: options.scopes ?? [],
            ...client,
            ...(options.clientAuth === undefined ? {} : { clientAuth: options.clientAuth }),
            ...(options.dpop === undefined ? {} : { dpop: options.dpop }),
            ...(issuer === undefined ? {} : { issuer }),
            ...(endpoints?.revocation === undefined ? {} : { revocationEndpoint: endpoints.revocation }),
            ...(endpoints?.deviceAuthorization === undefined
              ? {}
              : {
                  deviceAuthorizationEndpoint: endpoints.deviceAuthorization,
                  tokenEndpoint: endpoints.token,
                }),
          },
        }),
    account: { asks: 'none' },
    graphql,
    headers: options.tenantHeader === undefined ? {} : { tenant: options.tenantHeader },
    claims: { subject: ['email', 'preferred_username', 'username', 'name', 'sub'] },
    expiryMarginS: 15,
  }
}

function badOption(message: string, hint: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', message, { hint })
}
