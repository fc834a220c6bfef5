import { expect, test } from 'vitest'
import { gql } from '../../src/client/document.js'
import { errorsOf } from '../../src/client/graphql-answer.js'
import { GraphQLFailure } from '../../src/errors.js'
import { version } from '../../src/package.js'
import { answer, changed, type Fault } from '../support/fault-proxy.js'
import { failureOf } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths
const me = '{ currentTDRUser { email } }'
const search = gql<
  {
    alertsServiceSearch: {
      alerts: { list: { id: string; metadata: { title: string } }[]; total_results: number }
    }
  },
  { in: { cql_query: string; limit: number } }
>`query ($in: SearchRequestInput) {
  alertsServiceSearch(in: $in) { alerts { total_results list { id metadata { title } } } }
}`

test('a query gives the data, and sends token, client name and version', async () => {
  await using it = await signedIn()

  const data = await it.xdr.query(me)

  expect(data).toEqual({ currentTDRUser: { email: it.server.sandbox.user.username } })
  const [request] = it.queries()
  expect(request?.method).toBe('POST')
  expect(request?.headers.authorization).toMatch(/^Bearer ey/)
  expect(request?.headers['content-type']).toBe('application/json')
  expect(request?.headers['apollographql-client-name']).toBe('xdrlab')
  expect(request?.headers['apollographql-client-version']).toBe(version)
  expect(request?.headers['x-tenant-context']).toBeUndefined()
})

test('variables arrive, and typed documents give typed rows', async () => {
  await using it = await signedIn()

  const data = await it.xdr.query(search, { in: { cql_query: 'FROM alert EARLIEST=-30d', limit: 3 } })

  expect(data.alertsServiceSearch.alerts.list).toHaveLength(3)
  expect(data.alertsServiceSearch.alerts.total_results).toBeGreaterThan(3)
  expect(data.alertsServiceSearch.alerts.list[0]?.metadata.title).toMatch(/\w/)
  expect(JSON.parse(it.queries()[0]?.body ?? '').variables).toEqual({
    in: { cql_query: 'FROM alert EARLIEST=-30d', limit: 3 },
  })
})

test('fragments are put in once, and values are refused', async () => {
  await using it = await signedIn()
  const fields = gql`fragment fields on TDRUser { email }`
  const data =
    await it.xdr.query(gql`query { a: currentTDRUser { ...fields } b: currentTDRUser { ...fields } }
    ${fields} ${fields}`)

  expect(data).toMatchObject({ a: { email: /@/ }, b: { email: /@/ } })
  const value: unknown = 'DROP'
  expect(() =>
    Reflect.apply(gql, undefined, [Object.assign(['a', 'b'], { raw: ['a', 'b'] }), value]),
  ).toThrow(expect.objectContaining({ code: 'XDR_BAD_OPTION', hint: expect.stringContaining('variables') }))
})

test('the tenant is sent with every query, and a query can name another', async () => {
  await using it = await signedIn({ tenant: '11063' })
  it.server.proxy.failAlways(graphql, answer(200, { data: { ok: true } }))

  await it.xdr.query('{ ok }')
  await it.xdr.query('{ ok }', undefined, { tenant: '4711' })

  expect(it.queries().map((r) => r.headers['x-tenant-context'])).toEqual(['11063', '4711'])
})

test('a tenant that the person may not see is refused by the platform, with its reason', async () => {
  await using it = await signedIn()

  const error = await failureOf(it.xdr.query(me, undefined, { tenant: '999999' }))

  expect(error).toBeInstanceOf(GraphQLFailure)
  expect(error.message).toContain('no access to this tenant')
  expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/)
})

const long = '73252035284761978'

test('whole numbers beyond 2^53 arrive exact, the others stay numbers', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, {
    kind: 'edit',
    text: (body) =>
      body.replace(
        '"currentTDRUser":',
        `"big":${long},"low":-9223372036854775808,"high":18446744073709551615,"edge":9007199254740991,"past":9007199254740993,"small":12,"part":1.5,"fine":0.12345678901234566,"many":1e21,"list":[${long}],"text":"${long}","currentTDRUser":`,
      ),
  })

  expect(await it.xdr.query(me)).toEqual({
    big: 73252035284761978n,
    low: -9223372036854775808n,
    high: 18446744073709551615n,
    edge: 9007199254740991,
    past: 9007199254740993n,
    small: 12,
    part: 1.5,
    fine: 0.12345678901234566,
    many: 1e21,
    list: [73252035284761978n],
    text: long,
    currentTDRUser: { email: it.server.sandbox.user.username },
  })
})

test('every long number of the sandbox’s own events arrives with the digits that were sent', async () => {
  await using it = await signedIn()

  const data = await it.xdr.query(
    'query ($in: SearchRequestInput) { alertsServiceSearch(in: $in) { alerts { list { event_ids { event_data } } } } }',
    { in: { cql_query: 'FROM alert EARLIEST=-30d', limit: 20 } },
  )

  const sent = it.queries()[0]?.answer?.match(/(?<=:)-?\d{17,}(?=[,}])/g) ?? []
  expect(sent.length).toBeGreaterThan(5)
  expect(bigintsIn(data).map(String).sort()).toEqual([...sent].sort())
})

function bigintsIn(value: unknown): bigint[] {
  if (typeof value === 'bigint') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(bigintsIn) : []
}

test('a bigint goes back over the wire with every digit', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, answer(200, { data: { ok: true } }))

  await it.xdr.query('query ($id: Int64) { ok(id: $id) }', {
    id: 73252035284761978n,
    n: 1,
    t: 'x',
    deep: [{ id: -1n }],
  })

  expect(it.queries()[0]?.body).toContain(`"variables":{"id":${long},"n":1,"t":"x","deep":[{"id":-1}]}`)
})

test('dates and missing values in variables are written the same with and without a bigint', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, answer(200, { data: { ok: true } }))
  const variables = {
    when: new Date(0),
    none: null,
    missing: undefined,
    text: 'a"b\u2028\n',
    list: [undefined, 1],
  }

  await it.xdr.query('{ ok }', variables)
  await it.xdr.query('{ ok }', { ...variables, big: 1n })

  const [plain, exact] = it.queries().map((r) => JSON.parse(r.body).variables)
  expect(plain).toEqual({
    when: '1970-01-01T00:00:00.000Z',
    none: null,
    text: 'a"b\u2028\n',
    list: [null, 1],
  })
  expect(exact).toEqual({ ...plain, big: 1 })
})

test.for([{ big: undefined }, { big: 1n }])(
  'variables that hold themselves are refused ($big)',
  async ({ big }) => {
    await using it = await signedIn()
    const circle: Record<string, unknown> = big === undefined ? {} : { big }
    circle.self = circle

    const error = await failureOf(it.xdr.query('{ ok }', circle))

    expect(error.code).toBe('XDR_BAD_OPTION')
    expect(error.hint).toContain('reference to themselves')
    expect(it.queries()).toEqual([])
  },
)

const twoErrors = [
  {
    message: 'tenant 2 did not answer',
    path: ['alerts', 'list', 0, 'title'],
    extensions: { code: 'TIMEOUT' },
  },
  { message: 'tenant 3 did not answer' },
]

test('data beside errors is given, the errors are shown and can be asked for', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, changed({ errors: twoErrors }))

  const data = await it.xdr.query(me)

  expect(data).toEqual({ currentTDRUser: { email: it.server.sandbox.user.username } })
  expect(it.screen.notes).toEqual([
    {
      level: 'warning',
      text: 'the result is partial, 2 errors came with it:\n  tenant 2 did not answer (at alerts.list.0.title)\n  tenant 3 did not answer',
    },
  ])
  expect(errorsOf(data)).toEqual(twoErrors)
  expect(errorsOf(await it.xdr.query(me))).toEqual([])
})

test('one error beside data is called one, many are cut with their count', async () => {
  await using it = await signedIn()
  const errors = (count: number) => Array.from({ length: count }, (_, i) => ({ message: `no ${i}` }))
  it.server.proxy.fail(graphql, changed({ errors: errors(1) }), changed({ errors: errors(9) }))

  await it.xdr.query(me)
  await it.xdr.query(me)

  expect(it.screen.notes[0]?.text).toContain('partial, 1 error came with it')
  expect(it.screen.notes[1]?.text).toMatch(/9 errors came with it:(\n {2}no \d){5}\n {2}… and 4 more$/)
})

test('in strict mode errors beside data throw, and the data is still reachable', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, changed({ errors: twoErrors }))

  const error = await failureOf(it.xdr.query(me, undefined, { strict: true }))

  expect(error).toBeInstanceOf(GraphQLFailure)
  expect(error).toMatchObject({
    errors: twoErrors,
    data: { currentTDRUser: { email: /@/ } },
    message: 'tenant 2 did not answer (at alerts.list.0.title) (and 1 more)',
  })
  expect(Object.keys(error)).not.toContain('data')
  expect(it.screen.notes).toEqual([])
})

const failures: { name: string; fault: Fault; says: RegExp }[] = [
  { name: 'data null', fault: answer(200, { data: null, errors: [{ message: 'no' }] }), says: /^no$/ },
  {
    name: 'every field null',
    fault: answer(200, { data: { a: null }, errors: [{ message: 'no' }] }),
    says: /^no$/,
  },
  { name: 'HTTP 400 with errors', fault: answer(400, { errors: [{ message: 'bad' }] }), says: /^bad$/ },
  {
    name: 'a top-level error list',
    fault: answer(200, { error: ['Existing client in tenant'] }),
    says: /^Existing client in tenant$/,
  },
  { name: 'a top-level error text', fault: answer(200, { error: 'no such thing' }), says: /^no such thing$/ },
  { name: 'errors that are texts', fault: answer(200, { errors: ['just text'] }), says: /^just text$/ },
  {
    name: 'errors without message',
    fault: answer(200, { errors: [{}] }),
    says: /an error without a message/,
  },
  {
    name: 'an error with markup and control characters',
    fault: answer(200, { errors: [{ message: 'a\u001b[2J\nb\u202e', path: ['x\u0007', 1] }] }),
    says: /^a\[2J b \(at x\.1\)$|^a\[2J b\s?\(at x\.1\)$/,
  },
]

test.for(failures)(
  '$name is a GraphQLFailure with the server’s words and request id',
  async ({ fault, says }) => {
    await using it = await signedIn()
    it.server.proxy.fail(
      graphql,
      fault.kind === 'answer' ? { ...fault, headers: { 'x-request-id': 'req-1' } } : fault,
    )

    const error = await failureOf(it.xdr.query(me))

    expect(error).toBeInstanceOf(GraphQLFailure)
    expect(error.code).toBe('XDR_GRAPHQL')
    expect(error.message).toMatch(says)
    expect(error.requestId).toBe('req-1')
    expect(error.hint).not.toBe('')
  },
)

test('the platform’s own shape for a taken client name is an error with its words', async () => {
  await using it = await signedIn()
  const create = 'mutation { createClient(name: "nightly") { client { id } client_secret } }'

  await it.xdr.query(create, undefined, { confirm: true })
  const error = await failureOf(it.xdr.query(create, undefined, { confirm: true }))

  expect(it.queries().at(-1)?.answer).toBe('{"error":["Existing client in tenant"]}')
  expect(error).toBeInstanceOf(GraphQLFailure)
  expect(error.message).toBe('Existing client in tenant')
})

test('a wrong variable is refused by the platform, in its words', async () => {
  await using it = await signedIn()

  const error = await failureOf(
    it.xdr.query('query ($in: SearchRequestInput) { alertsServiceSearch(in: $in) { status } }', {
      in: { limit: 'many' },
    }),
  )

  expect(error).toBeInstanceOf(GraphQLFailure)
  expect(error.message).toContain('$in')
  expect(error.hint).toContain('correct the query or its variables')
})
