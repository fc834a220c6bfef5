import { XdrError } from '../errors.js'
import { isRecord } from '../record.js'
import { Secret } from '../secrets.js'
import { plain } from '../text.js'
import type { PagedField, SearchParts } from './paged-field.js'
import type {
  BorrowedToken,
  ClientCredentialsGrant,
  Provider,
  Region,
  RestApi,
  Rfc8628SignIn,
  SubscriptionApi,
  TaegisSignIn,
} from './provider.js'

/** Says what is wrong with a value, by the key it stands under; `undefined` where nothing is. */
export type Check = (value: unknown, key: string) => string | undefined

export const text: Check = (value, key) =>
  typeof value === 'string' && value !== '' ? undefined : `${key} must be a text`

/** Whether tokens are bound to a key (RFC 9449). */
export const dpop: Check = (value, key) =>
  typeof value === 'boolean' || value === 'auto' ? undefined : `${key} must be true, false or "auto"`

const seconds: Check = (value, key) =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value)
    ? undefined
    : `${key} must be a number of seconds`

/** A secret may stand in a cell's own object, never in a file. */
const secret: Check = (value, key) =>
  value instanceof Secret || typeof value === 'string' ? undefined : `${key} must be a text`

export const oneOf =
  (...values: readonly string[]): Check =>
  (value, key) =>
    typeof value === 'string' && values.includes(value)
      ? undefined
      : `${key} must be ${values.map((v) => `"${v}"`).join(' or ')}`

export const listOf =
  (check: Check): Check =>
  (value, key) =>
    Array.isArray(value)
      ? firstProblem(value.map((item, index) => () => check(item, `${key}[${index}]`)))
      : `${key} must be a list`

const recordOf =
  (check: Check): Check =>
  (value, key) =>
    isRecord(value)
      ? firstProblem(
          Object.entries(value).map(
            ([name, item]) =>
              () =>
                check(item, `${key}.${plain(name, 40)}`),
          ),
        )
      : `${key} must be an object`

/** An object with these keys and no other: a key that is spelled wrongly would be left out in silence. */
export const shape =
  (required: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  (value, key) => {
    if (!isRecord(value)) return `${key} must be an object`
    const known = { ...required, ...optional }
    const at = (name: string) => (key === '' ? name : `${key}.${name}`)
    const stranger = Object.keys(value).find((name) => !(name in known))
    if (stranger !== undefined) {
      return `${at(plain(stranger, 40))} is no known key; known are ${Object.keys(known).join(', ')}`
    }
    const missing = Object.keys(required).find((name) => value[name] === undefined)
    if (missing !== undefined) return `${at(missing)} is missing`
    return firstProblem(
      Object.entries(known).map(
        ([name, check]) =>
          () =>
            value[name] === undefined ? undefined : check(value[name], at(name)),
      ),
    )
  }

/** The shape that belongs to the value of `tag`. */
const variant =
  (tag: string, shapes: Record<string, Check>): Check =>
  (value, key) => {
    if (!isRecord(value)) return `${key} must be an object`
    const check = typeof value[tag] === 'string' ? shapes[value[tag]] : undefined
    return check === undefined
      ? oneOf(...Object.keys(shapes))(value[tag], `${key}.${tag}`)
      : check(value, key)
  }

const clientAuth = oneOf('basic', 'basic-plain', 'body')
const expiry = listOf(oneOf('expires_in', 'expiry', 'jwt'))
const body = oneOf('form', 'json')

/** Every key of a type, so that a key added to the type is missed here by the compiler and not by a person. */
type Keys<T> = { [K in keyof T]-?: Check }

const shapeOf = <T extends object>(keys: Keys<T>, optional: readonly (keyof T & string)[]): Check => {
  const entries = Object.entries<Check>(keys)
  const isOptional = (name: string) => (optional as readonly string[]).includes(name)
  return shape(
    Object.fromEntries(entries.filter(([name]) => !isOptional(name))),
    Object.fromEntries(entries.filter(([name]) => isOptional(name))),
  )
}

const rfc8628: Keys<Rfc8628SignIn> = {
  dialect: text,
  clientId: text,
  clientSecret: secret,
  clientAuth,
  scopes: listOf(text),
  issuer: text,
  deviceAuthorizationEndpoint: text,
  tokenEndpoint: text,
  revocationEndpoint: text,
  dpop,
}

const grant: Keys<ClientCredentialsGrant> = {
  tokenEndpoint: text,
  issuer: text,
  body,
  clientAuth,
  expiry,
  scopes: listOf(text),
  clientId: text,
  clientSecret: secret,
}

const subscriptionKeys: Keys<SubscriptionApi> = {
  protocol: oneOf('legacy-apollo', 'graphql-transport-ws'),
  path: text,
  auth: variant('kind', {
    'connection-params': shape({ kind: text }),
    subprotocol: shape({ kind: text, tokenPrefix: text }, { tenantPrefix: text }),
  }),
  events: text,
  changes: listOf(text),
}

/** How a platform's subscriptions are sent. */
export const subscriptions = shapeOf<SubscriptionApi>(subscriptionKeys, ['path', 'events', 'changes'])
const wholeNumber: Check = (value, key) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : `${key} must be a whole number`

/** May be empty: the field itself is the list. */
const path: Check = (value, key) => (typeof value === 'string' ? undefined : `${key} must be a text`)

const pagedField: Keys<PagedField> = {
  style: oneOf('offset', 'page', 'cursor', 'token', 'parts', 'once'),
  input: text,
  position: text,
  size: text,
  list: path,
  total: text,
  cursor: text,
  more: text,
  reason: text,
  parts: shapeOf<SearchParts>(
    { field: text, input: text, id: text, part: text, searchId: text, count: text },
    [],
  ),
  firstPage: wholeNumber,
  pageSize: wholeNumber,
}

const pagedFieldOptional: readonly (keyof PagedField)[] = [
  'input',
  'position',
  'size',
  'total',
  'cursor',
  'more',
  'reason',
  'parts',
  'firstPage',
  'pageSize',
]

const provider: Keys<Provider> = {
  name: text,
  title: text,
  regions: recordOf(shapeOf<Region>({ origin: text, aliases: listOf(text) }, [])),
  defaultRegion: text,
  signIn: variant('dialect', {
    taegis: shapeOf<TaegisSignIn>(
      { dialect: text, deviceAuthorizationEndpoint: text, tokenEndpoint: text },
      [],
    ),
    rfc8628: shapeOf<Rfc8628SignIn>(rfc8628, [
      'clientId',
      'clientSecret',
      'clientAuth',
      'issuer',
      'deviceAuthorizationEndpoint',
      'tokenEndpoint',
      'revocationEndpoint',
      'dpop',
    ]),
  }),
  clientCredentials: shapeOf<ClientCredentialsGrant>(grant, [
    'tokenEndpoint',
    'issuer',
    'scopes',
    'clientId',
    'clientSecret',
  ]),
  tokenFrom: shapeOf<BorrowedToken>(
    {
      provider: (value, key) => problemOf(value, key),
      regions: recordOf(text),
      exchange: shape({ endpoint: text, body, parameters: recordOf(text), expiry }),
    },
    ['regions', 'exchange'],
  ),
  fixed: variant('kind', {
    basic: shape({ kind: text }, { username: text, password: secret }),
    apiKey: shape({ kind: text, header: text }, { prefix: text, key: secret }),
    bearer: shape({ kind: text }, { token: secret }),
  }),
  account: variant('asks', {
    username: shape({ asks: text, label: text }),
    none: shape({ asks: text }),
  }),
  graphql: text,
  subscriptions,
  paging: recordOf(shapeOf<PagedField>(pagedField, pagedFieldOptional)),
  queryValidator: shape({ path: text, field: text }),
  rest: shapeOf<RestApi>({ base: text, paging: oneOf('start-size'), whoAmI: text, check: text }, [
    'base',
    'paging',
    'whoAmI',
    'check',
  ]),
  clientRoles: recordOf(text),
  headers: shape({}, { tenant: text, clientName: text, clientVersion: text }),
  claims: shape({ subject: listOf(text) }, { tenants: text }),
  requestIds: listOf(text),
  environment: shape({ clientId: text, clientSecret: text }),
  expiryMarginS: seconds,
}

const providerShape = shapeOf<Provider>(provider, [
  'signIn',
  'clientCredentials',
  'tokenFrom',
  'fixed',
  'graphql',
  'subscriptions',
  'paging',
  'queryValidator',
  'rest',
  'clientRoles',
  'requestIds',
  'environment',
])

/**
 * Holds a provider that a person wrote to what the flows rely on.
 *
 * @param where what the keys belong to, for messages
 * @throws XdrError `XDR_BAD_OPTION` with the key that is wrong
 */
export function checkProvider(value: unknown, where = 'the provider'): asserts value is Provider {
  const problem = problemOf(value, '')
  if (problem === undefined) return
  throw new XdrError('XDR_BAD_OPTION', `${where}: ${problem}`, {
    hint: 'the README shows a whole one; oauth(), basic(), apiKey(), bearer() and tokenFrom() write the usual ones',
  })
}

function problemOf(value: unknown, key: string): string | undefined {
  const problem = providerShape(value, key)
  if (problem !== undefined || !isRecord(value)) return problem
  const at = (name: string) => (key === '' ? name : `${key}.${name}`)
  const { regions, defaultRegion } = value
  if (isRecord(regions) && typeof defaultRegion === 'string' && !(defaultRegion in regions)) {
    return `${at('defaultRegion')} is "${plain(defaultRegion, 40)}", which is not in regions`
  }
  const { clientCredentials: grant } = value
  if (isRecord(grant) && grant.tokenEndpoint === undefined && grant.issuer === undefined) {
    return `${at('clientCredentials.tokenEndpoint')} is missing`
  }
  const ways = ['signIn', 'clientCredentials', 'tokenFrom', 'fixed']
  return ways.some((way) => value[way] !== undefined)
    ? undefined
    : `one of ${ways.map(at).join(', ')} is missing`
}

function firstProblem(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check()
    if (problem !== undefined) return problem
  }
  return undefined
}
