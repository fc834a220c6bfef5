import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Keyring } from '../../src/store/keyring.js'
import { openStore } from '../../src/store/open-store.js'
import { openHome } from '../support/cli.js'
import { anaKey, revealed, sentinelProfile } from '../support/profiles.js'
import { startSilentBus } from '../support/secret-service.js'
import { failureOf } from '../support/sign-in.js'
import { tempFolder } from '../support/temp-home.js'

/** A machine without a desktop session. */
const noBus = { XDG_RUNTIME_DIR: '/nonexistent' }

function openIn(home: string, env: Record<string, string>, kind?: 'auto' | 'keyring' | 'file') {
  const notes: string[] = []
  const store = openStore(kind, (level, text) => notes.push(`${level}: ${text}`), {
    ...env,
    XDRLAB_HOME: home,
  })
  return { store, notes, dir: join(home, 'profiles') }
}

function onlyFile(dir: string): string {
  const [name = 'none', ...others] = readdirSync(dir)
  expect(others).toEqual([])
  return join(dir, name)
}

test('without a keyring the sign-in is in a 0600 file, and one line says so, once a home', async () => {
  using folder = tempFolder()
  const first = openIn(folder.path, noBus)
  await first.store.write(sentinelProfile())
  await first.store.write(sentinelProfile({ account: 'ben' }))
  const second = openIn(folder.path, noBus)
  await second.store.write(sentinelProfile())

  expect(first.notes).toEqual([
    `info: no OS keyring (no desktop session runs here): sign-ins are kept in ${first.dir}, in files that only you can read`,
  ])
  expect(second.notes).toEqual([])
  expect(revealed(await second.store.read(anaKey))).toEqual(revealed(sentinelProfile()))
  for (const name of readdirSync(first.dir)) {
    expect(statSync(join(first.dir, name)).mode & 0o777).toBe(0o600)
  }
})

test.each([
  ['that never answers', false, 'the keyring did not answer within 3 s'],
  ['that hangs up', true, ''],
])('a session bus %s counts as none, within its limit, and holds nobody', async (_what, hangsUp, why) => {
  using folder = tempFolder()
  await using bus = await startSilentBus(hangsUp)
  const { store, notes, dir } = openIn(folder.path, bus.env)

  const begunMs = performance.now()
  await store.write(sentinelProfile())
  await store.write(sentinelProfile({ savedAt: 2 }))

  // Asked once: the second write does not wait for it again.
  expect(performance.now() - begunMs).toBeLessThan(6_000)
  expect(notes).toEqual([expect.stringMatching(`^info: no OS keyring \\(${why}.*\\): sign-ins are kept in `)])
  expect(JSON.parse(readFileSync(onlyFile(dir), 'utf8')).session.accessToken).toBe('SENTINEL-access-of-ana')
  // The process that was stuck with it is gone.
  await expect.poll(() => bus.open).toBe(0)
})

test('a command ends although the bus never answers', async () => {
  await using home = openHome({ XDRLAB_STORE: 'auto' })
  await using bus = await startSilentBus()
  const cache = home.write('config', '[us1]\naccess_token = none\n')
  // Reads the store's files only: no keyring is asked.
  expect((await home.run(['whoami'], { env: bus.env })).stderr).toBe('')
  const dry = await home.run(['import', 'taegis-sdk', '--from', cache], { env: bus.env })
  expect([dry.status, bus.open]).toEqual([1, 0])
})

test('where the keyring is wanted and there is none, it is an error before anybody signs in', async () => {
  using folder = tempFolder()
  const { store, dir } = openIn(folder.path, noBus, 'keyring')

  for (const work of [store.checkWritable(), store.write(sentinelProfile())]) {
    expect(await failureOf(work)).toMatchObject({
      code: 'XDR_STORE_UNWRITABLE',
      message: 'sign-ins cannot be kept in the OS keyring: no desktop session runs here',
      hint: expect.stringContaining('XDRLAB_STORE=file'),
    })
  }
  expect(readdirSync(dir)).toEqual([])
})

test('a sign-in that is in a keyring which is away is none, with a line that says why', async () => {
  using folder = tempFolder()
  const { store, notes, dir } = openIn(folder.path, noBus)
  await store.write(sentinelProfile())
  const path = onlyFile(dir)
  const { session, ...rest } = JSON.parse(readFileSync(path, 'utf8'))
  const { accessToken: _access, refreshToken: _refresh, ...open } = session
  writeFileSync(path, JSON.stringify({ ...rest, session: open, secrets: 'keyring' }))

  const again = openIn(folder.path, noBus)
  expect(await again.store.read(anaKey)).toMatchObject({ account: 'ana', session: undefined })
  expect(await again.store.list()).toHaveLength(1)
  expect(again.notes).toEqual([
    'warning: the keyring with the sign-in of ana cannot be read: no desktop session runs here; sign in again',
  ])
  await again.store.remove(anaKey)
  expect(readdirSync(dir)).toEqual([])
  expect(again.notes[1]).toMatch(
    /^warning: the keyring still holds the sign-in of ana: .+; delete "xdrlab" there$/,
  )
  expect(notes).toHaveLength(1)
})

test('what cannot be started is no keyring either', async () => {
  const keyring = new Keyring({ env: { PATH: '', DBUS_SESSION_BUS_ADDRESS: 'nonsense:' } })
  expect(await keyring.probe()).toMatch(/./)
})
