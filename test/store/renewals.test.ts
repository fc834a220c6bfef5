import { execFile } from 'node:child_process'
import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { AccessToken } from '../../src/secrets.js'
import { fileStore } from '../../src/store/file-store.js'
import { paths, startAuthServer } from '../support/auth-server.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, isolatedHome, providerFor } from '../support/sign-in.js'

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

test.for([
  { name: 'a process that is gone', holder: `${hostname()} 999999999`, ageS: 0 },
  { name: 'a holder that is too old', holder: 'another-host 1', ageS: 120 },
  { name: 'nobody, too old', holder: '', ageS: 120 },
])('a lock left behind by $name does not stop a renewal', async ({ holder, ageS }) => {
  using home = isolatedHome()
  await using it = await expiredSignIn(home.profiles)
  const [file = ''] = readdirSync(home.profiles)
  const lock = join(home.profiles, `${file}.lock`)
  writeFileSync(lock, holder)
  const then = Date.now() / 1000 - ageS
  utimesSync(lock, then, then)
  const screen = recordingScreen()

  await connectWith(providerFor(it.server), { store: 'file', screen, clock: fakeClock() })

  expect(it.refreshes().map((r) => r.status)).toEqual([200])
  expect(screen.displays).toEqual([])
  expect(readdirSync(home.profiles)).toEqual([file])
})
