import { expect, test } from 'vitest'
import { type GraphQLDocument, gql } from '../../src/client/document.js'
import { parseExactJson } from '../../src/json.js'
import type { Row } from '../../src/results/table.js'
import { answer, type Fault, pass, reset } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { type Organization, startRestServer } from '../support/rest-server.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths
const pasted =
  '{ alertsServiceSearch(in: {cql_query: "FROM alert", limit: 100}) { alerts { list { id status } } } }'

/** Every alert's id, newest first, by one query of its own. */
async function idsOf(it: SignedIn, cql = 'FROM alert'): Promise<unknown[]> {
  const data: unknown = await it.xdr.query(
    'query ($in: SearchRequestInput) { alertsServiceSearch(in: $in) { alerts { list { id } } } }',
    { in: { cql_query: cql, limit: 10_000 } },
  )
  return Object(data).alertsServiceSearch.alerts.list.map((row: Row) => row.id)
}

const requests = (it: SignedIn) =>
  it.queries().map(({ body }) => parseExactJson(body)) as { query: string; variables: Row }[]

async function textsOf(lines: AsyncIterable<{ ndjson: Uint8Array; count: number }>): Promise<string[]> {
  const texts: string[] = []
  for await (const { ndjson, count } of lines) {
    const found = Buffer.from(ndjson).toString().split('\n').slice(0, -1)
    expect(found).toHaveLength(count)
    texts.push(...found)
  }
  return texts
}

test('a pasted search gives all rows, in order, by the parts of one search', async () => {
  await using it = await signedIn()
  const ids = await idsOf(it)
  const before = it.queries().length

  const rows = await it.xdr.rows(pasted, {}, { pageSize: 70 }).toArray()

  expect(rows.map(({ id }) => id)).toEqual(ids)
  expect(ids.length).toBeGreaterThan(200)
  const asked = requests(it).slice(before)
  expect(asked).toHaveLength(Math.ceil(ids.length / 70))
  expect(asked[0]?.variables).toEqual({ xdrSize: 70 })
  const parts = asked.slice(1).map(({ variables }) => Number(variables.xdrPart))
  expect(parts.sort((a, b) => a - b)).toEqual(parts.map((_, i) => i + 2))
  expect(new Set(asked.slice(1).map(({ variables }) => variables.xdrSearch)).size).toBe(1)
})

const gqlIds = gql`query ($in: SearchRequestInput) { alertsServiceSearch(in: $in) { ...found } }
  fragment found on AlertsResponse { found: alerts { rows: list { ...id } } }
  fragment id on Alert2 { id }`

const written: { name: string; document: string | GraphQLDocument; variables?: Row }[] = [
  { name: 'the whole input as a variable', document: gqlIds, variables: { in: { cql_query: 'FROM alert' } } },
  {
    name: 'the limit as a variable',
    document:
      'query ($n: Int, $q: String!) { s: alertsServiceSearch(in: {cql_query: $q, limit: $n}) { alerts { list { id } } } }',
    variables: { q: 'FROM alert', n: 10 },
  },
  {
    name: 'a default for a variable',
    document:
      'query ($in: SearchRequestInput = {cql_query: "FROM alert"}) { alertsServiceSearch(in: $in) { alerts { list { id } } } }',
  },
  {
    name: 'an alias in the way of what is added',
    document:
      '{ alertsServiceSearch(in: {cql_query: "FROM alert"}) { search_id: reason alerts { total_parts: part list { id } } } }',
  },
  {
    name: 'a variable in the selection and other fields beside it',
    document:
      'query ($with: Boolean!) { currentTDRUser { email } alertsServiceSearch(in: {cql_query: "FROM alert"}) { alerts { list { id status @include(if: $with) } } } }',
    variables: { with: true },
  },
]
test.for(written)('it may be written with $name', async ({ document, variables = {} }) => {
  await using it = await signedIn()
  const ids = await idsOf(it)

  const rows = await it.xdr.rows(document, variables, { pageSize: 90 }).toArray()

  expect(rows.map(({ id }) => id)).toEqual(ids)
})

const styles: { name: string; document: string; list: (data: Row) => unknown; size: number }[] = [
  {
    name: 'offset and limit',
    document:
      '{ alertsServiceSearch(in: {cql_query: "FROM alert", offset: 20, limit: 50}) { alerts { list { id } } } }',
    list: (data) => Object(data).alertsServiceSearch.alerts.list,
    size: 50,
  },
  {
    name: 'page and perPage',
    document: '{ investigationsV2(arguments: {perPage: 7}) { investigations { id title } } }',
    list: (data) => Object(data).investigationsV2.investigations,
    size: 7,
  },
  {
    name: 'Relay’s cursor',
    document: '{ assetsV2(first: 400) { assets { id hostnames { hostname } } } }',
    list: (data) => Object(data).assetsV2.assets,
    size: 400,
  },
  {
    name: 'the cursor of tenants',
    document: '{ tenants(tenantsQuery: {}) { tenants { id name } } }',
    list: (data) => Object(data).tenants.tenants,
    size: 1,
  },
  {
    name: 'pages that are the field itself, counted from 0',
    document: '{ rules { id name } }',
    list: (data) => Object(data).rules,
    size: 6,
  },
]
test.for(styles)('rows come once and in order by $name', async ({ document, list, size }) => {
  await using it = await signedIn()
  const whole = await it.xdr.rows(document, {}, { pageSize: 1000 }).toArray()

  const rows = await it.xdr.rows(document, {}, { pageSize: size }).toArray()
  const lines = await textsOf(it.xdr.rows(document, {}, { pageSize: size }).source.lines())

  expect(rows).toEqual(whole)
  expect(lines.map((line) => parseExactJson(line))).toEqual(whole)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  expect(rows.length).toBeGreaterThan(size)
  const answers = it.queries().flatMap((query) => {
    const { data } = Object(JSON.parse(query.answer ?? '{}'))
    return data === undefined ? [] : [list(data)]
  })
  const longest = Math.max(...answers.slice(-3).map((each) => Object(each).length))
  expect(longest).toBeLessThanOrEqual(size)
})

test('tokens lead from page to page, and 64-bit integers are exact in rows and in lines', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(
    graphql,
    answer(200, { data: { feed: { items: [{ n: '#1' }], nextToken: 'b' } } }),
    answer(200, { data: { feed: { items: [], nextToken: 'c' } } }),
    {
      kind: 'answer',
      status: 200,
      body: '{"data":{"feed":{"items":[\n{"n":73252035284761978}],"nextToken":null}}}',
    },
  )
  const rows = it.xdr.rows('query ($t: String) { feed(nextToken: $t) { items { n } nextToken } }')

  expect(await rows.toArray()).toEqual([{ n: '#1' }, { n: 73252035284761978n }])

  expect(requests(it).map(({ variables }) => variables.t)).toEqual([undefined, 'b', 'c'])
  it.server.proxy.fail(graphql, {
    kind: 'answer',
    status: 200,
    body: '{"data":{"feed":{"items":[\n{"n":73252035284761978}],"nextToken":null}}}',
  })
  expect(await textsOf(rows.source.lines())).toEqual(['{"n":73252035284761978}'])
})

test('limit ends after so many rows and asks for no page more', async () => {
  await using it = await signedIn()
  const ids = await idsOf(it)
  const before = it.queries().length

  const rows = await it.xdr.rows(pasted, {}, { pageSize: 50, limit: 120 }).toArray()
  expect(rows.map(({ id }) => id)).toEqual(ids.slice(0, 120))
  expect(it.queries()).toHaveLength(before + 3)
  expect(await it.xdr.rows(pasted, {}, { pageSize: 50 }).take(30).take(70).toArray()).toHaveLength(30)
  expect(it.queries()).toHaveLength(before + 4)
  expect(await it.xdr.rows(pasted).take(0).toArray()).toEqual([])
  expect(await textsOf(it.xdr.rows(pasted, {}, { pageSize: 50 }).take(70).source.lines())).toHaveLength(70)
  expect(it.queries()).toHaveLength(before + 6)
})

test('nothing is asked for before it is read, and each reading begins anew', async () => {
  await using it = await signedIn()
  const rows = it.xdr.rows(pasted)
  expect(it.queries()).toHaveLength(0)

  const first = await rows.take(5).toArray()
  expect(await rows.take(5).toArray()).toEqual(first)
  expect(it.queries()).toHaveLength(2)
})

const broken: { name: string; faults: Fault[] }[] = [
  { name: 'HTTP 503', faults: [pass, pass, { kind: 'answer', status: 503 }] },
  { name: 'resets', faults: [reset, pass, reset, reset, pass, reset] },
  { name: 'HTTP 429 with a wait', faults: [pass, answer(429, {}, { 'retry-after': '9' }), pass, pass] },
  {
    name: 'a gateway that cannot reach it',
    faults: [pass, { kind: 'answer', status: 502 }, { kind: 'answer', status: 504 }],
  },
]
test.for(broken)('with $name no row is lost and none comes twice', async ({ faults }) => {
  await using it = await signedIn()
  const ids = await idsOf(it)
  it.server.proxy.fail(graphql, ...faults)

  const rows = await it.xdr.rows(pasted, {}, { pageSize: 20 }).toArray()

  expect(rows.map(({ id }) => id)).toEqual(ids)
})

test('a page that fails for good ends the list after all rows before it', async () => {
  await using it = await signedIn()
  const ids = await idsOf(it)
  it.server.proxy.fail(graphql, pass, pass, answer(403, { errors: [{ message: 'not yours' }] }))
  const seen: unknown[] = []

  const error = await failureOf(
    (async () => {
      for await (const { id } of it.xdr.rows(pasted, {}, { pageSize: 40, ahead: 1 })) seen.push(id)
    })(),
  )

  expect(error.message).toContain('not yours')
  expect(seen).toEqual(ids.slice(0, 80))
})

test('what has come is kept when toArray is stopped in the middle', async () => {
  await using it = await signedIn()
  const ids = await idsOf(it)
  const stop = new AbortController()
  it.server.proxy.fail(graphql, pass, pass, { kind: 'hold' })
  const rows = it.xdr.rows(pasted, {}, { pageSize: 40, ahead: 1, signal: stop.signal })
  const before = it.queries().length
  const reading = failureOf(rows.toArray())
  await it.server.proxy.arrived(graphql, before + 3)
  stop.abort()

  const error = await reading

  expect(error).toMatchObject({ code: 'XDR_ABORTED', name: 'IncompleteRows' })
  expect(error.hint).toContain('"collected"')
  expect(rows.collected.map((row) => row.id)).toEqual(ids.slice(0, 80))
  expect(error).toMatchObject({ rows: rows.collected })
  expect(JSON.stringify(error)).not.toContain(String(ids[0]))
  await it.server.proxy.abandoned()
})

test('the stop button ends a loop between two rows', async () => {
  const stop = new AbortController()
  await using it = await signedIn({ screen: recordingScreen({ kind: 'terminal', signal: stop.signal }) })
  const seen: unknown[] = []

  const error = await failureOf(
    (async () => {
      for await (const row of it.xdr.rows(pasted, {}, { pageSize: 40 })) {
        if (seen.push(row) === 50) stop.abort()
      }
    })(),
  )

  expect(error.code).toBe('XDR_ABORTED')
  expect(seen).toHaveLength(50)
})

test('whoever leaves the loop leaves no request behind', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, pass, { kind: 'hold' })

  for await (const _row of it.xdr.rows(pasted, {}, { pageSize: 40, ahead: 1 })) {
    await it.server.proxy.arrived(graphql, 2)
    break
  }

  await it.server.proxy.abandoned()
  expect(it.queries()).toHaveLength(2)
})

test('eight parts are on their way while one is used, and no more', async () => {
  await using it = await signedIn()
  const rows = it.xdr.rows(pasted, {}, { pageSize: 10 })[Symbol.asyncIterator]()

  for (let row = 0; row < 10; row++) await rows.next()
  await it.server.proxy.arrived(graphql, 9)
  expect(it.queries()).toHaveLength(9)
  await rows.next()
  await it.server.proxy.arrived(graphql, 10)
  expect(it.queries()).toHaveLength(10)
  await rows.return()
})

test('errors beside rows are shown once each, kept, and thrown in strict mode', async () => {
  await using it = await signedIn()
  const page = (row: number) =>
    answer(200, {
      data: { rules: [{ id: row }, null, { id: row + 1 }] },
      errors: [
        { message: 'no title', path: ['rules', row, 'title'] },
        { message: 'no title', path: ['rules', row + 1, 'title'] },
        ...(row === 4 ? [{ message: 'no row', path: ['rules', 1] }] : []),
      ],
    })
  const last = answer(200, { data: { rules: [] } })
  it.server.proxy.fail(graphql, page(1), page(4), last)
  const rows = it.xdr.rows('{ rules { id title } }', {}, { pageSize: 3 })

  expect(await rows.toArray()).toEqual([{ id: 1 }, { id: 2 }, { id: 4 }, { id: 5 }])

  expect(it.screen.notes.map(({ text }) => text)).toEqual([
    'rules is partial: no title (at rules.1.title)',
    'rules is partial: no row (at rules.1)',
  ])
  expect(rows.errors.map(({ message }) => message)).toEqual(['no title', 'no row'])
  it.server.proxy.fail(graphql, page(1))
  const strict = it.xdr.rows('{ rules { id title } }', {}, { strict: true })
  expect(await failureOf(strict.toArray())).toMatchObject({ code: 'XDR_GRAPHQL' })
  it.server.proxy.fail(graphql, page(4), last)
  expect(await textsOf(rows.source.lines())).toEqual(['{"id":4}', '{"id":5}'])
})

test('errors without rows are an error, also for a page in the middle', async () => {
  await using it = await signedIn()
  const refused = answer(200, { data: { rules: null }, errors: [{ message: 'not allowed' }] })
  it.server.proxy.fail(graphql, refused)
  const rows = it.xdr.rows('{ rules { id } }', {}, { pageSize: 2 })

  expect((await failureOf(rows.toArray())).message).toContain('not allowed')
  it.server.proxy.fail(graphql, answer(200, { data: { rules: [{ id: 1 }, { id: 2 }] } }), refused)
  const error = await failureOf(rows.toArray())
  expect(error).toMatchObject({ code: 'XDR_GRAPHQL', rows: [{ id: 1 }, { id: 2 }] })
})

test('a search that the server has forgotten is an error with its words', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(graphql, pass, {
    kind: 'answer',
    status: 200,
    body: '{"data":{"alertsServiceSearch":{"reason":"this search is not known","search_id":"x","alerts":null}}}',
  })

  const error = await failureOf(it.xdr.rows(pasted, {}, { pageSize: 50, ahead: 1 }).toArray())

  expect(error.code).toBe('XDR_BAD_RESPONSE')
  expect(error.message).toContain('this search is not known')
})

test('a server that gives its first page for ever is found out', async () => {
  await using it = await signedIn()
  const first = [{ id: 1 }, { id: 2 }]
  it.server.proxy.failAlways(graphql, answer(200, { data: { rules: first } }))
  const seen: unknown[] = []

  const error = await failureOf(
    (async () => {
      for await (const row of it.xdr.rows('{ rules { id } }', {}, { pageSize: 2 })) seen.push(row)
    })(),
  )

  expect(error).toMatchObject({ code: 'XDR_BAD_RESPONSE' })
  expect(error.message).toContain('same page again')
  expect(seen).toEqual(first)
  const lines = it.xdr.rows('{ rules { id } }', {}, { pageSize: 2 }).source.lines()
  expect((await failureOf(textsOf(lines))).code).toBe('XDR_BAD_RESPONSE')
})

test('pages whose rows are only alike are no error while they end', async () => {
  await using it = await signedIn()
  const page = answer(200, { data: { rules: [{ type: 'QL' }, { type: 'QL' }] } })
  it.server.proxy.fail(graphql, page, page, page, answer(200, { data: { rules: [] } }))

  expect(await it.xdr.rows('{ rules { type } }', {}, { pageSize: 2 }).toArray()).toHaveLength(6)
  it.server.proxy.failAlways(graphql, page)
  const error = await failureOf(it.xdr.rows('{ rules { type } }', {}, { pageSize: 2 }).toArray())
  expect(error.hint).toContain('such as id')
})

test('a cursor that does not move is found out', async () => {
  await using it = await signedIn()
  const page = { assets: [{ id: 1 }], pageInfo: { endCursor: 'c', hasNextPage: true } }
  it.server.proxy.failAlways(graphql, answer(200, { data: { assetsV2: page } }))

  const error = await failureOf(it.xdr.rows('{ assetsV2 { assets { id } } }').toArray())

  expect(error.message).toContain('same cursor again')
  expect(it.queries().length).toBeLessThan(5)
})

const changing: { name: string; totals: number[]; says: string }[] = [
  { name: 'shrinks', totals: [6, 4, 4], says: 'investigationsV2 shrank from 6 to 4 rows' },
  { name: 'grows', totals: [6, 7, 7], says: 'investigationsV2 grew from 6 to 7 rows' },
  {
    name: 'ends before its total',
    totals: [9, 9, 9, 9, 9],
    says: 'investigationsV2 ended after 6 of 9 rows',
  },
]
test.for(changing)('a list that $name says so', async ({ totals, says }) => {
  await using it = await signedIn()
  let page = 0
  const at = () =>
    answer(200, {
      data: {
        investigationsV2: {
          totalCount: totals[page],
          investigations: page < 3 ? [{ id: page * 2 }, { id: page++ * 2 + 1 }] : [],
        },
      },
    })
  it.server.proxy.fail(graphql, at(), at(), at(), at(), at())

  await it.xdr
    .rows('{ investigationsV2(arguments: {}) { investigations { id } } }', {}, { pageSize: 2, ahead: 1 })
    .toArray()

  expect(it.screen.notes.map(({ text }) => text).join()).toContain(says)
})

test('a server that gives fewer rows than it is asked for is followed, and a short page is filled up', async () => {
  await using it = await signedIn()
  const all = Array.from({ length: 25 }, (_, id) => ({ id }))
  const page = (from: number, to: number) =>
    answer(200, { data: { searchAudits: { totalResults: 25, audits: all.slice(from, to) } } })
  it.server.proxy.fail(graphql, page(0, 10), page(10, 14), page(20, 25), page(14, 20))

  const rows = await it.xdr
    .rows('{ searchAudits(auditSearchInput: {}) { audits { id } } }', {}, { pageSize: 100, ahead: 1 })
    .toArray()

  expect(requests(it).map(({ variables }) => [variables.xdrPosition, variables.xdrSize])).toEqual([
    [0, 100],
    [10, 10],
    [20, 10],
    [14, 6],
  ])
  expect(rows).toEqual(all)
})

test('a REST path is read the same way', async () => {
  await using server = await startRestServer(230)
  using _home = isolatedHome()
  const xdr = await connectWith(server.provider, { screen: recordingScreen({ kind: 'terminal' }) })
  const rows = xdr.rows<Organization>('/v3/organizations', { kind: 'all' }, { pageSize: 100 })

  expect(await rows.toArray()).toEqual(server.organizations)
  expect(await textsOf(rows.take(120).source.lines())).toEqual(
    server.organizations.slice(0, 120).map((each) => JSON.stringify(each)),
  )
  expect(rows.source.provenance).toMatchObject({ query: 'GET /v3/organizations', variables: { kind: 'all' } })
})

test('where the rows come from stands beside them', async () => {
  await using it = await signedIn({ tenant: '50530' })

  const rows = it.xdr.rows(pasted, { a: 1 }, { pageSize: 10, tenant: '11063' })

  expect(rows.source.provenance).toEqual({
    provider: 'taegis',
    region: it.xdr.target.region,
    origin: it.server.origin,
    tenant: '11063',
    query: pasted,
    variables: { a: 1 },
  })
})
