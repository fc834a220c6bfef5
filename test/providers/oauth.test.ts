import { expect, test } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { type OAuthOptions, oauth } from '../../src/providers/oauth.js'
import { resolveTarget } from '../../src/providers/target.js'

const issuer = 'https://id.example.com/realms/soc'
const endpoints = {
  deviceAuthorization: 'https://id.example.com/device',
  token: 'https://id.example.com/token',
}

test('an issuer and a client id are enough', () => {
  const provider = oauth({ issuer, clientId: 'notebooks' })

  expect(provider.name).toBe('id.example.com')
  expect(provider.signIn).toEqual({ dialect: 'rfc8628', clientId: 'notebooks', scopes: [], issuer })
  expect(resolveTarget(provider, {}, {})).toMatchObject({
    region: 'default',
    origin: 'https://id.example.com',
  })
})

test('with client credentials, the token endpoint is given or found by the issuer', () => {
  const byIssuer = oauth({ issuer, clientId: 'nightly', method: 'client' })
  expect(byIssuer.signIn).toBeUndefined()
  expect(byIssuer.clientCredentials).toMatchObject({ clientId: 'nightly', issuer })
  expect(byIssuer.clientCredentials).not.toHaveProperty('tokenEndpoint')
  const byHand = oauth({ endpoints, clientId: 'nightly', method: 'client' })
  expect(byHand.clientCredentials).toMatchObject({ tokenEndpoint: endpoints.token })
})

test('the API can stand on another host than the sign-in', () => {
  const provider = oauth({
    endpoints,
    clientId: 'a',
    api: 'https://api.example.com/v2',
    graphql: '/v2/graphql',
  })

  expect(resolveTarget(provider, {}, {}).origin).toBe('https://api.example.com')
  expect(provider.graphql).toBe('/v2/graphql')
  expect(provider.signIn).toMatchObject({
    deviceAuthorizationEndpoint: endpoints.deviceAuthorization,
    tokenEndpoint: endpoints.token,
  })
})

test('names, scopes and the tenant’s header are taken over', () => {
  const provider = oauth({
    issuer,
    clientId: 'a',
    name: 'soc',
    title: 'SOC',
    scopes: ['x'],
    tenantHeader: 'X-Org',
  })

  expect(provider).toMatchObject({ name: 'soc', title: 'SOC', headers: { tenant: 'X-Org' } })
  expect(provider.signIn).toMatchObject({ scopes: ['x'] })
})

const bad: { name: string; options: OAuthOptions; code: string; says: RegExp }[] = [
  {
    name: 'neither issuer nor endpoints',
    options: { clientId: 'a' },
    code: 'XDR_BAD_OPTION',
    says: /either issuer or endpoints/,
  },
  {
    name: 'both',
    options: { clientId: 'a', issuer, endpoints },
    code: 'XDR_BAD_OPTION',
    says: /either issuer or endpoints/,
  },
  {
    name: 'an empty client id',
    options: { clientId: '', issuer },
    code: 'XDR_BAD_OPTION',
    says: /needs clientId/,
  },
  {
    name: 'an issuer over http',
    options: { clientId: 'a', issuer: 'http://id.example.com' },
    code: 'XDR_BAD_URL',
    says: /issuer must use https/,
  },
  {
    name: 'an issuer that is no URL',
    options: { clientId: 'a', issuer: 'IROH Auth' },
    code: 'XDR_BAD_URL',
    says: /issuer is not a URL/,
  },
  {
    name: 'a device endpoint over http',
    options: { clientId: 'a', endpoints: { ...endpoints, deviceAuthorization: 'http://a.example' } },
    code: 'XDR_BAD_URL',
    says: /deviceAuthorization must use https/,
  },
  {
    name: 'a token endpoint over http',
    options: { clientId: 'a', endpoints: { ...endpoints, token: 'http://a.example' } },
    code: 'XDR_BAD_URL',
    says: /endpoints\.token must use https/,
  },
  {
    name: 'an api with credentials',
    options: { clientId: 'a', issuer, api: 'https://a:b@c.example' },
    code: 'XDR_BAD_URL',
    says: /api has a user name or password/,
  },
  {
    name: 'a GraphQL address over http',
    options: { clientId: 'a', issuer, graphql: 'http://api.example.com/graphql' },
    code: 'XDR_BAD_URL',
    says: /graphql must use https/,
  },
]

test.for(bad)('$name is refused where it is written', ({ options, code, says }) => {
  let error: unknown
  try {
    oauth(options)
  } catch (thrown) {
    error = thrown
  }
  if (!(error instanceof XdrError)) throw new Error('no XdrError')
  expect(error.code).toBe(code)
  expect(error.message).toMatch(says)
  expect(error.hint).not.toBe('')
})
