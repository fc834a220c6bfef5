import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Database, openDatabase } from '../../src/results/database.js'
import { importFrom } from '../../src/results/files-import.js'
import type { Row } from '../../src/results/table.js'
import { recordingScreen } from '../support/recording-screen.js'
import { removeFolder } from '../support/temp-home.js'

const screen = recordingScreen()
/** More than what is read in any way but the usual one. */
const count = 700
const filling = 'x'.repeat(50_000)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xdrlab-load-file-'))
})
afterAll(() => removeFolder(folder))

/** A file of 35 MB; the changes are to lines of it, by their number. */
async function writeRows(name: string, changes: Record<number, string> = {}): Promise<string> {
  const lines = Array.from(
    { length: count },
    (_, id) => changes[id] ?? JSON.stringify({ id, n: { at: id * 2 }, filling }),
  )
  const path = join(folder, `${name}.ndjson`)
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

interface Found {
  types: Record<string, string>
  ids: unknown[]
  sums: Row | undefined
}

/** Reads a file where no rows can be written, so that they are taken as they lie. */
async function readInPlace(path: string, database: Database): Promise<Found> {
  vi.stubEnv('TMPDIR', join(folder, 'nowhere'))
  try {
    return await read(path, database)
  } finally {
    vi.unstubAllEnvs()
  }
}

async function read(path: string, database: Database): Promise<Found> {
  const { columns, rowCount } = await importFrom(path, { into: 'large', database, screen })
  expect(rowCount).toBe(count)
  const { rows } = await database.run('select id from large')
  const sums = await database.run(
    'select sum(n.at)::int as n, sum(length(filling))::int as letters from large',
  )
  return {
    types: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
    ids: rows.map(({ id }) => id),
    sums: sums.rows[0],
  }
}

const whole = {
  ids: Array.from({ length: count }, (_, id) => id),
  sums: { n: count * (count - 1), letters: count * filling.length },
}

describe('a large file of JSON lines', () => {
  it('is read where it lies, in its order, and nothing is written beside the table', async () => {
    await using database = await openDatabase({ path: ':memory:', screen })
    const found = await readInPlace(await writeRows('plain'), database)
    expect(found).toEqual({
      ...whole,
      types: { id: 'BIGINT', n: 'STRUCT("at" BIGINT)', filling: 'VARCHAR' },
    })
  })

  it('has the columns of all its rows, the last ones too', async () => {
    await using database = await openDatabase({ path: ':memory:', screen })
    const late = JSON.stringify({
      id: count - 1,
      n: { at: 2 * (count - 1), flagged: true },
      filling,
      host: 'web-1',
    })
    const { types, ...rest } = await readInPlace(await writeRows('late', { [count - 1]: late }), database)
    expect(rest).toEqual(whole)
    expect(types).toEqual({
      id: 'BIGINT',
      n: 'STRUCT("at" BIGINT, "flagged" BOOLEAN)',
      filling: 'VARCHAR',
      host: 'VARCHAR',
    })
    const { rows } = await database.run("select id from large where host = 'web-1' and n.flagged")
    expect(rows).toEqual([{ id: count - 1 }])
  })

  it('keeps a number that only its last row makes a text of', async () => {
    await using database = await openDatabase({ path: ':memory:', screen })
    const late = JSON.stringify({ id: 'the last', n: { at: 2 * (count - 1) }, filling })
    const { types, ids } = await readInPlace(await writeRows('mixed', { [count - 1]: late }), database)
    expect(types.id).toBe('JSON')
    expect([ids[1], ids.at(-1)]).toEqual([1, 'the last'])
  })

  it('may hold a row that is longer than the first ones', async () => {
    await using database = await openDatabase({ path: ':memory:', screen })
    const long = JSON.stringify({
      id: count - 1,
      n: { at: 2 * (count - 1) },
      filling: 'y'.repeat(40_000_000),
    })
    const { ids } = await readInPlace(await writeRows('long', { [count - 1]: long }), database)
    expect(ids).toEqual(whole.ids)
  })

  it.each([
    ['a blank line', ''],
    ['the end of a line as on Windows', `${JSON.stringify({ id: 0, filling })}\r`],
    ['half a character', `{"id":0,"text":"\\ud800","filling":"${filling}"}`],
    ['a field twice', `{"id":1,"id":0,"filling":"${filling}"}`],
    ['names that differ in case alone', `{"id":0,"ID":1,"filling":"${filling}"}`],
  ])('with %s in it is read as any other', async (name, line) => {
    await using database = await openDatabase({ path: ':memory:', screen })
    const path = await writeRows(name, { [count - 2]: line })
    const { rowCount } = await importFrom(path, { into: 'large', database, screen })
    expect(rowCount).toBe(line === '' ? count - 1 : count)
    const { rows } = await database.run('select count(*)::int as n from large where id = 0')
    expect(rows).toEqual([{ n: line === '' ? 1 : 2 }])
  })

  it('that is damaged leaves the old table and says so', async () => {
    await using database = await openDatabase({ path: ':memory:', screen })
    await database.run('create table large as select 1 as one')
    const path = await writeRows('damaged', { [count - 1]: '{"id": 1' })
    await expect(importFrom(path, { into: 'large', database, screen })).rejects.toMatchObject({
      code: 'XDR_FILE',
      message: expect.stringContaining('damaged.ndjson'),
    })
    expect((await database.run('from large')).rows).toEqual([{ one: 1 }])
  })

  it('is left at once by the stop button, with the old table', async () => {
    await using database = await openDatabase({ path: ':memory:', screen })
    await database.run('create table large as select 1 as one')
    const stop = new AbortController()
    const loading = importFrom(await writeRows('stopped'), {
      into: 'large',
      database,
      screen,
      signal: stop.signal,
    })
    setImmediate(() => stop.abort())
    await expect(loading).rejects.toMatchObject({ code: 'XDR_ABORTED' })
    expect((await database.run('from large')).rows).toEqual([{ one: 1 }])
    await database.run('create or replace table large as select 2 as two')
    expect((await database.run('from large')).rows).toEqual([{ two: 2 }])
  })
})
