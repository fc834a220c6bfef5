import { expect, test } from 'vitest'
import type { Rows, RowsOptions } from '../../src/client/rows.js'
import { XdrError } from '../../src/errors.js'
import { answer } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { failureOf } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths
const search = '{ alertsServiceSearch(in: {cql_query: "FROM alert"}) { alerts { list { id status } } } }'

const refusedAtOnce: { name: string; options: object; says: RegExp; hint: RegExp }[] = [
  {
    name: 'a style that is misspelled',
    options: { style: 'ofset' },
    says: /"ofset" is no/,
    hint: /"offset"\?/,
  },
  {
    name: 'a style of another name',
    options: { style: 'relay' },
    says: /"relay" is no/,
    hint: /offset, once/,
  },
  { name: 'a page of no rows', options: { pageSize: 0 }, says: /pageSize/, hint: /100/ },
  { name: 'half a row', options: { limit: 1.5 }, says: /limit/, hint: /100/ },
  { name: 'too many at once', options: { ahead: 500 }, says: /ahead must be 32/, hint: /leave it out/ },
  {
    name: 'a time limit of nothing',
    options: { timeoutMs: 0 },
    says: /timeoutMs/,
    hint: /milliseconds|minutes/,
  },
  { name: 'a tenant that is none', options: { tenant: 'a\nb' }, says: /no tenant id/, hint: /id/ },
]
test('options are checked when rows() is called', async () => {
  await using it = await signedIn()
  for (const { name, options, says, hint } of refusedAtOnce) {
    const call = () => Reflect.apply(it.xdr.rows, it.xdr, [search, {}, options])
    let error: unknown
    try {
      call()
    } catch (thrown) {
      error = thrown
    }
    expect(error, name).toBeInstanceOf(XdrError)
    expect(error, name).toMatchObject({
      code: 'XDR_BAD_OPTION',
      message: expect.stringMatching(says),
      hint: expect.stringMatching(hint),
    })
  }
  expect(() => it.xdr.rows('')).toThrow(expect.objectContaining({ code: 'XDR_BAD_OPTION' }))
  expect(() => it.xdr.rows(search).take(-1)).toThrow(expect.objectContaining({ code: 'XDR_BAD_OPTION' }))
  expect(it.queries()).toHaveLength(0)
})

const refusedDocuments: {
  name: string
  document: string
  options?: RowsOptions
  says: string
  hint: string
}[] = [
  {
    name: 'a mutation',
    document: 'mutation { deleteClient(id: 1) { id } }',
    says: 'a mutation was not sent',
    hint: 'query()',
  },
  {
    name: 'a subscription',
    document: 'subscription { eventPage(id: 1) { next } }',
    says: 'no subscriptions',
    hint: 'query',
  },
  { name: 'a broken document', document: '{ rules { id ', says: 'syntax error', hint: 'nothing was sent' },
  {
    name: 'a field without paging',
    document: '{ threatIndicators(ids: ["a"]) { id } }',
    says: 'nothing in threatIndicators',
    hint: 'pageInfo { hasNextPage endCursor }',
  },
  {
    name: 'two lists',
    document: '{ a: rules { id } b: suppressionRules { id } }',
    says: 'several lists: a, b',
    hint: 'rows: "field.list"',
  },
  {
    name: 'a search without its list',
    document: '{ alertsServiceSearch { alerts { total_results } } }',
    says: 'does not ask alertsServiceSearch for its rows',
    hint: 'alerts { list { … } }',
  },
  {
    name: 'another list that is not selected',
    document: search,
    options: { rows: 'alerts.lst' },
    says: 'no "lst"',
    hint: 'there is list',
  },
  {
    name: 'parts of what has none',
    document: '{ rules { id } }',
    options: { style: 'parts' },
    says: 'not known',
    hint: 'style',
  },
  {
    name: 'an operation that is not there',
    document: search,
    options: { operationName: 'x' },
    says: '"x"',
    hint: '',
  },
]
test('documents that cannot be paged say what to do, and nothing is sent', async () => {
  await using it = await signedIn()
  for (const { name, document, options = {}, says, hint } of refusedDocuments) {
    const error = await failureOf(it.xdr.rows(document, {}, options).toArray())
    expect(error.message, name).toContain(says)
    expect(error.hint, name).toContain(hint)
    expect(['XDR_BAD_OPTION', 'XDR_QUERY_SYNTAX'], name).toContain(error.code)
  }
  expect(it.queries()).toHaveLength(0)
})

const sent = (body: string): { query: string; variables: Record<string, unknown> } => JSON.parse(body)

const guessed: {
  name: string
  document: string
  variables?: Record<string, unknown>
  options?: RowsOptions
  sends: object
  query?: string
}[] = [
  {
    name: 'a cursor by its argument',
    document: 'query ($c: String) { hosts(first: 5, after: $c) { nodes { id } } }',
    sends: { xdrSize: 5 },
    query: 'pageInfo { hasNextPage } pageInfo { endCursor }',
  },
  {
    name: 'a cursor by its fields, in an input',
    document: '{ hosts(input: {count: 3}) { hosts { id } cursorPos hasMore } }',
    sends: { xdrSize: 3 },
    query: 'input: {count: $xdrSize, afterCursor: $xdrPosition}',
  },
  {
    name: 'pages by a variable',
    document: 'query ($p: Int, $n: Int) { hosts(page: $p, perPage: $n) { items { id } totalCount } }',
    variables: { p: 3, n: 20 },
    sends: { p: 3, n: 20 },
  },
  {
    name: 'an offset that a time is not taken for',
    document: '{ hosts(from: "2026-01-01", offset: 0, limit: 5) { items { id } } }',
    sends: { xdrPosition: 0, xdrSize: 5 },
  },
  {
    name: 'a style by name',
    document: '{ hosts(in: {text: "a"}) { items { id } } }',
    options: { style: 'offset', pageSize: 9 },
    sends: { xdrPosition: 0, xdrSize: 9 },
    query: 'in: {text: "a", limit: $xdrSize, offset: $xdrPosition}',
  },
  { name: 'a list that comes whole', document: '{ hosts { id } }', options: { style: 'once' }, sends: {} },
]
test('paging is read from the names that a document uses', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, answer(200, { data: { hosts: { items: [], totalCount: 0 } } }))
  for (const { name, document, variables = {}, options = {}, sends, query } of guessed) {
    expect(await it.xdr.rows(document, variables, options).toArray(), name).toEqual([])
    const request = sent(it.queries().at(-1)?.body ?? '')
    expect(request.variables, name).toEqual(sends)
    if (query !== undefined) {
      for (const part of query.split(' } ')) expect(request.query.replace(/\s+/g, ' '), name).toContain(part)
    }
  }
})

test('the list is found in the answer where only that shows it, and can be named', async () => {
  await using it = await signedIn()
  const reply = (hosts: object) => it.server.proxy.fail(graphql, answer(200, { data: { hosts } }))
  const read = (options: RowsOptions = {}) =>
    it.xdr
      .rows(
        '{ hosts(offset: 0, limit: 9) { total: totalCount a { b { id } } c { id } items { id } } }',
        {},
        options,
      )
      .toArray()

  reply({ total: 1, a: { b: [{ id: 1 }] } })
  expect(await read()).toEqual([{ id: 1 }])
  reply({ total: 1, c: [{ id: 2 }], items: [{ id: 3 }] })
  expect(await read()).toEqual([{ id: 3 }])
  reply({ total: 1, c: [{ id: 2 }], items: [{ id: 3 }] })
  expect(await read({ rows: 'c', limit: 1 })).toEqual([{ id: 2 }])
  reply({ total: 1, a: { b: [{ id: 1 }] } })
  expect(await read({ rows: 'hosts.a.b', limit: 1 })).toEqual([{ id: 1 }])
  reply({ total: 1, c: [{ id: 2 }], d: [{ id: 3 }] })
  expect((await failureOf(read())).message).toContain('several lists: c, d')
  reply({ total: 1, items: ['a', 'b'] })
  expect((await failureOf(read())).message).toContain('something else than objects')
})

const aggregate =
  '{ alertsServiceSearch(in: {cql_query: "FROM alert | aggregate count by status"}) { alerts { list { id } group_by { value keys { key value } } } } }'

test('the groups of an aggregation are rows as well', async () => {
  await using it = await signedIn()

  const groups = await it.xdr.rows<{ value: number }>(aggregate, {}, { rows: 'alerts.group_by' }).toArray()

  const all = await it.xdr.rows(search).toArray()
  expect(groups.length).toBeGreaterThan(3)
  expect(groups.reduce((sum, { value }) => sum + value, 0)).toBe(all.length)
  expect(it.screen.notes).toEqual([])
  expect(await it.xdr.rows(aggregate).toArray()).toEqual([])
  expect(it.screen.notes[0]?.text).toContain('name their list with { rows')
})

async function shown(rows: Rows): Promise<Record<string, string>> {
  const show: unknown = Reflect.get(rows, Symbol.for('Jupyter.display'))
  if (typeof show !== 'function') throw new Error('it brings no display')
  return Reflect.apply(show, rows, [])
}

test('as a cell’s value it shows its first page, and says how much there is', async () => {
  await using it = await signedIn({ sandbox: { alerts: 3000 } })
  const rows = it.xdr.rows(search)
  const all = await rows.toArray()
  const before = it.queries().length

  const view = await shown(rows)

  expect(it.queries()).toHaveLength(before + 1)
  expect(view['text/plain']).toContain(String(all[0]?.id).slice(0, 20))
  const lines = view['text/plain']?.split('\n') ?? []
  expect(lines.filter((line) => line.includes('rows'))).toEqual([
    `(first 20 of ${all.length.toLocaleString('en')} rows; for await and toArray() read all)`,
  ])
  expect(view['text/html']).toContain(`first 100 of ${all.length.toLocaleString('en')} rows`)
  expect((await shown(rows.take(3)))['text/plain']).not.toContain('first')
  const none = it.xdr.rows(
    '{ alertsServiceSearch(in: {cql_query: "FROM alert WHERE title = \'x\'"}) { alerts { list { id } } } }',
  )
  expect((await shown(none))['text/plain']).toBe('(no rows)')
  expect(
    String(Reflect.apply(Reflect.get(rows, Symbol.for('nodejs.util.inspect.custom')), rows, [])),
  ).toContain('not read yet')
})

test('progress counts rows, pages, rate and time left in one display, and ends in one line', async () => {
  const screen = recordingScreen({ kind: 'notebook', refreshMs: 1000 })
  await using it = await signedIn({ screen })
  const shownBefore = screen.displays.length
  const total = (await it.xdr.rows(search, {}, { progress: false }).toArray()).length
  expect(screen.displays).toHaveLength(shownBefore)

  for await (const _page of it.xdr.rows(search, {}, { pageSize: 50 }).batches()) it.clock.advance(2000)

  const [views, second] = screen.displays.slice(shownBefore)
  expect(second).toBeUndefined()
  const texts = views?.map(({ text }) => text) ?? []
  const left = Math.round((total - 50) / 25)
  expect(texts[0]).toBe(`alertsServiceSearch: 50 of ${total} rows · 1 page · 25 rows/s · ${left} s left`)
  const pages = Math.ceil(total / 50)
  expect(texts.at(-1)).toBe(`alertsServiceSearch: ${total} rows read in ${pages * 2} s (${pages} pages)`)
  expect(texts).toHaveLength(pages + 1)

  for await (const _page of it.xdr.rows(search, {}, { pageSize: 50 }).batches()) {
    it.clock.advance(2000)
    if (it.queries().length > 0 && screen.displays.length > shownBefore + 1) break
  }
  expect(screen.last().text).toBe('alertsServiceSearch: 50 rows read, then stopped in 4 s (1 page)')
})
