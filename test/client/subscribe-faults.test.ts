import { setImmediate as macrotask } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { gql } from '../../src/client/document.js'
import { XdrError } from '../../src/errors.js'
import { fakeClock } from '../support/fake-clock.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf } from '../support/sign-in.js'
import {
  framingNames,
  framings,
  httpAnswer,
  type Peer,
  sentinelToken,
  startSocketServer,
} from '../support/socket-server.js'

const ticks = gql<{ tick: number }>`subscription { tick }`

type Subscribing = Pick<Awaited<ReturnType<typeof connectWith>>, 'subscribe'>

async function ticksOf(xdr: Subscribing, options = {}) {
  const got: number[] = []
  try {
    for await (const { tick } of xdr.subscribe(ticks, undefined, options)) got.push(tick)
  } catch (error) {
    if (!(error instanceof XdrError)) throw error
    return { got, error }
  }
  return { got, error: undefined }
}

const send = (peer: Peer, from: number, to: number) => {
  for (let tick = from; tick <= to; tick++) peer.data({ data: { tick } })
}

describe.for(framingNames)('%s', (framing) => {
  const wire = framings[framing]

  test('a connection lost after some messages is an error that counts them, and is not made again', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        send(peer, 1, 3)
        // Half a frame of a fourth.
        peer.raw.end(Buffer.from([0x81, 0x7e, 0x01, 0x00, 0x7b]))
      },
    })
    const clock = fakeClock()
    const xdr = await connectWith(server.provider(), { clock })

    const { got, error } = await ticksOf(xdr)

    expect(got).toEqual([1, 2, 3])
    expect(error).toMatchObject({ code: 'XDR_NETWORK', hint: expect.stringContaining('resumable') })
    expect(error?.message).toMatch(/; 3 messages had come$/)
    expect(server.handshakes).toHaveLength(1)
    expect(clock.waits).toEqual([])
  })

  test('a server that closes without an end is no end', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        send(peer, 1, 1)
        peer.socket.close(1000)
      },
    })
    const xdr = await connectWith(server.provider())
    const { got, error } = await ticksOf(xdr)
    expect(got).toEqual([1])
    expect(error?.message).toContain('before the subscription was complete; 1 message had come')
  })

  test('a malformed frame is told from a lost connection', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        send(peer, 1, 1)
        // An opcode that the protocol does not have.
        peer.raw.write(Buffer.from([0x83, 0x00]))
      },
    })
    const xdr = await connectWith(server.provider())
    const { got, error } = await ticksOf(xdr)
    expect(got).toEqual([1])
    expect(error?.code).toBe('XDR_BAD_RESPONSE')
    expect(error?.message).toContain('malformed WebSocket frame')
  })

  test('before the first message it connects again, with growing waits', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer, number) => {
        if (number < 4) peer.raw.destroy()
        else {
          send(peer, 1, 2)
          peer.complete()
        }
      },
    })
    const clock = fakeClock()
    const xdr = await connectWith(server.provider(), { clock })

    expect(await ticksOf(xdr)).toEqual({ got: [1, 2], error: undefined })

    const [first = 0, second = 0, third = 0] = clock.waits
    expect(clock.waits).toHaveLength(3)
    expect(second).toBeGreaterThanOrEqual(first)
    expect(third).toBeGreaterThanOrEqual(second)
  })

  test('what is never there is an error after four tries', async () => {
    await using server = await startSocketServer({ framing, script: (peer) => void peer.raw.destroy() })
    const xdr = await connectWith(server.provider())
    const { error } = await ticksOf(xdr)
    expect(error?.code).toBe('XDR_NETWORK')
    expect(server.handshakes).toHaveLength(4)
  })

  test('one that may be resumed goes on after messages, and says that some may be missed', async () => {
    await using server = await startSocketServer({
      framing,
      script: (peer, number) => {
        send(peer, 10 * number, 10 * number + 1)
        if (number < 3) peer.raw.destroy()
        else peer.complete()
      },
    })
    const screen = recordingScreen()
    const xdr = await connectWith(server.provider(), { screen })

    const { got, error } = await ticksOf(xdr, { resumable: true })

    expect(error).toBeUndefined()
    expect(got.at(-1)).toBe(31)
    const warnings = screen.notes.filter(({ text }) => text.includes('what is sent meanwhile is missed'))
    expect(warnings).toHaveLength(2)
  })

  test('a subscription that changes data is asked for first in a notebook, and never sent twice', async () => {
    await using server = await startSocketServer({ framing, script: (peer) => void peer.raw.destroy() })
    const provider = server.provider({}, { changes: ['tick'] })
    const notebook = await connectWith(provider, { screen: recordingScreen({ kind: 'notebook' }) })
    const terminal = await connectWith(provider, { screen: recordingScreen({ kind: 'terminal' }) })

    expect((await ticksOf(notebook)).error?.code).toBe('XDR_CONFIRM_NEEDED')
    expect(server.handshakes).toHaveLength(0)
    for (const [xdr, options] of [
      [notebook, { confirm: true }],
      [terminal, { resumable: true }],
    ] as const) {
      const before = server.handshakes.length
      const { error } = await ticksOf(xdr, options)
      expect(error).toMatchObject({
        code: 'XDR_NETWORK',
        hint: expect.stringContaining('may have changed data'),
      })
      expect(server.handshakes).toHaveLength(before + 1)
    }
  })

  test('a change that was not asked for yet may go again', async () => {
    await using server = await startSocketServer({
      framing,
      refuse: (_request, number) => (number === 1 ? httpAnswer(503) : undefined),
      script: (peer) => {
        send(peer, 1, 1)
        peer.complete()
      },
    })
    const xdr = await connectWith(server.provider({}, { changes: ['tick'] }), {
      screen: recordingScreen({ kind: 'terminal' }),
    })
    expect(await ticksOf(xdr)).toEqual({ got: [1], error: undefined })
  })

  test('a server that never accepts is given up in time', async () => {
    await using server = await startSocketServer({
      framing,
      opened: (socket) => void socket.on('message', () => accepted()),
    })
    let accepted = () => {}
    const arrived = new Promise<void>((resolve) => {
      accepted = resolve
    })
    const clock = fakeClock()
    const xdr = await connectWith(server.provider(), { clock })
    const first = failureOf(xdr.subscribe(ticks).next())
    await arrived

    clock.advance(15_000)

    expect((await first).code).toBe('XDR_TIMEOUT')
    await server.closed()
  })

  test('a handshake that is never answered is given up in time, and so is one that is stopped', async () => {
    for (const how of ['time', 'signal'] as const) {
      await using server = await startSocketServer({ framing, refuse: 'hold' })
      const clock = fakeClock()
      const stop = new AbortController()
      const xdr = await connectWith(server.provider(), { clock })
      const first = failureOf(xdr.subscribe(ticks, undefined, { signal: stop.signal }).next())
      await server.shaken()
      if (how === 'time') clock.advance(15_000)
      else stop.abort()
      expect((await first).code).toBe(how === 'time' ? 'XDR_TIMEOUT' : 'XDR_ABORTED')
    }
  })

  test('a server that answers no ping is given up', async () => {
    await using server = await startSocketServer({
      framing,
      autoPong: false,
      script: (peer) => send(peer, 1, 1),
    })
    const clock = fakeClock()
    const xdr = await connectWith(server.provider(), { clock })
    const stream = xdr.subscribe(ticks)
    await stream.next()
    const began = clock.monotonicMs()
    let outcome: XdrError | undefined
    const failing = failureOf(stream.next()).then((error) => {
      outcome = error
    })

    while (outcome === undefined) {
      clock.advance(5_000)
      await macrotask()
    }
    await failing

    expect(outcome).toMatchObject({
      code: 'XDR_TIMEOUT',
      message: expect.stringContaining('silent for 40 s'),
    })
    expect(clock.monotonicMs() - began).toBeGreaterThanOrEqual(40_000)
    expect(clock.monotonicMs() - began).toBeLessThanOrEqual(60_000)
  })

  test('a quiet server that answers pings is waited for, also when its answer was late to be read', async () => {
    let say: () => void = () => {}
    await using server = await startSocketServer({
      framing,
      script: (peer) => {
        send(peer, 1, 1)
        say = () => send(peer, 2, 2)
      },
    })
    const clock = fakeClock()
    const xdr = await connectWith(server.provider(), { clock })
    const stream = xdr.subscribe(ticks)
    await stream.next()
    const waiting = stream.next()

    for (let round = 1; round <= 3; round++) {
      clock.advance(20_000)
      await server.pinged(round)
      // A jump, as after a long computation: the answer to the ping is there and not read yet.
      clock.advance(20_000)
      for (let turn = 0; turn < 3; turn++) await macrotask()
    }
    say()

    expect(await waiting).toEqual({ done: false, value: { tick: 2 } })
    await stream.return()
  })

  test('a slow loop holds the server back, is taken for alive, and misses nothing', async () => {
    const count = 10_000
    const filler = 'x'.repeat(10_000)
    let sent = 0
    let pongs = 0
    let stalled: () => void = () => {}
    const stall = new Promise<void>((resolve) => {
      stalled = resolve
    })
    await using server = await startSocketServer({
      framing,
      script: async (peer) => {
        peer.socket.on('pong', () => pongs++)
        for (let tick = 1; tick <= count; tick++) {
          await new Promise<void>((resolve) => {
            const held = setTimeout(stalled, 1_000)
            const id = server.received.findLast(({ type }) => type === wire.start)?.id
            peer.socket.send(
              JSON.stringify({ id, type: wire.data, payload: { data: { tick, filler } } }),
              () => {
                clearTimeout(held)
                resolve()
              },
            )
          })
          sent = tick
        }
        peer.complete()
      },
    })
    const clock = fakeClock()
    const xdr = await connectWith(server.provider(), { clock })
    const stream = xdr.subscribe(ticks)
    expect((await stream.next()).value).toMatchObject({ tick: 1 })

    await stall

    // 100 MB in all; what the operating system keeps between the two is some megabytes.
    const whenStalled = sent
    expect(whenStalled * filler.length).toBeLessThan(30_000_000)
    // Far longer than a silent server is waited for: this one cannot be heard.
    for (let i = 0; i < 20; i++) {
      clock.advance(20_000)
      await macrotask()
    }
    expect(sent).toBe(whenStalled)
    const got = []
    for await (const { tick } of stream) got.push(tick)
    expect(got).toEqual(Array.from({ length: count - 1 }, (_, i) => i + 2))
    // Pings could not be answered meanwhile: pongs unasked kept the server from giving up.
    expect(pongs).toBeGreaterThan(0)
  })
})

describe('a handshake', () => {
  const refused = async (answer: string) => {
    await using server = await startSocketServer({ framing: 'legacy-apollo', refuse: () => answer })
    const clock = fakeClock()
    const xdr = await connectWith(server.provider(), { clock })
    const { error } = await ticksOf(xdr)
    return { error, tries: server.handshakes.length, waits: clock.waits }
  }

  test.for([
    [
      '403',
      httpAnswer(403, {}, '{"errors":[{"message":"no role"}]}'),
      'XDR_UNAUTHORIZED',
      /HTTP 403\): no role$/,
      1,
    ],
    ['404', httpAnswer(404), 'XDR_HTTP', /HTTP 404/, 1],
    ['a web page', httpAnswer(200, {}, '<html>'), 'XDR_BAD_RESPONSE', /HTTP 200 in place of a WebSocket/, 1],
    ['503', httpAnswer(503), 'XDR_HTTP', /HTTP 503/, 4],
    [
      'a redirect',
      httpAnswer(302, { location: 'https://elsewhere.example/' }),
      'XDR_REDIRECT',
      /redirects to https:\/\/elsewhere.example/,
      1,
    ],
    [
      'a wrong key',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: no\r\n\r\n',
      'XDR_BAD_RESPONSE',
      /is no WebSocket/,
      1,
    ],
  ] as const)('that is answered with %s', async ([, answer, code, message, tries]) => {
    const { error, tries: tried } = await refused(answer)
    expect(error?.code).toBe(code)
    expect(error?.message).toMatch(message)
    expect(error?.hint).not.toBe('')
    expect(tried).toBe(tries)
  })

  test('that is refused with Retry-After is made again when that is over', async () => {
    const { error, waits } = await refused(httpAnswer(429, { 'retry-after': '7' }))
    expect(error?.code).toBe('XDR_RATE_LIMITED')
    expect(waits).toEqual([7_000, 7_000, 7_000])
  })

  test('where nothing listens is a network error', async () => {
    const server = await startSocketServer({ framing: 'legacy-apollo' })
    const xdr = await connectWith(server.provider())
    await server[Symbol.asyncDispose]()
    const { error } = await ticksOf(xdr)
    expect(error?.message).toContain('nothing listens there')
  })
})

test.for(framingNames)('%s: the token goes where it belongs and is said nowhere', async (framing) => {
  const trace: string[] = []
  const screen = recordingScreen()
  const said: string[] = []
  await using server = await startSocketServer({
    framing,
    script: (peer, number) => {
      // A server that quotes it back.
      if (number === 1) peer.error(`bad token ${sentinelToken}`)
      else if (number === 2) peer.socket.close(4400, `bad token ${sentinelToken}`)
      else
        peer.data({
          data: { tick: 1 },
          errors: [{ message: `seen ${sentinelToken}`, path: [sentinelToken] }],
        })
    },
  })
  const xdr = await connectWith(server.provider(), {
    trace: (line) => trace.push(line),
    screen,
    tenant: '50530',
  })

  for (let i = 0; i < 3; i++) {
    const stream = xdr.subscribe(ticks)
    const step = await stream.next().catch((error: XdrError) => error)
    said.push(JSON.stringify(step), String(step))
    await stream.return()
  }

  const [handshake] = server.handshakes
  const protocols = handshake?.headers['sec-websocket-protocol']
  const init = server.received.find(({ type }) => type === 'connection_init')
  if (framing === 'legacy-apollo') {
    expect(protocols).toBe(`graphql-ws,access-token-${sentinelToken},x-tenant-context-50530`)
    expect(init?.payload).toEqual({})
    expect(trace[0]).toContain('graphql-ws, access-token-‹hidden›, x-tenant-context-50530')
  } else {
    expect(protocols).toBe('graphql-transport-ws')
    expect(init?.payload).toEqual({ Authorization: `Bearer ${sentinelToken}`, 'X-Tenant-Context': '50530' })
  }
  expect(handshake?.headers).not.toHaveProperty('authorization')
  expect(handshake?.url).toBe('/graphql')
  expect(trace).toHaveLength(3)
  expect(trace[0]).toMatch(/^trace GET ws:\/\/127\.0\.0\.1:\d+\/graphql · 101 · \d+ ms/)
  expect([...trace, ...said, screen.everything()].join('\n')).not.toContain('sentinel')
})
