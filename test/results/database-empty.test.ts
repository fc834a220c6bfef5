import { describe, expect, test } from 'vitest'
import { gql } from '../../src/client/document.js'
import type { Rows } from '../../src/client/rows.js'
import { type Database, openDatabase } from '../../src/results/database.js'
import { load } from '../../src/results/database-load.js'
import { sql } from '../../src/results/sql.js'
import type { Row } from '../../src/results/table.js'
import { recordingScreen } from '../support/recording-screen.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'

type Xdr = SignedIn['xdr']

/** The same query twice: what finds rows, and what finds none. */
const pairs: [name: string, some: (xdr: Xdr) => Rows<unknown>, none: (xdr: Xdr) => Rows<unknown>][] = [
  ['alerts', (xdr) => xdr.alerts('FROM alert'), (xdr) => xdr.alerts('FROM alert WHERE severity > 2')],
  ['assets', (xdr) => xdr.assets(undefined, { limit: 300 }), (xdr) => xdr.assets('no such host')],
  [
    'investigations',
    (xdr) => xdr.investigations(),
    (xdr) => xdr.investigations("FROM investigation WHERE title = 'none of this name'"),
  ],
  ['tenants', (xdr) => xdr.tenants(), (xdr) => xdr.tenants({ filter: { names: ['nobody'] } })],
  [
    'counts',
    (xdr) => xdr.counts('FROM alert | aggregate count by metadata.title, status | head 5'),
    (xdr) => xdr.counts('FROM alert WHERE severity > 2 | aggregate count by metadata.title, status | head 5'),
  ],
  [
    'a document with fragments, aliases, lists of objects and JSON',
    (xdr) => xdr.rows(withFragments, { cql: 'FROM alert' }),
    (xdr) => xdr.rows(withFragments, { cql: 'FROM alert WHERE severity > 2' }),
  ],
]

const withFragments = gql<Row, { cql: string }>`
  fragment Short on Alert2 { id named: metadata { title severity } }
  query ($cql: String) {
    alertsServiceSearch(in: { cql_query: $cql }) {
      alerts { list { ...Short event_ids { id event_data } severity_history { severity changed_at { seconds } } } }
    }
  }
`

async function typesIn(database: Database, table: string): Promise<Record<string, string>> {
  const { columns } = await database.withSession((session) => session.run(`from "${table}" limit 0`))
  return Object.fromEntries(columns.map(({ name, type }) => [name, type]))
}

describe('a search that finds nothing leaves a table with the columns of one that does', () => {
  test.each(pairs)('%s', async (_name, some, none) => {
    await using it = await signedIn({ sandbox: { alerts: 500 } })
    const { screen } = it
    await using database = await openDatabase({ path: ':memory:', screen })

    const found = await some(it.xdr).into('found', { database, screen })
    const empty = await none(it.xdr).into('empty', { database, screen })

    expect(found.rowCount).toBeGreaterThan(0)
    expect(empty.rowCount).toBe(0)
    const wanted = await typesIn(database, 'found')
    const types = await typesIn(database, 'empty')
    expect(Object.keys(types)).toEqual(Object.keys(wanted))
    for (const [name, type] of Object.entries(wanted)) {
      // What is null or empty in every row has shown no type of its own.
      if (type !== 'JSON' && type !== 'JSON[]')
        expect([name, comparable(types[name])]).toEqual([name, comparable(type)])
    }
    const notes = screen.notes.map(({ text }) => text)
    expect(notes).toContain('no rows came: empty is empty')
  })
})

/** JSON that has the same fields in every row is loaded as a structure; whole numbers need no decimals. */
function comparable(type = ''): string {
  const from = type.indexOf('"event_data" ')
  if (from < 0) return type
  let depth = 0
  for (let at = from; at < type.length; at++) {
    const isEnd = depth === 0 && (type[at] === ',' || type[at] === ')')
    if (isEnd) return `${type.slice(0, from)}event_data${type.slice(at)}`
    if (type[at] === '(') depth++
    if (type[at] === ')') depth--
  }
  return type
}

test('SQL goes on over an empty search', async () => {
  await using it = await signedIn({ sandbox: { alerts: 500 } })
  const { screen } = it
  await using database = await openDatabase({ path: ':memory:', screen })
  await it.xdr.alerts('FROM alert WHERE severity > 2').into('alerts', { database, screen })
  const q = sql.on(database)
  expect(
    await q`select metadata.title, max(metadata.severity), list_filter(tags, lambda tag: tag = 'vip') from alerts group by all`,
  ).toEqual([])
  await it.xdr.alerts('FROM alert').into('alerts', { database, screen, append: true })
  expect(await q`select count(*) as n from alerts`).toEqual([{ n: 500 }])
  // Emptied, it keeps them.
  await it.xdr.alerts('FROM alert WHERE severity > 2').into('alerts', { database, screen })
  expect(await q`select count(metadata.title) as n from alerts`).toEqual([{ n: 0 }])
})

test('an empty list has the columns that it is said to have', async () => {
  const screen = recordingScreen()
  await using database = await openDatabase({ path: ':memory:', screen })
  const columns = { host: 'varchar', 'alerts of a day': 'bigint' }
  const empty = await load('alerted', [], { columns, database, screen })
  expect(empty.columns.map(({ name, type }) => [name, type])).toEqual([
    ['host', 'VARCHAR'],
    ['alerts of a day', 'BIGINT'],
  ])
  // Rows that come tell for themselves.
  const some = await load('alerted', [{ host: 'web-1' }], { columns, database, screen })
  expect(some.columns.map(({ name }) => name)).toEqual(['host'])
})

test('rows that no schema tells of leave a table without columns, and that is said', async () => {
  await using it = await signedIn({ sandbox: { alerts: 500 } })
  const { screen } = it
  await using database = await openDatabase({ path: ':memory:', screen })
  const { columns } = await it.xdr
    .events("FROM process WHERE hostname = 'none'")
    .into('events', { database, screen })
  expect(columns.map(({ name }) => name)).toEqual(['_no_columns'])
})
