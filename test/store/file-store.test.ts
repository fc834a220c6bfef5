import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AccessToken, Secret } from '../../src/secrets.js'
import { fileStore } from '../../src/store/file-store.js'
import { lastProfile, memoryStore, type Profile, type ProfileKey } from '../../src/store/profile.js'
import { failureOf } from '../support/sign-in.js'
import { tempFolder } from '../support/temp-home.js'

const key: ProfileKey = {
  provider: 'taegis',
  region: 'us1',
  origin: 'https://api.example.com',
  account: 'ana',
}

function profileOf(changes: Partial<Profile> = {}): Profile {
  return {
    ...key,
    savedAt: 1_700_000_000_000,
    session: {
      accessToken: new AccessToken('access-token-of-ana', 1_700_003_600_000),
      refreshToken: new Secret('refresh-token-of-ana'),
      subject: 'Ana',
      tenants: ['11', '22'],
    },
    ...changes,
  }
}

function plainSession(profile: Profile | undefined) {
  const { session } = profile ?? {}
  return {
    access: session?.accessToken.reveal(),
    expiresAt: session?.accessToken.expiresAt,
    refresh: session?.refreshToken?.reveal(),
    subject: session?.subject,
    tenants: session?.tenants,
  }
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

function onlyFile(dir: string): string {
  const [name] = readdirSync(dir)
  return join(dir, name ?? 'none')
}

test('what is written is read back, by another store object as well', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'a', 'profiles')
  await fileStore(dir, () => {}).write(profileOf())

  const read = fileStore(dir, () => {}).read(key)

  expect(plainSession(read)).toEqual(plainSession(profileOf()))
  expect(read?.savedAt).toBe(1_700_000_000_000)
})

test('a session without end, refresh token or name stays so', async () => {
  using folder = tempFolder()
  const store = fileStore(folder.path, () => {})
  const session = {
    accessToken: new AccessToken('opaque-token-value', undefined),
    refreshToken: undefined,
    subject: undefined,
    tenants: [],
  }
  await store.write(profileOf({ session }))

  expect(plainSession(store.read(key))).toEqual(plainSession(profileOf({ session })))
})

test('a profile that is signed out keeps its name and no token', async () => {
  using folder = tempFolder()
  const store = fileStore(folder.path, () => {})
  await store.write(profileOf())
  await store.write(profileOf({ session: undefined }))

  expect(store.read(key)).toMatchObject({ account: 'ana', session: undefined })
  expect(readFileSync(onlyFile(folder.path), 'utf8')).not.toContain('token-of-ana')
})

test('the file is 0600 in a 0700 folder', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'profiles')
  await fileStore(dir, () => {}).write(profileOf())

  expect(modeOf(dir)).toBe('700')
  expect(modeOf(onlyFile(dir))).toBe('600')
})

test('a folder and a file that others could read are closed by the next write', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'profiles')
  mkdirSync(dir, { mode: 0o755 })
  chmodSync(dir, 0o755)
  const store = fileStore(dir, () => {})
  await store.write(profileOf())
  chmodSync(onlyFile(dir), 0o644)
  chmodSync(dir, 0o777)

  await store.write(profileOf())

  expect(modeOf(dir)).toBe('700')
  expect(modeOf(onlyFile(dir))).toBe('600')
})

test('a wide umask opens nothing', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'deep', 'profiles')
  const before = process.umask(0)
  try {
    await fileStore(dir, () => {}).write(profileOf())
  } finally {
    process.umask(before)
  }
  expect([modeOf(dir), modeOf(onlyFile(dir))]).toEqual(['700', '600'])
})

const damages: [string, string][] = [
  ['half of the JSON', '{"version":1,"provider":"taegis","sess'],
  ['nothing', ''],
  ['text', 'not JSON at all'],
  ['binary', '\u0000\u0001\u0002'],
  ['a list', '[]'],
  ['null', 'null'],
  ['an object without its fields', '{"version":1}'],
  [
    'a session without token',
    '{"version":1,"provider":"taegis","region":"us1","origin":"x","account":"ana","savedAt":1,"session":{"tenants":[]}}',
  ],
]

test.for(damages)(
  'a file with %s is set aside with a message, and the rest still works',
  async ([, damage]) => {
    using folder = tempFolder()
    const problems: string[] = []
    const store = fileStore(folder.path, (message) => problems.push(message))
    await store.write(profileOf())
    const path = onlyFile(folder.path)
    await store.write(profileOf({ account: 'ben' }))
    writeFileSync(path, damage)

    expect(store.read(key)).toBeUndefined()
    expect(problems).toEqual([expect.stringContaining(`set aside as ${path}.damaged-`)])
    expect(store.list().map((p) => p.account)).toEqual(['ben'])
    const aside = readdirSync(folder.path).find((name) => name.includes('.damaged-'))
    expect(readFileSync(join(folder.path, aside ?? ''), 'utf8')).toBe(damage)
    await store.write(profileOf())
    expect(plainSession(store.read(key))).toEqual(plainSession(profileOf()))
    expect(problems).toHaveLength(1)
  },
)

test('names with dots, slashes and any letter are keys of their own', async () => {
  using folder = tempFolder()
  const store = fileStore(folder.path, () => {})
  const accounts = [
    'ana.maria@example.com',
    'ana',
    'ANA',
    'ana/../../etc/passwd',
    '../../up',
    '.',
    '__proto__',
    'アナ',
    `${'long'.repeat(200)}1`,
    `${'long'.repeat(200)}2`,
    'a\u0000b',
  ]
  for (const account of accounts) {
    await store.write(
      profileOf({
        account,
        session: {
          accessToken: new AccessToken(`token for ${account}`, undefined),
          refreshToken: undefined,
          subject: undefined,
          tenants: [],
        },
      }),
    )
  }

  for (const account of accounts) {
    expect(store.read({ ...key, account })?.session?.accessToken.reveal()).toBe(`token for ${account}`)
  }
  expect(readdirSync(folder.path)).toHaveLength(accounts.length)
})

test('every part of the key counts: a token is never found for another origin, region or platform', async () => {
  using folder = tempFolder()
  for (const store of [fileStore(folder.path, () => {}), memoryStore()]) {
    await store.write(profileOf())
    for (const other of [
      { origin: 'https://api.example.org' },
      { origin: 'http://api.example.com' },
      { origin: 'https://api.example.com:8443' },
      { region: 'us2' },
      { provider: 'other' },
      { account: 'ben' },
    ]) {
      expect(store.read({ ...key, ...other })).toBeUndefined()
    }
    expect(await lastProfile(store, { ...key, origin: 'https://api.example.org' })).toBeUndefined()
    expect((await lastProfile(store, key))?.account).toBe('ana')
  }
})

test('a file that was renamed into another origin’s place is not believed', async () => {
  using folder = tempFolder()
  const store = fileStore(folder.path, () => {})
  await store.write(profileOf())
  const stolen = readFileSync(onlyFile(folder.path), 'utf8')
  await store.write(profileOf({ origin: 'https://evil.example', session: undefined }))
  for (const name of readdirSync(folder.path)) writeFileSync(join(folder.path, name), stolen)

  expect(store.read({ ...key, origin: 'https://evil.example' })).toBeUndefined()
  expect(store.read(key)?.account).toBe('ana')
})

test('the last saved comes first', async () => {
  using folder = tempFolder()
  for (const store of [fileStore(folder.path, () => {}), memoryStore()]) {
    await store.write(profileOf({ account: 'old', savedAt: 1 }))
    await store.write(profileOf({ account: 'new', savedAt: 3 }))
    await store.write(profileOf({ account: 'mid', savedAt: 2 }))
    expect(store.list().map((p) => p.account)).toEqual(['new', 'mid', 'old'])
    expect((await lastProfile(store, key))?.account).toBe('new')
  }
})

test('a folder that cannot be made is an error that says which and what to do', async () => {
  using folder = tempFolder()
  const file = join(folder.path, 'file')
  writeFileSync(file, '')
  const store = fileStore(join(file, 'profiles'), () => {})

  for (const work of [store.checkWritable(), store.write(profileOf())]) {
    const error = await failureOf(work)
    expect(error.code).toBe('XDR_STORE_UNWRITABLE')
    expect(error.message).toContain(file)
    expect(error.hint).toContain('XDRLAB_HOME')
    expect(JSON.stringify(error)).not.toContain('token-of-ana')
  }
  expect(store.list()).toEqual([])
  expect(store.read(key)).toBeUndefined()
})
