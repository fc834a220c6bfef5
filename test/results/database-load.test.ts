import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { type Database, openDatabase } from '../../src/results/database.js'
import { load, loadInto } from '../../src/results/database-load.js'
import { sql } from '../../src/results/sql.js'
import type { Row } from '../../src/results/table.js'
import { recordingScreen } from '../support/recording-screen.js'
import { listSource } from '../support/row-source.js'
import { setEnv, tempFolder } from '../support/temp-home.js'

const screen = recordingScreen()

function open(): Promise<Database> {
  return openDatabase({ path: ':memory:', screen })
}

/** Loads rows and gives them back. */
async function roundTrip(rows: readonly (Row | string)[]): Promise<Row[]> {
  await using database = await open()
  await loadInto(listSource(rows), 'rows', { database, screen })
  return await sql.on(database)`from rows`
}

async function typesOf(rows: readonly (Row | string)[]): Promise<Record<string, string>> {
  await using database = await open()
  const { columns } = await loadInto(listSource(rows), 'rows', { database, screen })
  return Object.fromEntries(columns.map(({ name, type }) => [name, type]))
}

describe('a table of rows', () => {
  it('gives back what the platform sent', async () => {
    const rows = [
      {
        id: 73252035284761978n,
        largest: 18446744073709551615n,
        smallest: -9223372036854775808n,
        huge: 12345678901234567890123456789n,
        beyond: 123456789012345678901234567890123456789012345678n,
        severity: 0.1,
        whole: 1,
        time: '2026-11-22T06:14:42.123456Z',
        text: 'naïve "quoted" \\ 🦆\n\t<b>',
        nested: {
          list: [
            { name: 'a', tags: ['x', 'y'] },
            { name: 'b', tags: [] },
          ],
          deep: { deeper: { n: 5 } },
        },
        yes: true,
        nothing: null,
      },
    ]
    expect(await roundTrip(rows)).toEqual(rows)
  })

  it('keeps numbers that a double would round, beside decimals', async () => {
    const rows = [{ n: 0.5 }, { n: 73252035284761979n }, { n: -1 }]
    expect(await roundTrip(rows)).toEqual(rows)
  })

  it('keeps the kinds of mixed values apart', async () => {
    const rows = [
      { v: 5, w: { a: [1] } },
      { v: '5', w: { a: 'x' } },
      { v: { five: 5 }, w: { a: { b: null } } },
      { v: [5, '5', null], w: { a: [] } },
      { v: true, w: null },
      { v: null, w: { a: 2.5 } },
    ]
    expect(await roundTrip(rows)).toEqual(rows)
  })

  it('has fields that come late, in the last of many rows', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) =>
      i === 29_999 ? { i, late: [{ deep: 'x' }] } : { i },
    )
    await using database = await open()
    await loadInto(listSource(rows), 'rows', { database, screen })
    expect(await sql.on(database)`select i, late from rows where late is not null`).toEqual([
      { i: 29_999, late: [{ deep: 'x' }] },
    ])
  })

  it('takes a type for a column from all rows', async () => {
    expect(
      await typesOf([
        { a: 1, b: 1, c: true, d: null, t: '2026-01-01T00:00:00Z', u: '2026-01-01T00:00:00Z', e: [], o: {} },
        {
          a: 2.5,
          b: 9223372036854775808n,
          c: null,
          d: null,
          t: '2026-02-28T23:59:59.999999Z',
          u: 'soon',
          e: [1],
        },
      ]),
    ).toEqual({
      a: 'DOUBLE',
      b: 'UBIGINT',
      c: 'BOOLEAN',
      d: 'JSON',
      t: 'TIMESTAMP',
      u: 'VARCHAR',
      e: 'BIGINT[]',
      o: 'JSON',
    })
  })

  it('leaves texts that a time would change as they are', async () => {
    const texts = [
      '2026-02-30T00:00:00Z',
      '2026-01-01T00:00:00.123456789Z',
      '2026-01-01T00:00:00+02:00',
      '2026-01-01',
      '2026-01-01T24:00:00Z',
      '2026-01-01T23:59:60Z',
    ]
    for (const text of texts) expect(await roundTrip([{ text }])).toEqual([{ text }])
    expect(await typesOf([{ t: '2024-02-29T00:00:00.5Z' }])).toEqual({ t: 'TIMESTAMP' })
  })

  it('has names that SQL reserves, that are odd, and that differ only in case', async () => {
    const rows = [
      {
        select: 1,
        rowid: 2,
        'a.b': 3,
        'with "quotes"': 4,
        "it's": 5,
        ' space ': 6,
        id: 7,
        ID: 'eight',
        Id: null,
        '': 9,
        __proto__x: 10,
      },
    ]
    const { ID, Id, '': nameless, ...others } = rows[0] ?? {}
    expect(await roundTrip(rows)).toEqual([{ ...others, ID_2: ID, Id_3: Id, _: nameless }])
    expect(screen.notes.at(-1)?.text).toContain('ID → ID_2')
    const nested = [{ o: { id: 1, ID: 'two', '': 3 } }]
    expect(await roundTrip(nested)).toEqual(nested)
    expect(await roundTrip(['{"o":{"__proto__":{"x":1}},"__proto__":{"y":2}}'])).toEqual([
      JSON.parse('{"o":{"__proto__":{"x":1}},"__proto__":{"y":2}}'),
    ])
  })

  it('takes the last of two fields with one name, as JSON.parse does', async () => {
    const lines = ['{"a":1,"n":{"x":1,"x":2}}', '{"a":3,"n":{"x":4},"a":5}']
    expect(await roundTrip(lines)).toEqual([
      { a: 1, n: { x: 2 } },
      { a: 5, n: { x: 4 } },
    ])
  })

  it('reads half characters and escapes', async () => {
    const lines = ['{"t":"\\ud800 alone","u":"\\ud83e\\udd86","v":"\\\\ud800","w":"\\u0000\\u001b[31m"}']
    expect(await roundTrip(lines)).toEqual([{ t: '\ufffd alone', u: '🦆', v: '\\ud800', w: '\0\u001b[31m' }])
  })

  it('takes a cell of 20 MB', async () => {
    const text = 'x'.repeat(20_000_000)
    await using database = await open()
    await loadInto(listSource([{ text }, { text: 'y' }]), 'rows', { database, screen })
    expect(await sql.on(database)`select length(text) as n from rows`).toEqual([{ n: 20_000_000 }, { n: 1 }])
  })

  it('takes 5,000 columns', async () => {
    const row = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`column_${i}`, i]))
    expect(await roundTrip([row])).toEqual([row])
  })

  it('keeps an object with as many names as a map, and what is nested too deep, as JSON', async () => {
    const map = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`host-${i}`, i]))
    let deep: unknown = 'end'
    for (let i = 0; i < 60; i++) deep = { deep, list: [i] }
    const rows = [{ map, deep }]
    expect(await roundTrip(rows)).toEqual(rows)
  })

  it('refuses what is no row, and says which', async () => {
    await using database = await open()
    for (const line of ['[1]', '5', '{"a":1', '{"a" 1}', '{"a":1}{"b":2}', 'nonsense']) {
      await expect(loadInto(listSource([line]), 'rows', { database, screen })).rejects.toMatchObject({
        code: 'XDR_BAD_RESPONSE',
        message: expect.stringContaining(line.slice(0, 4)),
      })
    }
  })

  it('is there also when no rows come', async () => {
    await using database = await open()
    const table = await loadInto(listSource([]), 'alerts', { database, screen })
    expect(table.rowCount).toBe(0)
    expect(await sql.on(database)`select count(*) as n from alerts`).toEqual([{ n: 0 }])
    await loadInto(listSource([{ id: 1 }]), 'alerts', { database, screen })
    await loadInto(listSource([]), 'alerts', { database, screen })
    expect(await sql.on(database)`select id from alerts`).toEqual([])
    expect(screen.notes.at(-1)?.text).toContain('no rows came')
    expect((await loadInto(listSource(['{}', '{}']), 'blank', { database, screen })).rowCount).toBe(2)
  })

  it('shows how many rows it has, and its columns', async () => {
    await using database = await open()
    const rows = Array.from({ length: 12_345 }, (_, id) => ({ id, host: 'web' }))
    const table = await loadInto(listSource(rows), 'alerts', { database, screen })
    expect(String(table)).toBe('alerts: 12,345 rows, 2 columns')
    const show: unknown = Reflect.get(table, Symbol.for('Jupyter.display'))
    const view = typeof show === 'function' ? await show.call(table) : undefined
    expect(view['text/plain']).toMatch(/alerts: 12,345 rows, 2 columns[\s\S]*host +VARCHAR/)
    let count = 0
    for await (const row of table.rows()) count += Number(row.id === count)
    expect(count).toBe(12_345)
  })
})

describe('progress', () => {
  it('is one display that counts rows and ends with the table', async () => {
    const watching = recordingScreen({ refreshMs: 0 })
    await using database = await open()
    const rows = Array.from({ length: 3_000 }, (_, id) => ({ id }))
    await loadInto(listSource(rows), 'alerts', { database, screen: watching })
    expect(watching.displays).toHaveLength(1)
    expect(watching.displays[0]?.map(({ text }) => text)).toEqual([
      'alerts: 1,000 rows, 0 MB',
      'alerts: 2,000 rows, 0 MB',
      'alerts: 3,000 rows, 0 MB',
      'alerts: 3,000 rows, 0 MB, into the table',
      'alerts: 3,000 rows, 1 column',
    ])
    const none = recordingScreen({ refreshMs: 0 })
    await loadInto(listSource(rows), 'alerts', { database, screen: none, progress: false })
    expect(none.displays).toEqual([])
  })
})

describe('rows that are added', () => {
  it('bring their columns with them', async () => {
    await using database = await open()
    const options = { database, screen, append: true }
    await loadInto(listSource([{ a: 1, n: { x: 1 } }]), 'rows', options)
    await loadInto(listSource([{ b: 'two', A: 3, n: { x: 0.5, y: [true] } }]), 'rows', options)
    expect(await sql.on(database)`from rows`).toEqual([
      { a: 1, n: { x: 1, y: null }, b: null },
      { a: 3, n: { x: 0.5, y: [true] }, b: 'two' },
    ])
  })

  it.each([
    { one: 1, other: 'text' },
    { one: 'text', other: { a: 1 } },
    { one: 73252035284761979n, other: 0.5 },
    { one: '2026-01-01T00:00:00.000Z', other: 'soon' },
    { one: -1, other: 18446744073709551615n },
    { one: null, other: 5 },
    { one: { a: 'x' }, other: { a: 5, A: 6 } },
    { one: [1], other: ['x'] },
  ])('keep $one and $other in one column', async ({ one, other }) => {
    await using database = await open()
    const options = { database, screen, append: true }
    await loadInto(listSource([{ v: one }]), 'rows', options)
    await loadInto(listSource([{ v: other }]), 'rows', options)
    expect(await sql.on(database)`from rows`).toEqual([{ v: one }, { v: other }])
  })

  it('find a column of nulls as good as none', async () => {
    await using database = await open()
    const options = { database, screen, append: true }
    await loadInto(listSource([{ v: null }]), 'rows', options)
    const table = await loadInto(listSource([{ v: 'x' }]), 'rows', options)
    expect(table.columns).toEqual([{ name: 'v', type: 'VARCHAR' }])
  })
})

describe('a load that ends early', () => {
  const lost = new XdrError('XDR_NETWORK', 'the connection was lost', { hint: 'try again' })

  function breaking(error: unknown) {
    const rows = Array.from({ length: 5_000 }, (_, id) => ({ id }))
    return listSource(rows, {
      beforePage: (page) => {
        if (page === 3) throw error
      },
    })
  }

  it('leaves the old table, and keeps what has come beside it', async () => {
    await using database = await open()
    const q = sql.on(database)
    await loadInto(listSource([{ id: 'old' }]), 'alerts', { database, screen })
    await expect(loadInto(breaking(lost), 'alerts', { database, screen })).rejects.toBe(lost)
    expect(await q`from alerts`).toEqual([{ id: 'old' }])
    expect(await q`select count(*) as n, max(id) as last from alerts_partial`).toEqual([
      { n: 3_000, last: 2_999 },
    ])
    expect(screen.notes.at(-1)).toMatchObject({
      level: 'warning',
      text: expect.stringContaining('alerts_partial: 3,000 rows'),
    })
  })

  it('does so at the stop button', async () => {
    await using database = await open()
    const stop = new AbortController()
    const source = listSource(
      Array.from({ length: 5_000 }, (_, id) => ({ id })),
      {
        beforePage: (page) => {
          if (page === 2) stop.abort()
        },
      },
    )
    const loading = loadInto(source, 'alerts', { database, screen, signal: stop.signal })
    await expect(loading).rejects.toMatchObject({ code: 'XDR_ABORTED' })
    const q = sql.on(database)
    expect(await q`select count(*) as n from alerts_partial`).toEqual([{ n: 3_000 }])
    await expect(q`from alerts`.then()).rejects.toMatchObject({ code: 'XDR_SQL' })
  })

  it('does so while the table is being made', async () => {
    await using database = await open()
    const stop = new AbortController()
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `row ${id}` }))
    const watching = recordingScreen({ refreshMs: 0 })
    const stopping = {
      ...watching,
      show: () => ({
        update: ({ text }: { text: string }) => {
          if (text.endsWith('into the table')) stop.abort()
        },
      }),
    }
    const options = { database, screen: stopping, signal: stop.signal }
    await expect(loadInto(listSource(rows), 'alerts', options)).rejects.toMatchObject({ code: 'XDR_ABORTED' })
    const q = sql.on(database)
    expect(await q`select count(*) as n from alerts_partial`).toEqual([{ n: 20_000 }])
    await expect(q`from alerts`.then()).rejects.toMatchObject({ code: 'XDR_SQL' })
  })

  it('leaves nothing on the disk', async () => {
    using temp = tempFolder()
    using _env = setEnv({ TMPDIR: temp.path })
    await using database = await open()
    const seen: string[][] = []
    const source = listSource([{ id: 1 }], { beforePage: () => void seen.push(readdirSync(temp.path)) })
    await loadInto(source, 'alerts', { database, screen })
    await loadInto(breaking(lost), 'alerts', { database, screen }).catch(() => {})
    expect(seen).toEqual([[expect.stringMatching(/^xdrlab-rows-/)]])
    expect(readdirSync(temp.path)).toEqual([])
    expect(existsSync(temp.path)).toBe(true)
  })
})

describe('load', () => {
  it('makes a table of any list, to be joined', async () => {
    await using database = await open()
    const q = sql.on(database)
    function* hosts() {
      yield { host: 'web', owner: 'ops', since: new Date('2026-01-02T03:04:05.678Z') }
      yield { host: 'db', owner: null, since: undefined }
    }
    await load('hosts', hosts(), { database, screen })
    await load('alerts', [{ id: 73252035284761978n, host: 'web' }], { database, screen })
    expect(await q`select id, owner, since from alerts join hosts using (host)`).toEqual([
      { id: 73252035284761978n, owner: 'ops', since: '2026-01-02T03:04:05.678Z' },
    ])
    await load('names', ['web', 5], { database, screen })
    expect(await q`from names`).toEqual([{ value: 'web' }, { value: 5 }])
  })

  it('names what is wrong', async () => {
    await expect(load('x', 5 as never)).rejects.toMatchObject({ code: 'XDR_BAD_OPTION' })
    await expect(load(' ', [])).rejects.toMatchObject({ code: 'XDR_BAD_OPTION' })
  })
})
