import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { checkProvider } from '../../src/providers/check.js'
import type { ciscoXdr } from '../../src/providers/cisco-xdr.js'
import { findProvider } from '../../src/providers/find.js'
import type { Provider, RegionName } from '../../src/providers/provider.js'
import { taegis } from '../../src/providers/taegis.js'
import { resolveTarget } from '../../src/providers/target.js'
import { fakeClock } from '../support/fake-clock.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { setEnv } from '../support/temp-home.js'
import { client, plainRoutes } from '../support/vendor-routes.js'
import { startVendor } from '../support/vendor-server.js'

let home: ReturnType<typeof isolatedHome>
beforeEach(() => {
  home = isolatedHome()
})
afterEach(() => home[Symbol.dispose]())

function write(entries: unknown): void {
  writeFileSync(
    join(home.path, 'providers.json'),
    typeof entries === 'string' ? entries : JSON.stringify(entries),
  )
}

function failure(work: () => unknown): XdrError {
  try {
    work()
  } catch (error) {
    if (error instanceof XdrError) return error
    throw error
  }
  throw new Error('it succeeded')
}

test('twenty lines of data are a platform: sign in and call', async () => {
  const clock = fakeClock()
  await using vendor = await startVendor(plainRoutes(), clock)
  const mine = {
    name: 'mine',
    title: 'My platform',
    regions: {
      eu: { origin: vendor.origin, aliases: ['europe'] },
      us: { origin: vendor.otherOrigin, aliases: [] },
    },
    defaultRegion: 'eu',
    clientCredentials: {
      tokenEndpoint: '/oauth/token',
      body: 'form',
      clientAuth: 'basic',
      expiry: ['expires_in'],
    },
    account: { asks: 'none' },
    rest: { base: '/api/' },
    headers: {},
    claims: { subject: ['sub'] },
    expiryMarginS: 15,
  } as const satisfies Provider
  using _env = setEnv({
    XDRLAB_CA_CERTS: vendor.authority,
    XDRLAB_MINE_CLIENT_ID: client.id,
    XDRLAB_MINE_CLIENT_SECRET: client.secret,
  })

  const xdr = await connectWith(mine, { region: 'europe', clock })
  expect(await xdr.get('people')).toEqual({ people: [] })

  // The same as a file's entry.
  const { name: _name, ...entry } = mine
  write({ mine: entry })
  const found = await connectWith(findProvider('mine'), { region: 'us', clock })
  expect(await found.get('people')).toEqual({ people: [] })
  expect(found.target).toEqual({ provider: 'mine', region: 'us', origin: vendor.otherOrigin })
  expect(vendor.violations).toEqual([])
})

test('one’s own region names are what connect takes, for the compiler too', () => {
  const mine = {
    ...taegis,
    regions: { north: { origin: 'https://n.example', aliases: ['n', 'arctic'] } },
    defaultRegion: 'north',
  } as const satisfies Provider
  expectTypeOf<RegionName<typeof mine>>().toEqualTypeOf<'north' | 'n' | 'arctic'>()
  expectTypeOf<RegionName<typeof ciscoXdr>>().toEqualTypeOf<'nam' | 'us' | 'eu' | 'apjc' | 'sandbox'>()
  expect(() => resolveTarget(mine, { region: 'us1' })).toThrow(/has no region "us1"/)
  expect(resolveTarget(mine, { region: 'arctic' }).origin).toBe('https://n.example')
})

test('every kind of entry is a provider under its own name', () => {
  const api = 'https://api.example.com/v2'
  write({
    desk: { kind: 'basic', api, username: 'ana' },
    intel: { kind: 'apiKey', api, header: 'X-Api-Key', title: 'Intel' },
    pipe: { kind: 'bearer', api, graphql: '/graphql' },
    id: { kind: 'oauth', issuer: 'https://id.example.com', clientId: 'notebooks', scopes: ['openid'], api },
    machine: { kind: 'oauth', endpoints: { token: 'https://id.example.com/token' }, api },
    switch: { kind: 'threatSwitch', tokenUrl: 'https://t.example.com/token', api },
    response: { kind: 'tokenFrom', source: 'cisco-xdr', api, region: 'eu' },
    chained: { kind: 'tokenFrom', source: 'machine', api, exchange: '/token' },
  })
  const ways = (name: string) => {
    const { fixed, signIn, clientCredentials, tokenFrom } = findProvider(name)
    return [fixed?.kind, signIn?.dialect, clientCredentials?.body, tokenFrom?.provider.name]
      .filter((way) => way !== undefined)
      .join()
  }
  expect(
    ['desk', 'intel', 'pipe', 'id', 'machine', 'switch', 'response', 'chained'].map((name) => [
      findProvider(name).name,
      ways(name),
    ]),
  ).toEqual([
    ['desk', 'basic'],
    ['intel', 'apiKey'],
    ['pipe', 'bearer'],
    ['id', 'rfc8628'],
    ['machine', 'form'],
    ['switch', 'form'],
    ['response', 'cisco-xdr'],
    ['chained', 'machine'],
  ])
  expect(findProvider('intel').title).toBe('Intel')
  expect(findProvider('desk').title).toBe('desk')
  expect(findProvider('desk').rest?.base).toBe('/v2/')
})

const api = 'https://api.example.com'
test.each<[string, unknown, RegExp]>([
  ['no JSON', '{', /providers\.json is not a JSON object/],
  ['a list', [], /is not a JSON object/],
  ['an entry that is a text', { x: 'https://x.example' }, /providers\.json, x: it must be an object/],
  ['an unknown kind', { x: { kind: 'magic', api } }, /kind is "magic"/],
  ['a kind of every object’s', { x: { kind: 'constructor', api } }, /kind is "constructor"/],
  [
    'a key spelled wrongly',
    { x: { kind: 'basic', api, graphq: '/g' } },
    /x: graphq is no known key; known are/,
  ],
  ['a key that is missing', { x: { kind: 'apiKey', api } }, /x: header is missing/],
  ['a key of the wrong type', { x: { kind: 'oauth', scopes: 'openid' } }, /x: scopes must be a list/],
  [
    'a nested key',
    { x: { kind: 'basic', api, rest: { paging: 'cursor' } } },
    /x: rest\.paging must be "start-size"/,
  ],
  ['a password', { x: { kind: 'basic', api, password: 'SENTINEL' } }, /x: password is a secret/],
  ['a key', { x: { kind: 'apiKey', api, header: 'X', key: 'SENTINEL' } }, /x: key is a secret/],
  [
    'a secret far inside',
    { x: { clientCredentials: { clientSecret: 'SENTINEL' } } },
    /x: clientCredentials\.clientSecret is a secret/,
  ],
  ['an address that is not https', { x: { kind: 'basic', api: 'http://api.example.com' } }, /must use https/],
  [
    'a header with a line break',
    { x: { kind: 'apiKey', api, header: 'X\nY' } },
    /header is no name of a header/,
  ],
  ['an unknown source', { x: { kind: 'tokenFrom', api, source: 'nobody' } }, /no platform is named "nobody"/],
  ['a circle', { x: { kind: 'tokenFrom', api, source: 'x' } }, /x → x: a token cannot come from itself/],
])('the file is wrong: %s', (_what, entries, says) => {
  write(entries)
  const error = failure(() => findProvider('x'))
  expect(error.message).toMatch(says)
  expect(JSON.stringify(error)).not.toContain('SENTINEL')
})

test('a mistake in one entry leaves the others usable, and unknown names list them all', () => {
  write({ broken: { kind: 'magic' }, desk: { kind: 'basic', api } })
  expect(findProvider('desk').name).toBe('desk')
  expect(findProvider('taegis')).toBe(taegis)
  expect(failure(() => findProvider('nobody')).hint).toMatch(
    /taegis, cisco-xdr, secure-endpoint, threat-switch, broken, desk; .*providers\.json/,
  )
})

test('ThreatSwitch has its addresses from the environment or the file', () => {
  expect(failure(() => findProvider('threat-switch')).hint).toMatch(/XDRLAB_THREAT_SWITCH_TOKEN_URL/)
  using _env = setEnv({
    XDRLAB_THREAT_SWITCH_TOKEN_URL: 'https://t.example.com/token',
    XDRLAB_THREAT_SWITCH_API: 'https://t.example.com',
  })
  expect(findProvider('threat-switch').clientCredentials?.tokenEndpoint).toBe('https://t.example.com/token')
})

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a region without origin', { regions: { eu: { aliases: [] } } }, /regions\.eu\.origin is missing/],
  [
    'a default that is no region',
    { defaultRegion: 'mars' },
    /defaultRegion is "mars", which is not in regions/,
  ],
  ['another dialect', { signIn: { dialect: 'saml' } }, /signIn\.dialect must be "taegis" or "rfc8628"/],
  [
    'an end told in another way',
    { clientCredentials: { ...taegis.clientCredentials, expiry: ['soon'] } },
    /expiry\[0\] must be/,
  ],
  ['no way to sign in', { signIn: undefined, clientCredentials: undefined }, /one of signIn, .* is missing/],
  ['a margin in words', { expiryMarginS: '15 s' }, /expiryMarginS must be a number of seconds/],
  ['a key too many', { gaphql: '/graphql' }, /gaphql is no known key/],
])('a provider in a cell is checked as well: %s', async (_what, change, says) => {
  const error = failure(() => checkProvider({ ...taegis, ...change }))
  expect(error).toMatchObject({ code: 'XDR_BAD_OPTION' })
  expect(error.message).toMatch(says)

  const connecting = connectWith({ ...taegis, ...change } as unknown as Provider, {
    screen: recordingScreen(),
  })
  expect((await failureOf(connecting)).message).toMatch(says)
})
