import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { send } from '../../src/http.js'
import { changed } from '../support/fault-proxy.js'
import { failureOf } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const mebibyte = 1024 * 1024

/** Answers with JSON of this size in pieces, and counts what it could get rid of. */
async function startLargeServer(sizeBytes: number, options: { announce: boolean }) {
  const counted = { sentBytes: 0, closed: false }
  const server = createServer(async (_request, response) => {
    const closed = once(response, 'close').then(() => {
      counted.closed = true
    })
    if (options.announce) response.setHeader('content-length', sizeBytes)
    const piece = Buffer.alloc(64 * 1024, 'x')
    while (counted.sentBytes < sizeBytes && !counted.closed) {
      counted.sentBytes += piece.byteLength
      if (!response.write(piece)) await Promise.race([drained(response), closed])
    }
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(counted, {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => void response.once('drain', resolve))
}

function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

test.for([{ announce: true }, { announce: false }])(
  'an answer of 40 MiB is refused while it comes, and leaves no memory behind (length announced: $announce)',
  async ({ announce }) => {
    await using server = await startLargeServer(40 * mebibyte, { announce })
    const before = usedBytes()

    const error = await failureOf(send({ method: 'POST', url: server.url }))

    expect(error.code).toBe('XDR_TOO_LARGE')
    expect(error.message).toContain('more than 32 MiB')
    expect(error.hint).toContain('fewer rows')
    await expect.poll(() => usedBytes() - before).toBeLessThan(8 * mebibyte)
    // The connection is closed: the rest was never sent.
    await expect.poll(() => server.closed).toBe(true)
    expect(server.sentBytes).toBeLessThan(announce ? 8 * mebibyte : 40 * mebibyte)
  },
)

test('endless answers take no more memory than the limit', async () => {
  await using server = await startLargeServer(4_000 * mebibyte, { announce: false })
  const before = usedBytes()

  const error = await failureOf(send({ method: 'POST', url: server.url, maxBytes: mebibyte }))

  expect(error.message).toContain('more than 1 MiB')
  await expect.poll(() => usedBytes() - before).toBeLessThan(4 * mebibyte)
  expect(server.sentBytes).toBeLessThan(64 * mebibyte)
})

test('the limit of a query is the person’s to set', async () => {
  await using it = await signedIn()
  const text = 'y'.repeat(3_000)
  it.server.proxy.failAlways(taegisPaths.graphql, changed({ data: { text } }))

  const error = await failureOf(it.xdr.query('{ text }', undefined, { maxBytes: 2_000 }))

  expect(error.code).toBe('XDR_TOO_LARGE')
  expect(error.message).toContain('2000 bytes')
  expect(await it.xdr.query('{ text }', undefined, { maxBytes: 5_000 })).toEqual({ text })
})
