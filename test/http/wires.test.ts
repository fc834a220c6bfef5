import { getEventListeners, once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { openNodeWire } from '../../src/node-wire.js'
import { openUndiciWire } from '../../src/undici-wire.js'
import { StoppedRequest, type Wire, type WireOptions } from '../../src/wire.js'

const opened: { close(): void }[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.close()
})

/** A server of bytes: `speak` is called with every request that has come whole. */
async function startServer(
  speak: (socket: Socket, request: string) => void,
  greet?: (socket: Socket) => void,
) {
  const sockets: Socket[] = []
  const requests: string[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    greet?.(socket)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
      if (!isWhole(text)) return
      requests.push(text)
      speak(socket, text)
      text = ''
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { port: address.port, sockets, requests }
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
  return end >= 0 && Buffer.byteLength(text.slice(end + 4)) >= length
}

const wires: [string, (options: WireOptions) => Wire][] = [
  ['node', openNodeWire],
  ['undici', (options) => openUndiciWire(options, undefined)],
]

describe.each(wires)('by %s', (_name, open) => {
  const openWire = (options: Partial<WireOptions> = {}) => {
    const wire = open({ connectTimeoutMs: 10_000, authorities: undefined, ...options })
    opened.push(wire)
    return wire
  }
  const ask = (
    wire: Wire,
    port: number,
    rest: {
      signal?: AbortSignal
      scheme?: string
      body?: string
      headers?: Record<string, string>
      timeoutMs?: number
      maxBytes?: number
    } = {},
  ) =>
    wire.request({
      method: rest.body === undefined ? 'GET' : 'POST',
      url: new URL(`${rest.scheme ?? 'http'}://127.0.0.1:${port}/a/b?c=d`),
      headers: { accept: 'application/json', ...rest.headers },
      body: rest.body,
      signal: rest.signal,
      timeoutMs: rest.timeoutMs ?? 0,
      maxBytes: rest.maxBytes ?? 1_000_000,
    })

  test('connections are used again, and are ended, not broken, when they are closed', async () => {
    const server = await startServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'),
    )
    const wire = openWire()
    for (let n = 0; n < 5; n++) {
      const answer = await ask(wire, server.port, { body: 'grüße' })
      expect([answer.status, answer.bytes.toString()]).toEqual([200, 'hi'])
    }
    expect(server.sockets.length).toBeLessThan(5)
    expect(server.requests[4]).toMatch(/^POST \/a\/b\?c=d HTTP\/1\.1\r\n/)
    expect(server.requests[4]).toMatch(/\r\ncontent-length: 7\r\n/i)
    expect(server.requests[4]).not.toMatch(/transfer-encoding/i)
    const ended = server.sockets.map((socket) => once(socket, 'end'))
    wire.close()
    await Promise.all(ended)
  })

  test('every value of a header arrives', async () => {
    const server = await startServer((socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nWarning: a\r\nWarning: b\r\nETag: 1\r\nETag: 2\r\ncontent-length: 0\r\n\r\n',
      ),
    )
    const { headers } = await ask(openWire(), server.port)
    expect([headers.warning, headers.etag]).toEqual(['a, b', '1, 2'])
  })

  test.each([
    ['known', `content-length: 10\r\n\r\n`, ['0123', '45', '6789']],
    ['unknown', `transfer-encoding: chunked\r\n\r\n`, ['4\r\n0123\r\n', '6\r\n456789\r\n', '0\r\n\r\n']],
  ])('a body of %s length that comes in pieces is put together', async (_length, head, pieces) => {
    const server = await startServer(async (socket) => {
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n${head}`)
      for (const piece of pieces) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        socket.write(piece)
      }
    })
    const { status, bytes } = await ask(openWire(), server.port)
    expect([status, bytes.toString()]).toEqual([200, '0123456789'])
  })

  test('a body of unknown length ends with its connection', async () => {
    const server = await startServer((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nhello'))
    expect((await ask(openWire(), server.port)).bytes.toString()).toBe('hello')
  })

  test('an answer without a body has no bytes', async () => {
    const server = await startServer((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
    expect(await ask(openWire(), server.port)).toMatchObject({ status: 204, bytes: Buffer.alloc(0) })
  })

  test('a header that cannot be sent is an error, not a broken request', async () => {
    const server = await startServer(() => {})
    const asked = ask(openWire(), server.port, { headers: { 'x-note': 'a\r\nb: c' } })
    await expect(asked).rejects.toThrow()
    expect(server.requests).toEqual([])
  })

  test.each([
    ['before the answer', '', 'end'],
    ['in the head', 'HTTP/1.1 200 OK\r\ncontent-', 'end'],
    ['within a body of known length', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi', 'end'],
    ['within a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n', 'end'],
    [
      'after an upgrade nobody asked for',
      'HTTP/1.1 101 Hm\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
      'stay',
    ],
  ])('a connection that ends %s is an error with a code', async (_when, bytes, then) => {
    const server = await startServer((socket) => {
      socket.write(bytes)
      if (then === 'end') socket.end()
    })
    await expect(ask(openWire(), server.port)).rejects.toMatchObject({
      code: expect.stringMatching(/^(UND_ERR_|HPE_)/),
    })
  })

  const silences = [
    ['before the answer', ''],
    ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi'],
  ] as const

  test.each(silences)('a signal ends a request %s at once', async (_when, head) => {
    const server = await startServer((socket) => void (head === '' || socket.write(head)))
    const stop = new AbortController()
    const asked = ask(openWire(), server.port, { signal: stop.signal })
    await expect.poll(() => server.requests.length).toBe(1)
    const closed = server.sockets.map((socket) => once(socket, 'close'))
    stop.abort()
    await expect(asked).rejects.toMatchObject({ why: 'aborted' })
    await Promise.all(closed)
  })

  test('a signal ends all its requests, however many, and Node warns of no leak', async () => {
    const server = await startServer(() => {})
    const warnings: Error[] = []
    const warn = (warning: Error) => void warnings.push(warning)
    process.on('warning', warn)
    const stop = new AbortController()
    const wire = openWire()
    const asked = Array.from({ length: 12 }, () => ask(wire, server.port, { signal: stop.signal }))
    const ended = Promise.allSettled(asked)
    await expect.poll(() => server.requests.length).toBe(12)
    const closed = server.sockets.map((socket) => once(socket, 'close'))
    stop.abort()
    expect((await ended).map((each) => each.status === 'rejected' && each.reason.why)).toEqual(
      Array(12).fill('aborted'),
    )
    await Promise.all(closed)
    process.off('warning', warn)
    expect(warnings).toEqual([])
  })

  test('a signal has no listener left when its requests have ended', async () => {
    const server = await startServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'),
    )
    const wire = openWire()
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 3 }, () => ask(wire, server.port, { signal })))
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('a signal ends a request whose connection is not there yet', async () => {
    const server = await startServer(() => {})
    const stop = new AbortController()
    // TLS that is never answered.
    const asked = ask(openWire(), server.port, { signal: stop.signal, scheme: 'https' })
    await expect.poll(() => server.sockets.length).toBe(1)
    stop.abort()
    await expect(asked).rejects.toMatchObject({ why: 'aborted' })
  })

  test('a signal that has been given before ends a request before it is sent', async () => {
    const server = await startServer(() => {})
    const asked = ask(openWire(), server.port, { signal: AbortSignal.abort() })
    await expect(asked).rejects.toMatchObject({ why: 'aborted' })
    expect(server.requests).toEqual([])
  })

  test.each(silences)('the time limit ends a request %s', async (_when, head) => {
    const server = await startServer((socket) => void (head === '' || socket.write(head)))
    await expect(ask(openWire(), server.port, { timeoutMs: 200 })).rejects.toMatchObject({ why: 'late' })
    await Promise.all(server.sockets.map((socket) => socket.closed || once(socket, 'close')))
  })

  test.each([
    ['that says its length', 'content-length: 9999\r\n\r\nhi'],
    ['that does not', 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('an answer over the limit, %s, closes the connection', async (_which, rest) => {
    const server = await startServer((socket) => socket.write(`HTTP/1.1 200 OK\r\n${rest}`))
    const asked = ask(openWire(), server.port, { maxBytes: 4 })
    await expect(asked).rejects.toEqual(new StoppedRequest('large'))
    await Promise.all(server.sockets.map((socket) => socket.closed || once(socket, 'close')))
  })

  test('an answer of exactly the limit is taken', async () => {
    const server = await startServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'),
    )
    expect((await ask(openWire(), server.port, { maxBytes: 2 })).bytes.toString()).toBe('hi')
  })

  test('a server that takes the connection and never speaks TLS is given up in time', async () => {
    const server = await startServer(() => {})
    const asked = ask(openWire({ connectTimeoutMs: 300 }), server.port, { scheme: 'https' })
    await expect(asked).rejects.toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' })
  })

  test('the limit of the connection does not end an answer that takes longer', async () => {
    const server = await startServer((socket) => {
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'), 600)
    })
    expect((await ask(openWire({ connectTimeoutMs: 200 }), server.port)).bytes.toString()).toBe('hi')
  })

  test('a real reset is told from a connection that was closed', async () => {
    const server = await startServer((socket) => void socket.resetAndDestroy())
    await expect(ask(openWire(), server.port)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })
})
