import { expect, test } from 'vitest'
import { idsOf, pasted, requests, textsOf } from '../support/alert-rows.js'
import { answer, type Fault, pass, reset } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { failureOf } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql, token } = taegisPaths

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

test('a page that refuses an ended token field by field is asked again with a new one', async () => {
  await using it = await signedIn()
  const ids = await idsOf(it)
  const refusal = {
    message: 'Token is expired',
    path: ['alertsServiceSearch'],
    extensions: { code: 'UNAUTHENTICATED' },
  }
  const refused = answer(200, { data: { alertsServiceSearch: null }, errors: [refusal] })
  it.server.proxy.fail(graphql, pass, refused)

  const reading = it.xdr.rows(pasted, {}, { pageSize: 20, ahead: 1 }).toArray()
  await it.server.proxy.arrived(token, 2)
  await it.server.approve()

  expect((await reading).map(({ id }) => id)).toEqual(ids)
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
