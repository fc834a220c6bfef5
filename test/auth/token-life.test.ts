import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { revokeSession } from '../../src/auth/revocation.js'
import { memoryStore } from '../../src/store/profile.js'
import { type AuthServerOptions, clientId, paths, startAuthServer } from '../support/auth-server.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, type SeenRequest } from '../support/fault-proxy.js'
import { printed } from '../support/printed.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome, providerFor } from '../support/sign-in.js'

const lifeS = 600
const hourMs = 3_600_000
const ok = answer(200, { data: { ok: true } })

async function signedIn(options: AuthServerOptions = {}) {
  const server = await startAuthServer({ approvesAtOnce: true, accessTokenTtlS: lifeS, ...options })
  server.proxy.failAlways('/graphql', ok)
  const store = memoryStore()
  const clock = fakeClock()
  const screen = recordingScreen()
  const { clientSecret } = options
  const provider = providerFor(server, {
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(options.dpop === undefined ? {} : { dpop: true }),
  })
  const xdr = await connectWith(provider, { store, clock, screen })
  const session = () => {
    const [profile] = store.list()
    if (profile?.session === undefined) throw new Error('nothing is stored')
    return profile.session
  }
  const refreshes = () =>
    server.proxy.to(paths.token).filter((r) => r.body.includes('grant_type=refresh_token'))
  return {
    server,
    store,
    clock,
    screen,
    xdr,
    session,
    refreshes,
    provider,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function signInOf(provider: ReturnType<typeof providerFor>) {
  if (provider.signIn?.dialect !== 'rfc8628') throw new Error('not an OAuth server')
  return provider.signIn
}

/** The token answer of a server that gives JWTs, and no `expires_in` beside them. */
function asJwtOnly(body: string): string {
  const { expires_in: lifeS, ...answer } = JSON.parse(body)
  const exp = Math.floor(Date.now() / 1000) + lifeS
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return JSON.stringify({
    ...answer,
    access_token: `${encode({})}.${encode({ exp })}.${answer.access_token}`,
  })
}

test.for([
  { name: 'an hour ahead', offMs: hourMs },
  { name: 'an hour behind', offMs: -hourMs },
])('with a clock $name, a token that names its end lives exactly as long', async ({ offMs }) => {
  await using server = await startAuthServer({ approvesAtOnce: true, accessTokenTtlS: lifeS })
  server.proxy.failAlways('/graphql', ok)
  // Without expires_in, only the token itself says when it ends: in the server's time.
  server.proxy.failAlways(paths.token, { kind: 'edit', text: asJwtOnly })
  const clock = fakeClock(Date.now() + offMs)
  const xdr = await connectWith(providerFor(server), { clock })
  const tokens = () => server.proxy.to(paths.token).filter((r) => r.status === 200).length

  await xdr.query('{ ok }')
  clock.advance((lifeS - 60) * 1000)
  await xdr.query('{ ok }')
  expect(tokens()).toBe(1)
  clock.advance(60_000)
  await xdr.query('{ ok }')

  expect(tokens()).toBe(2)
  expect(server.proxy.to(paths.begin)).toHaveLength(1)
})

test('ten-minute tokens are renewed before they end, within a loop that takes hours', async () => {
  await using it = await signedIn()
  const sent: string[] = []

  for (let page = 0; page < 100; page++) {
    it.clock.advance(90_000)
    expect(await it.xdr.query('{ ok }')).toEqual({ ok: true })
    const { expiresAt } = it.session().accessToken
    expect(expiresAt).toBeGreaterThan(it.clock.now() + 15_000)
    sent.push(it.server.proxy.to('/graphql').at(-1)?.headers.authorization ?? '')
  }

  // 9,000 s of pages on tokens of 585 usable seconds: one renewal for each six pages or so, no sign-in, no 401.
  expect(it.refreshes().length).toBe(new Set(sent).size - (sent[0] === sent[1] ? 1 : 0))
  expect(it.refreshes().length).toBeLessThanOrEqual(17)
  expect(it.screen.displays).toHaveLength(1)
})

const form = (request: SeenRequest | undefined) => Object.fromEntries(new URLSearchParams(request?.body))

test('a session is given up at the server: the refresh token first, then the access token', async () => {
  await using it = await signedIn({ revocation: true, opaque: true })
  const session = it.session()

  expect(await revokeSession(session, undefined)).toEqual({ state: 'revoked' })

  const [first, second, ...more] = it.server.proxy.to(paths.revocation)
  expect(form(first)).toEqual({
    token: session.refreshToken?.reveal(),
    token_type_hint: 'refresh_token',
    client_id: clientId,
  })
  expect(form(second)).toEqual({
    token: session.accessToken.reveal(),
    token_type_hint: 'access_token',
    client_id: clientId,
  })
  expect(more).toEqual([])
  // The server has done it: the refresh token is good for nothing.
  it.clock.advance(lifeS * 1000)
  await it.xdr.query('{ ok }')
  expect(it.refreshes().map((r) => r.status)).toEqual([400])
  expect(it.screen.displays).toHaveLength(2)
})

test('a confidential client shows its secret, and without it the server says no', async () => {
  const clientSecret = 'the-secret-of-this-client'
  await using it = await signedIn({ revocation: true, opaque: true, clientSecret })

  const without = await revokeSession(it.session(), undefined)
  const withIt = await revokeSession(it.session(), signInOf(it.provider))

  expect(without).toMatchObject({
    state: 'failed',
    why: expect.stringMatching(/wants the secret of its client notebooks, which was not found$/),
  })
  expect(withIt).toEqual({ state: 'revoked' })
  const sent = it.server.proxy.to(paths.revocation).at(-1)?.headers.authorization?.split(' ')[1] ?? ''
  expect(Buffer.from(sent, 'base64').toString()).toBe(`${clientId}:${clientSecret}`)
})

test('a server without revocation is asked nothing', async () => {
  await using it = await signedIn()
  expect(await revokeSession(it.session(), undefined)).toEqual({ state: 'not-offered' })
})

test.for([
  { name: 'away', fault: { kind: 'reset' as const } },
  { name: 'in trouble', fault: { kind: 'answer' as const, status: 503 } },
  {
    name: 'elsewhere',
    fault: { kind: 'answer' as const, status: 302, headers: { location: 'https://evil.example' } },
  },
])('a server that is $name leaves a reason and no token in it', async ({ fault }) => {
  await using it = await signedIn({ revocation: true })
  it.server.proxy.failAlways(paths.revocation, fault)

  const told = await revokeSession(it.session(), undefined)

  expect(told.state).toBe('failed')
  expect(printed(told)).not.toContain(it.session().refreshToken?.reveal())
  expect(it.server.proxy.to(paths.revocation)).toHaveLength(1)
})

/** A proof, checked: the signature by its own key. */
function readProof(request: SeenRequest | undefined) {
  const [head = '', body = '', signature = ''] = String(request?.headers.dpop).split('.')
  const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
  const { jwk, typ, alg } = decode(head)
  const good = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  return { good, typ, alg, jwk, ...decode(body) }
}

test.for([{ dpop: 'required' as const }, { dpop: 'nonce' as const }])(
  'tokens are bound to a key of ours ($dpop): sign-in, calls and renewals carry proofs of it',
  async ({ dpop }) => {
    await using it = await signedIn({ dpop })
    await it.xdr.query('{ ok }')
    it.clock.advance(lifeS * 1000)
    await it.xdr.query('{ ok }')

    const [first, second] = it.server.proxy.to('/graphql')
    for (const call of [first, second]) {
      const [scheme, token = ''] = call?.headers.authorization?.split(' ') ?? []
      expect(scheme).toBe('DPoP')
      expect(readProof(call)).toMatchObject({
        good: true,
        typ: 'dpop+jwt',
        alg: 'ES256',
        htm: 'POST',
        htu: `${it.server.issuer}/graphql`,
        ath: createHash('sha256').update(token).digest('base64url'),
      })
    }
    expect(it.refreshes().filter((r) => r.status === 200)).toHaveLength(1)
    expect(new Set([first, second].map((call) => readProof(call).jti)).size).toBe(2)
    expect(it.screen.displays).toHaveLength(1)
    expect(JSON.stringify(readProof(first).jwk)).not.toContain('"d"')
  },
)

test('without the option, a server that refuses unbound tokens is answered with a proof', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })
  server.proxy.failAlways('/graphql', ok)
  server.proxy.fail(paths.token, answer(400, { error: 'invalid_dpop_proof' }))
  const xdr = await connectWith(providerFor(server))

  await xdr.query('{ ok }')

  const [plain, bound] = server.proxy.to(paths.token)
  expect(plain?.headers.dpop).toBeUndefined()
  expect(readProof(bound)).toMatchObject({ good: true, htm: 'POST', htu: `${server.issuer}${paths.token}` })
})

test('dpop: false stays a bearer', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })
  server.proxy.fail(paths.token, answer(400, { error: 'invalid_dpop_proof' }))

  const error = await failureOf(connectWith(providerFor(server, { dpop: false })))

  expect(error.code).toBe('XDR_SIGN_IN_FAILED')
  expect(server.proxy.to(paths.token).every((r) => r.headers.dpop === undefined)).toBe(true)
})

test('an API that asks for a nonce of its own gets it in the next proof, for a change as well', async () => {
  await using it = await signedIn({ dpop: 'required' })
  const challenge = { 'dpop-nonce': 'n-0S6_WzA2Mj', 'www-authenticate': 'DPoP error="use_dpop_nonce"' }
  it.server.proxy.fail('/graphql', answer(401, {}, challenge))
  const tokens = it.server.proxy.to(paths.token).length

  await it.xdr.query('mutation { ok }', undefined, { confirm: true })

  const calls = it.server.proxy.to('/graphql')
  const before = readProof(calls[0]).nonce
  expect(before).not.toBe('n-0S6_WzA2Mj')
  expect(calls.map((call) => readProof(call).nonce)).toEqual([before, 'n-0S6_WzA2Mj'])
  expect(it.server.proxy.to(paths.token)).toHaveLength(tokens)
})

test('the key is kept with the sign-in, and is nowhere else', async () => {
  using home = isolatedHome()
  await using server = await startAuthServer({ approvesAtOnce: true, dpop: 'required' })
  server.proxy.failAlways('/graphql', ok)
  const screen = recordingScreen()
  const provider = providerFor(server, { dpop: 'auto' })
  await connectWith(provider, { store: 'file', screen })
  const again = await connectWith(provider, { store: 'file', screen })
  await again.query('{ ok }')

  const [name = ''] = readdirSync(home.profiles)
  const { dpopKey } = JSON.parse(readFileSync(join(home.profiles, name), 'utf8')).session
  const { d, x } = JSON.parse(dpopKey)
  expect(readProof(server.proxy.to('/graphql')[0]).jwk.x).toBe(x)
  expect(screen.displays).toHaveLength(1)
  const seen = JSON.stringify(server.proxy.seen) + screen.everything() + printed(again)
  expect(d).toHaveLength(43)
  expect(seen).not.toContain(d)
})
