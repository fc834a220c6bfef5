import { describe, expect, test } from 'vitest'
import type { SignInOptions } from '../../src/auth/choice.js'
import { planSignIn } from '../../src/auth/methods.js'
import { explainSignIn } from '../../src/client/explain.js'
import { ciscoXdr } from '../../src/providers/cisco-xdr.js'
import { basic, bearer, tokenFrom } from '../../src/providers/general.js'
import { oauth } from '../../src/providers/oauth.js'
import type { Provider } from '../../src/providers/provider.js'
import { secureEndpoint } from '../../src/providers/secure-endpoint.js'
import { taegis } from '../../src/providers/taegis.js'
import { resolveTarget } from '../../src/providers/target.js'
import { AccessToken, Secret } from '../../src/secrets.js'
import { clientAccount, memoryStore, type Profile } from '../../src/store/profile.js'
import { printed } from '../support/printed.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { setEnv } from '../support/temp-home.js'

const now = Date.parse('2026-01-01T12:00:00Z')
const hour = 3_600_000
const origin = 'https://api.ctpx.secureworks.com'

function profile(
  account: string,
  over: { endsAt?: number; refresh?: boolean; client?: boolean } = {},
): Profile {
  return {
    provider: 'taegis',
    region: 'us1',
    origin,
    account,
    savedAt: now - hour,
    session: {
      accessToken: new AccessToken('SENTINEL-access', over.endsAt ?? now + hour),
      refreshToken: over.refresh === true ? new Secret('SENTINEL-refresh') : undefined,
      subject: undefined,
      tenants: [],
    },
    ...(over.client === true ? { client: { id: 'kept', secret: new Secret('SENTINEL-kept') } } : {}),
  }
}

interface Situation {
  options?: SignInOptions
  env?: Record<string, string>
  profiles?: Profile[]
  attended?: boolean
  provider?: Provider
}

function plan({ options = {}, env = {}, profiles = [], attended = true, provider = taegis }: Situation) {
  return planSignIn({ target: resolveTarget(provider, {}, env), options, env, profiles, attended, now })
}

const given = { clientId: 'given', clientSecret: 'SENTINEL-given' }
const vendors = { CLIENT_ID: 'vendor', CLIENT_SECRET: 'SENTINEL-vendor' }
const ours = { XDRLAB_TAEGIS_CLIENT_ID: 'ours', XDRLAB_TAEGIS_CLIENT_SECRET: 'SENTINEL-ours' }
const regions = { XDRLAB_TAEGIS_US1_CLIENT_ID: 'us1', XDRLAB_TAEGIS_US1_CLIENT_SECRET: 'SENTINEL-us1' }
const live = profile('ana@example.com')
const expired = profile('ana@example.com', { endsAt: now - hour })
const renewable = profile('ana@example.com', { endsAt: now - hour, refresh: true })
const kept = profile(clientAccount('kept'), { endsAt: now - hour, client: true })

/** Each line has everything of the lines below it as well: taking one thing away makes the next win. */
const order: [step: string, situation: Situation][] = [
  [
    'options',
    { options: given, env: { XDRLAB_TOKEN: 'SENTINEL-token', ...vendors }, profiles: [kept, live] },
  ],
  [
    'token from the environment',
    { env: { XDRLAB_TOKEN: 'SENTINEL-token', ...vendors }, profiles: [kept, live] },
  ],
  ['client credentials from the environment', { env: vendors, profiles: [kept, live] }],
  ['client credentials in the store', { profiles: [kept, live] }],
  ['live token', { profiles: [live] }],
  ['refresh token', { profiles: [renewable] }],
  ['device sign-in', { profiles: [expired] }],
  ['device sign-in', {}],
]

test.each(order)('%s comes before everything below it', (step, situation) => {
  const { winner, problem } = plan(situation)
  expect(winner?.step).toBe(step)
  expect(problem).toBeUndefined()
})

test('the order is the same whatever is found', () => {
  const steps = order.map(([, situation]) => plan(situation).choices.map((choice) => choice.step))
  expect(steps[0]).toEqual([...new Set(order.map(([step]) => step))])
  for (const list of steps) expect(list).toEqual(steps[0])
})

test.each([
  ['of the region before the platform’s', { ...regions, ...ours, ...vendors }, 'us1'],
  ['of the platform before the vendor’s own', { ...ours, ...vendors }, 'ours'],
  ['the vendor’s own', vendors, 'vendor'],
])('variables: %s', (_what, env, id) => {
  const method = plan({ env }).winner?.method
  expect(method?.kind === 'client' ? method.client.id : method?.kind).toBe(id)
})

test('a vendor’s own variables speak for that vendor alone', () => {
  const { winner } = plan({ env: vendors, provider: ciscoXdr, attended: false })
  expect(winner).toBeUndefined()
})

test.each([
  ['cisco-xdr', undefined],
  ['taegis', 'token from the environment'],
])('XDRLAB_TOKEN beside XDRLAB_PROVIDER=%s', (chosen, step) => {
  const env = { XDRLAB_TOKEN: 'SENTINEL-token', XDRLAB_PROVIDER: chosen }
  expect(plan({ env, attended: false }).winner?.step).toBe(step)
})

test('XDRLAB_TOKEN alone is for Taegis: no other platform, and none of one’s own, is sent it', () => {
  const env = { XDRLAB_TOKEN: 'SENTINEL-token' }
  const mine = bearer({ name: 'mine', api: 'https://mine.example.com' })
  const others = [
    ciscoXdr,
    mine,
    oauth({ issuer: 'https://id.example.com', clientId: 'notebooks', name: 'id' }),
    tokenFrom(ciscoXdr, { name: 'borrows', api: 'https://mine.example.com' }),
  ]
  for (const provider of others) {
    expect(plan({ env, provider, attended: false }).winner).toBeUndefined()
    const chosen = { ...env, XDRLAB_PROVIDER: provider.name }
    expect(plan({ env: chosen, provider, attended: false }).winner?.method?.kind).toBe('given')
  }
  expect(plan({ env, attended: false }).winner?.detail).toContain('XDRLAB_TOKEN')
})

test.each<[string, Situation, string]>([
  ['a username', { options: { username: 'ben@example.com' }, env: vendors }, 'device sign-in'],
  ['method: device', { options: { method: 'device' }, env: vendors, profiles: [live] }, 'live token'],
  [
    'method: client',
    { options: { method: 'client' }, env: { ...vendors, XDRLAB_TOKEN: 'SENTINEL-token' } },
    'client credentials from the environment',
  ],
])('%s passes over what names another way', (_what, situation, step) => {
  const { winner, choices } = plan(situation)
  expect(winner?.step).toBe(step)
  expect(choices.some(({ detail }) => detail.startsWith('passed over'))).toBe(true)
})

test.each<[string, Situation, RegExp]>([
  [
    'half a pair of ours',
    { env: { XDRLAB_TAEGIS_CLIENT_ID: 'x' } },
    /CLIENT_ID is set, .*CLIENT_SECRET is not/,
  ],
  ['an empty option', { options: { token: '' } }, /token is empty/],
  ['a token of two lines', { options: { token: 'a\nb' } }, /token holds a character that cannot be sent/],
  [
    'a token variable in another script',
    { env: { XDRLAB_TOKEN: 'жетон' } },
    /XDRLAB_TOKEN holds a character/,
  ],
  [
    'a way that is not offered',
    { options: { method: 'client' }, provider: desk() },
    /takes no client credentials/,
  ],
  [
    'a device sign-in that is not offered',
    { options: { method: 'device' }, provider: desk() },
    /has no sign-in/,
  ],
])('%s is a mistake that is said', (_what, situation, says) => {
  expect(plan(situation).problem).toMatch(says)
})

function desk() {
  return basic({ name: 'desk', api: 'https://desk.example.com' })
}

test('half a pair of the vendor’s own names is no mistake: others use CLIENT_ID too', () => {
  expect(plan({ env: { CLIENT_ID: 'x' } })).toMatchObject({
    problem: undefined,
    winner: { step: 'device sign-in' },
  })
})

describe('without a person', () => {
  test.each<[string, Provider, RegExp]>([
    ['taegis', taegis, /CLIENT_ID and CLIENT_SECRET, or run "xdrlab login --region us1"/],
    ['cisco-xdr', ciscoXdr, /XDRLAB_CISCO_XDR_CLIENT_ID and .*_SECRET, or XDRLAB_CISCO_XDR_DEVICE_CLIENT_ID/],
    ['secure-endpoint', secureEndpoint, /XDRLAB_CISCO_XDR_CLIENT_ID/],
    ['basic', desk(), /XDRLAB_DESK_USERNAME and XDRLAB_DESK_PASSWORD/],
  ])('%s fails at once and says what to set', async (_name, provider, says) => {
    using _home = isolatedHome()
    const error = await failureOf(connectWith(provider, { screen: recordingScreen({ kind: 'none' }) }))
    expect(error.code).toBe('XDR_SIGN_IN_NEEDED')
    expect(error.hint).toMatch(says)
  })

  test('a token that has expired says where it came from, and nothing is sent', async () => {
    using _home = isolatedHome()
    const payload = Buffer.from(JSON.stringify({ exp: 1_000 })).toString('base64url')
    using _env = setEnv({ XDRLAB_TOKEN: `e30.${payload}.SENTINEL` })
    const error = await failureOf(connectWith(taegis, { screen: recordingScreen({ kind: 'none' }) }))
    expect(error).toMatchObject({ code: 'XDR_UNAUTHORIZED' })
    expect(error.message).toMatch(/XDRLAB_TOKEN .*has expired/)
  })
})

test('what is explained is what was found, with no secret in it', async () => {
  using _home = isolatedHome()
  using _env = setEnv({
    ...vendors,
    XDRLAB_CISCO_XDR_CLIENT_ID: 'c',
    XDRLAB_CISCO_XDR_CLIENT_SECRET: 'SENTINEL-c',
  })
  const store = memoryStore()
  await store.write({ ...profile(clientAccount('vendor'), { endsAt: Date.now() + hour }) })

  const order = await explainSignIn(taegis, { store, screen: recordingScreen() })
  const two = await explainSignIn(secureEndpoint, { store, region: 'eu', screen: recordingScreen() })

  expect(order).toMatchObject({ provider: 'taegis', region: 'us1', origin })
  expect(order.steps.filter(({ used }) => used)).toEqual([
    {
      step: 'client credentials from the environment',
      found: true,
      used: true,
      detail: expect.stringMatching(/^CLIENT_ID and CLIENT_SECRET; its token is kept, until /),
    },
  ])
  expect(two.source).toMatchObject({ provider: 'cisco-xdr', origin: 'https://visibility.eu.amp.cisco.com' })
  expect(two.steps.at(-1)).toMatchObject({ used: true, step: 'token of Cisco XDR, exchanged here' })
  expect(printed([order, two]) + JSON.stringify([order, two])).not.toContain('SENTINEL')
})
