import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestClientToken } from '../../src/auth/client-credentials.js'
import { exchangeToken } from '../../src/auth/token-exchange.js'
import { send } from '../../src/http.js'
import { ciscoXdr } from '../../src/providers/cisco-xdr.js'
import { secureEndpoint } from '../../src/providers/secure-endpoint.js'
import { taegis } from '../../src/providers/taegis.js'
import { Secret } from '../../src/secrets.js'
import { type FakeClock, fakeClock } from '../support/fake-clock.js'
import { setEnv } from '../support/temp-home.js'
import {
  ciscoRoutes,
  client,
  organizations,
  secureEndpointRoutes,
  taegisRoutes,
  version,
} from '../support/vendor-routes.js'
import { basicOf, startVendor, type VendorServer } from '../support/vendor-server.js'

let vendor: VendorServer
let clock: FakeClock
let env: Disposable

beforeAll(async () => {
  clock = fakeClock(Date.parse('2022-04-21T23:40:06.677Z'))
  vendor = await startVendor({ ...taegisRoutes(clock), ...ciscoRoutes(), ...secureEndpointRoutes() }, clock)
  env = setEnv({ XDRLAB_CA_CERTS: vendor.authority })
})
afterAll(async () => {
  env[Symbol.dispose]()
  await vendor[Symbol.asyncDispose]()
})

const user = basicOf(client.id, client.secret)
const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
const grant = 'grant_type=client_credentials'

/** What curl sends for a line of the documents: `-u`, `-H`, `-d`. */
async function curl(path: string, headers: Record<string, string>, data?: string): Promise<unknown> {
  const response = await send({
    method: data === undefined ? 'GET' : 'POST',
    url: new URL(path, vendor.origin),
    headers,
    ...(data === undefined ? {} : { body: data }),
  })
  expect(vendor.violations).toEqual([])
  expect(response.status).toBe(200)
  return JSON.parse(response.text)
}

const tokenOf = (answer: unknown) => (answer as { access_token: string }).access_token

test('Taegis: the token line with JSON, and the version line', async () => {
  const answer = await curl(
    '/auth/api/v2/auth/token',
    { authorization: user, 'content-type': 'application/json' },
    '{"grant_type":"client_credentials"}',
  )
  expect(answer).toEqual({
    access_token: expect.any(String),
    expires_in: 36_000,
    expiry: '2022-04-22T09:40:06.677Z',
    token_type: 'Bearer',
  })

  const bearer = { authorization: `Bearer ${tokenOf(answer)}` }
  expect(await curl('/assets/version', bearer)).toEqual(version)
})

test('Taegis: the libraries of the documents send a form, which is taken as well', async () => {
  const answer = await curl('/auth/api/v2/auth/token', { ...form, authorization: user }, grant)
  expect(answer).toMatchObject({ token_type: 'Bearer' })
})

test('Cisco XDR and Secure Endpoint: token, second token, organizations', async () => {
  const first = await curl('/iroh/oauth2/token', { ...form, authorization: user }, grant)
  expect(first).toMatchObject({
    token_type: 'bearer',
    expires_in: 600,
    scope: 'enrich:read casebook inspect:read',
  })

  const second = await curl(
    '/v3/access_tokens',
    { ...form, authorization: `Bearer ${tokenOf(first)}` },
    grant,
  )
  expect(second).toEqual({ access_token: expect.stringMatching(/^eyJhbGciO/) })

  const bearer = { authorization: `Bearer ${tokenOf(second)}` }
  expect(await curl('/v3/organizations?size=10', bearer)).toEqual(organizations)
})

const pair = { id: client.id, secret: new Secret(client.secret) }
const target = (provider: typeof taegis | typeof ciscoXdr | typeof secureEndpoint) => ({
  provider,
  region: 'custom',
  origin: vendor.origin,
})

test('the answers of those lines are read: ends, and a token that comes alone', async () => {
  const ends = (session: { accessToken: { expiresAt: number | undefined } }) =>
    new Date(session.accessToken.expiresAt ?? 0).toISOString()

  const ours = await requestClientToken(target(taegis), taegis.clientCredentials, pair, clock, undefined)
  expect(ends(ours)).toBe('2022-04-22T09:40:06.677Z')

  const iroh = await requestClientToken(target(ciscoXdr), ciscoXdr.clientCredentials, pair, clock, undefined)
  expect(ends(iroh)).toBe('2022-04-21T23:50:06.677Z')

  const { exchange } = secureEndpoint.tokenFrom
  const second = await exchangeToken(
    target(secureEndpoint),
    exchange,
    target(ciscoXdr),
    iroh,
    clock,
    undefined,
  )
  // From the JWT, which counts whole seconds.
  expect(ends(second)).toBe('2022-04-21T23:50:06.000Z')
})

test.each([
  ['a time in place of seconds', { expiry: '2022-04-22T00:00:00Z' }, '2022-04-22T00:00:00.000Z'],
  ['seconds before a time', { expires_in: 60, expiry: '2029-01-01T00:00:00Z' }, '2022-04-21T23:41:06.677Z'],
  ['a year that is no time', { expiry: '2029' }, undefined],
  ['nothing', {}, undefined],
])('an answer that tells its end by %s', async (_what, told, ends) => {
  vendor.next('/auth/api/v2/auth/token', {
    status: 200,
    body: { access_token: 'opaque-SENTINEL', token_type: 'Bearer', ...told },
  })

  const session = await requestClientToken(target(taegis), taegis.clientCredentials, pair, clock, undefined)

  const { expiresAt } = session.accessToken
  expect(expiresAt === undefined ? undefined : new Date(expiresAt).toISOString()).toBe(ends)
})

test.each([
  [
    'a JSON body where a form is documented',
    '/iroh/oauth2/token',
    'application/json',
    '{"grant_type":"client_credentials"}',
  ],
  ['a parameter too many', '/iroh/oauth2/token', form['content-type'], `${grant}&scope=x`],
  ['another grant', '/auth/api/v2/auth/token', 'application/json', '{"grant_type":"password"}'],
  ['a route that is not documented', '/oauth2/token', form['content-type'], grant],
])('the stand-in refuses %s', async (_what, path, type, body) => {
  await using strict = await startVendor({ ...taegisRoutes(clock), ...ciscoRoutes() }, clock)
  using _ca = setEnv({ XDRLAB_CA_CERTS: strict.authority })

  const response = await send({
    method: 'POST',
    url: new URL(path, strict.origin),
    headers: { authorization: user, 'content-type': type },
    body,
  })

  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(strict.violations).toHaveLength(1)
})
