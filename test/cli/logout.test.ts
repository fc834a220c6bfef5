import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { oauth } from '../../src/providers/oauth.js'
import { Secret } from '../../src/secrets.js'
import { fileStore } from '../../src/store/file-store.js'
import { clientAccount } from '../../src/store/profile.js'
import { type AuthServerOptions, clientId, paths, startAuthServer } from '../support/auth-server.js'
import { findLeaks, guardSecret, openHome } from '../support/cli.js'
import { connectWith } from '../support/sign-in.js'
import { setEnv } from '../support/temp-home.js'

const clientSecret = 'SENTINEL-secret-of-the-client'
guardSecret('a client secret', clientSecret)

afterAll(() => expect(findLeaks()).toEqual([]))

/**
 * A person who is signed in to a real OAuth server, as the platform `desk` of their own, and the server’s
 * view of it.
 */
async function signedIn(options: AuthServerOptions = {}) {
  const server = await startAuthServer({ approvesAtOnce: true, opaque: true, revocation: true, ...options })
  const home = openHome()
  using _env = setEnv({ XDRLAB_HOME: home.home })
  const desk = { issuer: server.issuer, clientId, scopes: ['openid', 'offline_access', 'email'] }
  writeFileSync(join(home.home, 'providers.json'), JSON.stringify({ desk: { kind: 'oauth', ...desk } }))
  const secret = options.clientSecret === undefined ? {} : { clientSecret: options.clientSecret }
  await connectWith(oauth({ ...desk, name: 'desk', ...secret }), { store: 'file' })
  const store = fileStore(home.profiles, () => {})
  const [profile] = store.list()
  if (profile?.session === undefined) throw new Error('nothing was stored')
  const { accessToken, refreshToken } = profile.session
  guardSecret('an access token', accessToken.reveal())
  guardSecret('a refresh token', refreshToken?.reveal() ?? '')
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const ask = async (path: string, form: Record<string, string> | undefined, authorization?: string) => {
    const response = await fetch(`${server.issuer}${path}`, {
      method: form === undefined ? 'GET' : 'POST',
      headers: authorization === undefined ? {} : { authorization },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    })
    return response.status
  }
  return {
    server,
    home,
    store,
    profile,
    session: profile.session,
    /** What the access token and the refresh token are worth to the server. */
    worth: async () => [
      await ask(paths.userInfo, undefined, `Bearer ${accessToken.reveal()}`),
      await ask(
        paths.token,
        {
          grant_type: 'refresh_token',
          refresh_token: refreshToken?.reveal() ?? '',
          ...(options.clientSecret === undefined ? { client_id: clientId } : {}),
        },
        options.clientSecret === undefined ? undefined : basic,
      ),
    ],
    isTokenGood: async () => (await ask(paths.userInfo, undefined, `Bearer ${accessToken.reveal()}`)) === 200,
    [Symbol.asyncDispose]: async () => {
      await home[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

test.each([[['logout', 'desk']], [['logout', '--all']]])(
  '%j gives both tokens up: the server takes neither afterwards',
  async (args) => {
    await using it = await signedIn()
    expect(await it.isTokenGood()).toBe(true)

    const out = await it.home.run(args)

    expect(out).toMatchObject({
      status: 0,
      stdout: 'signed out: default · desk default · revoked at the server\n',
      stderr: '',
    })
    expect(await it.worth()).toEqual([401, 400])
    expect((await it.home.run(['whoami'])).status).toBe(1)
  },
)

test.each([
  ['away', { kind: 'reset' as const }, /could not be reached|connection|network|reset/i],
  ['in trouble', { kind: 'answer' as const, status: 503 }, /HTTP 503/],
])('a server that is %s: forgotten here, said, and exit code 1', async (_what, fault, why) => {
  await using it = await signedIn()
  it.server.proxy.failAlways(paths.revocation, fault)

  const out = await it.home.run(['logout', '--all'])

  expect([out.status, out.stderr]).toEqual([1, ''])
  expect(out.stdout).toMatch(
    /^signed out: default · desk default · forgotten here only: the server was not told, and its tokens live on until [\d: -]+ \(.+\)\n$/,
  )
  expect(out.stdout).toMatch(why)
  expect(readdirSync(it.home.profiles)).toEqual([])
  expect(await it.isTokenGood()).toBe(true)
})

test('as JSON, what came of it is told apart', async () => {
  await using it = await signedIn()
  await it.store.write({
    ...it.profile,
    account: 'ana',
    session: { ...it.session, revocation: undefined },
  })
  it.server.proxy.fail(paths.revocation, { kind: 'answer', status: 503 })

  const { status, stdout } = await it.home.run(['logout', '--all', '--json'])

  expect(status).toBe(1)
  const origin = it.server.issuer
  const key = { provider: 'desk', region: 'default', origin }
  expect(JSON.parse(stdout).signedOut).toEqual(
    expect.arrayContaining([
      { ...key, account: 'default', revoked: false, revocation: 'failed' },
      { ...key, account: 'ana', revoked: false, revocation: 'not-offered' },
    ]),
  )
})

test('a server without revocation is asked nothing, and that is no failure', async () => {
  await using it = await signedIn({ revocation: false })
  expect(await it.home.run(['logout', 'desk'])).toMatchObject({
    status: 0,
    stdout: 'signed out: default · desk default\n',
  })
  expect(it.server.proxy.to(paths.revocation)).toEqual([])
})

test('the secret of a confidential client comes from the environment, also for --all', async () => {
  await using it = await signedIn({ clientSecret })
  const env = { XDRLAB_DESK_DEVICE_CLIENT_SECRET: clientSecret }

  const out = await it.home.run(['logout', '--all'], { env })

  expect(out).toMatchObject({ status: 0, stdout: expect.stringContaining('revoked at the server') })
  expect(await it.worth()).toEqual([401, 400])
})

test('or from the store, where it is kept', async () => {
  await using it = await signedIn({ clientSecret })
  const { session: _session, ...key } = it.profile
  await it.store.write({
    ...key,
    account: clientAccount(clientId),
    session: undefined,
    client: { id: clientId, secret: new Secret(clientSecret) },
  })

  const out = await it.home.run(['logout', '--all'])

  expect(out.stdout).toContain('signed out: default · desk default · revoked at the server\n')
  expect([out.status, await it.worth()]).toEqual([0, [401, 400]])
  expect(readdirSync(it.home.profiles)).toEqual([])
})

test.each([
  ['none', {}, `wants the secret of its client ${clientId}, which was not found`],
  [
    'another client’s',
    { XDRLAB_DESK_DEVICE_CLIENT_ID: 'other', XDRLAB_DESK_DEVICE_CLIENT_SECRET: 'SENTINEL-of-the-other' },
    `wants the secret of its client ${clientId}, which was not found`,
  ],
  ['a wrong one', { XDRLAB_DESK_DEVICE_CLIENT_SECRET: 'SENTINEL-that-is-wrong' }, 'answered HTTP 401'],
])('with %s of a confidential client the server is not told, and that is said', async (_what, env, why) => {
  await using it = await signedIn({ clientSecret })

  const out = await it.home.run(['logout', '--all'], { env })

  expect([out.status, out.stdout]).toEqual([1, expect.stringContaining(`${why})`)])
  expect(JSON.stringify(it.server.proxy.to(paths.revocation))).not.toContain('SENTINEL-of-the-other')
  expect(await it.isTokenGood()).toBe(true)
})
