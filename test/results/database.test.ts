import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { closeNotebookDatabase, notebookDatabase, openDatabase } from '../../src/results/database.js'
import { load } from '../../src/results/database-load.js'
import { sql } from '../../src/results/sql.js'
import { recordingScreen } from '../support/recording-screen.js'
import { setEnv, tempFolder } from '../support/temp-home.js'

afterEach(closeNotebookDatabase)

/** Another process that has a database file open, until it is ended. */
async function holdOpen(path: string): Promise<AsyncDisposable & { child: ChildProcess }> {
  const code = `const { DuckDBInstance } = require('@duckdb/node-api')
DuckDBInstance.create(${JSON.stringify(path)}).then((db) => { globalThis.db = db; console.log('open') })
process.stdin.resume()`
  const child = spawn(process.execPath, ['-e', code], {
    cwd: packageRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const exited = once(child, 'exit')
  return {
    child,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

describe("the notebook's database", () => {
  it('is a file for this person alone, and is there the next time', async () => {
    using home = tempFolder()
    using _env = setEnv({
      XDRLAB_HOME: home.path,
      XDRLAB_DATABASE: undefined,
      JPY_SESSION_NAME: '/notes/a.ipynb',
    })
    const screen = recordingScreen()
    await load('kept', [{ id: 1 }], { screen })
    const { path } = await notebookDatabase()
    expect(path.startsWith(join(home.path, 'databases'))).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(home.path, 'databases')).mode & 0o777).toBe(0o700)
    await closeNotebookDatabase()
    expect(await sql`from kept`).toEqual([{ id: 1 }])
    await closeNotebookDatabase()
    using _other = setEnv({ JPY_SESSION_NAME: '/notes/b.ipynb' })
    expect((await notebookDatabase()).path).not.toBe(path)
    await expect(sql`from kept`.then()).rejects.toMatchObject({ code: 'XDR_SQL' })
  })

  it('is where XDRLAB_DATABASE says', async () => {
    using home = tempFolder()
    using _env = setEnv({ XDRLAB_HOME: home.path, XDRLAB_DATABASE: join(home.path, 'mine.duckdb') })
    expect((await notebookDatabase()).path).toBe(join(home.path, 'mine.duckdb'))
    await closeNotebookDatabase()
    using _memory = setEnv({ XDRLAB_DATABASE: ':memory:' })
    expect((await notebookDatabase()).path).toBe(':memory:')
  })

  it('stays in memory, and says so, while another kernel has the file', async () => {
    using home = tempFolder()
    const path = join(home.path, 'mine.duckdb')
    const screen = recordingScreen()
    await using holder = await holdOpen(path)
    await using database = await openDatabase({ path, screen })
    expect(database.path).toBe(':memory:')
    expect(screen.notes).toEqual([
      {
        level: 'warning',
        text: expect.stringContaining(`process ${holder.child.pid} has this notebook's database open`),
      },
    ])
    await load('x', [{ id: 1 }], { database, screen })
    expect(await sql.on(database)`from x`).toEqual([{ id: 1 }])
  })

  it('is set aside when it is damaged; a file that a person has named never is', async () => {
    using home = tempFolder()
    using _env = setEnv({ XDRLAB_HOME: home.path, XDRLAB_DATABASE: undefined })
    const screen = recordingScreen()
    const { path } = await notebookDatabase()
    await closeNotebookDatabase()
    writeFileSync(path, 'no database '.repeat(2_000))
    await (await openDatabase({ screen })).close()
    expect(screen.notes[0]).toMatchObject({ level: 'warning', text: expect.stringContaining('set aside') })
    expect(readdirSync(join(home.path, 'databases')).some((name) => name.includes('.damaged-'))).toBe(true)
    const named = join(home.path, 'named.duckdb')
    writeFileSync(named, 'no database '.repeat(2_000))
    await expect(openDatabase({ path: named, screen })).rejects.toMatchObject({ code: 'XDR_DATABASE' })
    expect(readdirSync(home.path)).toContain('named.duckdb')
  })

  it('is one and the same, opened twice', async () => {
    using home = tempFolder()
    const path = join(home.path, 'mine.duckdb')
    await using one = await openDatabase({ path })
    await using other = await openDatabase({ path })
    await one.run('create table x as select 1 as id')
    expect((await other.run('from x')).rows).toEqual([{ id: 1 }])
    await expect(other.run("from 'http://127.0.0.1:9/x.csv'")).rejects.toMatchObject({ code: 'XDR_SQL' })
  })

  it('takes an amount of memory, and names one that is none', async () => {
    await using database = await openDatabase({ path: ':memory:', memory: '512MiB' })
    const q = sql.on(database)
    expect(await q`select current_setting('memory_limit') as m`).toEqual([{ m: '512.0 MiB' }])
    await expect(openDatabase({ path: ':memory:', memory: 'lots' })).rejects.toMatchObject({
      code: 'XDR_BAD_OPTION',
    })
  })
})

describe('the engine', () => {
  it('is not loaded before it is asked for', () => {
    const code = `import * as xdrlab from ${JSON.stringify(join(packageRoot, 'dist', 'src', 'index.js'))}
const isLoaded = () => process.report.getReport().sharedObjects.some((path) => path.includes('duckdb'))
const before = isLoaded()
await xdrlab.sql\`select 1\`
console.log(before, isLoaded())`
    const env = { ...process.env, XDRLAB_DATABASE: ':memory:' }
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      env,
      encoding: 'utf8',
    })
    expect(stdout).toBe('false true\n')
  })
})

describe('what a statement may reach', () => {
  it('is files, and nothing on the network', async () => {
    using folder = tempFolder()
    let asked = 0
    const server = createServer((_request, response) => {
      asked++
      response.end('a\n1\n')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      await using database = await openDatabase({ path: ':memory:' })
      writeFileSync(join(folder.path, 'a.csv'), 'a\n1\n')
      const run = (text: string) => database.run(text)
      expect((await run(`from '${join(folder.path, 'a.csv')}'`)).rows).toEqual([{ a: 1 }])
      for (const text of [
        `from '${origin}/a.csv'`,
        `from read_csv('${origin}/a.csv')`,
        'install httpfs',
        `force install httpfs from '${origin}'`,
        'load httpfs',
        'set enable_external_access = true',
        `attach '${origin}/a.duckdb'`,
        `copy (select 1 as a) to '${origin}/a.csv'`,
        `set autoinstall_known_extensions = true; set autoload_known_extensions = true; from '${origin}/a.csv'`,
      ]) {
        await expect(run(text)).rejects.toMatchObject({ code: 'XDR_SQL' })
      }
      expect(asked).toBe(0)
      expect((await run("select current_setting('enable_external_access') as open")).rows).toEqual([
        { open: false },
      ])
    } finally {
      server.close()
    }
  })
})

describe('values of the database', () => {
  it('are what JavaScript has for them', async () => {
    await using database = await openDatabase({ path: ':memory:' })
    const { rows } = await database.run(`select 9007199254740991 as safe, 9007199254740993 as unsafe,
      sum(x) as total, avg(x) as mean, 1.50::decimal(4, 2) as d, 12345678901234567.25::decimal(38, 2) as long,
      date '2026-01-02' as day, time '10:11:12.000013' as at, interval 3 days as span,
      timestamp '2026-01-02 03:04:05.123456' as micros, timestamp '2026-01-02 03:04:05' as whole,
      timestamp '1969-12-31 23:59:59.999999' as before, timestamptz '2026-01-02 03:04:05+02' as zoned,
      timestamp_ns '2026-01-02 03:04:05.123456789' as nanos, 'infinity'::timestamp as never,
      map {'a': 1} as m, 'NaN'::double as nan, '{"a":[1,12345678901234567890]}'::json as j, null as nothing,
      'x'::blob as bytes, uuid '00000000-0000-0000-0000-000000000001' as u
      from (values (9007199254740993), (1)) as t(x)`)
    expect(rows).toEqual([
      {
        safe: 9007199254740991,
        unsafe: 9007199254740993n,
        total: 9007199254740994n,
        mean: 4503599627370497,
        d: 1.5,
        long: '12345678901234567.25',
        day: '2026-01-02',
        at: '10:11:12.000013',
        span: '3 days',
        micros: '2026-01-02T03:04:05.123456Z',
        whole: '2026-01-02T03:04:05.000Z',
        before: '1969-12-31T23:59:59.999999Z',
        zoned: '2026-01-02T01:04:05.000Z',
        nanos: '2026-01-02T03:04:05.123456789Z',
        never: 'infinity',
        m: { a: 1 },
        nan: Number.NaN,
        j: { a: [1, 12345678901234567890n] },
        nothing: null,
        bytes: expect.any(Uint8Array),
        u: '00000000-0000-0000-0000-000000000001',
      },
    ])
  })
})
