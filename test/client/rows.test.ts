import { expect, test } from 'vitest'
import { type GraphQLDocument, gql } from '../../src/client/document.js'
import { parseExactJson } from '../../src/json.js'
import type { Row } from '../../src/results/table.js'
import { idsOf, pasted, requests, textsOf } from '../support/alert-rows.js'
import { answer } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { type Organization, startRestServer } from '../support/rest-server.js'
import { connectWith, isolatedHome } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths

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
    name: 'the cursor of people',
    document: '{ tdrUsersSearch { results { id email } } }',
    list: (data) => Object(data).tdrUsersSearch.results,
    size: 5,
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
    account: it.server.sandbox.user.username,
    query: pasted,
    variables: { a: 1 },
  })
})

const edgesDocument = '{ people(first: 2) { edges { cursor node { id name cursor } } } }'
const edgesPage = (edges: unknown[], endCursor?: string) =>
  answer(200, { data: { people: { edges, pageInfo: { hasNextPage: endCursor !== undefined, endCursor } } } })

test('rows of Relay’s edges are their nodes, with the cursor where it was asked for', async () => {
  await using it = await signedIn()
  const pages = () =>
    it.server.proxy.fail(
      graphql,
      edgesPage([{ cursor: 'a', node: { id: 1, name: 'Ana' } }, { node: null }], 'a'),
      edgesPage([
        { cursor: 'b', node: { id: 2, cursor: 'its own' }, __typename: 'PersonEdge' },
        { node: { id: 3, name: '{"node":' } },
      ]),
    )
  const rows = it.xdr.rows(edgesDocument)
  const nodes = [
    { id: 1, name: 'Ana', cursor: 'a' },
    { id: 2, cursor: 'its own', edgeCursor: 'b' },
    { id: 3, name: '{"node":' },
  ]

  pages()
  expect(await rows.toArray()).toEqual(nodes)
  pages()
  expect((await textsOf(rows.source.lines())).map((line) => JSON.parse(line))).toEqual(nodes)
  expect(requests(it).at(-1)?.variables).toMatchObject({ xdrPosition: 'a' })
})

test('an edge with fields of its own is a row as it is', async () => {
  await using it = await signedIn()
  const edges = [{ role: 'owner', node: { id: 1 } }]
  it.server.proxy.fail(graphql, edgesPage(edges), edgesPage(edges))
  const rows = it.xdr.rows('{ people(first: 2) { edges { role node { id } } } }')

  expect(await rows.toArray()).toEqual(edges)
  expect(await textsOf(rows.source.lines())).toEqual([JSON.stringify(edges[0])])
})
