import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { type Database, openDatabase } from '../../src/results/database.js'
import { load } from '../../src/results/database-load.js'
import { type Sql, sql } from '../../src/results/sql.js'
import { useScreen } from '../../src/screen/screen.js'
import { recordingScreen } from '../support/recording-screen.js'

let database: Database
let q: Sql

beforeAll(async () => {
  database = await openDatabase({ path: ':memory:', screen: recordingScreen() })
  q = sql.on(database)
  await load(
    'alerts',
    Array.from({ length: 100 }, (_, id) => ({
      id,
      status: id % 2 === 0 ? 'OPEN' : 'CLOSED',
      metadata: { severity: id / 100 },
    })),
    { database, screen: recordingScreen() },
  )
})

afterAll(() => database.close())

async function failure(query: PromiseLike<unknown>): Promise<XdrError> {
  try {
    await query
  } catch (error) {
    if (error instanceof XdrError) return error
    throw error
  }
  throw new Error('it did not fail')
}

function shown(value: unknown): unknown {
  const show: unknown = Reflect.get(Object(value), Symbol.for('Jupyter.display'))
  return typeof show === 'function' ? show.call(value) : undefined
}

describe('sql', () => {
  it('binds values and never puts them into the text', async () => {
    const hostile = "'; drop table alerts; --"
    expect(await q`select ${hostile} as text, ${'OPEN'} = any(select status from alerts) as there`).toEqual([
      { text: hostile, there: true },
    ])
    expect(
      await q`select count(*) as n from alerts where metadata.severity > ${0.5} and status = ${'OPEN'}`,
    ).toEqual([{ n: 24 }])
    const values = [73252035284761978n, 18446744073709551615n, -5, 2 ** 40, 0.1, true, null, 'ü']
    for (const value of values) expect(await q`select ${value} as v`).toEqual([{ v: value }])
    expect(await q`select ${new Date(1.5e12 + 7)} as v`).toEqual([{ v: '2017-07-14T02:40:00.007Z' }])
  })

  it('takes lists, behind in as well', async () => {
    expect(await q`select id from alerts where id in (${[3, 5]}) order by id`).toEqual([{ id: 3 }, { id: 5 }])
    expect(await q`select id from alerts where id in ${[3]}`).toEqual([{ id: 3 }])
    expect(await q`select id from alerts where id in (${[]})`).toEqual([])
    expect(await q`select ${[1, 2.5]} as v, ${['a', null]} as w`).toEqual([{ v: [1, 2.5], w: ['a', null] }])
  })

  it('takes names, tables and other queries', async () => {
    await q`create or replace table ${sql.identifier('my "table"')} as select 1 as ${sql.identifier('a b')}`
    expect(await q`from ${sql.identifier('my "table"')}`).toEqual([{ 'a b': 1 }])
    const open = q`select * from alerts where status = ${'OPEN'}`
    const table = await q`select id from (${open}) where id < ${5}`.into('few')
    expect(String(table)).toBe('few: 3 rows, 1 column')
    expect(await q`select max(id) as m from ${table} where id <> ${4}`).toEqual([{ m: 2 }])
  })

  it('refuses what is no value', async () => {
    for (const value of [undefined, {}, () => 1, new Date(Number.NaN), [1, 'a'], 10n ** 40n]) {
      expect(await failure(q`select ${value}`)).toMatchObject({ code: 'XDR_BAD_OPTION' })
    }
    expect(() => sql('select 1' as never)).toThrow(XdrError)
    expect(() => sql.identifier('')).toThrow(XdrError)
  })

  it('keeps a backslash as it is typed', async () => {
    expect(await q`select regexp_matches('a1', '\d') as digit, '\`' as mark`).toEqual([
      { digit: true, mark: '`' },
    ])
  })

  it('runs several statements, each with its own values', async () => {
    expect(
      await q`create or replace temp table t as select ${1} as a; insert into t values (${2}); from t order by a`,
    ).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('runs when it is awaited, and anew each time', async () => {
    const query = q`select nextval('counter') as n`
    await q`create sequence counter`
    expect(inspect(query)).toContain('SqlQuery select nextval')
    expect([await query, await query]).toEqual([[{ n: 1 }], [{ n: 2 }]])
  })

  it('says what is wrong where, and what was meant', async () => {
    const misspelt = await failure(q`select sevrity from (select 1 as severity)`)
    expect(misspelt).toMatchObject({ code: 'XDR_SQL', hint: 'Candidate bindings: "severity"' })
    expect(misspelt.message).toMatch(/"sevrity" not found[^\n]*\nLINE 1: select sevrity[^\n]*\n +\^$/)
    expect((await failure(q`select * from alert`)).hint).toContain('"alerts"')
    expect((await failure(q`selec 1`)).message).toMatch(/^Parser Error: [^\n]*\nLINE 1: selec 1\n +\^$/)
    expect((await failure(q` `)).message).toBe('there is no statement')
    expect(inspect(misspelt)).not.toContain(' at ')
    const hostile = await failure(q`select error(${'\u001b[31mred\u0007'})`)
    expect(hostile.message).not.toMatch(/[\u001b\u0007]/)
  })

  it('gives rows one by one, in the order of the statement', async () => {
    let sum = 0
    for await (const { i } of q<{ i: number }>`select range as i from range(${100_000})`) {
      if (i !== sum++ || sum === 50_000) break
    }
    expect(sum).toBe(50_000)
    await expect(failure(q`-- nothing`)).resolves.toMatchObject({ message: 'there is no statement' })
    expect(await q`select 1 as after`).toEqual([{ after: 1 }])
  })

  it('lets a loop run statements of its own', async () => {
    const seen: unknown[] = []
    for await (const { id } of q`select id from alerts where id < 3`)
      seen.push(await q`select ${id} + 1 as next`)
    expect(seen).toEqual([[{ next: 1 }], [{ next: 2 }], [{ next: 3 }]])
  })

  it('shows its rows as a table, and none as none', async () => {
    expect(await shown(q`select 1 as one`)).toMatchObject({
      'text/plain': expect.stringMatching(/one\n─+\n +1\n\(1 row\)/),
    })
    expect(shown(await q`select 1 as one`)).toMatchObject({
      'text/html': expect.stringMatching(/<th scope="col"[^>]*>one<\/th>/),
    })
    expect(shown(await q`select id, status from alerts limit 0`)).toEqual({
      'text/plain': '(0 rows of id, status)',
    })
  })

  it('counts seconds in one display where it takes long', async () => {
    const watching = recordingScreen({ refreshMs: 5 })
    // Long enough whatever the machine: it ends when the display has been seen twice.
    const stop = new AbortController()
    useScreen({
      ...watching,
      signal: stop.signal,
      show: (view) => {
        const live = watching.show(view)
        return {
          update: (next) => {
            live.update(next)
            stop.abort()
          },
        }
      },
    })
    await failure(q`select count(*) from range(1000000000000) where range % 7 = 3`)
    useScreen(recordingScreen())
    expect(watching.displays).toHaveLength(1)
    expect(watching.displays[0]?.[0]?.text).toBe('SQL is running · 0 s')
    expect(watching.displays[0]?.at(-1)?.text).toMatch(/^SQL ran \d+ s$/)
  })

  it('ends at the stop button', async () => {
    for (const start of [
      () => q`select count(*) from range(1000000000000) where range % 7 = 3`.then(),
      async () => {
        for await (const _ of q`select max(range) from range(1000000000000) group by range % 7`);
      },
    ]) {
      const stop = new AbortController()
      useScreen(recordingScreen({ signal: stop.signal }))
      const running = failure(start())
      await new Promise((resolve) => setTimeout(resolve, 100))
      stop.abort()
      expect(await running).toMatchObject({ code: 'XDR_ABORTED' })
    }
    useScreen(recordingScreen())
    expect(await q`select 1 as after`).toEqual([{ after: 1 }])
  })
})
