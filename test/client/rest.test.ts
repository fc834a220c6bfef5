import { expect, expectTypeOf, test } from 'vitest'
import type { AssetsVersion, Organization } from '../../src/client/rest-types.js'
import type { StandardSchema } from '../../src/client/schema.js'
import { answer, type Fault, reset, startFaultProxy, times } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { organizationsPath, startRestServer } from '../support/rest-server.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'

const version = '/assets/version'

test('/assets/version of the sandbox, typed by its path', async () => {
  await using it = await signedIn({ tenant: '50530' })

  const answered = await it.xdr.get('/assets/version')

  expectTypeOf(answered).toEqualTypeOf<AssetsVersion>()
  expect(answered).toEqual({
    tag: expect.stringMatching(/^v\d/),
    revision: 'sandbox',
    timestamp: expect.stringMatching(/^\d{4}-/),
  })
  const [request] = it.server.proxy.to(version)
  expect(request?.method).toBe('GET')
  expect(request?.headers).toMatchObject({
    authorization: expect.stringMatching(/^Bearer \S+$/),
    'x-tenant-context': '50530',
    accept: 'application/json',
  })
  expect(request?.headers).not.toHaveProperty('content-type')
})

const cured: { name: string; fault: Fault }[] = [
  { name: 'HTTP 429', fault: { kind: 'answer', status: 429 } },
  { name: 'HTTP 503 with words', fault: answer(503, { error: 'busy' }) },
  { name: 'a reset connection', fault: reset },
]
test.for(cured)('after $name a get is tried again', async ({ fault }) => {
  await using it = await signedIn()
  it.server.proxy.fail(version, ...times(3, fault))

  await it.xdr.get(version)

  expect(it.server.proxy.to(version)).toHaveLength(4)
  expect(it.clock.waits).toHaveLength(3)
})

test('Cisco’s errors become a message, a status and a request id', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(
    version,
    answer(
      400,
      { error: 'invalid_scope', error_description: 'casebook is missing' },
      { 'x-request-id': 'r-1' },
    ),
  )

  const error = await failureOf(it.xdr.get(version))

  expect(error).toMatchObject({ code: 'XDR_HTTP', status: 400, requestId: 'r-1' })
  expect(error.message).toContain('HTTP 400: invalid_scope: casebook is missing')
  expect(it.server.proxy.to(version)).toHaveLength(1)
})

test('a trace_id is the request id where the provider says so', async () => {
  await using server = await startRestServer()
  using _home = isolatedHome()
  const xdr = await connectWith(server.provider)

  const error = await failureOf(xdr.get('/nothing/here'))

  expect(error).toMatchObject({ code: 'XDR_HTTP', status: 404, requestId: 't-404' })
  expect(error.message).toContain('not_found: no such path')
})

const words: { body: Record<string, unknown>; says: string }[] = [
  {
    body: { errors: [{ error_code: 400, description: 'Bad Request', details: ['size is too large'] }] },
    says: 'Bad Request: size is too large',
  },
  { body: { errors: ['one', 'two'] }, says: 'one (and 1 more)' },
  { body: { title: 'No', detail: 'not today' }, says: 'No: not today' },
  { body: { message: '\u001b[31mred <b>markup</b>' }, says: 'red <b>markup</b>' },
]
test.for(words)('$says', async ({ body, says }) => {
  await using it = await signedIn()
  it.server.proxy.failAlways(version, answer(422, body))

  const error = await failureOf(it.xdr.get(version))

  expect(error.message).toContain(says)
  expect(error.message).not.toContain('\u001b')
})

const unreadable: { name: string; status: number; body: string; code: string }[] = [
  { name: 'a web page', status: 200, body: '<html>sign in</html>', code: 'XDR_BAD_RESPONSE' },
  { name: 'torn JSON', status: 200, body: '{"tag":', code: 'XDR_BAD_RESPONSE' },
  { name: 'a web page with HTTP 500', status: 500, body: '<html>', code: 'XDR_HTTP' },
]
test.for(unreadable)('$name is an error in words', async ({ status, body, code }) => {
  await using it = await signedIn()
  it.server.proxy.failAlways(version, { kind: 'answer', status, body })

  expect(await failureOf(it.xdr.get(version))).toMatchObject({ code, status })
})

test('an empty answer is undefined, long integers keep their digits, lists are shown as tables', async () => {
  await using server = await startRestServer(3)
  using _home = isolatedHome()
  const xdr = await connectWith(server.provider)
  server.proxy.fail('/long', { kind: 'answer', status: 200, body: '{"id":73252035284761978}' })

  expect(await xdr.get('/empty')).toBeUndefined()
  expect(await xdr.get('/long')).toEqual({ id: 73252035284761978n })
  const page = await xdr.get('/v3/organizations', { query: { size: 10 } })
  expectTypeOf(page.data).toEqualTypeOf<Organization[]>()
  const shown: unknown = Reflect.get(page, Symbol.for('Jupyter.display'))
  const view: unknown = typeof shown === 'function' ? shown() : undefined
  expect(view).toMatchObject({ 'text/plain': expect.stringContaining('(3 rows)') })
  expect(JSON.parse(JSON.stringify(page))).toEqual({
    meta: { start: 0, size: 10, total: 3 },
    data: server.organizations,
  })
})

test('query values are encoded, repeated and left out', async () => {
  await using server = await startRestServer()
  using _home = isolatedHome()
  const xdr = await connectWith(server.provider)
  const query = {
    q: 'a&b=c é',
    tag: ['x', 'y'],
    n: 1,
    big: 73252035284761978n,
    on: true,
    none: undefined,
    no: null,
  }

  await xdr.get('/echo?fixed=1', { query: { ...query, at: new Date(0) } })

  const { searchParams } = new URL(server.echoed.at(-1)?.url ?? '', 'http://x')
  expect([...searchParams]).toEqual([
    ['fixed', '1'],
    ['q', 'a&b=c é'],
    ['tag', 'x'],
    ['tag', 'y'],
    ['n', '1'],
    ['big', '73252035284761978'],
    ['on', 'true'],
    ['at', '1970-01-01T00:00:00.000Z'],
  ])
  expect((await failureOf(xdr.get('/echo', { query: { bad: Number.NaN } }))).code).toBe('XDR_BAD_OPTION')
})

test('the token goes to no other server, however the path is written', async () => {
  await using it = await signedIn()
  await using other = await startFaultProxy()
  const { host } = new URL(other.origin)
  const before = it.server.proxy.seen.length

  for (const path of [
    other.origin,
    `//${host}/x`,
    `/\\${host}/x`,
    `\\\\${host}/x`,
    `http:${host}`,
    'https://',
  ]) {
    const error = await failureOf(it.xdr.get(path))
    expect(error.code, path).toMatch(/^XDR_(BAD_URL|HTTP)$/)
  }
  it.server.proxy.fail(version, { kind: 'answer', status: 302, headers: { location: `${other.origin}/x` } })
  expect((await failureOf(it.xdr.get(version))).code).toBe('XDR_REDIRECT')

  expect(other.seen).toEqual([])
  // Of those paths at most one is the platform's own.
  expect(it.server.proxy.seen.length - before).toBeLessThanOrEqual(2)
})

test('a base of the API carries relative paths', async () => {
  await using server = await startRestServer(2)
  using _home = isolatedHome()
  const xdr = await connectWith({ ...server.provider, rest: { base: '/v3/' } })

  expect(await xdr.get('organizations')).toMatchObject({ meta: { total: 2 } })
  expect(server.proxy.to(organizationsPath)).toHaveLength(1)
})

test('a post is JSON with exact integers, and is never sent again', async () => {
  await using server = await startRestServer()
  using _home = isolatedHome()
  const xdr = await connectWith(server.provider, { screen: recordingScreen({ kind: 'terminal' }) })

  await xdr.post('/echo', { id: 73252035284761978n, name: 'é' }, { confirm: true })
  expect(server.echoed.at(-1)).toMatchObject({
    method: 'POST',
    contentType: 'application/json',
    body: '{"id":73252035284761978,"name":"é"}',
  })
  await xdr.post('/echo', undefined, { confirm: true })
  expect(server.echoed.at(-1)).toMatchObject({ method: 'POST', contentType: undefined, body: '' })

  for (const fault of [reset, answer(503, {}), answer(429, {})]) {
    const before = server.proxy.to('/echo').length
    server.proxy.fail('/echo', fault)
    await failureOf(xdr.post('/echo', {}, { confirm: true }))
    expect(server.proxy.to('/echo').length - before).toBe(1)
  }
  server.proxy.fail('/echo', reset)
  expect(await xdr.post('/echo', { search: true }, { safe: true })).toMatchObject({ id: 1 })
})

test('in a notebook a post needs confirm, unless it is safe', async () => {
  await using server = await startRestServer()
  using _home = isolatedHome()
  const xdr = await connectWith(server.provider, { screen: recordingScreen({ kind: 'notebook' }) })

  const error = await failureOf(xdr.post('/echo', {}))

  expect(error.code).toBe('XDR_CONFIRM_NEEDED')
  expect(error.hint).toContain('confirm: true')
  expect(server.echoed).toEqual([])
  await xdr.post('/echo', {}, { confirm: true })
  await xdr.post('/echo', {}, { safe: true })
  expect(server.echoed).toHaveLength(2)
})

test('a schema of the Standard Schema kind checks and types the answer', async () => {
  await using it = await signedIn()
  const hasTag: StandardSchema<{ tag: string }> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value) =>
        typeof value === 'object' && value !== null && 'tag' in value && typeof value.tag === 'string'
          ? { value: { tag: value.tag } }
          : { issues: [{ message: 'must be text', path: ['tag', { key: 0 }] }] },
    },
  }

  const answered = await it.xdr.get('/assets/version?x', { schema: hasTag })
  expectTypeOf(answered).toEqualTypeOf<{ tag: string }>()
  expect(Object.keys(answered)).toEqual(['tag'])

  it.server.proxy.fail(version, answer(200, { other: 1 }))
  const error = await failureOf(it.xdr.get('/assets/version?y', { schema: hasTag }))
  expect(error.code).toBe('XDR_BAD_RESPONSE')
  expect(error.message).toContain('tag.0: must be text')
})

test('trace takes a line for each request of a client, the sign-in included, without its secrets', async () => {
  await using server = await startRestServer()
  using _home = isolatedHome()
  const lines: string[] = []
  const xdr = await connectWith(server.provider, { trace: (line) => lines.push(line) })
  await xdr.get('/echo')

  const text = lines.join('\n')
  expect(text).toContain(`trace POST ${server.auth.issuer}/device/auth`)
  expect(text).toContain(`trace POST ${server.auth.issuer}/token`)
  expect(text).toContain(`trace GET ${server.proxy.origin}/echo · 200`)
  for (const { body, answer: text2 = '' } of server.auth.proxy.seen) {
    for (const secret of `${body} ${text2}`.match(/[\w.-]{30,}/g) ?? []) expect(text).not.toContain(secret)
  }
  expect(text).not.toMatch(/ey[\w-]{10,}/)

  const screen = recordingScreen({ kind: 'notebook' })
  const noted = await connectWith(server.provider, { trace: true, screen })
  await noted.get('/echo')
  expect(screen.notes.filter(({ text }) => text.startsWith('trace '))).not.toHaveLength(0)
})
