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
import { answer, changed, hold, times } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, isolatedHome, providerFor } from '../support/sign-in.js'

const script = fileURLToPath(new URL('../support/renew-process.mjs', import.meta.url))
const loopScript = fileURLToPath(new URL('../support/renew-loop-process.mjs', import.meta.url))
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
    const child = spawn(process.execPath, [loopScript, JSON.stringify({ issuer, renewals })], {
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

test('8 processes on one rotating refresh token renew 200 times, and every token is used once', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  shortenTokens(it.server, 20)
  await using group = startRenewing(it.server.issuer, count, 25)

  const ends = await Promise.all(group.all.map((one) => one.exited))

  expect(ends).toEqual(Array.from({ length: count }, () => goodEnd))
  const used = it.refreshes().map((r) => new URLSearchParams(r.body).get('refresh_token'))
  expect(it.refreshes().filter((r) => r.status !== 200)).toEqual([])
  expect([used.length, new Set(used).size]).toEqual([200, 200])
  // The chain holds to its end: what is stored is what the last renewal gave.
  const last = JSON.parse(it.refreshes().at(-1)?.answer ?? '{}')
  expect(it.store.list()[0]?.session?.refreshToken?.reveal()).toBe(last.refresh_token)
  expect(readdirSync(home.profiles)).toHaveLength(1)
}, 150_000)

test('a process that is killed within its renewal keeps no other from the next one', async () => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  shortenTokens(it.server, 20)
  const { proxy } = it.server
  // The eleventh request of the four is held, with the lock in its sender's hands.
  proxy.fail(paths.token, ...times(10, changed({ expires_in: 15.02 })), hold)
  const before = proxy.to(paths.token).length
  await using group = startRenewing(it.server.issuer, 4, 10)
  await proxy.arrived(paths.token, before + 11)
  await expect.poll(() => group.senders.length, { timeout: 20_000 }).toBe(11)
  const done = it.refreshes().filter((r) => r.status === 200).length
  const victim = group.all[group.senders.at(-1) ?? -1]
  const killedAtMs = performance.now()
  victim?.child.kill('SIGKILL')
  await proxy.arrived(paths.token, before + 12)
  const recoveredMs = performance.now() - killedAtMs

  const others = await Promise.all(group.all.filter((one) => one !== victim).map((one) => one.exited))

  expect(done).toBe(10)
  expect(recoveredMs).toBeLessThan(10_000)
  expect(others).toEqual([goodEnd, goodEnd, goodEnd])
  expect(it.refreshes().filter((r) => r.status !== 200)).toHaveLength(1)
  expect(readdirSync(home.profiles)).toHaveLength(1)
}, 150_000)

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
