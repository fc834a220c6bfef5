import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { SignedIn } from './signed-in.js'

let it: SignedIn

beforeAll(async () => {
  it = await SignedIn.start()
})
afterAll(() => it[Symbol.asyncDispose]())

type Message = { type: string; id?: string; payload?: Record<string, unknown> }

/** A WebSocket of the library's own, and not of ours: what is tested is the wire. */
function dial(
  protocols: readonly string[],
  options: { path?: string; headers?: Record<string, string> } = {},
) {
  const address = `${it.sandbox.origin.replace('http', 'ws')}${options.path ?? '/events/query'}`
  const socket = new WebSocket(address, [...protocols], { headers: options.headers ?? {} })
  const messages: Message[] = []
  socket.on('message', (bytes) => {
    messages.push(JSON.parse(bytes.toString()))
    socket.emit('kept')
  })
  const failed = new Promise<string>((resolve) => {
    socket.once('error', (error) => resolve(error.message))
  })
  return {
    socket,
    messages,
    failed,
    say: (message: object) => socket.send(JSON.stringify(message)),
    until: async (isSo: (message: Message) => boolean) => {
      const signal = AbortSignal.timeout(20_000)
      for (;;) {
        const found = messages.find(isSo)
        if (found !== undefined) return found
        await once(socket, 'kept', { signal })
      }
    },
    closed: async () => {
      const [code] = await once(socket, 'close', { signal: AbortSignal.timeout(20_000) })
      return Number(code)
    },
  }
}

const withToken = () => ['graphql-ws', `access-token-${it.token}`]
const search = {
  query:
    'subscription ($q: String!) { eventQuery(query: $q, options: { pageSize: 2 }) { result { type rows } } }',
  variables: { q: 'FROM process, auth EARLIEST=-30d' },
}

describe('the documented framing', () => {
  test('init, ack, keep-alive, start, a message for each type, complete', async () => {
    const line = dial([...withToken(), 'x-tenant-context-50530'])
    await once(line.socket, 'open')
    expect(line.socket.protocol).toBe('graphql-ws')

    line.say({ type: 'connection_init', payload: {} })
    await line.until(({ type }) => type === 'ka')
    line.say({ id: 'a', type: 'start', payload: search })
    await line.until(({ type }) => type === 'complete')

    expect(line.messages.map(({ type, id }) => [type, id])).toEqual([
      ['connection_ack', undefined],
      ['ka', undefined],
      ['data', 'a'],
      ['data', 'a'],
      ['complete', 'a'],
    ])
    line.say({ type: 'connection_terminate' })
    expect(await line.closed()).toBe(1000)
  })

  test('several operations share a connection, and their errors are their own', async () => {
    const line = dial(withToken())
    await once(line.socket, 'open')
    line.say({ type: 'connection_init' })
    line.say({ id: 'bad', type: 'start', payload: { query: 'subscription { nothing }' } })
    line.say({ id: 'good', type: 'start', payload: search })
    await line.until(({ type, id }) => type === 'complete' && id === 'good')
    const error = await line.until(({ type }) => type === 'error')
    expect(error).toMatchObject({ id: 'bad', payload: { message: expect.stringContaining('nothing') } })
    line.socket.close()
  })

  test.for([
    ['no token', () => ['graphql-ws'], 401],
    ['a token of nobody’s', () => ['graphql-ws', 'access-token-abc.def.ghi'], 401],
    ['a tenant of others', () => [...withToken(), 'x-tenant-context-99999'], 403],
    ['another subprotocol beside it', () => [...withToken(), 'chat'], 400],
    ['two tenants', () => [...withToken(), 'x-tenant-context-50530', 'x-tenant-context-50611'], 400],
    ['no graphql-ws', () => [`access-token-${it.token}`], 400],
  ] as const)('%s is refused at the handshake', async ([, protocols, status]) => {
    expect(await dial(protocols()).failed).toBe(`Unexpected server response: ${status}`)
  })

  test('another path has no subscriptions, and another page’s script none at all', async () => {
    expect(await dial(withToken(), { path: '/cql-metadata/query' }).failed).toContain('404')
    expect(await dial(withToken(), { headers: { origin: 'https://evil.example' } }).failed).not.toBe('')
    expect(await dial(withToken(), { headers: { host: 'evil.example' } }).failed).not.toBe('')
  })

  test.for([
    ['start before init', { id: '1', type: 'start', payload: search }],
    ['the other framing’s subscribe', { id: '1', type: 'subscribe', payload: search }],
    ['no object', [1]],
  ] as const)('%s ends the connection with an error', async ([, message]) => {
    const line = dial(withToken())
    await once(line.socket, 'open')
    line.say(message)
    expect(await line.closed()).toBe(1002)
    expect(line.messages.at(-1)?.type).toBe('connection_error')
  })
})

describe('graphql-transport-ws', () => {
  const begin = async (payload: Record<string, string>) => {
    const line = dial(['graphql-transport-ws'])
    await once(line.socket, 'open')
    line.say({ type: 'connection_init', payload })
    return line
  }

  test('gives the same rows as the documented framing', async () => {
    const modern = await begin({ Authorization: `Bearer ${it.token}` })
    await modern.until(({ type }) => type === 'connection_ack')
    modern.say({ id: 'a', type: 'subscribe', payload: search })
    await modern.until(({ type }) => type === 'complete')
    modern.socket.close()
    const legacy = dial(withToken())
    await once(legacy.socket, 'open')
    legacy.say({ type: 'connection_init' })
    legacy.say({ id: 'a', type: 'start', payload: search })
    await legacy.until(({ type }) => type === 'complete')
    legacy.socket.close()

    const rows = (messages: Message[], wanted: string) =>
      messages.filter(({ type }) => type === wanted).map(({ payload }) => payload?.data)
    expect(rows(modern.messages, 'next')).toHaveLength(2)
    expect(rows(modern.messages, 'next')).toEqual(rows(legacy.messages, 'data'))
  })

  test('a token that is missing closes with 4401, a tenant of others with 4403', async () => {
    expect(await (await begin({})).closed()).toBe(4401)
    const foreign = { Authorization: `Bearer ${it.token}`, 'X-Tenant-Context': '99999' }
    expect(await (await begin(foreign)).closed()).toBe(4403)
  })
})

test('over HTTP a subscription says that it needs a WebSocket', async () => {
  const { body } = await it.send('subscription { eventQuery(query: "FROM auth") { next } }', {
    path: '/events/query',
  })
  expect(body).toMatchObject({ errors: [{ message: expect.stringContaining('WebSocket') }] })
})
