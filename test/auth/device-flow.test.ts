import { expect, test } from 'vitest'
import { clientId, paths, person, startAuthServer } from '../support/auth-server.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, changed, type Fault, hold, pass, reset, times } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, providerFor } from '../support/sign-in.js'

const busy: Fault = { kind: 'answer', status: 503 }
const slowDown = answer(400, { error: 'slow_down' })

test('a pending sign-in is granted once the person has confirmed it', async () => {
  await using server = await startAuthServer()
  const clock = fakeClock()
  clock.during(3, () => server.approve())

  const xdr = await connectWith(providerFor(server), { clock })

  expect(xdr.session.subject).toBe(person)
  expect(xdr.session.expiresAt?.getTime()).toBeGreaterThan(clock.now())
  expect(server.proxy.to(paths.token).map((r) => r.status)).toEqual([400, 400, 200])
  // No interval in this server's answer: RFC 8628 section 3.2 says 5 s, before the first poll as well.
  expect(clock.waits).toEqual([5_000, 5_000, 5_000])
})

test('the messages are form encoded, with client id and grant type (RFC 8628 sections 3.1 and 3.4)', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })

  await connectWith(providerFor(server))

  const [begin] = server.proxy.to(paths.begin)
  expect(begin?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
  expect(Object.fromEntries(new URLSearchParams(begin?.body))).toEqual({
    client_id: clientId,
    scope: 'openid offline_access email',
  })
  expect(Object.fromEntries(new URLSearchParams(server.proxy.to(paths.token)[0]?.body))).toEqual({
    client_id: clientId,
    device_code: server.deviceCode(),
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
  })
})

test('a confidential client proves itself with HTTP Basic and never in the form', async () => {
  const clientSecret = 'kept between two servers'
  await using server = await startAuthServer({ approvesAtOnce: true, clientSecret })

  await connectWith(providerFor(server, { clientSecret }))

  const asked = [...server.proxy.to(paths.begin), ...server.proxy.to(paths.token)]
  const basic = Buffer.from(`${clientId}:${clientSecret.replaceAll(' ', '+')}`).toString('base64')
  expect(asked.map((r) => r.headers.authorization)).toEqual([`Basic ${basic}`, `Basic ${basic}`])
  expect(asked.map((r) => r.body).join()).not.toContain('kept')
})

test('a wrong client secret is named as such', async () => {
  await using server = await startAuthServer({ clientSecret: 'the right secret' })

  const error = await failureOf(connectWith(providerFor(server, { clientSecret: 'a wrong secret' })))

  expect(error.code).toBe('XDR_SIGN_IN_FAILED')
  expect(error.status).toBe(401)
  expect(error.message).toContain('invalid_client')
  expect(error.hint).toContain('client id')
})

test('a denied sign-in says so and stops', async () => {
  await using server = await startAuthServer()
  const clock = fakeClock()
  clock.during(2, () => server.deny())

  const error = await failureOf(connectWith(providerFor(server), { clock }))

  expect(error.code).toBe('XDR_SIGN_IN_DENIED')
  expect(error.hint).toContain('if it was you')
  expect(clock.waits).toEqual([5_000, 5_000])
})

test('a code that the server calls expired ends the sign-in', async () => {
  await using server = await startAuthServer()
  const clock = fakeClock()
  clock.during(2, () => server.expire())

  const error = await failureOf(connectWith(providerFor(server), { clock }))

  expect(error.code).toBe('XDR_SIGN_IN_EXPIRED')
  expect(error.hint).toContain('new code')
  expect(clock.waits).toHaveLength(2)
})

test('a code that nobody confirms ends by our own monotonic clock, without a poll after its end', async () => {
  await using server = await startAuthServer()
  server.proxy.fail(paths.begin, changed({ expires_in: 17 }))
  const clock = fakeClock()

  const error = await failureOf(connectWith(providerFor(server), { clock }))

  expect(error.code).toBe('XDR_SIGN_IN_EXPIRED')
  expect(clock.waits).toEqual([5_000, 5_000, 5_000, 2_000])
  expect(server.proxy.to(paths.token)).toHaveLength(3)
})

test('any other error of the token endpoint stops, with what the server said', async () => {
  await using server = await startAuthServer()
  server.proxy.fail(paths.token, answer(400, { error: 'invalid_grant', error_description: 'never seen' }))
  const clock = fakeClock()

  const error = await failureOf(connectWith(providerFor(server), { clock }))

  expect(error.code).toBe('XDR_SIGN_IN_FAILED')
  expect(error.message).toContain('invalid_grant, never seen')
  expect(error.status).toBe(400)
  expect(server.proxy.to(paths.token)).toHaveLength(1)
})

const paces: {
  name: string
  faults: Fault[]
  waits: number[]
  begin?: Record<string, unknown>
}[] = [
  {
    name: 'slow_down adds 5 s for this and all later polls',
    faults: [slowDown, pass, pass],
    waits: [5_000, 10_000, 10_000, 10_000],
  },
  {
    name: 'each slow_down adds another 5 s',
    faults: [pass, slowDown, slowDown, pass],
    waits: [5_000, 5_000, 10_000, 15_000, 15_000],
  },
  {
    name: 'slow_down adds to the interval that the server asked for',
    begin: { interval: 2 },
    faults: [slowDown, pass],
    waits: [2_000, 7_000, 7_000],
  },
  {
    name: 'a reset connection doubles the wait, an answer brings the interval back',
    faults: [reset, reset, pass],
    waits: [5_000, 10_000, 20_000, 5_000],
  },
  {
    name: '503 doubles the wait, up to a minute',
    faults: times(5, busy),
    waits: [5_000, 10_000, 20_000, 40_000, 60_000, 60_000],
  },
  { name: '502 is not the end', faults: [{ kind: 'answer', status: 502 }], waits: [5_000, 10_000] },
  { name: '504 is not the end', faults: [{ kind: 'answer', status: 504 }], waits: [5_000, 10_000] },
  {
    name: '429 is not the end',
    faults: [{ kind: 'answer', status: 429, headers: { 'retry-after': '30' } }],
    waits: [5_000, 30_000],
  },
  {
    name: 'a 503 page in HTML is not the end',
    faults: [
      { kind: 'answer', status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>Soon</h1>' },
    ],
    waits: [5_000, 10_000],
  },
  {
    name: 'Retry-After lengthens the wait',
    faults: [{ kind: 'answer', status: 503, headers: { 'retry-after': '45' } }],
    waits: [5_000, 45_000],
  },
  {
    name: 'Retry-After with its unit is read',
    begin: { expires_in: 3600 },
    faults: [{ kind: 'answer', status: 503, headers: { 'retry-after': '3172s' } }],
    waits: [5_000, 3_172_000],
  },
  {
    name: 'Retry-After never shortens the wait',
    faults: [{ kind: 'answer', status: 503, headers: { 'retry-after': '0' } }],
    waits: [5_000, 10_000],
  },
  {
    name: 'the interval after slow_down is what a lost connection doubles',
    faults: [slowDown, reset, pass],
    waits: [5_000, 10_000, 20_000, 10_000],
  },
]

test.for(paces)('$name', async ({ faults, waits, begin }) => {
  await using server = await startAuthServer()
  server.proxy.fail(paths.begin, changed(begin ?? {}))
  server.proxy.fail(paths.token, ...faults)
  const clock = fakeClock()
  clock.during(waits.length, () => server.approve())
  const screen = recordingScreen({ refreshMs: 60_000 })

  const xdr = await connectWith(providerFor(server), { clock, screen })

  expect(clock.waits).toEqual(waits)
  expect(xdr.session.subject).toBe(person)
})

test('a poll that is not answered within 30 s counts as lost: the wait doubles, the sign-in goes on', async () => {
  await using server = await startAuthServer()
  server.proxy.fail(paths.token, hold, hold)
  const clock = fakeClock()
  clock.during(3, () => server.approve())

  const connecting = connectWith(providerFor(server), {
    clock,
    screen: recordingScreen({ refreshMs: 60_000 }),
  })
  for (const polls of [1, 2]) {
    await server.proxy.arrived(paths.token, polls)
    clock.advance(29_999)
    expect(clock.waits).toHaveLength(polls)
    clock.advance(1)
  }

  expect((await connecting).session.subject).toBe(person)
  expect(clock.waits).toEqual([5_000, 10_000, 20_000])
})

test('a server that stays away ends with the code, not before', async () => {
  await using server = await startAuthServer()
  server.proxy.failAlways(paths.token, reset)
  const clock = fakeClock()
  const screen = recordingScreen({ refreshMs: 60_000 })

  const error = await failureOf(connectWith(providerFor(server), { clock, screen }))

  expect(error.code).toBe('XDR_SIGN_IN_EXPIRED')
  expect(clock.waits.reduce((sum, ms) => sum + ms)).toBe(600_000)
  expect(server.proxy.to(paths.token).length).toBeLessThan(15)
})

test('a Retry-After beyond the life of the code waits for its end and no longer', async () => {
  await using server = await startAuthServer()
  server.proxy.fail(paths.token, { kind: 'answer', status: 503, headers: { 'retry-after': '86400' } })
  const clock = fakeClock()

  const error = await failureOf(connectWith(providerFor(server), { clock }))

  expect(error.code).toBe('XDR_SIGN_IN_EXPIRED')
  expect(clock.waits).toEqual([5_000, 595_000])
})

test('two connections at once are two sign-ins, two queries at once share one', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true, accessTokenTtlS: 60 })
  const clock = fakeClock()
  const screen = recordingScreen()
  server.proxy.failAlways('/graphql', answer(200, { data: { ok: true } }))
  const xdr = await connectWith(providerFor(server, { scopes: ['openid'] }), { clock, screen })
  clock.advance(3_600_000)

  await Promise.all([xdr.query('{ ok }'), xdr.query('{ ok }'), xdr.query('{ ok }')])

  expect(screen.displays).toHaveLength(2)
  expect(server.proxy.to(paths.begin)).toHaveLength(2)
  expect(server.proxy.to('/graphql')).toHaveLength(3)
})
