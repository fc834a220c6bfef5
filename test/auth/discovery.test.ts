import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/profile.js'
import { clientId, paths, person, startAuthServer } from '../support/auth-server.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, changed, type Fault } from '../support/fault-proxy.js'
import { connectWith, failureOf, providerFor } from '../support/sign-in.js'

const notFound: Fault = { kind: 'answer', status: 404, body: '<h1>Not found</h1>' }

test('a server is found by OpenID Connect Discovery, asked once', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })

  await connectWith(providerFor(server))

  expect(server.proxy.to(paths.openid)).toHaveLength(1)
  expect(server.proxy.to(paths.rfc8414)).toHaveLength(0)
})

test('a server without that is found by RFC 8414', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })
  server.proxy.failAlways(paths.openid, notFound)

  const xdr = await connectWith(providerFor(server))

  expect(xdr.session.subject).toBe(person)
  expect(server.proxy.to(paths.rfc8414)).toHaveLength(1)
})

test('a server described by hand is not asked for metadata', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })
  const { issuer } = server
  const provider = providerFor(server)
  const byHand = {
    ...provider,
    signIn: {
      dialect: 'rfc8628' as const,
      clientId,
      scopes: ['openid', 'email'],
      deviceAuthorizationEndpoint: paths.begin,
      tokenEndpoint: `${issuer}${paths.token}`,
    },
  }

  const clock = fakeClock()
  const xdr = await connectWith(byHand, { clock })

  expect(xdr.session.expiresAt).toEqual(new Date(clock.now() + 3_600_000))
  expect(server.proxy.seen.map((r) => r.path)).toEqual([paths.begin, paths.token])
})

test('endpoints given to oauth() work without an issuer, ID token or not', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })
  const endpoints = {
    deviceAuthorization: `${server.issuer}${paths.begin}`,
    token: `${server.issuer}${paths.token}`,
  }
  const { oauth } = await import('../../src/providers/oauth.js')

  const withIdToken = await connectWith(oauth({ endpoints, clientId, scopes: ['openid', 'email'] }))
  const clock = fakeClock()
  const without = await connectWith(oauth({ endpoints, clientId }), { clock })

  expect(withIdToken.target.origin).toBe(server.issuer)
  expect(without.session.expiresAt).toEqual(new Date(clock.now() + 3_600_000))
})

const clientSecret = 'SENTINEL-secret-of-the-client'

test.each([
  ['OpenID Connect Discovery', paths.openid],
  ['RFC 8414', paths.rfc8414],
])('client credentials find their token endpoint, and where to revoke, by %s', async (_what, path) => {
  await using server = await startAuthServer({ clientSecret, revocation: true })
  if (path === paths.rfc8414) server.proxy.failAlways(paths.openid, notFound)
  server.proxy.failAlways('/graphql', answer(200, { data: { ok: true } }))
  const store = memoryStore()
  const clock = fakeClock()
  const provider = providerFor(server, { method: 'client', clientSecret, scopes: [] })

  const xdr = await connectWith(provider, { store, clock })
  expect(await xdr.query('{ ok }')).toEqual({ ok: true })

  expect(store.list()).toMatchObject([
    {
      account: `client:${clientId}`,
      session: { revocation: { endpoint: `${server.issuer}${paths.revocation}`, clientId } },
    },
  ])
  expect(xdr.session.expiresAt).toEqual(new Date(clock.now() + 3_600_000))
  expect(server.proxy.to(path)).toHaveLength(1)
  expect(server.proxy.to(paths.token).map(({ body }) => body)).toEqual(['grant_type=client_credentials'])
})

test('a server whose metadata names no token endpoint is refused by name', async () => {
  await using server = await startAuthServer({ clientSecret })
  server.proxy.failAlways(paths.openid, changed({ token_endpoint: undefined }))
  const error = await failureOf(connectWith(providerFor(server, { method: 'client', clientSecret })))
  expect([error.code, error.message]).toEqual([
    'XDR_BAD_RESPONSE',
    expect.stringContaining('publishes no token_endpoint'),
  ])
})

test('a server that names itself another issuer is not trusted, and both names are said', async () => {
  await using server = await startAuthServer()
  const { issuer } = server
  server.proxy.fail(paths.openid, changed({ issuer: 'https://evil.example/\u001b[2J' }))
  server.proxy.failAlways(paths.rfc8414, notFound)

  const error = await failureOf(connectWith(providerFor(server)))

  expect(error.code).toBe('XDR_BAD_RESPONSE')
  expect(error.message).toBe(`${issuer}/ names itself another issuer: https://evil.example/[2J`)
  expect(error.hint).toContain('exactly the issuer')
  expect(server.proxy.to(paths.begin)).toEqual([])
})

const useless: { name: string; fault: Fault; says: RegExp }[] = [
  { name: 'no metadata at all', fault: notFound, says: /publishes no OAuth metadata/ },
  {
    name: 'a web page in place of metadata',
    fault: { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
    says: /publishes no OAuth metadata/,
  },
  {
    name: 'half of the metadata',
    fault: { kind: 'edit', text: (body) => body.slice(0, 60) },
    says: /publishes no OAuth metadata/,
  },
  {
    name: 'no device grant',
    fault: changed({ device_authorization_endpoint: undefined }),
    says: /publishes no device_authorization_endpoint/,
  },
  {
    name: 'no token endpoint',
    fault: changed({ token_endpoint: undefined }),
    says: /publishes no token_endpoint/,
  },
  {
    name: 'a token endpoint over http',
    fault: changed({ token_endpoint: 'http://id.example.com/token' }),
    says: /token_endpoint must use https/,
  },
  {
    name: 'a device endpoint that is no URL',
    fault: changed({ device_authorization_endpoint: 'javascript:alert(1)' }),
    says: /device_authorization_endpoint must use https/,
  },
  {
    name: 'an endpoint that is no text',
    fault: changed({ token_endpoint: 7 }),
    says: /token_endpoint/,
  },
]

test.for(useless)('$name: a clear error before anything is asked', async ({ fault, says }) => {
  await using server = await startAuthServer()
  server.proxy.failAlways(paths.openid, fault)
  server.proxy.failAlways(paths.rfc8414, fault)

  const error = await failureOf(connectWith(providerFor(server)))

  expect(error.code).toMatch(/^XDR_BAD_(RESPONSE|URL)$/)
  expect(error.message).toMatch(says)
  expect(error.hint).not.toBe('')
  expect(server.proxy.to(paths.begin)).toEqual([])
})

test('after a failed discovery the next try starts anew', async () => {
  await using server = await startAuthServer({ approvesAtOnce: true })
  server.proxy.fail(paths.openid, { kind: 'reset' })
  const provider = providerFor(server)

  expect((await failureOf(connectWith(provider))).code).toBe('XDR_NETWORK')
  expect((await connectWith(provider)).session.subject).toBe(person)
})
