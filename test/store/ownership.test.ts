import { chmodSync, chownSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { databaseFolder, homeFolder, ownFolder, profileFolder, resultCacheFolder } from '../../src/paths.js'
import { AccessToken } from '../../src/secrets.js'
import { fileStore, profilePath } from '../../src/store/file-store.js'
import { openStore } from '../../src/store/open-store.js'
import type { Profile } from '../../src/store/profile.js'
import { failureOf } from '../support/sign-in.js'
import { tempFolder } from '../support/temp-home.js'

const profile: Profile = {
  ...{ provider: 'taegis', region: 'us1', origin: 'https://api.example.com', account: 'ana' },
  savedAt: 1_700_000_000_000,
  session: {
    accessToken: new AccessToken('access-token-of-ana', undefined),
    refreshToken: undefined,
    subject: 'Ana',
    tenants: [],
  },
}
const isRoot = process.geteuid?.() === 0
const somebodyElse = 65_534

/** Another user's: root can give a file away, and everybody else finds one of root's. */
function giveAway(path: string, ofRoot: string): string {
  if (isRoot) {
    chownSync(path, somebodyElse, somebodyElse)
    return path
  }
  rmSync(path, { recursive: true })
  symlinkSync(ofRoot, path)
  return path
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

test('a sign-in in another user’s file is not used, left as it is, and said', async () => {
  using folder = tempFolder()
  const said: string[] = []
  const store = fileStore(folder.path, (message) => said.push(message))
  await store.write(profile)
  const path = giveAway(profilePath(folder.path, profile), '/etc/passwd')

  expect(store.read(profile)).toBeUndefined()
  expect(store.list()).toEqual([])
  expect(said[0]).toContain(`${path} belongs to another user of this machine`)
  expect(said.join()).not.toContain('set aside')
  expect(statSync(path).uid).toBe(isRoot ? somebodyElse : 0)
})

test('nothing is written into another user’s folder', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'profiles')
  mkdirSync(dir, { mode: 0o777 })
  giveAway(dir, '/etc')
  const store = fileStore(dir, () => {})

  for (const work of [store.checkWritable(), store.write(profile)]) {
    const error = await failureOf(work)
    expect(error.code).toBe('XDR_STORE_UNWRITABLE')
    expect(error.message).toContain('it belongs to another user')
    expect(error.hint).toContain('XDRLAB_HOME')
  }
})

test('a sign-in that others could read is closed to them, used, and said once', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'profiles')
  const said: string[] = []
  const store = fileStore(dir, (message) => said.push(message))
  await store.write(profile)
  const path = profilePath(dir, profile)
  chmodSync(dir, 0o755)
  chmodSync(path, 0o644)

  expect(store.read(profile)?.session?.accessToken.reveal()).toBe('access-token-of-ana')
  expect(store.read(profile)).toBeDefined()
  expect([modeOf(dir), modeOf(path)]).toEqual(['700', '600'])
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/others on this machine could read .+\(mode 644\).+xdrlab logout --all/)
  expect(said[0]).not.toContain('access-token-of-ana')
})

test('what a mount opened in a folder that is closed is no news', async () => {
  using folder = tempFolder()
  const said: string[] = []
  const store = fileStore(folder.path, (message) => said.push(message))
  await store.write(profile)
  chmodSync(profilePath(folder.path, profile), 0o660)

  expect(store.read(profile)).toBeDefined()
  expect(said).toEqual([])
})

/** As a hub, or a gateway that a front end tells the person's name, starts kernels. */
const places = [
  { name: 'JupyterHub', envOf: (person: string) => ({ JUPYTERHUB_USER: person }) },
  { name: 'a kernel gateway', envOf: (person: string) => ({ KERNEL_USERNAME: person }) },
]

test.for(places)('two people of $name with one home find their own sign-ins only', async ({ envOf }) => {
  using folder = tempFolder()
  const homeOf = (person: string) => ({ XDRLAB_HOME: folder.path, XDRLAB_STORE: 'file', ...envOf(person) })
  const storeOf = (person: string) => openStore(undefined, () => {}, homeOf(person))
  await storeOf('ana').write(profile)

  expect((await storeOf('ana').read(profile))?.session?.subject).toBe('Ana')
  // The last ones look like "ana" to a file system that ignores cases, or to a name cleaned of what is no letter.
  for (const person of ['ben', 'Ana', 'ana/', '../ana', 'an%61']) {
    expect(await storeOf(person).read(profile)).toBeUndefined()
    expect(await storeOf(person).list()).toEqual([])
  }
})

test.for(places)('rows, tables and history of $name’s people are apart, and inside the home', ({ envOf }) => {
  for (const folderOf of [ownFolder, profileFolder, databaseFolder, resultCacheFolder]) {
    const home = { XDRLAB_HOME: '/home/shared' }
    const people = ['ana', 'ben', 'Ana', '..', '../../etc', 'a'.repeat(300)]
    const folders = people.map((person) => folderOf({ ...home, ...envOf(person) }).toLowerCase())
    expect(new Set(folders).size).toBe(people.length)
    for (const path of folders) expect(path).toMatch(/^\/home\/shared\/people\/[^/]{14,100}(\/\w+)?$/)
    expect(folderOf(home).startsWith('/home/shared/people')).toBe(false)
  }
  // Settings are the home's: a team's platforms and templates are there once.
  expect(homeFolder({ XDRLAB_HOME: '/home/shared', ...envOf('ana') })).toBe('/home/shared')
})
