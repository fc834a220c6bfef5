import { describe, expect, test } from 'vitest'
import { oauth } from '../../src/providers/oauth.js'
import { taegis } from '../../src/providers/taegis.js'
import { AccessToken, hideSecrets, liveSecrets, Secret } from '../../src/secrets.js'
import { memoryStore } from '../../src/store/profile.js'
import { clientId, paths, startAuthServer } from '../support/auth-server.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, changed, type Fault, pass } from '../support/fault-proxy.js'
import { takeDownWriting } from '../support/own-writing.js'
import { dialects } from '../support/platforms.js'
import { printed } from '../support/printed.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome, providerFor } from '../support/sign-in.js'

const access = 'SENTINEL-access-0123456789'
const refresh = 'SENTINEL-refresh-0123456789'
const deviceCode = 'SENTINEL-device-0123456789'
const clientSecret = 'SENTINEL-client-0123456789'
const everySecret = /SENTINEL/

const written = takeDownWriting()

/** A server whose codes and tokens are the sentinels, and a client that is signed in to it. */
async function signedIn() {
  const server = await startAuthServer({ clientSecret })
  const screen = recordingScreen()
  const clock = fakeClock()
  const store = memoryStore()
  server.proxy.fail(paths.begin, changed({ device_code: deviceCode }))
  server.proxy.fail(
    paths.token,
    answer(200, { access_token: access, refresh_token: refresh, token_type: 'bearer', expires_in: 300 }),
  )
  const provider = providerFor(server, { clientSecret })
  const xdr = await connectWith(provider, { screen, clock, store })
  return {
    server,
    screen,
    clock,
    store,
    provider,
    xdr,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

test('the secrets did go over the wire, and are in no view, note, log line or print of the client', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways('/graphql', answer(200, { data: { ok: true } }))
  await it.xdr.query('{ ok }')

  const [poll] = it.server.proxy.to(paths.token)
  const [query] = it.server.proxy.to('/graphql')
  expect(poll?.body).toContain(deviceCode)
  const basic = Buffer.from(poll?.headers.authorization?.split(' ')[1] ?? '', 'base64').toString()
  expect(decodeURIComponent(basic)).toBe(`${clientId}:${clientSecret}`)
  expect(query?.headers.authorization).toBe(`Bearer ${access}`)
  expect(it.screen.everything()).not.toMatch(everySecret)
  expect(written()).not.toMatch(everySecret)
  expect(printed(it.xdr)).not.toMatch(everySecret)
  expect(printed(it.xdr.session)).not.toMatch(everySecret)
  expect(printed(it.xdr.target)).not.toMatch(everySecret)
  expect(printed(it.provider)).not.toMatch(everySecret)
  expect(printed(it.store.list())).not.toMatch(everySecret)
})

const quoting: { name: string; fault: Fault }[] = [
  {
    name: 'GraphQL errors',
    fault: answer(200, {
      data: null,
      errors: [
        {
          message: `the token ${access} is bad`,
          path: [access, 0],
          extensions: { headers: { authorization: [`Bearer ${access}`] }, [access]: 1 },
        },
      ],
    }),
  },
  {
    name: 'a message that is cut within the token',
    fault: answer(200, { errors: [{ message: `${'x'.repeat(485)}${access}` }] }),
  },
  {
    name: 'a token broken by control characters',
    fault: answer(200, { errors: [`${access.slice(0, 9)}\u200b${access.slice(9)}`] }),
  },
  { name: 'a top-level error', fault: answer(400, { error: `no ${access}` }) },
  { name: 'HTTP 500', fault: answer(500, { error: `cannot parse Bearer ${access}` }) },
  { name: 'a web page', fault: { kind: 'answer', status: 200, body: `<p>${access}` } },
  { name: 'the request id', fault: answer(500, {}, { 'x-request-id': access }) },
  { name: 'HTTP 403', fault: answer(403, { errors: [{ message: access }] }, { 'x-request-id': access }) },
  {
    name: 'a redirect',
    fault: { kind: 'answer', status: 302, headers: { location: `https://evil.example/?t=${access}` } },
  },
]

test.for(quoting)(
  'a server that quotes the token in $name does not get it into the error',
  async ({ fault }) => {
    await using it = await signedIn()
    it.server.proxy.failAlways('/graphql', fault)

    const error = await failureOf(it.xdr.query('{ ok }'))

    expect(printed(error)).not.toMatch(everySecret)
    expect(it.screen.everything() + written()).not.toMatch(everySecret)
  },
)

test('nor into the note of a partial result', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways('/graphql', answer(200, { data: { ok: true }, errors: [{ message: access }] }))

  await it.xdr.query('{ ok }')

  expect(it.screen.notes).toHaveLength(1)
  expect(it.screen.everything()).not.toMatch(everySecret)
})

test('a renewal that is refused with the refresh token in its words leaks nothing', async () => {
  await using it = await signedIn()
  it.clock.advance(300_000)
  it.server.proxy.fail(
    paths.token,
    answer(400, { error: 'invalid_grant', error_description: `no ${refresh}` }),
  )
  it.server.proxy.fail(
    paths.begin,
    answer(400, { error: 'invalid_request', error_description: clientSecret }),
  )

  const error = await failureOf(it.xdr.query('{ ok }'))

  expect(printed(error)).not.toMatch(everySecret)
  expect(it.screen.everything() + written()).not.toMatch(everySecret)
})

const brokenGrants: { name: string; fault: Fault }[] = [
  { name: 'an object', fault: answer(200, { access_token: { nested: access }, token_type: 'bearer' }) },
  { name: 'a list', fault: answer(200, { access_token: [access], token_type: 'bearer' }) },
  { name: 'with a line break', fault: answer(200, { access_token: `${access}\n`, token_type: 'bearer' }) },
  {
    name: 'with a second header',
    fault: answer(200, { access_token: `${access}\r\nX: 1`, token_type: 'bearer' }),
  },
  { name: 'with other letters', fault: answer(200, { access_token: `${access}é`, token_type: 'bearer' }) },
  { name: 'under another name', fault: answer(200, { token: access, token_type: 'bearer' }) },
  { name: 'beside an error', fault: answer(400, { error: 'server_error', access_token: access }) },
  { name: 'in JSON that is cut', fault: { kind: 'answer', status: 200, body: `{"access_token":"${access}` } },
  { name: 'as bare text', fault: { kind: 'answer', status: 200, body: access } },
  { name: 'in a web page', fault: { kind: 'answer', status: 200, body: `<p>${access}</p>` } },
  { name: 'in a web page with HTTP 500', fault: { kind: 'answer', status: 500, body: `<p>${access}</p>` } },
  { name: 'in a list', fault: { kind: 'answer', status: 200, body: `["${access}"]` } },
]

describe.for(dialects)('$dialect', ({ start }) => {
  test.for(brokenGrants)(
    'a token answer that is broken ($name) does not leak the token',
    async ({ fault }) => {
      using _home = isolatedHome()
      await using platform = await start()
      platform.proxy.fail(platform.paths.token, fault)
      const screen = recordingScreen({ answers: ['ana'] })

      const error = await failureOf(
        connectWith(platform.provider, {
          screen,
          ...(platform.url === undefined ? {} : { url: platform.url }),
        }),
      )

      expect(error.code).toMatch(/^XDR_(BAD_RESPONSE|SIGN_IN_FAILED)$/)
      expect(printed(error)).not.toMatch(everySecret)
      expect(screen.everything() + written()).not.toMatch(everySecret)
    },
  )
})

const unchecked: { name: string; grant: Record<string, unknown> }[] = [
  { name: 'no token_type', grant: { access_token: access } },
  { name: 'an unknown token_type', grant: { access_token: access, token_type: 'mac' } },
  {
    name: 'an expires_in that is no number',
    grant: { access_token: access, token_type: 'bearer', expires_in: 'soon' },
  },
  {
    name: 'an ID token that is none',
    grant: { access_token: access, token_type: 'bearer', id_token: `${access}.x.y` },
  },
  {
    name: 'a scope that is none',
    grant: { access_token: access, token_type: 'bearer', scope: { a: access } },
  },
]

test.for(unchecked)('a grant with $name is refused without showing it', async ({ grant }) => {
  await using server = await startAuthServer()
  server.proxy.fail(paths.token, answer(200, grant))
  const screen = recordingScreen()

  const error = await failureOf(connectWith(providerFor(server), { screen }))

  expect(error.code).toBe('XDR_BAD_RESPONSE')
  expect(printed(error)).not.toMatch(everySecret)
  expect(screen.everything() + written()).not.toMatch(everySecret)
})

test('a broken device answer does not leak the device code', async () => {
  await using server = await startAuthServer()
  server.proxy.fail(paths.begin, changed({ device_code: { nested: deviceCode } }), pass)

  expect(printed(await failureOf(connectWith(providerFor(server))))).not.toMatch(everySecret)
})

test('an end that no calendar knows does not make a session unprintable', async () => {
  await using server = await startAuthServer()
  server.proxy.fail(
    paths.token,
    answer(200, { access_token: access, token_type: 'bearer', expires_in: 1e300 }),
  )

  const xdr = await connectWith(providerFor(server))

  expect(xdr.session.expiresAt).toBeUndefined()
  expect(printed(xdr)).toContain('XdrClient {')
})

test('a client secret in a provider, ours or hand-written, is a known secret', async () => {
  const made = oauth({ issuer: 'https://id.example.com', clientId, clientSecret: 'made-SENTINEL-secret' })
  expect(printed(made)).not.toMatch(everySecret)
  expect([...liveSecrets().keys()]).toContain('made-SENTINEL-secret')

  await using server = await startAuthServer({ clientSecret, approvesAtOnce: true })
  const provider = providerFor(server)
  await connectWith({
    ...provider,
    signIn: { ...provider.signIn, dialect: 'rfc8628', clientId, scopes: [], clientSecret },
  })
  expect([...liveSecrets().keys()]).toContain(clientSecret)
})

test('a token and a secret print as what they are, not what they hold', () => {
  const token = new AccessToken(access, 0)
  const secret = new Secret(refresh)

  expect(printed({ token, secret, list: [token], map: new Map([[token, secret]]) })).not.toMatch(everySecret)
  expect(`${token} ${secret}`).toBe('‹access token› ‹hidden›')
  expect(JSON.stringify({ token, secret })).toBe(
    '{"token":{"expiresAt":"1970-01-01T00:00:00.000Z"},"secret":"‹hidden›"}',
  )
  expect(structuredClone(token)).toEqual({ expiresAt: 0 })
  expect([token.reveal(), secret.reveal()]).toEqual([access, refresh])
})

test('what is hidden in a text is every live secret, also one within another, and nothing short', () => {
  new Secret('abcdefghij')
  new Secret('abcdefghijklmnop')
  new Secret('short')

  expect(hideSecrets('a abcdefghij b abcdefghijklmnop c short')).toBe('a ‹hidden› b ‹hidden› c short')
})

test('Taegis, too, is data that holds no secret', () => {
  expect(printed(taegis)).not.toMatch(/secret_|password/i)
})
