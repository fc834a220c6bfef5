import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { type Database, openDatabase } from '../../src/results/database.js'
import { loadInto } from '../../src/results/database-load.js'
import { sql } from '../../src/results/sql.js'
import type { Row } from '../../src/results/table.js'
import { recordingScreen } from '../support/recording-screen.js'
import { listSource } from '../support/row-source.js'

const screen = recordingScreen()
/** With 110 rows there are three files of 32 MB, and a part of one. */
const filling = 'x'.repeat(1_000_000)
const count = 110

function rowsWith(extra: (id: number) => Row): Row[] {
  return Array.from({ length: count }, (_, id) => ({ id, filling, ...extra(id) }))
}

function open(): Promise<Database> {
  return openDatabase({ path: ':memory:', screen })
}

/** Waits until files are being loaded while rows still come: the engine leaves cores to the others then. */
async function untilAhead(database: Database): Promise<void> {
  if (availableParallelism() === 1) return
  for (;;) {
    const { rows } = await database.run("select current_setting('threads')::int as n")
    if (Number(rows[0]?.n) < availableParallelism()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Loads rows while the database loads the first files. */
async function loadLarge(database: Database, rows: readonly Row[]): Promise<Record<string, string>> {
  const source = listSource(rows, {
    pageRows: 10,
    beforePage: (page) => (page === 6 ? untilAhead(database) : undefined),
  })
  const { columns, rowCount } = await loadInto(source, 'large', { database, screen })
  expect(rowCount).toBe(rows.length)
  return Object.fromEntries(columns.map(({ name, type }) => [name, type]))
}

describe('a table that is filled while its rows come', () => {
  it('has all of them, in their order, and the cores come back', async () => {
    await using database = await open()
    const types = await loadLarge(
      database,
      rowsWith((id) => ({ n: { big: 73252035284761978n, at: `2026-11-22T06:14:42.${100_001 + id}Z` } })),
    )
    expect(types).toMatchObject({ n: 'STRUCT("big" BIGINT, "at" TIMESTAMP)' })
    const q = sql.on(database)
    const found = await q`select id, n, length(filling) as length from large`
    expect(found).toEqual(
      Array.from({ length: count }, (_, id) => ({
        id,
        n: { big: 73252035284761978n, at: `2026-11-22T06:14:42.${100_001 + id}Z` },
        length: filling.length,
      })),
    )
    expect(await q`select current_setting('threads')::int as n`).toEqual([
      { n: Math.min(8, availableParallelism()) },
    ])
  })

  it.each([
    {
      name: 'columns and types that come late',
      of: (id: number) => ({
        at: id === 109 ? 'soon' : '2026-01-01T00:00:00Z',
        decimal: id > 40 ? id + 0.5 : id,
        exact: id > 80 ? 0.1 : 73252035284761979n,
        nested: { v: id > 100 ? 'x' : null },
        ...(id > 70 ? { middle: { id } } : {}),
        ...(id === 109 ? { late: [id] } : {}),
      }),
    },
    {
      name: 'a column that SQL does not tell from another',
      of: (id: number) => (id > 90 ? { ID: id } : {}),
    },
  ])('is read again for $name', async ({ of }) => {
    await using database = await open()
    const rows = rowsWith(of)
    await loadLarge(database, rows)
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== 'filling')
    const found = await sql.on(database)`select * exclude (filling) from large`
    // A column that the rows before did not have is null in them.
    expect(found).toEqual(
      rows.map((row) =>
        Object.fromEntries(names.map((name) => [name === 'ID' ? 'ID_2' : name, row[name] ?? null])),
      ),
    )
  })

  const lost = new XdrError('XDR_NETWORK', 'the connection was lost', { hint: 'try again' })

  it.each(['a lost connection', 'the stop button'])(
    'leaves the old table at %s, and what has come',
    async (how) => {
      await using database = await open()
      const q = sql.on(database)
      await loadInto(listSource([{ id: 'old' }]), 'large', { database, screen })
      const stop = new AbortController()
      const seen: unknown[] = []
      const source = listSource(
        rowsWith(() => ({})),
        {
          pageRows: 10,
          beforePage: async (page) => {
            if (page === 6) await untilAhead(database)
            if (page < 8) return
            seen.push(await q`from large`)
            if (how === 'a lost connection') throw lost
            stop.abort()
          },
        },
      )
      const loading = loadInto(source, 'large', { database, screen, signal: stop.signal })
      await expect(loading).rejects.toMatchObject({
        code: how === 'a lost connection' ? 'XDR_NETWORK' : 'XDR_ABORTED',
      })
      expect(seen).toEqual([[{ id: 'old' }]])
      expect(await q`from large`).toEqual([{ id: 'old' }])
      const had = how === 'a lost connection' ? 80 : 90
      expect(await q`select count(*) as n, max(id) as last from large_partial`).toEqual([
        { n: had, last: had - 1 },
      ])
      expect(await q`select current_setting('threads')::int as n`).toEqual([
        { n: Math.min(8, availableParallelism()) },
      ])
    },
  )

  it('is two tables at once, where two are asked for', async () => {
    await using database = await open()
    const load = (name: string) =>
      loadInto(listSource(rowsWith((id) => ({ name, id }))), name, { database, screen })
    await Promise.all([load('one'), load('other')])
    const q = sql.on(database)
    expect(await q`select count(*) as n, min(name) as name from one`).toEqual([{ n: count, name: 'one' }])
    expect(await q`select count(*) as n, min(name) as name from other`).toEqual([{ n: count, name: 'other' }])
    expect(await q`select current_setting('threads')::int as n`).toEqual([
      { n: Math.min(8, availableParallelism()) },
    ])
  })
})
