import type { Secret } from '../secrets.js'
import type { PagedField } from './paged-field.js'

/** A deployment of a platform: one API origin. */
export interface Region {
  /** `https://host`, no path; {@link sandboxOrigin} for the embedded sandbox. */
  origin: string
  /** Other names people use for it. */
  aliases: readonly string[]
}

/**
 * RFC 8628 with a client id, form encoded. Where `issuer` is given, the endpoints are discovered (RFC 8414 or
 * OpenID Connect Discovery); otherwise they are described by hand. Paths are relative to the region's origin.
 */
export interface Rfc8628SignIn {
  dialect: 'rfc8628'
  /**
   * Absent where every organisation registers its own: then the option or `XDRLAB_<NAME>_DEVICE_CLIENT_ID`
   * gives it.
   */
  clientId?: string
  /**
   * For a confidential client only; sent with HTTP Basic (RFC 6749 section 2.3.1). `oauth()` makes it a
   * `Secret`, which does not print.
   */
  clientSecret?: string | Secret
  /** How `clientSecret` is sent. Default `basic`. */
  clientAuth?: ClientAuth
  scopes: readonly string[]
  issuer?: string
  deviceAuthorizationEndpoint?: string
  tokenEndpoint?: string
  /**
   * Binds tokens to a key of ours (RFC 9449): `true` always, `auto` where the server's metadata names an algorithm that
   * we have. Default: only where the server refuses to go on without.
   */
  dpop?: boolean | 'auto'
  /** RFC 7009; absent where the server offers none, or where discovery finds it. */
  revocationEndpoint?: string
}

/** Taegis: no client id, JSON bodies, a token request that the server may hold (long poll). */
export interface TaegisSignIn {
  dialect: 'taegis'
  deviceAuthorizationEndpoint: string
  tokenEndpoint: string
}

/**
 * How a client shows who it is: `basic` encodes id and secret before they are joined (RFC 6749 section 2.3.1),
 * `basic-plain` does not (`curl -u`, and vendors who document that), `body` sends them as parameters.
 */
export type ClientAuth = 'basic' | 'basic-plain' | 'body'

/**
 * Where an answer tells a token's end: seconds, a time (RFC 3339), or the token's own `exp`. The first found
 * counts.
 */
export type ExpirySource = 'expires_in' | 'expiry' | 'jwt'

/** The client credentials grant (RFC 6749 section 4.4). */
export interface ClientCredentialsGrant {
  /** Path on the region's origin, or a full URL. */
  tokenEndpoint?: string
  /** In place of `tokenEndpoint`: the server's metadata names it (RFC 8414 or OpenID Connect Discovery). */
  issuer?: string
  body: 'form' | 'json'
  clientAuth: ClientAuth
  expiry: readonly ExpirySource[]
  /** Asked for with `scope`; none where the server's default is meant. */
  scopes?: readonly string[]
  /** Given by hand, as `oauth()` does; otherwise from options, environment or store. */
  clientId?: string
  clientSecret?: string | Secret
}

/** A token got at one platform opens another: sent as it is, or exchanged there for a second token. */
export interface BorrowedToken {
  /** Whose token it is. */
  provider: Provider
  /** The source's region for each of ours; default: the one of the same name, else the source's default. */
  regions?: Readonly<Record<string, string>>
  /** Absent where the token itself is sent to the API. */
  exchange?: {
    /** Path on the region's origin, or a full URL; asked with the source's token as bearer. */
    endpoint: string
    body: 'form' | 'json'
    parameters: Readonly<Record<string, string>>
    expiry: readonly ExpirySource[]
  }
}

/**
 * What does not change from call to call. Values stand in options, environment or store; here only for a
 * cell's own.
 */
export type StaticCredential =
  /** HTTP Basic (RFC 7617). */
  | { kind: 'basic'; username?: string; password?: string | Secret }
  /** A key in a header of the platform's naming, after `prefix` where there is one. */
  | { kind: 'apiKey'; header: string; prefix?: string; key?: string | Secret }
  /** A token that somebody else has got. */
  | { kind: 'bearer'; token?: string | Secret }

/** A platform's REST interface. */
export interface RestApi {
  /** What a path without a leading `/` is relative to: a path that ends in `/`, or a full URL. Default `/`. */
  base?: string
  /** `start-size`: `?start=0&size=100`, answered by `{meta: {start, size, total}, data: []}`. */
  paging?: 'start-size'
  /** Path that says who is signed in. */
  whoAmI?: string
  /** A cheap call that shows whether the API answers. */
  check?: string
}

/** A platform's GraphQL subscriptions, over a WebSocket. */
export interface SubscriptionApi {
  /**
   * The framing: `legacy-apollo` (`connection_init`, `start`, `data`, `ka`; subprotocol `graphql-ws`), or
   * `graphql-transport-ws` (`subscribe`, `next`, `ping`), which the npm package `graphql-ws` speaks.
   */
  protocol: 'legacy-apollo' | 'graphql-transport-ws'
  /** Path of the WebSocket, or a full `https` URL. Default: that of `graphql`. */
  path?: string
  /**
   * How the token and the tenant are sent: as further subprotocols behind a prefix, or in the payload of
   * `connection_init` under the names that they have as headers.
   */
  auth: { kind: 'connection-params' } | { kind: 'subprotocol'; tokenPrefix: string; tenantPrefix?: string }
  /** Path of the WebSocket that answers `eventQuery` and `eventPage`; absent where the platform has none. */
  events?: string
  /** Root fields that change data although they are subscriptions: asked for before, and never sent twice. */
  changes?: readonly string[]
}

/** A platform as data: no functions, so that a person can write one in a few lines. */
export interface Provider {
  /** Short name, as on the command line: `taegis`. */
  name: string
  /** Name for people: `Taegis XDR`. */
  title: string
  regions: Readonly<Record<string, Region>>
  /** Taken where neither option nor environment names a region. */
  defaultRegion: string
  /** Sign-in by device code; absent where the platform has none. */
  signIn?: Rfc8628SignIn | TaegisSignIn
  /** Sign-in with dedicated credentials; absent where the platform has none. */
  clientCredentials?: ClientCredentialsGrant
  /** The token comes from another platform. */
  tokenFrom?: BorrowedToken
  /** Nothing is asked for: the same credential goes with every call. */
  fixed?: StaticCredential
  /** What the sign-in asks for; `none` where the platform's sign-in page asks by itself. */
  account: { asks: 'username'; label: string } | { asks: 'none' }
  /** Path of the GraphQL endpoint, or a full URL on another origin; absent where the platform has none. */
  graphql?: string
  subscriptions?: SubscriptionApi
  /** Its GraphQL queries that give long lists, by name: rows() then needs no paging in the document. */
  paging?: Readonly<Record<string, PagedField>>
  /** Its check of event queries: a GraphQL field at a path of its own; absent where it has none. */
  queryValidator?: { path: string; field: string }
  rest?: RestApi
  headers: {
    /** Carries the chosen tenant. */
    tenant?: string
    clientName?: string
    clientVersion?: string
  }
  claims: {
    /** JWT claims that name the person, first match wins. */
    subject: readonly string[]
    /** JWT claim with the tenant id, or a list of them. */
    tenants?: string
  }
  /** Fields of an error's body that hold the id which support asks for, beside the header `X-Request-Id`. */
  requestIds?: readonly string[]
  /** Roles for client credentials made through its GraphQL interface, name to id; absent where it makes none there. */
  clientRoles?: Readonly<Record<string, string>>
  /** The vendor's own names for client credentials, beside `XDRLAB_<NAME>_CLIENT_ID` and `…_CLIENT_SECRET`. */
  environment?: { clientId: string; clientSecret: string }
  /** A token with less than this left counts as expired, seconds. */
  expiryMarginS: number
}

/** Stands in a region's `origin` for the sandbox that runs on this machine, whatever its port. */
export const sandboxOrigin = 'sandbox:'

/** Every name and alias that `connect(provider, { region })` takes. */
export type RegionName<P extends Provider> =
  | (keyof P['regions'] & string)
  | P['regions'][keyof P['regions']]['aliases'][number]
