import { expect, test } from 'vitest'
import { send } from '../../src/http.js'
import { Secret } from '../../src/secrets.js'
import { traced } from '../../src/trace.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { failureOf } from '../support/sign-in.js'
import { setEnv } from '../support/temp-home.js'

const bodySecret = 'sentinel-in-a-body'
const headers = {
  authorization: 'Bearer sentinel-in-a-header',
  'x-api-key': 'sentinel-in-a-key',
  cookie: 'a=sentinel-in-a-cookie',
  'x-tenant-context': '50530',
  'x-private-thing': 'sentinel-in-an-unknown-header',
}

test('a line has method, address, status, time, sizes, request id and header names, and no secret', async () => {
  await using server = await startFaultProxy()
  server.fail('/v1/things', {
    kind: 'answer',
    status: 201,
    headers: { 'x-request-id': 'req-7', 'set-cookie': 'sid=sentinel-in-an-answer' },
    body: `{"access_token":"${bodySecret}"}`,
  })
  const lines: string[] = []
  const url = new URL(`${server.origin}/v1/things?size=10&code=sentinel-in-a-query&user_code=sentinel-2`)

  await traced(
    (line) => lines.push(line),
    () => send({ method: 'POST', url, headers, body: `{"device_code":"${bodySecret}"}` }),
  )

  expect(lines).toHaveLength(1)
  const [line = ''] = lines
  expect(line).toContain(
    `trace POST ${server.origin}/v1/things?size=10&code=‹hidden›&user_code=‹hidden› · 201 · `,
  )
  expect(line).toMatch(/ · \d+ ms · sent 36 B, got 37 B · request id req-7 · /)
  expect(line).toContain('authorization: ‹hidden›')
  expect(line).toContain('x-api-key: ‹hidden›')
  expect(line).toContain('x-tenant-context: 50530')
  expect(line).toContain('x-private-thing')
  expect(line).toContain('set-cookie: ‹hidden›')
  expect(line).not.toMatch(/sentinel/)
})

test('a live secret is blanked wherever it stands, also in a path', async () => {
  await using server = await startFaultProxy()
  const secret = new Secret('live-sentinel-0123456789')
  const lines: string[] = []

  const url = new URL(`/clients/${secret.reveal()}?page=${secret.reveal()}`, server.origin)
  await traced(
    (line) => lines.push(line),
    () => send({ method: 'GET', url }),
  )

  expect(lines.join('\n')).toContain('/clients/‹hidden›?page=‹hidden›')
  expect(lines.join('\n')).not.toContain(secret.reveal())
})

test('a failure is a line with its code; a listener that throws breaks nothing', async () => {
  await using server = await startFaultProxy()
  server.fail('/gone', { kind: 'reset' })
  const lines: string[] = []
  const url = new URL('/gone', server.origin)

  const error = await failureOf(
    traced(
      (line) => {
        lines.push(line)
        throw new Error('the listener fails')
      },
      () => send({ method: 'GET', url }),
    ),
  )

  expect(error.code).toBe('XDR_NETWORK')
  expect(lines.join('\n')).toMatch(/^trace GET .*\/gone · failed XDR_NETWORK · \d+ ms · sent 0 B · /)
})

test('without trace nothing is written, with XDRLAB_TRACE=1 it goes to stderr', async () => {
  await using server = await startFaultProxy()
  const url = new URL('/x', server.origin)
  const { write } = process.stderr
  let written = ''
  process.stderr.write = (text: unknown) => {
    written += String(text)
    return true
  }
  try {
    await send({ method: 'GET', url })
    expect(written).toBe('')
    using _env = setEnv({ XDRLAB_TRACE: '1' })
    await send({ method: 'GET', url, headers })
  } finally {
    process.stderr.write = write
  }
  expect(written).toMatch(/^trace GET .*\/x · 502 · /)
  expect(written).not.toMatch(/sentinel/)
})
