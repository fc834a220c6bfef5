import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { AccessToken } from '../../src/secrets.js'
import { fileStore } from '../../src/store/file-store.js'
import { type AuthServer, paths, startAuthServer } from '../support/auth-server.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, changed, hold, holdAnswer, pass, times } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome, providerFor } from '../support/sign-in.js'

const script = fileURLToPath(new URL('../support/renew-process.mjs', import.meta.url))
const count = 8

/** A stored sign-in whose token has run out and whose refresh token is good for one use. */
async function expiredSignIn(profiles: string) {
  const server = await startAuthServer({ approvesAtOnce: true })
  server.proxy.failAlways('/graphql', answer(200, { data: { ok: true } }))
  await connectWith(providerFor(server), { store: 'file' })
  const store = fileStore(profiles, () => {})
  const [profile] = store.list()
  if (profile?.session === undefined) throw new Error('nothing was stored')
  const { accessToken } = profile.session
  await store.write({
    ...profile,
    session: { ...profile.session, accessToken: new AccessToken(accessToken.reveal(), Date.now() - 1_000) },
  })
  const refreshes = () =>
    server.proxy.to(paths.token).filter((r) => r.body.includes('grant_type=refresh_token'))
  return { server, store, refreshes, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('of many processes that find the same expired token, one renews and the others take its result', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)

  const results = await Promise.all(
    Array.from({ length: count }, () =>
      promisify(execFile)(process.execPath, [script, JSON.stringify({ issuer: it.server.issuer })], {
        timeout: 50_000,
      }),
    ),
  )

  expect(results.map(({ stdout, stderr }) => [stdout, stderr])).toEqual(
    Array.from({ length: count }, () => ['{"ok":true}', '']),
  )
  expect(it.refreshes().map((r) => r.status)).toEqual([200])
  expect(it.server.proxy.to(paths.begin)).toHaveLength(1)
  const sent = new Set(it.server.proxy.to('/graphql').map((r) => r.headers.authorization))
  expect([...sent]).toEqual([`Bearer ${it.store.list()[0]?.session?.accessToken.reveal()}`])
  // The lock is gone again.
  expect(readdirSync(home.profiles)).toHaveLength(1)
})

/** Every token that the server gives out is good for `liveMs` beyond the provider's margin of 15 s. */
function shortenTokens(server: AuthServer, liveMs: number): void {
  server.proxy.failAlways(paths.token, changed({ expires_in: 15 + liveMs / 1000 }))
}

/** Processes that renew again and again, each so many times; ended with the test. */
function startRenewing(issuer: string, processes: number, renewals: number) {
  /** Who has sent the token requests, in order. */
  const senders: number[] = []
  const all = Array.from({ length: processes }, (_, index) => {
    const child = spawn(process.execPath, [script, JSON.stringify({ issuer, renewals })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      for (const _line of chunk.toString().trim().split('\n')) senders.push(index)
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const exited = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }))
    return { child, exited }
  })
  return {
    all,
    senders,
    [Symbol.asyncDispose]: async () => {
      for (const { child } of all) child.kill('SIGKILL')
      await Promise.all(all.map((one) => one.exited))
    },
  }
}

const goodEnd = { code: 0, signal: null, stderr: '' }

test('8 processes on one rotating refresh token renew 200 times and more; one is killed in the middle, and nothing is lost', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  shortenTokens(it.server, 20)
  const { proxy } = it.server
  // The hundredth request of the eight is held, with the lock in its sender's hands.
  proxy.fail(paths.token, ...times(99, changed({ expires_in: 15.02 })), hold)
  const before = proxy.to(paths.token).length
  await using group = startRenewing(it.server.issuer, count, 29)
  // Step by step: each has a limit of its own, whatever else the machine does.
  for (let sent = 10; sent <= 100; sent += 10) await proxy.arrived(paths.token, before + sent)
  await expect.poll(() => group.senders.length, { timeout: 20_000 }).toBe(100)
  const victim = group.all[group.senders.at(-1) ?? -1]
  const killedAtMs = performance.now()
  victim?.child.kill('SIGKILL')
  await proxy.arrived(paths.token, before + 101)
  const recoveredMs = performance.now() - killedAtMs

  const ends = await Promise.all(group.all.filter((one) => one !== victim).map((one) => one.exited))

  expect(ends).toEqual(Array.from({ length: count - 1 }, () => goodEnd))
  expect(recoveredMs).toBeLessThan(10_000)
  const done = it.refreshes().filter((r) => r.status === 200)
  // Besides the one that was held and never answered, all have gone well: no invalid_grant, no token used twice.
  expect(it.refreshes().length - done.length).toBe(1)
  expect(done.length).toBeGreaterThanOrEqual(200)
  const used = done.map((r) => new URLSearchParams(r.body).get('refresh_token'))
  expect(new Set(used).size).toBe(done.length)
  // The chain holds to its end: what is stored is what the last renewal gave.
  const last = JSON.parse(done.at(-1)?.answer ?? '{}')
  expect(it.store.list()[0]?.session?.refreshToken?.reveal()).toBe(last.refresh_token)
  expect(proxy.to(paths.begin)).toHaveLength(1)
  expect(readdirSync(home.profiles)).toHaveLength(1)
}, 300_000)

/** Starts a renewal in another process, and ends that once the server has rotated and its answer is on the way. */
async function killWithinAnswer(server: AuthServer): Promise<void> {
  server.proxy.fail(paths.token, holdAnswer)
  const before = server.proxy.to(paths.token).length
  await using group = startRenewing(server.issuer, 1, 1)
  await server.proxy.arrived(paths.token, before + 1)
  await expect.poll(() => server.proxy.to(paths.token).at(-1)?.answer, { timeout: 20_000 }).toBeTruthy()
  group.all[0]?.child.kill('SIGKILL')
  await group.all[0]?.exited
}

test('a renewal that was cut off after the server’s answer is tried again, for servers that allow it', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  const { proxy } = it.server
  await killWithinAnswer(it.server)
  const [first] = it.refreshes()
  // A server with a time of grace gives the same answer once more.
  proxy.fail(paths.token, answer(200, JSON.parse(first?.answer ?? '')))
  const screen = recordingScreen()

  const xdr = await connectWith(providerFor(it.server), { store: 'file', screen, clock: fakeClock() })

  expect(await xdr.query('{ ok }')).toEqual({ ok: true })
  expect(screen.notes.map(({ level }) => level)).toEqual(['info'])
  expect(it.refreshes().map((r) => new URLSearchParams(r.body).get('refresh_token'))).toEqual(
    Array.from({ length: 2 }, () => new URLSearchParams(first?.body).get('refresh_token')),
  )
  expect(readdirSync(home.profiles)).toHaveLength(1)
})

test('a server that does not allow it leads to a new sign-in, and the person is told why', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  await killWithinAnswer(it.server)
  expect(readdirSync(home.profiles).filter((name) => name.endsWith('.lock'))).toHaveLength(1)
  const screen = recordingScreen()

  await connectWith(providerFor(it.server), { store: 'file', screen, clock: fakeClock() })

  expect(it.refreshes().at(-1)?.status).toBe(400)
  expect(screen.notes).toEqual([
    {
      level: 'warning',
      text: expect.stringMatching(
        /^the renewal of the sign-in to Test XDR that began at \d\d:\d\d was cut off, and what it got is lost: sign in again$/,
      ),
    },
  ])
  expect(screen.last().text).toMatch(/^✓ Signed in/)
  expect(readdirSync(home.profiles)).toHaveLength(1)
})

test('a sign-in that the server has ended by itself is not called a cut-off one', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  it.server.proxy.fail(paths.token, answer(400, { error: 'invalid_grant' }))
  const screen = recordingScreen()

  await connectWith(providerFor(it.server), { store: 'file', screen, clock: fakeClock() })

  expect(screen.notes).toEqual([])
  expect(screen.displays).toHaveLength(1)
})

test('whoever presses stop while a renewal is on its way stops waiting, and does not lose the sign-in', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  const { proxy } = it.server
  let release = () => {}
  proxy.fail(paths.token, {
    kind: 'late',
    until: new Promise<void>((resolve) => {
      release = resolve
    }),
    fault: pass,
  })
  const stop = new AbortController()
  const before = proxy.to(paths.token).length
  const stopped = failureOf(
    connectWith(providerFor(it.server), { store: 'file', signal: stop.signal, clock: fakeClock() }),
  )
  await proxy.arrived(paths.token, before + 1)
  const token = it.store.list()[0]?.session?.refreshToken?.reveal()
  stop.abort()

  expect((await stopped).code).toBe('XDR_ABORTED')
  release()
  const screen = recordingScreen()
  const xdr = await connectWith(providerFor(it.server), { store: 'file', screen, clock: fakeClock() })

  expect(await xdr.query('{ ok }')).toEqual({ ok: true })
  expect(it.refreshes().map((r) => r.status)).toEqual([200])
  expect(it.store.list()[0]?.session?.refreshToken?.reveal()).not.toBe(token)
  expect([screen.displays, screen.notes.map(({ level }) => level)]).toEqual([[], ['info']])
})

test('a lock file that another version left behind does not stop a renewal', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  const [file = ''] = readdirSync(home.profiles)
  const lock = join(home.profiles, `${file}.lock`)
  writeFileSync(lock, `${hostname()} ${process.pid}`)
  const screen = recordingScreen()

  await connectWith(providerFor(it.server), { store: 'file', screen, clock: fakeClock() })

  expect(it.refreshes().map((r) => r.status)).toEqual([200])
  expect(screen.displays).toEqual([])
  expect(readdirSync(home.profiles)).toEqual([file])
})
