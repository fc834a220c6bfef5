import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { gql } from '../../src/client/document.js'
import { bearer } from '../../src/providers/general.js'
import { taegis } from '../../src/providers/taegis.js'
import { startConnectProxy } from '../support/connect-proxy.js'
import { answer } from '../support/fault-proxy.js'
import { type PrivateServer, setNetwork, startPrivateServer } from '../support/private-ca.js'
import { connectWith, failureOf } from '../support/sign-in.js'
import { framings, sentinelToken, startSocketServer } from '../support/socket-server.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const ticks = gql<{ tick: number }>`subscription { tick }`
const host = 'xdr.private.test'

let server: PrivateServer

beforeAll(async () => {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-ws' })
  server = await startPrivateServer([`DNS:${host}`], undefined, 1, (request, raw, head) => {
    sockets.handleUpgrade(request, raw, head, (socket) => {
      socket.on('message', (bytes) => {
        const { type, id } = JSON.parse(bytes.toString())
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
        if (type !== 'start') return
        socket.send(JSON.stringify({ id, type: 'data', payload: { data: { tick: 1 } } }))
        socket.send(JSON.stringify({ id, type: 'complete' }))
      })
    })
  })
})
afterAll(() => server[Symbol.asyncDispose]())

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

const network = (values?: Record<string, string | undefined>) => setNetwork(server, values)

const client = (trace: (line: string) => void = () => {}) =>
  connectWith(
    bearer({
      name: 'private',
      api: `https://${host}`,
      graphql: '/graphql',
      token: sentinelToken,
      subscriptions: { protocol: 'legacy-apollo', auth: framings['legacy-apollo'].auth },
    }),
    { trace },
  )

test('it goes through the proxy, with its password and the private authority', async () => {
  const credentials = 'ann:p@ss/Sentinel-of-the-proxy'
  await using proxy = await startConnectProxy({ upstreamPort: server.port, credentials })
  using _env = network({ HTTPS_PROXY: `http://ann:p%40ss%2FSentinel-of-the-proxy@127.0.0.1:${proxy.port}` })
  const trace: string[] = []
  const xdr = await client((line) => trace.push(line))

  const got = await collect(xdr.subscribe(ticks))

  expect(got).toEqual([{ tick: 1 }])
  expect(proxy.tunnels).toEqual([
    { target: `${host}:443`, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  ])
  expect(proxy.plain).toEqual([])
  expect(trace.join('\n')).toContain(`GET wss://${host}/graphql · through 127.0.0.1:${proxy.port} · 101`)
  expect(trace.join('\n').toLowerCase()).not.toContain('sentinel')
  await proxy.drained()
})

test('a certificate that nobody vouches for is refused, and so is an unchecked one', async () => {
  await using proxy = await startConnectProxy({ upstreamPort: server.port })
  const xdr = await client()
  for (const env of [{ XDRLAB_CA_CERTS: undefined }, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }]) {
    using _env = network({ HTTPS_PROXY: proxy.origin, ...env })
    expect((await failureOf(xdr.subscribe(ticks).next())).code).toBe('XDR_TLS')
  }
})

test.for([
  [407, /wants a user name and password/],
  [403, /made no connection to the platform \(HTTP 403\)/],
] as const)('a proxy that answers %i is told from the platform', async ([status, message]) => {
  await using proxy = await startConnectProxy({ status })
  using _env = network({ HTTPS_PROXY: proxy.origin })
  const xdr = await client()
  const error = await failureOf(xdr.subscribe(ticks).next())
  expect(error.code).toBe('XDR_PROXY')
  expect(error.message).toMatch(message)
})

test('a proxy that is not there is named', async () => {
  const gone = await startConnectProxy({})
  await gone[Symbol.asyncDispose]()
  using _env = network({ HTTPS_PROXY: gone.origin })
  const xdr = await client()
  const error = await failureOf(xdr.subscribe(ticks).next())
  expect(error).toMatchObject({
    code: 'XDR_PROXY',
    message: expect.stringContaining(`127.0.0.1:${gone.port}`),
  })
})

/** A person confirms the second code. */
async function signInAgain({ server: platform }: SignedIn): Promise<void> {
  await platform.proxy.arrived(taegisPaths.token, 2)
  await platform.approve()
}

const auths = 'subscription { eventQuery(query: "FROM auth", options: { maxRows: 2 }) { result { rows } } }'

test('a sign-in that the handshake refuses is renewed once, and the new token is sent', async () => {
  await using it = await signedIn()
  it.server.proxy.fail('/events/query', answer(401, { errors: [{ message: 'expired' }] }))

  const asking = collect(it.xdr.subscribe(auths, undefined, { path: '/events/query' }))
  await signInAgain(it)
  const got = await asking

  expect(got).toHaveLength(1)
  const [first, second] = it.server.proxy.to('/events/query')
  expect(first?.status).toBe(401)
  expect(second?.status).toBe(101)
  expect(second?.headers['sec-websocket-protocol']).not.toBe(first?.headers['sec-websocket-protocol'])
})

test('one that is refused again is an error', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways('/events/query', answer(401, { errors: [{ message: 'not you' }] }))
  const asking = failureOf(it.xdr.subscribe(auths, undefined, { path: '/events/query' }).next())
  await signInAgain(it)
  const error = await asking
  expect(error).toMatchObject({ code: 'XDR_UNAUTHORIZED', message: expect.stringContaining('not you') })
  expect(it.server.proxy.to('/events/query')).toHaveLength(2)
})

test.for([
  ['legacy-apollo', 'connection_error'],
  ['legacy-apollo', 4401],
  ['graphql-transport-ws', 4401],
  ['graphql-transport-ws', 4403],
] as const)('%s: a sign-in that is refused by %s is renewed once', async ([framing, how]) => {
  const tokens: string[] = []
  await using sockets = await startSocketServer({
    framing,
    opened: (socket, _raw, number) => {
      const wire = framings[framing]
      socket.on('message', (bytes) => {
        const { type, id, payload } = JSON.parse(bytes.toString())
        if (type === 'connection_init') {
          tokens.push(payload?.Authorization ?? '')
          if (number > 1) socket.send('{"type":"connection_ack"}')
          else if (typeof how === 'number') socket.close(how, 'the token has expired')
          else socket.send(JSON.stringify({ type: how, payload: { message: 'the token has expired' } }))
        }
        if (type !== wire.start) return
        socket.send(JSON.stringify({ id, type: wire.data, payload: { data: { tick: 1 } } }))
        socket.send(JSON.stringify({ id, type: 'complete' }))
      })
    },
  })
  await using it = await signedIn({
    provider: {
      ...taegis,
      subscriptions: { protocol: framing, auth: framings[framing].auth, path: `${sockets.origin}/graphql` },
    },
  })

  const asking = collect(it.xdr.subscribe(ticks))
  await signInAgain(it)
  expect(await asking).toEqual([{ tick: 1 }])

  const sent =
    framing === 'legacy-apollo'
      ? sockets.handshakes.map(({ headers }) => headers['sec-websocket-protocol'])
      : tokens
  expect(sent).toHaveLength(2)
  expect(sent[0]).not.toBe(sent[1])
})
