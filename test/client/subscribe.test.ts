import { describe, expect, test } from 'vitest'
import type { XdrClient } from '../../src/client/client.js'
import { gql } from '../../src/client/document.js'
import { errorsOf } from '../../src/client/graphql-answer.js'
import { GraphQLFailure, XdrError } from '../../src/errors.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf } from '../support/sign-in.js'
import { framingNames, framings, startSocketServer } from '../support/socket-server.js'

const ticks = gql<{ tick: number }>`subscription { tick }`

/** All that a loop gives, and what it ends with. */
async function collect<T>(values: AsyncIterable<T>): Promise<{ values: T[]; error: XdrError | undefined }> {
  const taken: T[] = []
  try {
    for await (const value of values) taken.push(value)
  } catch (error) {
    if (!(error instanceof XdrError)) throw error
    return { values: taken, error }
  }
  return { values: taken, error: undefined }
}

const ticksOf = async (xdr: XdrClient, options = {}) => {
  const { values, error } = await collect(xdr.subscribe(ticks, undefined, options))
  return { ticks: values.map(({ tick }) => tick), error }
}

describe.for(framingNames)('%s', (framing) => {
  const wire = framings[framing]

  test('every message comes, the last as well, when end and close follow in one write', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) =>
        peer.atOnce(() => {
          for (let tick = 1; tick <= 500; tick++) peer.data({ data: { tick } })
          peer.complete()
          peer.socket.close(1000)
        }),
    })
    const xdr = await connectWith(server.provider())

    const { ticks: got, error } = await ticksOf(xdr)

    expect(error).toBeUndefined()
    expect(got).toEqual(Array.from({ length: 500 }, (_, i) => i + 1))
  })

  test.for([
    ['closed with an odd code', 4000],
    ['cut', undefined],
  ] as const)('a connection that is %s right after the end takes nothing away', async ([, code]) => {
    await using server = await startSocketServer({
      framing,
      script: ({ raw, socket, ...peer }) => {
        peer.atOnce(() => {
          peer.data({ data: { tick: 1 } })
          peer.data({ data: { tick: 2 } })
          peer.complete()
          if (code !== undefined) socket.close(code, 'odd')
        })
        if (code === undefined) raw.end()
      },
    })
    const xdr = await connectWith(server.provider())

    expect(await ticksOf(xdr)).toEqual({ ticks: [1, 2], error: undefined })
  })

  test('nothing is sent before the loop begins, and leaving it says stop and closes', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        for (let tick = 1; tick <= 3; tick++) peer.data({ data: { tick } })
      },
    })
    const xdr = await connectWith(server.provider())
    const stream = xdr.subscribe(ticks)
    expect(server.handshakes).toHaveLength(0)

    for await (const { tick } of stream) if (tick === 2) break

    await server.arrived(wire.stop)
    await server.closed()
    expect(server.received.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['connection_init', wire.start, wire.stop]),
    )
  })

  test('return() ends a loop that waits for its next message', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) => peer.data({ data: { tick: 1 } }),
    })
    const xdr = await connectWith(server.provider())
    const stream = xdr.subscribe(ticks)
    expect(await stream.next()).toEqual({ done: false, value: { tick: 1 } })
    const waiting = stream.next()

    await stream.return()

    expect(await waiting).toEqual({ done: true, value: undefined })
    await server.closed()
  })

  test('a signal and the stop button end it at once, while it waits and while it reads', async () => {
    for (const which of ['signal', 'screen'] as const) {
      await using server = await startSocketServer({
        framing,
        script: (peer) => peer.data({ data: { tick: 1 } }),
      })
      const stop = new AbortController()
      const xdr = await connectWith(
        server.provider(),
        which === 'screen' ? { screen: recordingScreen({ signal: stop.signal }) } : {},
      )
      const stream = xdr.subscribe(ticks, undefined, which === 'signal' ? { signal: stop.signal } : {})
      await stream.next()
      const waiting = stream.next()
      stop.abort()
      expect((await failureOf(waiting)).code).toBe('XDR_ABORTED')
      await server.closed()
    }
  })

  test('a partial message is given, with its errors shown; strict mode throws', async () => {
    const errors = [{ message: 'no access', path: ['other'] }]
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        peer.data({ data: { tick: 1, other: null }, errors })
        peer.complete()
      },
    })
    const screen = recordingScreen()
    const xdr = await connectWith(server.provider(), { screen })

    const { values } = await collect(xdr.subscribe(ticks))
    const strict = await collect(xdr.subscribe(ticks, undefined, { strict: true }))

    expect(values).toEqual([{ tick: 1, other: null }])
    expect(errorsOf(values[0] ?? {})).toEqual(errors)
    expect(screen.notes.map(({ level, text }) => `${level}: ${text}`)).toContainEqual(
      expect.stringMatching(
        /^warning: the result is partial, 1 error came with it:\n {2}no access \(at other\)/,
      ),
    )
    expect(strict).toMatchObject({ values: [], error: { code: 'XDR_GRAPHQL', errors } })
  })

  test('many partial messages are counted and not shown one by one', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        for (let tick = 0; tick < 50; tick++) peer.data({ data: { tick }, errors: [{ message: 'half' }] })
        peer.complete()
      },
    })
    const screen = recordingScreen()
    const xdr = await connectWith(server.provider(), { screen })

    expect((await ticksOf(xdr)).ticks).toHaveLength(50)

    const warnings = screen.notes.filter(({ level }) => level === 'warning').map(({ text }) => text)
    expect(warnings).toHaveLength(4)
    expect(warnings.at(-1)).toMatch(/^47 more messages were partial/)
  })

  test('an error frame is a failure with the server’s words, after what came before it', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        peer.data({ data: { tick: 1 } })
        peer.error('the backend\u001b[2J went away')
      },
    })
    const xdr = await connectWith(server.provider())

    const { ticks: got, error } = await ticksOf(xdr)

    expect(got).toEqual([1])
    expect(error).toBeInstanceOf(GraphQLFailure)
    expect(error?.message).toBe('the backend[2J went away')
  })

  test('64-bit integers are exact both ways', async () => {
    const long = 73252035284761978n
    await using server = await startSocketServer({
      framing,
      opened: (socket) => {
        socket.on('message', (bytes) => {
          const text = bytes.toString()
          if (text.includes('connection_init')) socket.send('{"type":"connection_ack"}')
          const id = /"id":"([^"]+)"/.exec(text)?.[1]
          const variables = /"variables":(\{[^}]*\})/.exec(text)?.[1]
          if (variables === undefined) return
          socket.send(`{"id":"${id}","type":"${wire.data}","payload":{"data":${variables}}}`)
          socket.send(`{"id":"${id}","type":"complete"}`)
        })
      },
    })
    const xdr = await connectWith(server.provider())

    const { values, error } = await collect(
      xdr.subscribe('subscription ($id: Int64) { echo(id: $id) }', { id: long }),
    )

    expect(error).toBeUndefined()
    expect(values).toEqual([{ id: long }])
  })

  test.for([
    ['no JSON', '{"type":'],
    ['no object', '[1]'],
    ['of no known type', '{"type":"surprise","id":"1"}'],
  ] as const)('a message that is %s is an error that says so', async ([, text]) => {
    await using server = await startSocketServer({ framing, script: ({ socket }) => socket.send(text) })
    const xdr = await connectWith(server.provider())

    const { error } = await ticksOf(xdr)

    expect(error).toMatchObject({ code: 'XDR_BAD_RESPONSE' })
    expect(error?.message).toContain(`WebSocket ${server.origin}/graphql`)
    expect(server.handshakes).toHaveLength(1)
  })

  test('binary data is an error', async () => {
    await using server = await startSocketServer({
      framing,
      script: ({ socket }) => socket.send(Buffer.from('{}')),
    })
    const xdr = await connectWith(server.provider())
    expect((await ticksOf(xdr)).error).toMatchObject({ code: 'XDR_BAD_RESPONSE' })
  })

  test('a message larger than maxBytes is refused', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        peer.data({ data: { tick: 1 } })
        peer.data({ data: { tick: 'x'.repeat(2_000) } })
      },
    })
    const xdr = await connectWith(server.provider())

    const { ticks: got, error } = await ticksOf(xdr, { maxBytes: 1_000 })

    expect(got).toEqual([1])
    expect(error).toMatchObject({ code: 'XDR_TOO_LARGE', hint: expect.stringContaining('maxBytes') })
  })
})

test.for([
  ['a query', '{ me }', 'XDR_BAD_OPTION'],
  ['what is no GraphQL', 'subscription {', 'XDR_QUERY_SYNTAX'],
  ['nothing', undefined, 'XDR_BAD_OPTION'],
] as const)('%s is no subscription, and nothing is sent', async ([, text, code]) => {
  await using server = await startSocketServer({ framing: 'legacy-apollo' })
  const xdr = await connectWith(server.provider())
  expect((await failureOf(xdr.subscribe(text as string).next())).code).toBe(code)
  expect(server.handshakes).toHaveLength(0)
})

test('another server’s address, a platform without subscriptions and bad options are refused before anything is sent', async () => {
  await using server = await startSocketServer({ framing: 'legacy-apollo' })
  const xdr = await connectWith(server.provider())
  const { subscriptions: _none, ...silent } = server.provider()
  const without = await connectWith(silent)
  const first = (client: XdrClient, options: object) =>
    failureOf(client.subscribe(ticks, undefined, options).next())

  expect((await first(xdr, { path: 'https://elsewhere.example/graphql' })).code).toBe('XDR_BAD_URL')
  expect((await first(xdr, { path: '//elsewhere.example/graphql' })).code).toBe('XDR_BAD_URL')
  expect((await first(xdr, { keepAliveMs: -1 })).code).toBe('XDR_BAD_OPTION')
  expect((await first(xdr, { tenant: 'a b' })).code).toBe('XDR_BAD_OPTION')
  expect((await first(without, {})).code).toBe('XDR_BAD_OPTION')
  expect(server.handshakes).toHaveLength(0)
})

test('a tenant that no subprotocol can carry is named, without the token', async () => {
  await using server = await startSocketServer({ framing: 'legacy-apollo' })
  const xdr = await connectWith(server.provider())
  const error = await failureOf(xdr.subscribe(ticks, undefined, { tenant: 'a/b' }).next())
  expect(error.code).toBe('XDR_BAD_OPTION')
  expect(JSON.stringify(error)).not.toContain('sentinel')
})
