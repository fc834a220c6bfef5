import { expect, test } from 'vitest'
import { type DirectStore, memoryStore } from '../../src/store/profile.js'
import {
  type AuthServer,
  type AuthServerOptions,
  clientId,
  paths,
  startAuthServer,
} from '../support/auth-server.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, changed, type Fault, hold } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, providerFor } from '../support/sign-in.js'

const lifeS = 300
const ok = answer(200, { data: { ok: true } })

/** A signed-in client whose token has just run out. */
async function withExpiredToken(options: AuthServerOptions = {}) {
  const server = await startAuthServer({ approvesAtOnce: true, accessTokenTtlS: lifeS, ...options })
  server.proxy.failAlways('/graphql', ok)
  const store = memoryStore()
  const clock = fakeClock()
  const screen = recordingScreen()
  const xdr = await connectWith(providerFor(server), { store, clock, screen })
  clock.advance((lifeS + 1) * 1000)
  return { server, store, clock, screen, xdr, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

function stored(store: DirectStore): { access: string | undefined; refresh: string | undefined } {
  const session = store.list()[0]?.session
  return { access: session?.accessToken.reveal(), refresh: session?.refreshToken?.reveal() }
}

function refreshes(server: AuthServer): URLSearchParams[] {
  return server.proxy
    .to(paths.token)
    .map((request) => new URLSearchParams(request.body))
    .filter((form) => form.get('grant_type') === 'refresh_token')
}

test.for([{ opaque: false }, { opaque: true }])(
  'an expired token is renewed without a person, and the rotated refresh token is kept (opaque: $opaque)',
  async ({ opaque }) => {
    await using it = await withExpiredToken({ opaque })
    const before = stored(it.store)

    await it.xdr.query('{ ok }')
    const between = stored(it.store)
    it.clock.advance((lifeS + 1) * 1000)
    await it.xdr.query('{ ok }')
    const after = stored(it.store)

    expect(it.screen.displays).toHaveLength(1)
    expect(refreshes(it.server).map((form) => form.get('refresh_token'))).toEqual([
      before.refresh,
      between.refresh,
    ])
    expect(new Set([before.refresh, between.refresh, after.refresh]).size).toBe(3)
    expect(new Set([before.access, between.access, after.access]).size).toBe(3)
    expect(it.server.proxy.to('/graphql').map((r) => r.headers.authorization)).toEqual([
      `Bearer ${between.access}`,
      `Bearer ${after.access}`,
    ])
    expect(refreshes(it.server)[0]?.get('client_id')).toBe(clientId)
  },
)

test('a token with less than the margin left counts as expired', async () => {
  await using it = await withExpiredToken()
  await it.xdr.query('{ ok }')
  it.clock.advance((lifeS - 20) * 1000)
  await it.xdr.query('{ ok }')
  expect(refreshes(it.server)).toHaveLength(1)
  it.clock.advance(6_000)
  await it.xdr.query('{ ok }')
  expect(refreshes(it.server)).toHaveLength(2)
})

test('the old refresh token stays when none comes back (RFC 6749 section 6)', async () => {
  await using it = await withExpiredToken({ rotates: false })
  const before = stored(it.store)
  it.server.proxy.fail(paths.token, changed({ refresh_token: undefined }))

  await it.xdr.query('{ ok }')

  expect(stored(it.store).refresh).toBe(before.refresh)
  expect(stored(it.store).access).not.toBe(before.access)
  it.clock.advance((lifeS + 1) * 1000)
  await it.xdr.query('{ ok }')
  expect(it.screen.displays).toHaveLength(1)
})

test('the person’s name stays when the renewed token does not say it', async () => {
  await using it = await withExpiredToken({ opaque: true })
  it.server.proxy.fail(paths.token, changed({ id_token: undefined }))
  const before = it.xdr.session.subject

  await it.xdr.query('{ ok }')

  expect(before).toBeDefined()
  expect(it.xdr.session.subject).toBe(before)
})

test('a refresh token that the server no longer takes leads to a sign-in', async () => {
  await using it = await withExpiredToken()
  // Used by someone else: the server sees the replay and takes back the whole grant.
  const stolen = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: stored(it.store).refresh ?? '',
  })
  const replay = () => fetch(`${it.server.issuer}${paths.token}`, { method: 'POST', body: stolen })
  expect((await replay()).status).toBe(200)
  expect((await replay()).status).toBe(400)

  await it.xdr.query('{ ok }')

  expect(it.screen.displays).toHaveLength(2)
  expect(it.server.proxy.to(paths.token).map((r) => r.status)).toContain(400)
  expect(it.xdr.session.expiresAt?.getTime()).toBeGreaterThan(it.clock.now())
})

const away: { name: string; fault: Fault }[] = [
  { name: 'HTTP 503', fault: { kind: 'answer', status: 503 } },
  { name: 'a reset connection', fault: { kind: 'reset' } },
]

test.for(away)(
  '$name during a renewal is an error, and the sign-in is kept for the next try',
  async ({ fault }) => {
    await using it = await withExpiredToken()
    const before = stored(it.store)
    it.server.proxy.fail(paths.token, fault)

    const error = await failureOf(it.xdr.query('{ ok }'))

    expect(error.code).toBe('XDR_NETWORK')
    expect(error.hint).toContain('the sign-in itself is kept')
    expect(stored(it.store)).toEqual(before)
    await it.xdr.query('{ ok }')
    expect(it.screen.displays).toHaveLength(1)
  },
)

test('a renewal that is not answered ends by itself', async () => {
  await using it = await withExpiredToken()
  it.server.proxy.fail(paths.token, hold)
  const polls = it.server.proxy.to(paths.token).length

  const ended = failureOf(it.xdr.query('{ ok }'))
  await it.server.proxy.arrived(paths.token, polls + 1)
  it.clock.advance(30_000)

  expect((await ended).code).toBe('XDR_NETWORK')
})

test('ten queries at once need one renewal', async () => {
  await using it = await withExpiredToken()

  await Promise.all(Array.from({ length: 10 }, () => it.xdr.query('{ ok }')))

  expect(refreshes(it.server)).toHaveLength(1)
})

test('what another notebook renewed meanwhile is taken from the store, without a request', async () => {
  await using it = await withExpiredToken()
  const other = await connectWith(providerFor(it.server), {
    store: it.store,
    clock: it.clock,
    screen: it.screen,
  })
  expect(refreshes(it.server)).toHaveLength(1)

  await it.xdr.query('{ ok }')
  await other.query('{ ok }')

  expect(refreshes(it.server)).toHaveLength(1)
  expect(it.screen.displays).toHaveLength(1)
})

test('a refresh token that another process used first is no new sign-in: its result is in the store', async () => {
  await using it = await withExpiredToken()
  const otherStore = memoryStore()
  const keepTheOthers = async () => {
    await connectWith(providerFor(it.server), { store: otherStore, clock: it.clock })
    const [theirs] = otherStore.list()
    if (theirs !== undefined) await it.store.write(theirs)
  }
  const polls = it.server.proxy.to(paths.token).length
  it.server.proxy.fail(paths.token, {
    kind: 'late',
    until: it.server.proxy.arrived(paths.token, polls + 1).then(keepTheOthers),
    fault: answer(400, { error: 'invalid_grant' }),
  })

  await it.xdr.query('{ ok }')

  expect(it.screen.displays).toHaveLength(1)
  expect(it.server.proxy.to('/graphql').at(-1)?.headers.authorization).toBe(
    `Bearer ${stored(otherStore).access}`,
  )
})

test('a caller who gives up waits no longer, and does not end the renewal that others wait for', async () => {
  await using it = await withExpiredToken()
  const polls = it.server.proxy.to(paths.token).length
  let go = () => {}
  const until = new Promise<void>((resolve) => {
    go = resolve
  })
  it.server.proxy.fail(paths.token, { kind: 'late', until, fault: { kind: 'pass' } })
  const cancel = new AbortController()

  const patient = it.xdr.query('{ ok }')
  const impatient = failureOf(it.xdr.query('{ ok }', undefined, { signal: cancel.signal }))
  await it.server.proxy.arrived(paths.token, polls + 1)
  cancel.abort()

  expect((await impatient).code).toBe('XDR_ABORTED')
  go()
  expect(await patient).toEqual({ ok: true })
})
