import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { cache, cachedSource } from '../../src/results/cache.js'
import { cacheId } from '../../src/results/cache-key.js'
import { closeNotebookDatabase, openDatabase } from '../../src/results/database.js'
import { durationMs } from '../../src/results/duration.js'
import type { RowSource } from '../../src/results/row-source.js'
import { sql } from '../../src/results/sql.js'
import type { Row } from '../../src/results/table.js'
import { fakeClock } from '../support/fake-clock.js'
import { recordingScreen } from '../support/recording-screen.js'
import { listSource, provenance } from '../support/row-source.js'
import { setEnv, tempFolder } from '../support/temp-home.js'

let folder: string

beforeEach(() => {
  const home = tempFolder()
  const env = setEnv({ XDRLAB_HOME: home.path, XDRLAB_DATABASE: ':memory:' })
  folder = join(home.path, 'results')
  onTestFinished(() => {
    env[Symbol.dispose]()
    home[Symbol.dispose]()
  })
})

afterEach(closeNotebookDatabase)

async function rowsOf(source: RowSource): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of source.rows()) rows.push(...batch)
  return rows
}

const minute = 60_000
const lost = new XdrError('XDR_NETWORK', 'no way to the platform', { hint: 'check the network' })

/** A source, read through the cache at a time of the test's choosing. */
function setUp(rows: readonly (Row | string)[], beforePage?: (page: number) => void) {
  const screen = recordingScreen()
  const clock = fakeClock()
  const source = listSource(rows, { pageRows: 2, ...(beforePage === undefined ? {} : { beforePage }) })
  const through = (options: Parameters<typeof cachedSource>[1] = '1h') =>
    cachedSource(source, options, { screen, clock })
  return {
    screen,
    clock,
    source,
    through,
    notes: () => screen.notes.map(({ level, text }) => `${level}: ${text}`),
  }
}

describe('cached rows', () => {
  it('are asked for once, and told their age', async () => {
    const rows = [{ id: 1 }, { id: 2 }, { id: 3 }]
    const { source, through, clock, notes } = setUp(rows)
    expect(await rowsOf(through())).toEqual(rows)
    clock.advance(12 * minute)
    expect(await rowsOf(through())).toEqual(rows)
    expect(source.reads).toBe(1)
    expect(notes()).toEqual(['info: from the cache, 12 minutes old'])
    clock.advance(49 * minute)
    expect(await rowsOf(through())).toEqual(rows)
    expect(source.reads).toBe(2)
    expect(await rowsOf(through())).toEqual(rows)
    expect(source.reads).toBe(2)
  })

  it('are the same as the platform gave', async () => {
    const sets: (Row | string)[][] = [
      [
        {
          id: 73252035284761978n,
          largest: 18446744073709551615n,
          huge: 123456789012345678901234567890123456789012345678n,
          list: [
            { a: 1, b: ['x', null] },
            { a: null, b: [] },
          ],
          micros: '2026-11-22T06:14:42.123456Z',
          nanos: '2026-11-22T06:14:42.123456789+02:00',
          whole: '2026-11-22T06:14:42Z',
          decimals: [0.1, 1, 1e21, 1.7976931348623157e308, 5e-324],
          text: 'it\'s "quoted" \\ \u0000 🦆 é',
          mixed: 1,
          nothing: null,
        },
        {
          id: 1,
          largest: 1,
          huge: 1,
          list: [],
          micros: '2026-11-22T06:14:42.000000Z',
          nanos: '',
          whole: '2026-11-22T06:14:42Z',
          decimals: [],
          text: '',
          mixed: { '1': '1' },
          nothing: null,
        },
      ],
      // A field that is missing is not one that is null.
      [{ a: 1 }, { a: null, b: { c: 1 } }, { b: { c: null } }, { b: {} }, {}, { list: [{ x: 1 }, {}] }],
      [{ id: 1, ID: 2, '': 3, select: 4 }],
      [],
      ['{}'],
    ]
    for (const rows of sets) {
      const { source } = setUp(rows)
      const given = rows.map((row) => (typeof row === 'string' ? JSON.parse(row) : row))
      const variables = { set: sets.indexOf(rows) }
      const named = {
        ...source,
        provenance: { ...provenance, variables },
        lines: source.lines,
        rows: source.rows,
      }
      const read = () => rowsOf(cachedSource(named, '1h', { screen: recordingScreen() }))
      expect(await read()).toStrictEqual(given)
      expect(await read()).toStrictEqual(given)
      expect(source.reads).toBe(1)
    }
  })

  it('are columns that other programs read, with where they come from beside them', async () => {
    const { through } = setUp([{ id: 1, metadata: { title: 'a' } }])
    await rowsOf(through())
    const [name = ''] = readdirSync(folder)
    await using database = await openDatabase({ path: ':memory:' })
    const file = join(folder, name)
    expect((await database.run(`select id, metadata.title as title from '${file}'`)).rows).toEqual([
      { id: 1, title: 'a' },
    ])
    const { rows } = await database.run(`select decode(value) as about from parquet_kv_metadata('${file}')`)
    expect(JSON.parse(String(rows[0]?.about))).toMatchObject({ version: 1, rows: 1, provenance })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('are not mixed up: another tenant, region, variable or schema asks anew', async () => {
    const others = [
      { tenant: 'x' },
      { tenant: undefined },
      { account: 'ana' },
      { account: 'ben' },
      { region: 'eu' },
      { provider: 'other' },
      { origin: 'https://other' },
      { variables: { limit: 11 } },
      { query: 'query { alerts { title } }' },
    ]
    const ids = await Promise.all([{}, ...others].map((other) => cacheId({ ...provenance, ...other })))
    expect(new Set([...ids, await cacheId(provenance, 'another schema')]).size).toBe(others.length + 2)
    const same = { ...provenance, query: 'query {\n  alerts { id } # the ids\n}' }
    expect(await cacheId(same)).toBe(ids[0])
    const variables = { b: { y: 1, x: [1, 2] }, a: undefined, c: 5n }
    const turned = { c: 5n, b: { x: [1, 2], y: 1 } }
    expect(await cacheId({ ...provenance, variables })).toBe(
      await cacheId({ ...provenance, variables: turned }),
    )
  })

  it('are never half: what fails or is left in the middle is not kept', async () => {
    const rows = Array.from({ length: 10 }, (_, id) => ({ id }))
    let failing = true
    const { through, source } = setUp(rows, (page) => {
      if (page === 3 && failing) throw lost
    })
    await expect(rowsOf(through())).rejects.toBe(lost)
    expect(existsSync(folder)).toBe(false)
    failing = false
    for await (const _ of through().rows()) break
    expect(await cache.list()).toEqual([])
    expect(await rowsOf(through())).toEqual(rows)
    expect(source.reads).toBe(3)
    expect((await cache.list()).map((each) => each.rows)).toEqual([10])
  })

  it('are given although they are old, with a warning, when the platform cannot be reached', async () => {
    const rows = [{ id: 1 }]
    let away = false
    const { through, clock, notes } = setUp(rows, () => {
      if (away) throw lost
    })
    await rowsOf(through())
    clock.advance(180 * minute)
    away = true
    expect(await rowsOf(through())).toEqual(rows)
    expect(notes()).toEqual(['warning: no way to the platform; these rows are from the cache, 3 hours old'])
    await expect(rowsOf(through({ maxAge: '1h', stale: 'refuse' }))).rejects.toBe(lost)
    expect(() => through({ maxAge: '1h', stale: 'maybe' as never })).toThrow(/cache.stale/)
  })

  it('are not given in place of what the platform refuses, nor behind half of the new ones', async () => {
    const refused = new XdrError('XDR_UNAUTHORIZED', 'no', { hint: 'sign in' })
    let failure: XdrError | undefined
    let atPage = 0
    const { through, clock } = setUp([{ id: 1 }, { id: 2 }, { id: 3 }], (page) => {
      if (failure !== undefined && page === atPage) throw failure
    })
    await rowsOf(through())
    clock.advance(180 * minute)
    failure = refused
    await expect(rowsOf(through())).rejects.toBe(refused)
    failure = lost
    atPage = 1
    await expect(rowsOf(through())).rejects.toBe(lost)
  })

  it('are set aside when they are damaged, and fetched anew', async () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({ id, text: `row ${id}` }))
    const { through, source, notes } = setUp(rows)
    await rowsOf(through())
    const [name = ''] = readdirSync(folder)
    const file = join(folder, name)
    const whole = readFileSync(file)
    for (const bad of [Buffer.alloc(0), whole.subarray(0, 200), Buffer.from('no parquet at all')]) {
      writeFileSync(file, bad)
      expect(await cache.list()).toEqual([])
      expect(await rowsOf(through())).toEqual(rows)
      expect(notes().at(-1)).toMatch(/^warning: .* damaged .* set aside/)
    }
    expect(source.reads).toBe(4)
    expect(readdirSync(folder).sort()).toEqual([name, `${name}.damaged`])
  })

  it('of a file that is none of ours are not taken', async () => {
    const { through, source } = setUp([{ id: 1 }])
    await rowsOf(through())
    const [name = ''] = readdirSync(folder)
    await using database = await openDatabase({ path: ':memory:' })
    const kept = await database.run(
      `select decode(value) as about from parquet_kv_metadata('${join(folder, name)}')`,
    )
    const about = JSON.parse(String(kept.rows[0]?.about))
    for (const record of [
      undefined,
      { ...about, form: 'columns; drop table x' },
      { ...about, rows: 2 },
      { ...about, provenance: null },
      { ...about, version: 2 },
    ]) {
      const metadata = record === undefined ? '' : `, kv_metadata {xdrlab: '${JSON.stringify(record)}'}`
      await database.run(`copy (select 666 as id) to '${join(folder, name)}' (format parquet${metadata})`)
      expect(await rowsOf(through())).toEqual([{ id: 1 }])
    }
    expect(source.reads).toBe(6)
  })

  it('come whole to the one who reads and the one who writes at the same time', async () => {
    const rows = Array.from({ length: 5_000 }, (_, id) => ({ id }))
    const all = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { through } = setUp(rows)
        return await rowsOf(through(0))
      }),
    )
    for (const each of all) expect(each).toEqual(rows)
    expect(readdirSync(folder)).toHaveLength(1)
    expect((await cache.list())[0]?.rows).toBe(5_000)
  })

  it('cost no rows when they cannot be kept', async () => {
    writeFileSync(folder, 'a file where the folder should be')
    const { through, notes } = setUp([{ id: 1 }])
    expect(await rowsOf(through())).toEqual([{ id: 1 }])
    expect(notes()).toEqual([expect.stringMatching(/^warning: rows cannot be kept in/)])
  })
})

describe('the cache without a platform', () => {
  it('lists what there is, opens it, and makes tables of it', async () => {
    const rows = [{ id: 73252035284761978n, metadata: { title: 'a' } }]
    await rowsOf(setUp(rows).through())
    const [kept] = await cache.list()
    expect(kept).toMatchObject({ rows: 1, provenance: { provider: 'taegis', tenant: '50530' } })
    const opened = await cache.open(kept?.id ?? '')
    expect(await rowsOf(opened)).toEqual(rows)
    expect(String(opened)).toMatch(/^1 row of taegis, tenant 50530, .* old.*: query \{ alerts \{ id \} \}$/)
    await opened.into('alerts')
    expect(await sql`select metadata.title as t from alerts`).toEqual([{ t: 'a' }])
    cache.remove(kept?.id ?? '')
    expect(await cache.list()).toEqual([])
  })

  it('names an id that there is not', async () => {
    mkdirSync(folder)
    for (const id of ['0123456789abcdef', '../../etc/passwd', '']) {
      await expect(cache.open(id)).rejects.toMatchObject({ code: 'XDR_CACHE' })
      expect(() => cache.remove(id)).toThrow(XdrError)
    }
  })
})

describe('a duration', () => {
  it('is text with a unit, or milliseconds', () => {
    expect(['30s', '15m', '1h', '7d', '1.5h', 250, 0].map(durationMs)).toEqual([
      30_000, 900_000, 3_600_000, 604_800_000, 5_400_000, 250, 0,
    ])
    for (const bad of [
      '1',
      'h',
      '1 h',
      '-1h',
      '1w',
      '',
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      true,
      null,
    ]) {
      expect(() => durationMs(bad as never)).toThrow(/is no duration/)
    }
  })
})
