import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fileStore } from '../../src/store/file-store.js'
import { findLeaks, guardSecret, openHome } from '../support/cli.js'
import { openSignedInHome } from '../support/signed-in-home.js'

afterAll(() => expect(findLeaks()).toEqual([]))

/** A sign-in as the first version wrote it: its file's name by that version's rule, its content letter by letter. */
const key = {
  provider: 'taegis',
  region: 'us1',
  origin: 'https://api.ctpx.secureworks.com',
  account: 'ana@example.com',
}
const fileName = 'taegis-us1-ana@example.com-fcae75ac0178.json'
const content = `{
	"version": 1,
	"provider": "taegis",
	"region": "us1",
	"origin": "https://api.ctpx.secureworks.com",
	"account": "ana@example.com",
	"savedAt": 1767225600000,
	"session": {
		"accessToken": "first-version-access-token",
		"tenants": [
			"50530"
		],
		"expiresAt": 4102444800000,
		"refreshToken": "first-version-refresh-token",
		"subject": "ana@example.com"
	}
}`

test('what the first version has kept is read after an upgrade, and stays as it is', async () => {
  guardSecret('an access token', 'first-version-access-token')
  guardSecret('a refresh token', 'first-version-refresh-token')
  await using home = openHome()
  mkdirSync(home.profiles, { mode: 0o700 })
  const file = join(home.profiles, fileName)
  writeFileSync(file, content, { mode: 0o600 })
  for (const command of [['install'], ['doctor', '--timeout', '30'], ['uninstall', '--all']])
    await home.run(command)

  const who = await home.run(['whoami', '--json'])
  expect(who).toMatchObject({ status: 0, stderr: '' })
  expect(JSON.parse(who.stdout)).toMatchObject([
    {
      ...key,
      subject: 'ana@example.com',
      tenants: ['50530'],
      expiresAt: '2100-01-01T00:00:00.000Z',
      live: true,
    },
  ])
  const profile = await fileStore(home.profiles, (problem) => expect(problem).toBe('')).read(key)
  expect(profile?.session?.accessToken.reveal()).toBe('first-version-access-token')
  expect(profile?.session?.refreshToken?.reveal()).toBe('first-version-refresh-token')
  expect(readdirSync(home.profiles)).toEqual([fileName])
  expect(readFileSync(file, 'utf8')).toBe(content)
})

test('a query goes with a token in the first version’s layout, without a new sign-in', async () => {
  await using signedIn = await openSignedInHome()
  const { home, server } = signedIn
  const [name = ''] = readdirSync(home.profiles).filter((each) => each.endsWith('.json'))
  const path = join(home.profiles, name)
  const { version, provider, region, origin, account, savedAt, session } = JSON.parse(
    readFileSync(path, 'utf8'),
  )
  const { accessToken, tenants, expiresAt, subject } = session
  const former = {
    version,
    provider,
    region,
    origin,
    account,
    savedAt,
    session: { accessToken, tenants, expiresAt, subject },
  }
  writeFileSync(path, JSON.stringify(former, undefined, '\t'))
  const document = home.write('me.graphql', '{ currentTDRUser { email } }')

  const { status, stdout, stderr } = await home.run(['query', document])

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(JSON.parse(stdout).currentTDRUser.email).toBe(server.sandbox.user.username)
})
