import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ciscoXdr } from '../../src/providers/cisco-xdr.js'
import { apiKey, basic, bearer, tokenFrom } from '../../src/providers/general.js'
import { oauth } from '../../src/providers/oauth.js'
import type { Provider } from '../../src/providers/provider.js'
import { secureEndpoint } from '../../src/providers/secure-endpoint.js'
import { taegis } from '../../src/providers/taegis.js'
import { threatSwitch } from '../../src/providers/threat-switch.js'
import { hideSecrets } from '../../src/secrets.js'
import { memoryStore } from '../../src/store/profile.js'
import { type FakeClock, fakeClock } from '../support/fake-clock.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { setEnv } from '../support/temp-home.js'
import {
  ciscoRoutes,
  client,
  fixedRoutes,
  organizations,
  plainRoutes,
  profile,
  secureEndpointRoutes,
  taegisRoutes,
  version,
} from '../support/vendor-routes.js'
import { startVendor, type VendorServer } from '../support/vendor-server.js'

let vendor: VendorServer
let clock: FakeClock
let env: Disposable
let home: Disposable

beforeAll(async () => {
  clock = fakeClock()
  vendor = await startVendor(
    {
      ...taegisRoutes(clock),
      ...ciscoRoutes(),
      ...secureEndpointRoutes(),
      ...plainRoutes(),
      ...fixedRoutes(),
    },
    clock,
  )
  home = isolatedHome()
  env = setEnv({ XDRLAB_CA_CERTS: vendor.authority, CLIENT_ID: undefined, CLIENT_SECRET: undefined })
})
afterAll(async () => {
  env[Symbol.dispose]()
  home[Symbol.dispose]()
  await vendor[Symbol.asyncDispose]()
})

/** The platform's own data at the stand-in's address. */
function at(provider: Provider, origin: string): Provider {
  return { ...provider, regions: { [provider.defaultRegion]: { origin, aliases: [] } } }
}

interface Row {
  platform: string
  provider: () => Provider
  /** What a person sets. */
  env: Record<string, string>
  /** The same with something wrong in it. */
  wrong: Record<string, string>
  call: { path: string; answer: unknown }
  /** Where the last token comes from, and for how long it is good; absent where nothing is asked for. */
  token?: { path: string; kind: string; lifeS: number }
  /** What the refusal of wrong credentials says. */
  refusal: { code: string; says: RegExp; requestId?: string }
  /** What a run without a person is told to set. */
  names: RegExp
}

const ciscoEnv = { XDRLAB_CISCO_XDR_CLIENT_ID: client.id, XDRLAB_CISCO_XDR_CLIENT_SECRET: client.secret }
const ciscoWrong = { ...ciscoEnv, XDRLAB_CISCO_XDR_CLIENT_SECRET: 'SENTINEL-wrong-secret' }
const ciscoRefusal = {
  code: 'XDR_SIGN_IN_FAILED',
  says: /refused the sign-in \(HTTP 401\): invalid_client, Unknown client/,
  requestId: 'trace-77',
}
const ciscoNames = /XDRLAB_CISCO_XDR_CLIENT_ID and XDRLAB_CISCO_XDR_CLIENT_SECRET/
const notAccepted = { code: 'XDR_UNAUTHORIZED', says: /is not accepted|did not accept/ }

const rows: Row[] = [
  {
    platform: 'Taegis',
    provider: () => at(taegis, vendor.origin),
    env: { CLIENT_ID: client.id, CLIENT_SECRET: client.secret },
    wrong: { CLIENT_ID: client.id, CLIENT_SECRET: 'SENTINEL-wrong-secret' },
    call: { path: '/assets/version', answer: version },
    token: { path: '/auth/api/v2/auth/token', kind: 'taegis', lifeS: 36_000 },
    refusal: { code: 'XDR_SIGN_IN_FAILED', says: /invalid_client, unknown client/ },
    names: /XDRLAB_TAEGIS_CLIENT_ID and XDRLAB_TAEGIS_CLIENT_SECRET, or CLIENT_ID and CLIENT_SECRET/,
  },
  {
    platform: 'Cisco XDR',
    provider: () => at(ciscoXdr, vendor.origin),
    env: ciscoEnv,
    wrong: ciscoWrong,
    call: { path: '/iroh/profile/whoami', answer: profile },
    token: { path: '/iroh/oauth2/token', kind: 'iroh', lifeS: 600 },
    refusal: ciscoRefusal,
    names: ciscoNames,
  },
  {
    platform: 'Secure Endpoint',
    provider: () => ({
      ...at(secureEndpoint, vendor.otherOrigin),
      tokenFrom: { ...secureEndpoint.tokenFrom, provider: at(ciscoXdr, vendor.origin) },
    }),
    env: ciscoEnv,
    wrong: ciscoWrong,
    call: { path: '/v3/organizations?size=10', answer: organizations },
    token: { path: '/v3/access_tokens', kind: 'endpoint', lifeS: 600 },
    refusal: ciscoRefusal,
    names: ciscoNames,
  },
  {
    platform: 'ThreatSwitch',
    provider: () => threatSwitch({ tokenUrl: `${vendor.origin}/oauth/token`, api: vendor.otherOrigin }),
    env: {
      XDRLAB_THREAT_SWITCH_CLIENT_ID: client.id,
      XDRLAB_THREAT_SWITCH_CLIENT_SECRET: client.secret,
    },
    wrong: {
      XDRLAB_THREAT_SWITCH_CLIENT_ID: client.id,
      XDRLAB_THREAT_SWITCH_CLIENT_SECRET: 'SENTINEL-wrong-secret',
    },
    call: { path: '/api/people', answer: { people: [] } },
    token: { path: '/oauth/token', kind: 'plain', lifeS: 900 },
    refusal: { code: 'XDR_SIGN_IN_FAILED', says: /invalid_client/ },
    names: /XDRLAB_THREAT_SWITCH_CLIENT_ID and XDRLAB_THREAT_SWITCH_CLIENT_SECRET/,
  },
  {
    platform: 'oauth() with client credentials',
    provider: () =>
      oauth({ name: 'own', endpoints: { token: `${vendor.origin}/oauth/token` }, api: vendor.origin }),
    env: { XDRLAB_OWN_CLIENT_ID: client.id, XDRLAB_OWN_CLIENT_SECRET: client.secret },
    wrong: { XDRLAB_OWN_CLIENT_ID: client.id, XDRLAB_OWN_CLIENT_SECRET: 'SENTINEL-wrong-secret' },
    call: { path: '/api/people', answer: { people: [] } },
    token: { path: '/oauth/token', kind: 'plain', lifeS: 900 },
    refusal: { code: 'XDR_SIGN_IN_FAILED', says: /invalid_client/ },
    names: /XDRLAB_OWN_CLIENT_ID and XDRLAB_OWN_CLIENT_SECRET/,
  },
  {
    platform: 'a token of another platform',
    provider: () => tokenFrom(at(ciscoXdr, vendor.origin), { name: 'second', api: vendor.otherOrigin }),
    env: ciscoEnv,
    wrong: ciscoWrong,
    call: { path: '/second', answer: { ok: true } },
    token: { path: '/iroh/oauth2/token', kind: 'iroh', lifeS: 600 },
    refusal: ciscoRefusal,
    names: ciscoNames,
  },
  {
    platform: 'user name and password',
    provider: () => basic({ name: 'desk', api: vendor.origin }),
    env: { XDRLAB_DESK_USERNAME: 'ana', XDRLAB_DESK_PASSWORD: 'SENTINEL-pässword' },
    wrong: { XDRLAB_DESK_USERNAME: 'ana', XDRLAB_DESK_PASSWORD: 'SENTINEL-wrong-secret' },
    call: { path: '/basic', answer: { ok: true } },
    refusal: notAccepted,
    names: /XDRLAB_DESK_USERNAME and XDRLAB_DESK_PASSWORD/,
  },
  {
    platform: 'a key in a named header',
    provider: () => apiKey({ name: 'intel', api: vendor.origin, header: 'X-Api-Key' }),
    env: { XDRLAB_INTEL_API_KEY: 'SENTINEL-api-key' },
    wrong: { XDRLAB_INTEL_API_KEY: 'SENTINEL-wrong-secret' },
    call: { path: '/key', answer: { ok: true } },
    refusal: notAccepted,
    names: /XDRLAB_INTEL_API_KEY/,
  },
  {
    platform: 'a bearer token got elsewhere',
    provider: () => bearer({ name: 'static', api: vendor.origin }),
    env: { XDRLAB_STATIC_TOKEN: 'SENTINEL-static-token' },
    wrong: { XDRLAB_STATIC_TOKEN: 'SENTINEL-wrong-secret' },
    call: { path: '/bearer', answer: { ok: true } },
    refusal: notAccepted,
    names: /XDRLAB_STATIC_TOKEN/,
  },
]

/** A way of signing in at which nobody can be asked. */
function unattended() {
  return { clock, screen: recordingScreen({ kind: 'none' }), store: memoryStore() }
}

const withToken = rows.filter((row) => row.token !== undefined)

describe.each(rows)('$platform', (row) => {
  test('signs in with what the environment holds and calls, exactly as documented', async () => {
    using _set = setEnv(row.env)
    const from = vendor.violations.length

    const xdr = await connectWith(row.provider(), unattended())

    expect(await xdr.get<unknown>(row.call.path)).toEqual(row.call.answer)
    expect(vendor.violations.slice(from)).toEqual([])
  })

  test('wrong credentials end in one error that says so and holds no secret', async () => {
    using _set = setEnv(row.wrong)
    const calling = async () => (await connectWith(row.provider(), unattended())).get(row.call.path)

    const error = await failureOf(calling())

    expect(error.code).toBe(row.refusal.code)
    expect(error.message).toMatch(row.refusal.says)
    if (row.refusal.requestId !== undefined) expect(error.requestId).toBe(row.refusal.requestId)
    expect(JSON.stringify(error) + error.stack).not.toContain('SENTINEL')
  })

  test('without a person and with nothing set it fails at once and names what to set', async () => {
    const before = vendor.seen.length

    const error = await failureOf(connectWith(row.provider(), unattended()))

    expect(error.code).toBe('XDR_SIGN_IN_NEEDED')
    expect(error.hint).toMatch(row.names)
    expect(vendor.seen.length).toBe(before)
  })
})

describe.each(withToken)('$platform', ({ token, ...row }) => {
  const { path = '', kind = '', lifeS = 0 } = token ?? {}

  test('one token serves every client of a store, until it ends', async () => {
    using _set = setEnv(row.env)
    const options = unattended()
    const before = vendor.count(path)

    await (await connectWith(row.provider(), options)).get(row.call.path)
    const xdr = await connectWith(row.provider(), options)
    await xdr.get(row.call.path)
    expect(vendor.count(path) - before).toBe(1)

    clock.advance(lifeS * 1000 - 5_000)
    expect(await xdr.get<unknown>(row.call.path)).toEqual(row.call.answer)
    expect(vendor.count(path) - before).toBe(2)
  })

  test('a token that the platform takes back is replaced once', async () => {
    using _set = setEnv(row.env)
    const xdr = await connectWith(row.provider(), unattended())
    const before = vendor.count(path)
    vendor.revoke(kind)

    expect(await xdr.get<unknown>(row.call.path)).toEqual(row.call.answer)
    expect(vendor.count(path) - before).toBe(1)
  })

  test('a server that is away for a moment is asked again', async () => {
    using _set = setEnv(row.env)
    vendor.next(path, { status: 503, body: 'upstream' })

    const xdr = await connectWith(row.provider(), unattended())

    expect(await xdr.get<unknown>(row.call.path)).toEqual(row.call.answer)
  })

  test('a limit that is written with its unit is read and said', async () => {
    using _set = setEnv(row.env)
    const body = { error: 'too_many_requests', trace_id: 'trace-429' }
    vendor.next(path, { status: 429, body, headers: { 'retry-after': '3172s' } })

    const error = await failureOf(connectWith(row.provider(), unattended()))

    expect(error).toMatchObject({ code: 'XDR_RATE_LIMITED', retryAfterMs: 3_172_000 })
    expect(error.hint).toContain('3172 s')
  })

  test.each([
    ['a web page', '<html>Sign in</html>'],
    ['no token', { token_type: 'bearer' }],
    ['a token with a line break', { access_token: 'SENTINEL\nx', token_type: 'bearer' }],
    ['a token of another kind', { access_token: 'SENTINEL-mac-token', token_type: 'mac' }],
  ])('an answer that is %s is one clear error', async (_what, body) => {
    using _set = setEnv(row.env)
    vendor.next(path, { status: 200, body })

    const error = await failureOf(connectWith(row.provider(), unattended()))

    expect(error.code).toBe('XDR_BAD_RESPONSE')
    expect(JSON.stringify(error) + error.stack).not.toContain('SENTINEL')
  })
})

test('Cisco XDR by device code: sign-in in the browser, then renewals with refresh tokens that change', async () => {
  using _set = setEnv({ XDRLAB_CISCO_XDR_DEVICE_CLIENT_ID: 'client-device' })
  const screen = recordingScreen({ kind: 'terminal' })
  const from = vendor.violations.length

  const xdr = await connectWith(at(ciscoXdr, vendor.origin), { clock, screen })
  expect(screen.last().text).toContain('Signed in as ana@example.com')
  for (let renewals = 0; renewals < 3; renewals++) {
    clock.advance(595_000)
    expect(await xdr.get('/iroh/profile/whoami')).toEqual(profile)
  }

  expect(screen.displays).toHaveLength(1)
  expect(vendor.violations.slice(from)).toEqual([])
  expect(screen.everything()).not.toContain('SENTINEL')
})

test('a client says who it is in the closing line', async () => {
  using _set = setEnv(ciscoEnv)
  const screen = recordingScreen({ kind: 'notebook' })

  await connectWith(at(ciscoXdr, vendor.origin), { clock, screen })

  expect(screen.notes.map(({ text }) => text)).toEqual([
    expect.stringMatching(`^Signed in as client ${client.id} · until `),
  ])
})

test('a person who is asked for a client’s id and secret is not asked again', async () => {
  const provider = () => threatSwitch({ tokenUrl: `${vendor.origin}/oauth/token`, api: vendor.otherOrigin })
  const store = memoryStore()
  const screen = recordingScreen({ answers: [client.id, client.secret] })

  await connectWith(provider(), { clock, screen, store })
  clock.advance(900_000)
  const later = recordingScreen({ kind: 'none' })
  const xdr = await connectWith(provider(), { clock, screen: later, store })

  expect(await xdr.get('/api/people')).toEqual({ people: [] })
  expect(screen.asked.map(({ label, hidden }) => [label, hidden])).toEqual([
    ['ThreatSwitch client ID', false],
    ['ThreatSwitch client secret', true],
  ])
})

test('a person who is asked for a password is not asked again, until it is not accepted', async () => {
  const store = memoryStore()
  const provider = () => basic({ name: 'desk', api: vendor.origin })
  const answers = ['ana', 'SENTINEL-wrong-secret', 'ana', 'SENTINEL-pässword']
  const screen = recordingScreen({ answers })

  const xdr = await connectWith(provider(), { clock, screen, store })
  expect(await xdr.get('/basic')).toEqual({ ok: true })
  expect(screen.asked).toHaveLength(4)

  const again = await connectWith(provider(), { clock, screen: recordingScreen({ kind: 'none' }), store })
  expect(await again.get('/basic')).toEqual({ ok: true })
  expect(again.session.subject).toBe('ana')
})

test('every value in the table is a known secret once it was used', () => {
  for (const value of [client.secret, 'SENTINEL-pässword', 'SENTINEL-api-key', 'SENTINEL-static-token']) {
    expect(hideSecrets(`says ${value}`)).not.toContain('SENTINEL')
  }
})
