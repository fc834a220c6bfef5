import { expect, test } from 'vitest'
import { taegis } from '../../src/providers/taegis.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, changed, type Fault, hold, pass, reset, times } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { taegisPaths as paths, startTaegis, type TaegisServer } from '../support/taegis-server.js'

function signIn(server: TaegisServer, clock = fakeClock()) {
  const screen = recordingScreen({ refreshMs: 60_000 })
  return connectWith(taegis, { url: server.origin, username: server.sandbox.user.username, clock, screen })
}

test('a held poll is granted as soon as the person has confirmed, with no wait of ours', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  const clock = fakeClock()

  const connecting = signIn(server, clock)
  await server.proxy.arrived(paths.token)
  await server.approve()
  const xdr = await connecting

  expect(xdr.session.subject).toBe(server.sandbox.user.username)
  expect(xdr.session.tenants).toHaveLength(1)
  expect(clock.waits).toEqual([])
  expect(server.proxy.to(paths.token)).toHaveLength(1)
})

test('the messages are JSON without client id or grant type, the first one without body', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()

  const connecting = signIn(server)
  await server.proxy.arrived(paths.token)
  await server.approve()
  await connecting

  const [begin] = server.proxy.to(paths.begin)
  const [poll] = server.proxy.to(paths.token)
  expect([begin?.method, begin?.body]).toEqual(['POST', ''])
  expect(poll?.headers['content-type']).toBe('application/json')
  expect(JSON.parse(poll?.body ?? '')).toEqual({ device_code: server.deviceCode(), interval: 5 })
  expect(server.proxy.seen.map((r) => r.headers.authorization)).toEqual([undefined, undefined])
})

test('the sandbox’s own early pending answer is asked again after the interval', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis({ pollHoldMs: 1 })
  const clock = fakeClock()
  clock.during(2, () => server.approve())

  await signIn(server, clock)

  expect(clock.waits).toEqual([5_000, 5_000])
})

test.for([200, 202, 400, 401, 403, 428, 500, 503])(
  'authorization_pending with HTTP %i means: ask again after the interval',
  async (status) => {
    using _home = isolatedHome()
    await using server = await startTaegis()
    server.proxy.fail(paths.token, answer(status, { error: 'authorization_pending' }))
    const clock = fakeClock()
    clock.during(1, () => server.approve())

    await signIn(server, clock)

    expect(clock.waits).toEqual([5_000])
    expect(server.proxy.to(paths.token)).toHaveLength(2)
  },
)

test('a 502 after a minute of holding is not the end', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  const clock = fakeClock()
  let cut = () => {}
  const until = new Promise<void>((resolve) => {
    cut = resolve
  })
  server.proxy.fail(paths.token, {
    kind: 'late',
    until,
    fault: { kind: 'answer', status: 502, body: '<p>Bad</p>' },
  })
  clock.during(1, () => server.approve())

  const connecting = signIn(server, clock)
  await server.proxy.arrived(paths.token)
  clock.advance(60_000)
  cut()
  await connecting

  expect(clock.waits).toEqual([10_000])
})

const paces: { name: string; faults: Fault[]; waits: number[] }[] = [
  {
    name: 'slow_down adds 5 s for good',
    faults: [answer(400, { error: 'slow_down' }), answer(400, { error: 'authorization_pending' })],
    waits: [10_000, 10_000],
  },
  {
    name: 'lost connections double the wait',
    faults: times(5, reset),
    waits: [10_000, 20_000, 40_000, 60_000, 60_000],
  },
  {
    name: 'Retry-After is honoured',
    faults: [{ kind: 'answer', status: 429, headers: { 'retry-after': '90' } }],
    waits: [90_000],
  },
]

test.for(paces)('$name', async ({ faults, waits }) => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  server.proxy.fail(paths.token, ...faults)
  const clock = fakeClock()
  clock.during(waits.length, () => server.approve())

  await signIn(server, clock)

  expect(clock.waits).toEqual(waits)
})

const endings: { name: string; fault: Fault; code: string; says: RegExp }[] = [
  {
    name: 'access_denied',
    fault: answer(400, { error: 'access_denied' }),
    code: 'XDR_SIGN_IN_DENIED',
    says: /denied/,
  },
  {
    name: 'access_denied in 200',
    fault: answer(200, { error: 'access_denied' }),
    code: 'XDR_SIGN_IN_DENIED',
    says: /denied/,
  },
  {
    name: 'expired_token',
    fault: answer(400, { error: 'expired_token' }),
    code: 'XDR_SIGN_IN_EXPIRED',
    says: /expired/,
  },
  {
    name: 'another error',
    fault: answer(
      403,
      { error: 'forbidden', error_description: 'account locked' },
      { 'x-request-id': 'req-77' },
    ),
    code: 'XDR_SIGN_IN_FAILED',
    says: /HTTP 403\): forbidden, account locked/,
  },
  {
    name: 'no access token',
    fault: answer(200, { token_type: 'Bearer', expires_in: 60 }),
    code: 'XDR_BAD_RESPONSE',
    says: /without a usable access token/,
  },
  {
    name: 'an empty access token',
    fault: answer(200, { access_token: '' }),
    code: 'XDR_BAD_RESPONSE',
    says: /without a usable access token/,
  },
  {
    name: 'an access token that is no text',
    fault: answer(200, { access_token: 12345678901 }),
    code: 'XDR_BAD_RESPONSE',
    says: /without a usable access token/,
  },
  {
    name: 'an access token with a line break',
    fault: answer(200, { access_token: 'abcdefgh\r\nX-Evil: 1' }),
    code: 'XDR_BAD_RESPONSE',
    says: /without a usable access token/,
  },
  {
    name: 'a web page',
    fault: { kind: 'answer', status: 200, body: '<!doctype html><title>Sign in</title>' },
    code: 'XDR_BAD_RESPONSE',
    says: /a web page \(HTTP 200\)/,
  },
  {
    name: 'nothing',
    fault: { kind: 'answer', status: 204 },
    code: 'XDR_BAD_RESPONSE',
    says: /nothing \(HTTP 204\)/,
  },
  {
    name: 'a redirect to a sign-in page',
    fault: { kind: 'answer', status: 302, headers: { location: 'https://login.example.com/?next=1' } },
    code: 'XDR_REDIRECT',
    says: /https:\/\/login\.example\.com;/,
  },
]

test.for(endings)('$name ends the sign-in at once', async ({ fault, code, says }) => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  server.proxy.fail(paths.token, fault)
  const clock = fakeClock()

  const error = await failureOf(signIn(server, clock))

  expect(error.code).toBe(code)
  expect(error.message).toMatch(says)
  expect(error.hint).not.toBe('')
  expect(clock.waits).toEqual([])
  if (code === 'XDR_SIGN_IN_FAILED') expect(error.requestId).toBe('req-77')
})

test('a person who cancels in the browser ends the held poll', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()

  const connecting = failureOf(signIn(server))
  await server.proxy.arrived(paths.token)
  await server.deny()

  expect((await connecting).code).toBe('XDR_SIGN_IN_DENIED')
})

test('a poll that is held for ever ends with the code, and its connection is closed', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  server.proxy.fail(paths.token, hold)
  const clock = fakeClock()

  const connecting = failureOf(signIn(server, clock))
  await server.proxy.arrived(paths.token)
  const abandoned = server.proxy.abandoned()
  clock.advance(600_000)

  expect((await connecting).code).toBe('XDR_SIGN_IN_EXPIRED')
  await abandoned
})

test('a token answer without expires_in takes its end from the token', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis({ accessTokenTtlS: 1234 })
  server.proxy.fail(paths.token, changed({ expires_in: undefined }), pass)
  const clock = fakeClock()

  const connecting = signIn(server, clock)
  await server.proxy.arrived(paths.token)
  await server.approve()
  const { expiresAt } = (await connecting).session

  expect(Math.abs((expiresAt?.getTime() ?? 0) - (Date.now() + 1_234_000))).toBeLessThan(10_000)
})
