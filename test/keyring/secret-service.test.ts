import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test, vi } from 'vitest'
import { AccessToken, Secret } from '../../src/secrets.js'
import { Keyring } from '../../src/store/keyring.js'
import { keyringStore } from '../../src/store/keyring-store.js'
import { openStore, type StoreKind } from '../../src/store/open-store.js'
import { clientAccount } from '../../src/store/profile.js'
import { paths, startAuthServer } from '../support/auth-server.js'
import { openHome } from '../support/cli.js'
import { answer } from '../support/fault-proxy.js'
import { anaKey, revealed, sentinelProfile } from '../support/profiles.js'
import { type SecretService, startSecretService } from '../support/secret-service.js'
import { connectWith, isolatedHome, providerFor } from '../support/sign-in.js'
import { setEnv, tempFolder } from '../support/temp-home.js'

const renewScript = fileURLToPath(new URL('../support/renew-process.mjs', import.meta.url))

let service: SecretService

beforeAll(async () => {
  service = await startSecretService()
  return () => service[Symbol.asyncDispose]()
})

function openIn(home: string, kind: StoreKind = 'auto') {
  const notes: string[] = []
  const store = openStore(kind, (level, text) => notes.push(`${level}: ${text}`), {
    ...service.env,
    XDRLAB_HOME: home,
  })
  return { store, notes, dir: join(home, 'profiles') }
}

function textsIn(dir: string): string {
  return readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n')
}

/** The names of our entries, as the keyring itself has them. */
async function entry(dir: string, account: string): Promise<string> {
  const { createHash } = await import('node:crypto')
  const home = createHash('sha256').update(dir).digest('hex').slice(0, 8)
  const file = readdirSync(dir).find((name) => name.includes(`-${account}-`)) ?? ''
  return `${file.replace(/\.json$/, '')}@${home}`
}

/** An entry past our own code. The library finds the bus by the environment of its process. */
async function rawEntry(name: string) {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  Object.assign(process.env, { DBUS_SESSION_BUS_ADDRESS: service.env.DBUS_SESSION_BUS_ADDRESS })
  return new AsyncEntry('xdrlab', name, { linux: { store: 'secret-service' } })
}

async function rawLength(name: string): Promise<number | undefined> {
  return (await (await rawEntry(name)).getPassword())?.length
}

test('the secrets are in the keyring alone, another process’s store reads them, and nothing is said', async () => {
  using folder = tempFolder()
  const { store, notes, dir } = openIn(folder.path)
  const client = { id: 'nightly', secret: new Secret('SENTINEL-secret-😀-é') }
  await store.write(sentinelProfile({ client }))
  const again = openIn(folder.path)

  expect(revealed(await again.store.read(anaKey))).toEqual({
    access: 'SENTINEL-access-of-ana',
    refresh: 'SENTINEL-refresh-of-ana',
    secret: 'SENTINEL-secret-😀-é',
  })
  expect(textsIn(dir)).not.toContain('SENTINEL')
  expect(JSON.parse(textsIn(dir))).toMatchObject({ secrets: 'keyring', session: { subject: 'Ana' } })
  expect([...notes, ...again.notes]).toEqual([])
})

test('signed out, and forgotten, the keyring holds nothing of it', async () => {
  using folder = tempFolder()
  const { store, dir } = openIn(folder.path)
  const keyring = new Keyring({ env: service.env })
  await store.write(sentinelProfile())
  const name = await entry(dir, 'ana')
  expect(await keyring.get(name)).toContain('SENTINEL')

  await store.write(sentinelProfile({ session: undefined }))
  expect(await keyring.get(name)).toBeUndefined()
  expect(await store.read(anaKey)).toMatchObject({ account: 'ana', session: undefined })

  await store.write(sentinelProfile())
  await store.remove(anaKey)
  expect(await keyring.get(name)).toBeUndefined()
  expect(readdirSync(dir)).toEqual([])
})

test('two homes keep apart what they hold for the same account', async () => {
  using one = tempFolder()
  using two = tempFolder()
  await openIn(one.path).store.write(sentinelProfile())
  const other = openIn(two.path).store
  const accessToken = new AccessToken('SENTINEL-access-of-another', undefined)
  await other.write(
    sentinelProfile({ session: { accessToken, refreshToken: undefined, subject: 'x', tenants: [] } }),
  )
  expect(revealed(await openIn(one.path).store.read(anaKey)).access).toBe('SENTINEL-access-of-ana')
  await other.remove(anaKey)
  expect(revealed(await openIn(one.path).store.read(anaKey)).access).toBe('SENTINEL-access-of-ana')
})

test('a sign-in moves from the file into the keyring with its next write, and back', async () => {
  using folder = tempFolder()
  const file = openIn(folder.path, 'file')
  await file.store.write(sentinelProfile())
  expect(textsIn(file.dir)).toContain('SENTINEL-refresh-of-ana')

  const auto = openIn(folder.path, 'auto').store
  const before = await auto.read(anaKey)
  expect(revealed(before)).toEqual(revealed(sentinelProfile()))
  await auto.write(before ?? sentinelProfile())
  expect(textsIn(file.dir)).not.toContain('SENTINEL')
  const name = await entry(file.dir, 'ana')

  const back = openIn(folder.path, 'file')
  const moved = await back.store.read(anaKey)
  expect(revealed(moved)).toEqual(revealed(sentinelProfile()))
  await back.store.write(moved ?? sentinelProfile())
  expect(textsIn(file.dir)).toContain('SENTINEL-refresh-of-ana')
  expect(await new Keyring({ env: service.env }).get(name)).toBeUndefined()
  expect([...file.notes, ...back.notes]).toEqual([])
})

test.each([
  ['is no JSON', 'SENTINEL-damage'],
  ['is of other types', '{"accessToken": 7, "refreshToken": []}'],
  ['names parts that are not there', 'abcdef01 7\n{"accessToken":'],
  ['names too many parts', 'abcdef01 999999999\n{"accessToken":'],
  ['is empty', ' '],
])('an entry that %s is no sign-in, and the next one repairs it', async (_what, damage) => {
  using folder = tempFolder()
  const { store, dir } = openIn(folder.path)
  await store.write(sentinelProfile())
  await store.write(sentinelProfile({ account: 'ben' }))
  await (await rawEntry(await entry(dir, 'ana'))).setPassword(damage)

  expect(await store.read(anaKey)).toMatchObject({ account: 'ana', session: undefined })
  expect((await store.list()).map((p) => [p.account, p.session !== undefined])).toEqual(
    expect.arrayContaining([
      ['ana', false],
      ['ben', true],
    ]),
  )
  await store.write(sentinelProfile())
  expect(revealed(await store.read(anaKey))).toEqual(revealed(sentinelProfile()))
})

test('a value longer than a keyring takes is kept in parts, and a shorter one leaves none behind', async () => {
  const keyring = new Keyring({ env: service.env, platform: 'win32' })
  const long = Array.from({ length: 5_000 }, (_, i) => String.fromCharCode(33 + (i % 90))).join('')

  const lengths = () => Promise.all(['parts', 'parts#1', 'parts#2', 'parts#3', 'parts#4'].map(rawLength))

  await keyring.set('parts', long)
  expect(await keyring.get('parts')).toBe(long)
  // Eleven letters before each part, 1,200 in it.
  expect(await lengths()).toEqual([1_211, 1_211, 1_211, 1_211, 211])
  await keyring.set('parts', 'short')
  expect(await keyring.get('parts')).toBe('short')
  expect(await lengths()).toEqual([16, undefined, undefined, undefined, undefined])
  await keyring.set('parts', long)
  await (await rawEntry('parts#3')).deletePassword()
  expect(await keyring.get('parts')).toBeUndefined()
  await keyring.delete('parts')
  expect(await lengths()).toEqual(Array.from({ length: 5 }, () => undefined))
})

test('only the entries of the platform that is asked about are read', async () => {
  using folder = tempFolder()
  const keyring = new Keyring({ env: service.env })
  const dir = join(folder.path, 'profiles')
  const store = keyringStore(dir, { openKeyring: async () => keyring, place: 'auto', onNote: () => {} })
  for (const origin of ['https://one.example.com', 'https://two.example.com'])
    for (const account of ['ana', 'ben', clientAccount('nightly')])
      await store.write(sentinelProfile({ origin, account }))
  const get = vi.spyOn(keyring, 'get')

  const found = await store.list({ provider: 'taegis', origin: 'https://one.example.com', account: 'ben' })

  expect(found.map((p) => [p.origin, p.account])).toEqual([['https://one.example.com', 'ben']])
  expect(get).toHaveBeenCalledTimes(1)
  await store.list({ origin: 'https://two.example.com' })
  expect(get).toHaveBeenCalledTimes(4)
})

test('of processes that renew one sign-in in the keyring at once, one asks and all go on', async () => {
  using home = isolatedHome()
  using _env = setEnv({ ...service.env, XDRLAB_STORE: 'auto' })
  await using server = await startAuthServer({ approvesAtOnce: true })
  server.proxy.failAlways('/graphql', answer(200, { data: { ok: true } }))
  await connectWith(providerFor(server), { store: 'auto' })
  const { store } = openIn(home.path)
  const [profile] = await store.list()
  if (profile?.session === undefined) throw new Error('nothing was stored')
  const { accessToken } = profile.session
  const ended = new AccessToken(accessToken.reveal(), Date.now() - 1_000)
  await store.write({ ...profile, session: { ...profile.session, accessToken: ended } })

  const results = await Promise.all(
    Array.from({ length: 4 }, () =>
      promisify(execFile)(
        process.execPath,
        [renewScript, JSON.stringify({ issuer: server.issuer, store: 'auto' })],
        { timeout: 50_000 },
      ),
    ),
  )

  expect(results.map(({ stdout, stderr }) => [stdout, stderr])).toEqual(
    Array.from({ length: 4 }, () => ['{"ok":true}', '']),
  )
  const renewals = server.proxy.to(paths.token).filter((r) => r.body.includes('grant_type=refresh_token'))
  expect(renewals.map((r) => r.status)).toEqual([200])
  const kept = revealed((await openIn(home.path).store.list())[0])
  expect(kept.refresh).toBe(JSON.parse(renewals[0]?.answer ?? '{}').refresh_token)
  expect(textsIn(home.profiles)).not.toContain(kept.refresh)
})

test('the command line signs out of the keyring as well', async () => {
  await using home = openHome({ ...service.env, XDRLAB_STORE: 'auto' })
  const store = openStore('auto', () => {}, home.env)
  await store.write(sentinelProfile({ origin: 'https://api.ctpx.secureworks.com' }))
  const name = await entry(home.profiles, 'ana')

  const out = await home.run(['logout', '--all'])

  expect(out).toMatchObject({ status: 0, stdout: 'signed out: ana · taegis us1\n', stderr: '' })
  expect(await new Keyring({ env: service.env }).get(name)).toBeUndefined()
})

test('a keyring that is closed, with nobody to open it, is said; the sign-in goes on in the file', async () => {
  using folder = tempFolder()
  await using closed = await startSecretService()
  const home = { ...closed.env, XDRLAB_HOME: folder.path }
  const notes: string[] = []
  const open = (kind: StoreKind) => openStore(kind, (level, text) => notes.push(`${level}: ${text}`), home)
  await open('auto').write(sentinelProfile())
  await closed.lock()

  const store = open('auto')
  expect(await store.read(anaKey)).toMatchObject({ account: 'ana', session: undefined })
  await store.write(sentinelProfile())

  expect(notes).toEqual([
    expect.stringMatching(/^warning: the keyring with the sign-in of ana cannot be read: .+; sign in again$/),
    expect.stringMatching(/^info: no OS keyring \(.+\): sign-ins are kept in /),
  ])
  expect(textsIn(join(folder.path, 'profiles'))).toContain('SENTINEL-access-of-ana')
  expect(revealed(await open('auto').read(anaKey))).toEqual(revealed(sentinelProfile()))
})
