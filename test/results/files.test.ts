import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Database, openDatabase } from '../../src/results/database.js'
import { load } from '../../src/results/database-load.js'
import { importFrom } from '../../src/results/files-import.js'
import { type Sql, sql } from '../../src/results/sql.js'
import { recordingScreen } from '../support/recording-screen.js'
import { setEnv, tempFolder } from '../support/temp-home.js'

const screen = recordingScreen()
const rows = [
  {
    id: 73252035284761978n,
    largest: 18446744073709551615n,
    text: 'a, "b"\n=1',
    formula: '=cmd()',
    severity: 0.5,
    time: '2026-11-22T06:14:42.123456Z',
    nested: { list: [{ k: 'v', at: '2026-11-22T06:14:42.123Z' }], n: 1 },
    mixed: 'x',
    nothing: null,
    yes: true,
  },
  {
    id: 1,
    largest: 2,
    text: 'naïve 🦆',
    formula: '-1',
    severity: 1,
    time: '2026-11-22T06:14:42.000Z',
    nested: { list: [], n: 2 },
    mixed: { a: 1 },
    nothing: null,
    yes: null,
  },
]
let database: Database
let q: Sql
let folder: string

beforeAll(async () => {
  database = await openDatabase({ path: ':memory:', screen })
  q = sql.on(database)
  await load('source', rows, { database, screen })
})

afterAll(() => database.close())

beforeEach(() => {
  const temp = tempFolder()
  folder = temp.path
  onTestFinished(() => temp[Symbol.dispose]())
})

const importInto = (path: string, extra = {}) =>
  importFrom(path, { into: 'copy', database, screen, ...extra })

describe('a file', () => {
  it.each(['parquet', 'ndjson', 'jsonl'])('of %s gives back every value', async (ending) => {
    const path = join(folder, `rows.${ending}`)
    const written = await q`from source`.exportTo(path)
    expect(written).toMatchObject({ path, rows: 2, bytes: readFileSync(path).length })
    expect(String(await importInto(path))).toBe('copy: 2 rows, 10 columns')
    expect(await q`from copy`).toEqual(rows)
  })

  it.each(['arrow', 'arrows', 'feather'])(
    'of %s gives back every value, mixed ones as JSON text',
    async (ending) => {
      const path = join(folder, `rows.${ending}`)
      await q`from source`.exportTo(path)
      await importInto(path)
      expect(await q`select * exclude mixed from copy`).toEqual(await q`select * exclude mixed from source`)
      expect(await q`select mixed from copy`).toEqual([{ mixed: '"x"' }, { mixed: '{"a":1}' }])
      const table = tableFromIPC(readFileSync(path))
      expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
        'id Int64',
        'largest Uint64',
        'text Utf8',
        'formula Utf8',
        'severity Float64',
        'time Timestamp<MICROSECOND, UTC>',
        'nested Struct<{list:List<Struct<{k:Utf8, at:Utf8}>>, n:Int64}>',
        'mixed Utf8',
        'nothing Utf8',
        'yes Bool',
      ])
    },
  )

  it.each(['csv', 'tsv'])('of %s gives back what text can hold', async (ending) => {
    const path = join(folder, `rows.${ending}`)
    await q`select * exclude (nested, mixed) from source`.exportTo(path)
    await importInto(path)
    const plainRows = rows.map(({ nested: _nested, mixed: _mixed, ...others }) => others)
    expect(await q`from copy`).toEqual(plainRows)
  })

  it('of CSV has nested values as JSON', async () => {
    const path = join(folder, 'rows.csv')
    await q`select nested.list as list from source`.exportTo(path)
    expect(readFileSync(path, 'utf8')).toMatch(/^list\n"\[\{""k"":""v"",.*\}\]"\n\[\]\n$/)
  })

  it('of CSV is safe for a spreadsheet where that is asked for', async () => {
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', 'a=1', ' =1', '5']
    await load(
      'hostile',
      hostile.map((text, i) => ({ i, text, n: -i, json: i === 0 ? 1 : '=x' })),
      { database, screen },
    )
    const path = join(folder, 'rows.csv')
    await q`from hostile order by i`.exportTo(path, { spreadsheetSafe: true })
    await importInto(path)
    expect((await q<{ text: string }>`select text from copy order by i`).map(({ text }) => text)).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "'\tx",
      "'\rx",
      'a=1',
      ' =1',
      '5',
    ])
    expect(await q`select n from copy where i = 8`).toEqual([{ n: -8 }])
  })

  it('takes the values of a query, and comes of a table as well', async () => {
    const path = join(folder, 'few.parquet')
    expect(await q`select id from source where id = ${1};`.exportTo(path)).toMatchObject({ rows: 1 })
    const table = await importInto(path)
    expect(await table.exportTo(join(folder, 'deep', 'new', 'few.ndjson'))).toMatchObject({ rows: 1 })
    expect(readFileSync(join(folder, 'deep', 'new', 'few.ndjson'), 'utf8')).toBe('{"id":1}\n')
  })

  it('that is there is replaced only when that is said', async () => {
    const path = join(folder, 'rows.csv')
    writeFileSync(path, 'mine')
    await expect(q`from source`.exportTo(path)).rejects.toMatchObject({ code: 'XDR_FILE' })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    await q`select 1 as a`.exportTo(path, { overwrite: true })
    expect(readFileSync(path, 'utf8')).toBe('a\n1\n')
  })

  it('that fails leaves nothing, and the old one as it was', async () => {
    for (const ending of ['parquet', 'arrow', 'ndjson', 'csv']) {
      const path = join(folder, `rows.${ending}`)
      writeFileSync(path, 'mine')
      const query = q`select case when range = 50000 then error('no') else range end as n from range(60000)`
      await expect(query.exportTo(path, { overwrite: true })).rejects.toMatchObject({ code: 'XDR_SQL' })
      expect(readFileSync(path, 'utf8')).toBe('mine')
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('is found from home and from the working folder', async () => {
    using _env = setEnv({ HOME: folder, USERPROFILE: folder })
    expect((await q`select 1 as a`.exportTo('~/a.csv')).path).toBe(join(folder, 'a.csv'))
    expect((await importInto('~/a.csv')).rowCount).toBe(1)
    await expect(importInto('no/such.csv')).rejects.toMatchObject({
      code: 'XDR_FILE',
      message: expect.stringContaining(join(process.cwd(), 'no', 'such.csv')),
    })
  })

  it('of an unknown kind is refused with the list of those that there are', async () => {
    for (const failing of [
      q`select 1`.exportTo('a.xlsx'),
      importInto('a'),
      importInto('a.csv', { format: 'xml' }),
    ]) {
      await expect(failing).rejects.toMatchObject({
        code: 'XDR_BAD_OPTION',
        hint: expect.stringContaining('.parquet, .csv'),
      })
    }
  })

  it('that is not what its ending says is named', async () => {
    for (const ending of ['parquet', 'ndjson', 'arrow']) {
      const path = join(folder, `not.${ending}`)
      writeFileSync(path, 'neither this nor that')
      await expect(importInto(path)).rejects.toMatchObject({
        code: 'XDR_FILE',
        message: expect.stringContaining(`cannot be read as ${ending}`),
      })
    }
  })

  it('from Windows, with a mark at its beginning and blank lines, is read', async () => {
    const path = join(folder, 'rows.ndjson')
    writeFileSync(path, '\ufeff{"a":1}\r\n\r\n{"a":2}\r\n{"a":"ü"}')
    await importInto(path)
    expect(await q`from copy`).toEqual([{ a: 1 }, { a: 2 }, { a: 'ü' }])
  })
})
