import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { fileStore } from '../../src/store/file-store.js'
import { paths, person, startAuthServer } from '../support/auth-server.js'
import { changed } from '../support/fault-proxy.js'
import { isolatedHome } from '../support/sign-in.js'

const script = fileURLToPath(new URL('../support/sign-in-process.mjs', import.meta.url))
const count = 20

/** Signs in with each of these names at once, every one in a process of its own. */
async function signInEverywhere(issuer: string, usernames: string[]) {
  return Promise.all(
    usernames.map(async (username) => {
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [script, JSON.stringify({ issuer, username })],
        { timeout: 50_000, env: { ...process.env, NODE_OPTIONS: '' } },
      )
      return { said: JSON.parse(stdout), stderr }
    }),
  )
}

async function startFastServer() {
  const server = await startAuthServer({ approvesAtOnce: true })
  // These processes live in real time.
  server.proxy.failAlways(paths.begin, changed({ interval: 0.05 }))
  return server
}

test('20 processes that sign in at once with different accounts lose and damage nothing', async () => {
  using home = isolatedHome()
  await using server = await startFastServer()
  const usernames = Array.from({ length: count }, (_, i) => `person.${i}@example.com`)

  const results = await signInEverywhere(server.issuer, usernames)

  expect(results.map((r) => r.said)).toEqual(usernames.map((account) => ({ account, subject: person })))
  expect(results.map((r) => r.stderr).join('')).toBe('')
  const problems: string[] = []
  const profiles = fileStore(home.profiles, (message) => problems.push(message)).list()
  expect(profiles.map((p) => p.account).sort()).toEqual([...usernames].sort())
  expect(new Set(profiles.map((p) => p.session?.accessToken.reveal())).size).toBe(count)
  expect(problems).toEqual([])
  // No temporary file stays behind, and nobody else can read what is there.
  expect(readdirSync(home.profiles)).toHaveLength(count)
  for (const name of readdirSync(home.profiles)) {
    expect(statSync(join(home.profiles, name)).mode & 0o777).toBe(0o600)
  }
})

test('20 processes that sign in at once with the same account leave one whole sign-in', async () => {
  using home = isolatedHome()
  await using server = await startFastServer()

  const results = await signInEverywhere(
    server.issuer,
    Array.from({ length: count }, () => 'ana'),
  )

  expect(results.map((r) => r.said.account)).toEqual(Array.from({ length: count }, () => 'ana'))
  const names = readdirSync(home.profiles)
  expect(names).toHaveLength(1)
  const [profile] = fileStore(home.profiles, () => {}).list()
  const granted = server.proxy
    .to(paths.token)
    .filter((request) => request.status === 200)
    .map((request) => JSON.parse(request.answer ?? '{}'))
  // Access and refresh token come from the same grant: no mixture of two writers.
  const kept = granted.find((answer) => answer.access_token === profile?.session?.accessToken.reveal())
  expect(granted).toHaveLength(count)
  expect(kept?.refresh_token).toBe(profile?.session?.refreshToken?.reveal())
  expect(readFileSync(join(home.profiles, names[0] ?? ''), 'utf8')).toMatch(/\}\s*$/)
})
