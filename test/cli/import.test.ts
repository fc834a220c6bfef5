import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fileStore } from '../../src/store/file-store.js'
import { type CliHome, findLeaks, guardSecret, openHome, shownText } from '../support/cli.js'
import { jwtOf, sectionOf, tenantClaim } from '../support/sdk-cache.js'

const inAnHour = Math.floor(Date.now() / 1000) + 3600
const token = jwtOf({ exp: inAnHour, email: 'ana@example.com', [tenantClaim]: '50530' })
const expired = jwtOf({ exp: 1_577_934_245, email: 'ana@example.com' })
const clientSecret = 'SENTINEL-secret-of-the-client'

afterAll(() => {
  // The vendor’s files hold them, by definition; nothing else may.
  expect(findLeaks().filter((leak) => !/\/\.taegis_sdk_python\/config$|\/dead$/.test(leak))).toEqual([])
})

guardSecret('the imported token', token)
guardSecret('an expired token', expired)
guardSecret('a client secret', clientSecret)

/** A home with the SDK's file where the SDK keeps it. */
function openSdkHome(extra: Record<string, string> = {}): CliHome & { cache: string; content: string } {
  const home = openHome(extra)
  const cache = join(home.home, '.taegis_sdk_python', 'config')
  const content =
    sectionOf('charlie', { access_token: token, CLIENT_ID: 'MY_ID', CLIENT_SECRET: 'MY_SECRET' }) +
    sectionOf('delta', { access_token: expired }) +
    sectionOf('staging', { access_token: token })
  mkdirSync(join(home.home, '.taegis_sdk_python'), { mode: 0o755 })
  writeFileSync(cache, content, { mode: 0o600 })
  return { ...home, cache, content }
}

test('with --yes the live token is taken over, the rest is named, and the file stays', async () => {
  await using home = openSdkHome()
  const before = statSync(home.cache).mtimeMs

  const { status, stdout, stderr } = await home.run(['import', 'taegis-sdk', '--yes'])

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.split('\n')).toEqual([
    `${home.cache}:`,
    expect.stringMatching(/^ {2}\+ charlie \(us1\): ana@example\.com · tenant 50530 · until [\d :-]+$/),
    '  - charlie (us1): client credentials: MY_ID and MY_SECRET are not set here',
    expect.stringMatching(/^ {2}- delta \(us2\): expired at 2020-01-0\d \d\d:\d\d$/),
    '  - staging: unknown environment',
    'imported: ana@example.com · taegis us1',
    `the file is as it was, with its tokens; to delete it: rm '${home.cache}'`,
    '',
  ])
  expect([readFileSync(home.cache, 'utf8'), statSync(home.cache).mtimeMs]).toEqual([home.content, before])
  const [profile, ...others] = fileStore(home.profiles, () => {}).list()
  expect(others).toEqual([])
  expect(profile?.session?.accessToken.reveal()).toBe(token)
  const who = JSON.parse((await home.run(['whoami', '--json'])).stdout)
  expect(who).toEqual([
    {
      provider: 'taegis',
      region: 'us1',
      origin: 'https://api.ctpx.secureworks.com',
      account: 'ana@example.com',
      subject: 'ana@example.com',
      tenants: ['50530'],
      expiresAt: new Date(inAnHour * 1000).toISOString(),
      live: true,
    },
  ])
})

test('--dry-run and a run that nobody confirms take nothing', async () => {
  await using home = openSdkHome()

  const dry = await home.run(['import', 'taegis-sdk', '--dry-run'])
  const unasked = await home.run(['import', 'taegis-sdk'])

  expect(dry).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing was imported') })
  expect(unasked.status).toBe(1)
  expect(unasked.stderr).toMatch(/^XdrError \[XDR_CONFIRM_NEEDED\]: .+nothing was imported\n {2}→ .+--yes/)
  expect(fileStore(home.profiles, () => {}).list()).toEqual([])
})

test('in a terminal it asks for tokens and for client credentials apart', async () => {
  await using home = openSdkHome({ MY_ID: 'nightly', MY_SECRET: clientSecret })
  await using command = home.startInTerminal(['import', 'taegis-sdk'])
  await command.until(/\+ charlie \(us1\): client nightly, from MY_ID and MY_SECRET/)
  await command.until(/Import this sign-in\? Type yes: $/)
  command.type('yes\r')
  await command.until(/Keep 1 client credentials too, which then sign in before you do\? Type yes: $/)
  command.type('no\r')
  const { status, stdout } = await command.exited

  expect(status).toBe(0)
  expect(shownText(stdout)).toContain('imported: ana@example.com · taegis us1\nclient credentials were left')
  const accounts = () =>
    fileStore(home.profiles, () => {})
      .list()
      .map(({ account }) => account)
  expect(accounts()).toEqual(['ana@example.com'])

  const both = await home.run(['import', 'taegis-sdk', '--yes', '--with-clients', '--json'])
  expect(JSON.parse(both.stdout).entries[0]).toEqual({
    environment: 'charlie',
    region: 'us1',
    signIn: null,
    client: { origin: 'https://api.ctpx.secureworks.com', id: 'nightly', imported: true },
    skipped: ['xdrlab has this sign-in, and its own lives as long'],
  })
  expect(accounts().sort()).toEqual(['ana@example.com', 'client:nightly'])
  const kept = fileStore(home.profiles, () => {})
    .list()
    .find(({ client }) => client !== undefined)
  expect(kept?.client?.secret.reveal()).toBe(clientSecret)
})

test('answered with no, nothing is imported, and that is said', async () => {
  await using home = openSdkHome()
  await using command = home.startInTerminal(['import', 'taegis-sdk'])
  await command.until(/Import this sign-in\? Type yes: $/)
  command.type('n\r')
  const { status, stdout } = await command.exited
  expect(status).toBe(1)
  expect(shownText(stdout)).toContain('nothing was imported')
  expect(fileStore(home.profiles, () => {}).list()).toEqual([])
})

test('no file is an error that names the usual place; nothing that lives is 1', async () => {
  await using home = openHome()
  const none = await home.run(['import', 'taegis-sdk'])
  expect(none.status).toBe(2)
  expect(none.stderr).toMatch(/\.taegis_sdk_python\/config is not there\n {2}→ .+--from names another/)

  const other = home.write('dead', sectionOf('us2', { access_token: expired }))
  const dead = await home.run(['import', 'taegis-sdk', '--from', other, '--yes', '--json'])
  expect(dead.status).toBe(1)
  expect(JSON.parse(dead.stdout)).toMatchObject({
    file: other,
    dryRun: false,
    entries: [{ environment: 'us2', signIn: null, skipped: [expect.stringMatching(/^expired at/)] }],
  })
  expect(dead.stderr).toContain('others on this machine may read')
})
