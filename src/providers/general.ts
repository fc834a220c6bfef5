import { XdrError } from '../errors.js'
import { checkUrl } from '../http.js'
import { Secret, type SecretKind } from '../secrets.js'
import type { Provider, Region, RestApi, StaticCredential, SubscriptionApi } from './provider.js'

/** What the general cases share: an API at one address. */
export interface ApiOptions {
  /** Origin of the API, or its address with the path that calls are relative to. */
  api: string
  /** Short name for the command line, the store and variables (`XDRLAB_<NAME>_…`). Default: the API's host. */
  name?: string
  /** Name for people. Default: the API's host. */
  title?: string
  /** Path of the GraphQL endpoint, where there is one. */
  graphql?: string
  /**
   * How its subscriptions are sent, where it has some: `{ protocol: 'graphql-transport-ws', auth: { kind:
   * 'connection-params' } }`.
   */
  subscriptions?: SubscriptionApi
  /** How lists are paged, and which paths say who is signed in and whether the API answers. */
  rest?: Omit<RestApi, 'base'>
  /** Header that carries `tenant`, where the API has one. */
  tenantHeader?: string
}

/** A secret of the person's own, when it is not left to the environment, the store or a question. */
type SecretText = string | Secret

/**
 * An API with user name and password on every call (RFC 7617).
 *
 * @throws XdrError `XDR_BAD_URL`, `XDR_BAD_OPTION`
 * @example
 * const desk = basic({ name: 'desk', api: 'https://desk.example.com' })   // XDRLAB_DESK_USERNAME and …_PASSWORD, or asked
 */
export function basic(options: ApiOptions & { username?: string; password?: SecretText }): Provider {
  const { username, password } = options
  return fixedProvider(options, 'basic', {
    kind: 'basic',
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: hidden(password, 'password') }),
  })
}

/**
 * An API with a key in a header of its own naming.
 *
 * @throws XdrError `XDR_BAD_URL`, `XDR_BAD_OPTION`
 * @example
 * const intel = apiKey({ name: 'intel', api: 'https://intel.example.com', header: 'X-Api-Key' })   // XDRLAB_INTEL_API_KEY
 */
export function apiKey(
  options: ApiOptions & { header: string; prefix?: string; key?: SecretText },
): Provider {
  const { header, prefix, key } = options
  // RFC 9110 section 5.6.2.
  if (typeof header !== 'string' || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) {
    throw badOption('apiKey() header is no name of a header', "for example header: 'X-Api-Key'")
  }
  return fixedProvider(options, 'apiKey', {
    kind: 'apiKey',
    header,
    ...(prefix === undefined ? {} : { prefix }),
    ...(key === undefined ? {} : { key: hidden(key, 'API key') }),
  })
}

/**
 * An API with a bearer token that somebody else gets (RFC 6750).
 *
 * @throws XdrError `XDR_BAD_URL`
 */
export function bearer(options: ApiOptions & { token?: SecretText }): Provider {
  const { token } = options
  return fixedProvider(options, 'bearer', {
    kind: 'bearer',
    ...(token === undefined ? {} : { token: hidden(token, 'access token') }),
  })
}

/**
 * An API that takes another platform's token: as it is, or exchanged at `exchange` for a second one.
 *
 * @param source where the token comes from; its own region, variables and stored sign-in are used
 * @throws XdrError `XDR_BAD_URL`
 * @example
 * const response = tokenFrom(ciscoXdr, { api: 'https://private.intel.amp.cisco.com' })
 */
export function tokenFrom(
  source: Provider,
  options: ApiOptions & {
    /** The source's region. Default: its own default. */
    region?: string
    /** Path or address of the endpoint that gives the second token, asked with `grant_type=client_credentials`. */
    exchange?: string
  },
): Provider {
  const { exchange, region } = options
  const provider = describeApi(options, 'tokenFrom')
  return {
    ...provider,
    tokenFrom: {
      provider: source,
      ...(region === undefined ? {} : { regions: { default: region, custom: region } }),
      ...(exchange === undefined
        ? {}
        : {
            exchange: {
              endpoint: exchange,
              body: 'form',
              parameters: { grant_type: 'client_credentials' },
              expiry: ['expires_in', 'expiry', 'jwt'],
            },
          }),
    },
  }
}

function fixedProvider(options: ApiOptions, maker: string, fixed: StaticCredential): Provider {
  return { ...describeApi(options, maker), fixed }
}

/** Everything but the sign-in. */
export function describeApi(options: ApiOptions, maker: string): Provider & { regions: { default: Region } } {
  if (typeof options?.api !== 'string') {
    throw badOption(`${maker}() needs api`, 'give the address of the API: https://host')
  }
  const api = checkUrl(options.api, `${maker}() api`)
  const base = api.pathname.endsWith('/') ? api.pathname : `${api.pathname}/`
  return {
    name: options.name ?? api.host,
    title: options.title ?? options.name ?? api.host,
    regions: { default: { origin: api.origin, aliases: [] } },
    defaultRegion: 'default',
    account: { asks: 'none' },
    ...(options.graphql === undefined ? {} : { graphql: options.graphql }),
    ...(options.subscriptions === undefined ? {} : { subscriptions: options.subscriptions }),
    rest: { base, ...options.rest },
    headers: options.tenantHeader === undefined ? {} : { tenant: options.tenantHeader },
    claims: { subject: ['email', 'preferred_username', 'username', 'name', 'sub'] },
    expiryMarginS: 15,
  }
}

function hidden(value: SecretText, kind: SecretKind): Secret {
  return typeof value === 'string' ? new Secret(value, kind) : value
}

function badOption(message: string, hint: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', message, { hint })
}
