import { expect, test } from 'vitest'
import { answer, type Fault, pass, reset } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { organizationsPath, type RestServer, startRestServer } from '../support/rest-server.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'

async function open(server: RestServer, screen = recordingScreen({ kind: 'terminal' })) {
  using _home = isolatedHome()
  return connectWith(server.provider, { screen })
}

const asked = (server: RestServer) => server.proxy.to(organizationsPath).length
const idsOf = (server: RestServer) => server.organizations.map((each) => each.organizationIdentifier)

async function readAll(rows: AsyncIterable<{ organizationIdentifier: string }>): Promise<string[]> {
  const ids: string[] = []
  for await (const row of rows) ids.push(row.organizationIdentifier)
  return ids
}

test('every row comes once and in order, over as many pages as it takes', async () => {
  await using server = await startRestServer(230)
  const xdr = await open(server)

  expect(await readAll(xdr.pages('/v3/organizations', { size: 50 }))).toEqual(idsOf(server))

  expect(asked(server)).toBe(5)
})

test('a server that gives shorter pages than asked for is followed', async () => {
  await using server = await startRestServer(95)
  server.longestPage = 10
  const xdr = await open(server)

  expect(await readAll(xdr.pages('/v3/organizations', { size: 1000 }))).toEqual(idsOf(server))
  expect(asked(server)).toBe(10)
})

const broken: { name: string; faults: Fault[] }[] = [
  { name: 'HTTP 503 on the second page', faults: [pass, { kind: 'answer', status: 503 }] },
  { name: 'a reset on the third page', faults: [pass, pass, reset] },
  { name: 'a token rejected on the second page', faults: [pass, answer(401, { error: 'invalid_token' })] },
  { name: 'HTTP 429 with a wait', faults: [pass, answer(429, { error: 'slow' }, { 'retry-after': '7s' })] },
  {
    name: 'all of them',
    faults: [reset, pass, answer(401, {}), { kind: 'answer', status: 502 }, pass, reset, reset, pass],
  },
]
test.for(broken)('with $name no row is lost and none comes twice', async ({ faults }) => {
  await using server = await startRestServer(230)
  const xdr = await open(server)
  server.proxy.fail(organizationsPath, ...faults)

  expect(await readAll(xdr.pages('/v3/organizations', { size: 50 }))).toEqual(idsOf(server))
})

test('tokens that end every two pages are renewed inside the loop, with a refresh token that rotates', async () => {
  await using server = await startRestServer(230)
  server.callsPerToken = 2
  const xdr = await open(server)

  expect(await readAll(xdr.pages('/v3/organizations', { size: 10 }))).toEqual(idsOf(server))

  const refreshed = server.auth.proxy
    .to('/token')
    .filter(({ body, status }) => body.includes('grant_type=refresh_token') && status === 200)
  expect(refreshed).toHaveLength(11)
  expect(server.proxy.to(organizationsPath).filter(({ status }) => status === 200)).toHaveLength(23)
})

test('one page is on its way while another is used, and no more', async () => {
  await using server = await startRestServer(230)
  const xdr = await open(server)
  const rows = xdr.pages('/v3/organizations', { size: 50 })

  await rows.next()
  await server.proxy.arrived(organizationsPath, 2)
  for (let i = 1; i < 50; i++) await rows.next()
  expect(asked(server)).toBe(2)
  await rows.next()
  await server.proxy.arrived(organizationsPath, 3)
  expect(asked(server)).toBe(3)
  await rows.return()
})

test('whoever stops early leaves nothing behind: the page on its way is cancelled', async () => {
  await using server = await startRestServer(230)
  const xdr = await open(server)
  server.proxy.fail(organizationsPath, pass, { kind: 'hold' })

  for await (const _row of xdr.pages('/v3/organizations', { size: 50 })) {
    await server.proxy.arrived(organizationsPath, 2)
    break
  }

  await server.proxy.abandoned()
  expect(asked(server)).toBe(2)
})

test('start and limit choose rows, and no page more than needed is asked for', async () => {
  await using server = await startRestServer(230)
  const xdr = await open(server)

  const ids = await readAll(xdr.pages('/v3/organizations', { start: 40, limit: 60, size: 30 }))

  expect(ids).toEqual(idsOf(server).slice(40, 100))
  expect(asked(server)).toBe(2)
  expect(await readAll(xdr.pages('/v3/organizations', { limit: 0 }))).toEqual([])
  expect(asked(server)).toBe(2)
})

test('an empty list has no rows', async () => {
  await using server = await startRestServer(0)
  const xdr = await open(server)

  expect(await readAll(xdr.pages('/v3/organizations'))).toEqual([])
  expect(asked(server)).toBe(1)
})

test('an error in the middle comes after the rows before it', async () => {
  await using server = await startRestServer(230)
  const xdr = await open(server)
  server.proxy.fail(organizationsPath, pass, answer(403, { error: 'forbidden', trace_id: 'trace-3' }))
  const seen: string[] = []

  const error = await failureOf(
    (async () => {
      for await (const row of xdr.pages('/v3/organizations', { size: 50 })) seen.push(row.name)
    })(),
  )

  expect(error).toMatchObject({ code: 'XDR_UNAUTHORIZED', status: 403, requestId: 'trace-3' })
  expect(seen).toHaveLength(50)
})

const noPages: { name: string; body: Record<string, unknown>; says: string }[] = [
  { name: 'an object without data', body: { meta: {} }, says: 'no page of a list' },
  { name: 'data that is no list', body: { data: 'many' }, says: 'no page of a list' },
  {
    name: 'the first page for ever',
    body: { meta: { start: 0, size: 2, total: 9 }, data: [{ name: 'a' }, { name: 'b' }] },
    says: 'answered from row 0 in place of 2',
  },
]
test.for(noPages)('$name is an error and no endless loop', async ({ body, says }) => {
  await using server = await startRestServer()
  const xdr = await open(server)
  server.proxy.failAlways(organizationsPath, answer(200, body))

  const error = await failureOf(readAll(xdr.pages('/v3/organizations', { size: 2 })))

  expect(error.code).toBe('XDR_BAD_RESPONSE')
  expect(error.message).toContain(says)
  expect(asked(server)).toBeLessThanOrEqual(2)
})

test('a list that ends before its total says so', async () => {
  await using server = await startRestServer(60)
  const screen = recordingScreen({ kind: 'terminal' })
  const xdr = await open(server, screen)
  server.proxy.failAlways(organizationsPath, {
    kind: 'edit',
    text: (body) => body.replace('"total":60', '"total":99'),
  })

  expect(await readAll(xdr.pages('/v3/organizations', { size: 50 }))).toHaveLength(60)

  expect(screen.notes.map(({ text }) => text).join()).toContain('ended after 60 of 99 rows')
})

test('a list without a total ends with its first empty page', async () => {
  await using server = await startRestServer(25)
  const xdr = await open(server)
  server.proxy.failAlways(organizationsPath, {
    kind: 'edit',
    text: (body) => JSON.stringify({ data: JSON.parse(body).data }),
  })
  server.longestPage = 10

  expect(await readAll(xdr.pages('/v3/organizations', { size: 50 }))).toEqual(idsOf(server))
  expect(asked(server)).toBe(4)
})

test('a slow list counts its rows on the screen', async () => {
  await using server = await startRestServer(230)
  const screen = recordingScreen({ kind: 'notebook' })
  const xdr = await open(server, screen)
  // Every page counts as slow from here on.
  Object.assign(screen, { refreshMs: 0 })
  const shownBefore = screen.displays.length

  await readAll(xdr.pages('/v3/organizations', { size: 50 }))

  const texts = screen.displays.slice(shownBefore).flatMap((views) => views.map(({ text }) => text))
  expect(texts[0]).toBe('/v3/organizations: 50 of 230 rows')
  expect(texts.at(-1)).toBe('/v3/organizations: 230 rows read')
})

test.for([{ size: 0 }, { start: -1 }, { limit: 1.5 }, { size: Number.NaN }])(
  '%o is refused',
  async (options) => {
    await using server = await startRestServer(1)
    const xdr = await open(server)

    expect((await failureOf(readAll(xdr.pages('/v3/organizations', options)))).code).toBe('XDR_BAD_OPTION')
    expect(asked(server)).toBe(0)
  },
)

test('100,000 rows go through in bounded memory', async () => {
  await using server = await startRestServer(100_000)
  server.longestPage = 1000
  const xdr = await open(server)
  let count = 0
  let most = 0
  const before = process.memoryUsage().heapUsed

  for await (const _row of xdr.pages('/v3/organizations', { size: 1000 })) {
    if (++count % 20_000 === 0) {
      globalThis.gc?.()
      most = Math.max(most, process.memoryUsage().heapUsed - before)
    }
  }

  expect(count).toBe(100_000)
  // The proxy keeps the text of every answer, 8 MB in all; held rows would be far more.
  expect(most).toBeLessThan(120 * 1024 * 1024)
})
