import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSandbox } from '../../src/cli/sandbox.js'
import { taegis } from '../../src/providers/taegis.js'
import { approveDevice } from '../../src/sandbox/approve.js'
import { AccessToken } from '../../src/secrets.js'
import { fileStore } from '../../src/store/file-store.js'
import {
  type CliHome,
  findLeaks,
  guardedSecrets,
  guardSecretsOf,
  openHome,
  processesWith,
  type RunningCli,
  shownText,
} from '../support/cli.js'
import { startTaegis, type TaegisServer } from '../support/taegis-server.js'
import { setEnv } from '../support/temp-home.js'

const username = 'analyst@sandbox.example'
const signedInLine = /✓ Signed in as analyst@sandbox\.example · tenant \d+ · until [\d: -]+\d/
const person = '{ currentTDRUser { email } }'

afterAll(() => {
  expect(guardedSecrets()).toEqual(expect.arrayContaining(['a device code', 'an access token']))
  expect(findLeaks()).toEqual([])
})

/** A sandbox to sign in to, and a home that knows where it is. */
async function open(): Promise<AsyncDisposable & { server: TaegisServer; home: CliHome }> {
  const server = await startTaegis({ intervalS: 1 })
  const home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_REGION: 'sandbox' })
  return {
    server,
    home,
    [Symbol.asyncDispose]: async () => {
      await home[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** What the person reads: address and code. */
async function signInShown(login: RunningCli): Promise<{ url: string; code: string }> {
  const [, url = '', code = ''] = await login.until(
    /1\. Open {3}(\S+)\s+2\. Check {2}that the browser shows the code {2}(\S+)[\s\S]+Waiting for the browser/,
  )
  return { url, code }
}

test('login, whoami, query, login again, logout: each knows what the one before did', async () => {
  await using opened = await open()
  const { server, home } = opened

  await using login = home.startInTerminal(['login'])
  await login.until(/Taegis username: $/)
  login.type(`${username}\r`)
  const { url, code } = await signInShown(login)
  guardSecretsOf(server)
  expect(login.stdout).toContain(`Sign in to Taegis XDR (${new URL(server.origin).host}) as ${username}`)
  expect(url).toBe(`${server.sandbox.origin}/device?user_code=${code}`)
  expect(shownText(login.stdout)).toMatch(/(?:^[▄▀█ ]{25,}$\n){10,}/m)
  for (const { commandLine, environment } of processesWith('login')) {
    expect(commandLine + environment).not.toContain(server.deviceCode())
  }
  await server.approve()
  const { status, stdout } = await login.exited
  guardSecretsOf(server)
  expect(status).toBe(0)
  const [asked, ended, ...rest] = shownText(stdout).trimEnd().split('\n')
  expect(asked).toBe(`Taegis username: ${username}`)
  expect(ended).toMatch(new RegExp(`^${signedInLine.source}$`))
  expect(rest).toEqual([])

  const who = await home.run(['whoami'])
  expect(who).toMatchObject({ status: 0, stderr: '' })
  expect(who.stdout).toMatch(
    /^taegis sandbox \(127\.0\.0\.1:\d+\): Signed in as analyst@sandbox\.example · ten/,
  )
  const whoJson = JSON.parse((await home.run(['whoami', '--json'])).stdout)
  expect(whoJson).toEqual([
    {
      provider: 'taegis',
      region: 'sandbox',
      origin: server.origin,
      account: username,
      subject: username,
      tenants: [expect.stringMatching(/^\d+$/)],
      expiresAt: expect.stringMatching(/^\d{4}-.+Z$/),
      live: true,
    },
  ])
  expect(await home.run(['query', '-'], { input: person })).toMatchObject({
    status: 0,
    stdout: `${JSON.stringify({ currentTDRUser: { email: username } })}\n`,
    stderr: '',
  })

  await using again = home.startInTerminal(['login'])
  await again.until(/Taegis username \[analyst@sandbox\.example\]: $/)
  const pressed = performance.now()
  again.type('\u0003')
  expect((await again.exited).status).toBe(130)
  expect(performance.now() - pressed).toBeLessThan(2_000)
  expect((await home.run(['whoami'])).status).toBe(0)

  expect(await home.run(['logout'])).toMatchObject({
    status: 0,
    stdout: `signed out: ${username} · taegis sandbox\n`,
  })
  expect(await home.run(['whoami'])).toMatchObject({
    status: 1,
    stdout: 'nobody is signed in; "xdrlab login" signs you in\n',
  })
  expect(await home.run(['whoami', '--json'])).toMatchObject({ status: 1, stdout: '[]\n' })
  const without = await home.run(['query', '-', '--json'], { input: person })
  expect(without).toMatchObject({ status: 1, stdout: '' })
  expect(JSON.parse(without.stderr).error).toMatchObject({ code: 'XDR_SIGN_IN_NEEDED' })
  expect(await home.run(['logout', '--json'])).toMatchObject({ status: 0, stdout: '{"signedOut":[]}\n' })
  expect(readdirSync(home.profiles)).toHaveLength(1)
  await home.run(['logout', '--all'])
  expect(readdirSync(home.profiles)).toEqual([])
})

test('a sandbox proposes its own person, and Enter takes it', async () => {
  await using home = openHome()
  using _env = setEnv({ XDRLAB_HOME: home.home })
  await using sandbox = await openSandbox({ alerts: 300 })
  await using login = home.startInTerminal(['login', '--region', 'sandbox', '--json'], {
    env: { XDRLAB_SANDBOX_URL: sandbox.server.origin },
  })
  await login.until(/Taegis username \[analyst@sandbox\.example\]: $/)
  login.type('\r')
  const { url, code } = await signInShown(login)
  await approveDevice({ verificationUriComplete: url, userCode: code, user: sandbox.server.user })
  const { status, stdout } = await login.exited
  expect(status).toBe(0)
  const [, ended, json] = shownText(stdout).trimEnd().split('\n')
  expect(ended).toMatch(signedInLine)
  expect(JSON.parse(json ?? '')).toMatchObject({
    region: 'sandbox',
    origin: sandbox.server.origin,
    subject: username,
    account: username,
    expiresAt: expect.stringMatching(/Z$/),
  })
})

test('Ctrl-C during the wait ends it within two seconds with 130, and takes address and code off the screen', async () => {
  await using opened = await open()
  const { server, home } = opened
  await using login = home.startInTerminal(['login', '--username', username])
  const { code } = await signInShown(login)
  guardSecretsOf(server)
  const pressed = performance.now()
  login.type('\u0003')
  const { status, stdout } = await login.exited
  expect(status).toBe(130)
  expect(performance.now() - pressed).toBeLessThan(2_000)
  const left = shownText(stdout)
  expect(left).toContain('✗ Not signed in to Taegis XDR')
  expect(left).toContain('XDR_ABORTED')
  for (const absent of [code, '/device']) expect(left).not.toContain(absent)
  expect((await home.run(['whoami'])).status).toBe(1)
})

test('a sign-in that is refused in the browser is an error with 1', async () => {
  await using opened = await open()
  const { server, home } = opened
  await using login = home.startInTerminal(['login', '-u', username])
  const { code } = await signInShown(login)
  await server.deny()
  const { status, stdout } = await login.exited
  expect(status).toBe(1)
  const left = shownText(stdout)
  expect(left).toMatch(/✗ Not signed in to Taegis XDR: .+\nXdrError \[XDR_SIGN_IN_DENIED\]: .+\n {2}→ .+/)
  expect(left).not.toContain(code)
})

test('login without a terminal ends at once and says what to do', async () => {
  await using opened = await open()
  const { status, stdout, stderr, ms } = await opened.home.run(['login', '-u', username])
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(
    /^XdrError \[XDR_SIGN_IN_NEEDED\]: .+\n {2}→ run "xdrlab login --region sandbox" in a terminal first/,
  )
  expect(ms).toBeLessThan(10_000)
  expect(opened.server.proxy.seen).toEqual([])
})

test('whoami and logout keep places and accounts apart, and an expired sign-in is none', async () => {
  await using home = openHome()
  const store = fileStore(home.profiles, () => {})
  const keep = (region: string, origin: string, account: string, expiresAt: number) =>
    store.write({
      provider: taegis.name,
      region,
      origin,
      account,
      savedAt: expiresAt,
      session: {
        accessToken: new AccessToken(`${account}-token-that-nobody-prints`, expiresAt),
        refreshToken: undefined,
        subject: undefined,
        tenants: ['1', '2'],
      },
    })
  const { us1, us2 } = taegis.regions
  await keep('us2', us2.origin, 'old@example.com', Date.parse('2020-02-03T04:05:06Z'))
  const expired = await home.run(['whoami'])
  expect(expired.status).toBe(1)
  expect(expired.stdout).toMatch(/^taegis us2 \(.+\): old@example\.com, expired at 2020-02-03 \d\d:\d\d\n$/)

  const later = Date.now() + 3_600_000
  await keep('us1', us1.origin, 'a@example.com', later)
  await keep('us1', us1.origin, 'b@example.com', later)
  const both = await home.run(['whoami'])
  expect(both.status).toBe(0)
  expect(both.stdout.match(/Signed in as \w@example\.com · 2 tenants · until/g)).toHaveLength(2)
  expect(await home.run(['logout', '--region', 'us1', '--username', 'a@example.com'])).toMatchObject({
    status: 0,
    stdout: 'signed out: a@example.com · taegis us1\n',
  })
  const left = JSON.parse((await home.run(['whoami', '--json'])).stdout)
  expect(left.map(({ account, live }: Record<string, unknown>) => [account, live])).toEqual([
    ['b@example.com', true],
    ['old@example.com', false],
  ])
  const all = await home.run(['logout', '--all', '--json'])
  expect(JSON.parse(all.stdout).signedOut).toHaveLength(2)
  expect(readdirSync(join(home.profiles))).toEqual([])
})
