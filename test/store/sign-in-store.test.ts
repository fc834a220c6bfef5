import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileStore } from '../../src/store/file-store.js'
import { memoryStore } from '../../src/store/profile.js'
import { paths, person, startAuthServer } from '../support/auth-server.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome, providerFor } from '../support/sign-in.js'
import { setEnv } from '../support/temp-home.js'

const ok = answer(200, { data: { ok: true } })

test('a store that cannot be written is said before the person is asked anything', async () => {
  using home = isolatedHome()
  await using server = await startAuthServer({ approvesAtOnce: true })
  const file = join(home.path, 'file')
  writeFileSync(file, '')
  using _env = setEnv({ XDRLAB_HOME: join(file, 'x') })
  const screen = recordingScreen({ answers: ['ana'] })
  const provider = { ...providerFor(server), account: { asks: 'username', label: 'username' } } as const

  const error = await failureOf(connectWith(provider, { store: 'file', screen }))

  expect(error.code).toBe('XDR_STORE_UNWRITABLE')
  expect(screen.asked).toEqual([])
  expect(screen.displays).toEqual([])
  expect(server.proxy.seen).toEqual([])
})

test('the same place works with a sign-in that is kept in memory', async () => {
  using home = isolatedHome()
  await using server = await startAuthServer({ approvesAtOnce: true })
  const file = join(home.path, 'file')
  writeFileSync(file, '')
  using _env = setEnv({ XDRLAB_HOME: join(file, 'x') })

  const clock = fakeClock()
  const xdr = await connectWith(providerFor(server), { store: 'memory', clock })

  expect(xdr.session).toMatchObject({ subject: person, expiresAt: new Date(clock.now() + 3_600_000) })
})

test('a disk that fails after the sign-in is a warning, and the session goes on', async () => {
  using home = isolatedHome()
  await using server = await startAuthServer({ approvesAtOnce: true })
  server.proxy.failAlways('/graphql', ok)
  const screen = recordingScreen()
  const clock = fakeClock()
  // Between the check and the write, the folder becomes a file.
  clock.during(1, () => {
    rmSync(home.profiles, { recursive: true })
    writeFileSync(home.profiles, '')
  })

  const xdr = await connectWith(providerFor(server), { store: 'file', screen, clock })

  expect(screen.notes).toEqual([
    { level: 'warning', text: expect.stringContaining('lasts as long as this process') },
  ])
  expect(screen.last().text).toMatch(/^✓ Signed in/)
  expect(await xdr.query('{ ok }')).toEqual({ ok: true })
})

test('a store of the caller’s own that fails in its own way does not lose the sign-in either', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })
  const screen = recordingScreen()
  const store = {
    ...memoryStore(),
    write: async () => {
      throw new Error('keyring is locked')
    },
  }

  const clock = fakeClock()
  const xdr = await connectWith(providerFor(server), { store, screen, clock })

  expect(xdr.session).toMatchObject({ subject: person, expiresAt: new Date(clock.now() + 3_600_000) })
  expect(screen.notes).toHaveLength(1)
})

test('memory mode writes nothing', async () => {
  using home = isolatedHome()
  await using server = await startAuthServer({ approvesAtOnce: true })

  await connectWith(providerFor(server), { store: 'memory' })

  expect(readdirSync(home.path)).toEqual([])
})

test('the device code and the client secret are not kept', async () => {
  using home = isolatedHome()
  const clientSecret = 'client-secret-of-the-test'
  await using server = await startAuthServer({ approvesAtOnce: true, clientSecret })

  await connectWith(providerFor(server, { clientSecret }), { store: 'file' })

  const [name = ''] = readdirSync(home.profiles)
  const text = readFileSync(join(home.profiles, name), 'utf8')
  expect(text).toContain('accessToken')
  expect(text).not.toContain(server.deviceCode())
  expect(text).not.toContain(clientSecret)
})

test('a damaged profile is said, set aside, and replaced by a new sign-in', async () => {
  using home = isolatedHome()
  await using server = await startAuthServer({ approvesAtOnce: true })
  await connectWith(providerFor(server), { store: 'file' })
  const [name = ''] = readdirSync(home.profiles)
  writeFileSync(join(home.profiles, name), '{"version":1,')
  const screen = recordingScreen()

  await connectWith(providerFor(server), { store: 'file', screen })

  expect(screen.notes).toEqual([{ level: 'warning', text: expect.stringContaining('set aside') }])
  expect(screen.displays).toHaveLength(1)
  expect(fileStore(home.profiles, () => {}).list()).toHaveLength(1)
})

test('a token stored for one origin is never sent to another', async () => {
  using home = isolatedHome()
  await using first = await startAuthServer({ approvesAtOnce: true })
  await using second = await startAuthServer({ approvesAtOnce: true })
  for (const server of [first, second]) server.proxy.failAlways('/graphql', ok)
  // The same name, region and account: only the origin differs.
  await connectWith(providerFor(first), { store: 'file' })
  const token =
    fileStore(home.profiles, () => {})
      .list()[0]
      ?.session?.accessToken.reveal() ?? ''
  const refresh =
    fileStore(home.profiles, () => {})
      .list()[0]
      ?.session?.refreshToken?.reveal() ?? ''

  const xdr = await connectWith(providerFor(second), { store: 'file' })
  await xdr.query('{ ok }')

  const sent = JSON.stringify(second.proxy.seen.map(({ headers, body }) => ({ headers, body })))
  expect(token.length).toBeGreaterThan(20)
  expect(sent).not.toContain(token)
  expect(sent).not.toContain(refresh)
  expect(second.proxy.to(paths.begin)).toHaveLength(1)
  expect(fileStore(home.profiles, () => {}).list()).toHaveLength(2)
})

test('nothing is written before there is a sign-in to keep', async () => {
  using home = isolatedHome()
  await using server = await startAuthServer()
  const clock = fakeClock()
  clock.during(1, () => server.deny())

  await failureOf(connectWith(providerFor(server), { store: 'file', clock }))

  expect(existsSync(home.profiles) ? readdirSync(home.profiles) : []).toEqual([])
})
