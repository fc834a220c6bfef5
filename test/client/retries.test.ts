import { expect, test } from 'vitest'
import { answer, type Fault, hold, reset, startFaultProxy, times } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { failureOf } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql, token, begin } = taegisPaths
const me = '{ currentTDRUser { email } }'
const change = 'mutation { createClient(name: "nightly") { client { id } } }'
const after = (status: number, seconds: string, body?: string): Fault => ({
  kind: 'answer',
  status,
  headers: { 'retry-after': seconds },
  ...(body === undefined ? {} : { body }),
})

const cured: { name: string; fault: Fault }[] = [
  { name: 'HTTP 429', fault: { kind: 'answer', status: 429 } },
  { name: 'HTTP 502', fault: { kind: 'answer', status: 502, body: '<h1>Bad gateway</h1>' } },
  { name: 'HTTP 503', fault: { kind: 'answer', status: 503 } },
  { name: 'HTTP 503 with a JSON error', fault: answer(503, { error: 'Service Unavailable' }) },
  {
    name: 'HTTP 504 with GraphQL errors',
    fault: answer(504, { errors: [{ message: 'upstream timed out' }] }),
  },
  { name: 'a reset connection', fault: reset },
]

test.for(cured)(
  'after $name a query is tried again, up to four times with growing waits',
  async ({ fault }) => {
    await using it = await signedIn()
    it.server.proxy.fail(graphql, ...times(3, fault))

    expect(await it.xdr.query(me)).toMatchObject({ currentTDRUser: { email: /@/ } })

    expect(it.queries()).toHaveLength(4)
    const [first = 0, second = 0, third = 0] = it.clock.waits
    expect(it.clock.waits).toHaveLength(3)
    expect(first).toBeGreaterThanOrEqual(250)
    expect(first).toBeLessThanOrEqual(500)
    expect(second).toBeGreaterThanOrEqual(500)
    expect(second).toBeLessThanOrEqual(1_000)
    expect(third).toBeGreaterThanOrEqual(1_000)
    expect(third).toBeLessThanOrEqual(2_000)
  },
)

const stays: { name: string; fault: Fault; code: string }[] = [
  { name: 'HTTP 429', fault: { kind: 'answer', status: 429 }, code: 'XDR_RATE_LIMITED' },
  { name: 'HTTP 503', fault: { kind: 'answer', status: 503 }, code: 'XDR_HTTP' },
  { name: 'a reset connection', fault: reset, code: 'XDR_NETWORK' },
]

test.for(stays)('$name that stays is an error after four tries', async ({ fault, code }) => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, fault)

  const error = await failureOf(it.xdr.query(me))

  expect(error.code).toBe(code)
  expect(error.hint).not.toBe('')
  expect(it.queries()).toHaveLength(4)
})

test.for([429, 503])('Retry-After of HTTP %i is waited for', async (status) => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, after(status, '7'), after(status, '12s'))

  await it.xdr.query(me)

  expect(it.clock.waits).toEqual([7_000, 12_000])
})

test('Retry-After: 0 does not mean at once', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, ...times(3, after(429, '0')))

  await it.xdr.query(me)

  expect(Math.min(...it.clock.waits)).toBeGreaterThanOrEqual(250)
})

test('a server that wants more than a minute is an error that says how long', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, after(429, '3172s'))

  const error = await failureOf(it.xdr.query(me))

  expect(error.code).toBe('XDR_RATE_LIMITED')
  expect(error.hint).toContain('wait 3172 s')
  expect(error.retryAfterMs).toBe(3_172_000)
  expect(it.queries()).toHaveLength(1)
})

const mutationFaults: { name: string; fault: Fault; code: string }[] = [
  { name: 'HTTP 429', fault: after(429, '1'), code: 'XDR_RATE_LIMITED' },
  { name: 'HTTP 502', fault: { kind: 'answer', status: 502 }, code: 'XDR_HTTP' },
  { name: 'HTTP 503', fault: after(503, '1', '{"error":"busy"}'), code: 'XDR_HTTP' },
  { name: 'a reset connection', fault: reset, code: 'XDR_NETWORK' },
]

test.for(mutationFaults)('after $name a mutation is never sent again', async ({ fault, code }) => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, fault)

  const error = await failureOf(it.xdr.query(change, undefined, { confirm: true }))

  expect(error.code).toBe(code)
  expect(it.queries()).toHaveLength(1)
  expect(it.clock.waits).toEqual([])
})

test('in a notebook a mutation needs confirm, and is not sent without', async () => {
  await using it = await signedIn({ screen: recordingScreen({ kind: 'notebook' }) })

  const error = await failureOf(it.xdr.query(change))

  expect(error.code).toBe('XDR_CONFIRM_NEEDED')
  expect(error.hint).toContain('confirm: true')
  expect(it.queries()).toEqual([])
  const made = await it.xdr.query(change, undefined, { confirm: true })
  expect(made).toMatchObject({ createClient: { client: { id: /\w/ } } })
})

test('which operation runs decides, not what else the document holds', async () => {
  await using it = await signedIn({ screen: recordingScreen({ kind: 'notebook' }) })
  const both = `query Read ${me} mutation Change { createClient(name: "x") { client { id } } }`

  await it.xdr.query(both, undefined, { operationName: 'Read' })
  const error = await failureOf(it.xdr.query(both, undefined, { operationName: 'Change' }))

  expect(error.code).toBe('XDR_CONFIRM_NEEDED')
  expect(it.queries()).toHaveLength(1)
})

test('subscriptions are refused', async () => {
  await using it = await signedIn()

  const error = await failureOf(it.xdr.query('subscription { eventPage(id: "1") { query_id } }'))

  expect(error.code).toBe('XDR_BAD_OPTION')
  expect(it.queries()).toEqual([])
})

test('a query that takes too long ends by itself, and is not asked again', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, hold)

  const error = await failureOf(it.xdr.query(me, undefined, { timeoutMs: 400 }))

  expect(error.code).toBe('XDR_TIMEOUT')
  expect(error.message).toContain('within 0.4 s')
  expect(error.hint).toContain('timeoutMs')
  expect(it.queries()).toHaveLength(1)
})

test.for([Number.NaN, 0, -1, Number.POSITIVE_INFINITY, 2 ** 60])(
  'timeoutMs %s is refused in words',
  async (timeoutMs) => {
    await using it = await signedIn()

    const error = await failureOf(it.xdr.query(me, undefined, { timeoutMs }))

    expect(error.code).toBe('XDR_BAD_OPTION')
    expect(error.message).toContain('timeoutMs')
    expect(it.queries()).toEqual([])
  },
)

test('cancelling ends a held query at once', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, hold)
  const cancel = new AbortController()

  const ended = failureOf(it.xdr.query(me, undefined, { signal: cancel.signal }))
  await it.server.proxy.arrived(graphql)
  const abandoned = it.server.proxy.abandoned()
  const begunMs = performance.now()
  cancel.abort()

  expect((await ended).code).toBe('XDR_ABORTED')
  // It is held for ever; a busy machine takes its time for the rest.
  expect(performance.now() - begunMs).toBeLessThan(2_000)
  await abandoned
  expect(it.queries()).toHaveLength(1)
})

test('cancelling ends the wait between two tries', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, { kind: 'answer', status: 503 })
  const cancel = new AbortController()
  it.clock.during(2, () => cancel.abort())

  const error = await failureOf(it.xdr.query(me, undefined, { signal: cancel.signal }))

  expect(error.code).toBe('XDR_ABORTED')
  expect(it.queries()).toHaveLength(2)
})

test('a token that the platform does not take is replaced once, and the query goes through', async () => {
  // The platform's own 401: the token's signature is broken on its way to the client.
  await using it = await signedIn({
    before: (server) =>
      server.proxy.fail(token, {
        kind: 'edit',
        text: (body) => body.replace('"access_token":"', '"access_token":"x'),
      }),
  })

  const asking = it.xdr.query(me)
  await it.server.proxy.arrived(token, 2)
  await it.server.approve()

  expect(await asking).toMatchObject({ currentTDRUser: { email: /@/ } })
  expect(it.queries().map((r) => r.status)).toEqual([401, 200])
  expect(it.server.proxy.to(begin)).toHaveLength(2)
})

test('a second 401 is an error, after one new sign-in only', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, answer(401, { errors: [{ message: 'no' }] }, { 'x-request-id': 'r-9' }))

  const asking = failureOf(it.xdr.query(me))
  await it.server.proxy.arrived(token, 2)
  await it.server.approve()
  const error = await asking

  expect(error.code).toBe('XDR_UNAUTHORIZED')
  expect(error.status).toBe(401)
  expect(error.requestId).toBe('r-9')
  expect(error.hint).toContain('xdrlab login')
  expect(it.queries()).toHaveLength(2)
  expect(it.server.proxy.to(begin)).toHaveLength(2)
})

const unauthenticated = (path?: readonly (string | number)[]) => ({
  message: 'Token is expired',
  extensions: { code: 'UNAUTHENTICATED' },
  ...(path === undefined ? {} : { path }),
})
const refusals: { name: string; body: Record<string, unknown> }[] = [
  { name: 'of the whole', body: { data: null, errors: [unauthenticated()] } },
  { name: 'of the one field', body: { data: { currentTDRUser: null }, errors: [unauthenticated(['me'])] } },
  {
    name: 'of each field',
    body: { data: { a: null, b: null }, errors: [unauthenticated(['a']), unauthenticated(['b'])] },
  },
  { name: 'deep in a field', body: { data: null, errors: [unauthenticated(['a', 0, 'b'])] } },
  {
    name: 'in the words of gRPC',
    body: {
      data: { a: null },
      errors: [{ message: 'rpc error: code = Unauthenticated desc = token expired', path: ['a'] }],
    },
  },
]

test.for(refusals)('HTTP 200 with a refusal $name renews the sign-in once', async ({ body }) => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, answer(200, body))

  const asking = it.xdr.query(me)
  await it.server.proxy.arrived(token, 2)
  await it.server.approve()

  expect(await asking).toMatchObject({ currentTDRUser: { email: /@/ } })
  expect(it.queries()).toHaveLength(2)
  expect(it.server.proxy.to(begin)).toHaveLength(2)
})

test.for(refusals)('a refusal $name that stays is an error, after one new sign-in', async ({ body }) => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, answer(200, body))

  const asking = failureOf(it.xdr.query(me))
  await it.server.proxy.arrived(token, 2)
  await it.server.approve()
  const error = await asking

  expect(error).toMatchObject({ code: 'XDR_UNAUTHORIZED', status: 401 })
  expect(error.hint).toContain('xdrlab login')
  expect(it.queries()).toHaveLength(2)
  expect(it.server.proxy.to(begin)).toHaveLength(2)
})

const otherErrors: { name: string; errors: object[] }[] = [
  { name: 'a missing role', errors: [{ message: 'no', path: ['a'], extensions: { code: 'FORBIDDEN' } }] },
  { name: 'a token of its own', errors: [{ message: 'the invitation token is expired', path: ['a'] }] },
  { name: 'more than that', errors: [unauthenticated(['a']), { message: 'boom', path: ['b'] }] },
]

test.for(otherErrors)('a field that tells of $name renews nothing', async ({ errors }) => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, answer(200, { data: { a: null, b: null }, errors }))

  const error = await failureOf(it.xdr.query(me))

  expect(error.code).toBe('XDR_GRAPHQL')
  expect(it.queries()).toHaveLength(1)
  expect(it.server.proxy.to(begin)).toHaveLength(1)
})

test('a part that came beside a refused field is given, and renews nothing', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, answer(200, { data: { a: 1, b: null }, errors: [unauthenticated(['b'])] }))

  expect(await it.xdr.query(me)).toEqual({ a: 1, b: null })

  expect(it.screen.notes.at(-1)?.text).toContain('Token is expired (at b)')
  expect(it.server.proxy.to(begin)).toHaveLength(1)
})

test.for([301, 302, 303, 307, 308])('after HTTP %i the token goes to no other origin', async (status) => {
  await using it = await signedIn()
  await using other = await startFaultProxy()
  it.server.proxy.fail(graphql, {
    kind: 'answer',
    status,
    headers: { location: `${other.origin}/graphql?from=here` },
  })

  const error = await failureOf(it.xdr.query(me))

  expect(error.code).toBe('XDR_REDIRECT')
  expect(error.message).toContain(`redirects to ${other.origin};`)
  expect(error.status).toBe(status)
  expect(error.hint).toContain('check the region and the URL')
  expect(other.seen).toEqual([])
  expect(it.queries()).toHaveLength(1)
})
