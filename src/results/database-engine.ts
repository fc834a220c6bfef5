import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  type DuckDBType,
  type DuckDBValue,
  SQLNULL,
  StatementType,
} from '@duckdb/node-api'
import { abortedError, XdrError } from '../errors.js'
import { plain } from '../text.js'
import type { Database, DatabaseColumn, DatabaseSession, SqlBatch, SqlRows } from './database.js'
import { sqlError } from './database-errors.js'
import { fromDatabase, toDatabase, typeText } from './database-values.js'
import { resolvePath } from './file-path.js'
import type { Row } from './table.js'

export interface EngineOptions {
  path: string
  /** Whether the file is in a folder of ours. */
  isOwn: boolean
  memory?: string | undefined
  note: (level: 'info' | 'warning', text: string) => void
}

const usualMemoryBytes = 2 ** 30
const memoryShare = 0.4
/** More take memory each and gain little on rows of a notebook's size. */
const mostThreads = 8

/**
 * Opens a database file, or one in memory where another process has the file open.
 *
 * @throws XdrError `XDR_DATABASE`
 */
export async function openEngine({ path, isOwn, memory, note }: EngineOptions): Promise<Database> {
  checkMemory(memory)
  if (path === ':memory:') return await createEngine(path, memory)
  const file = resolvePath(path)
  try {
    mkdirSync(dirname(file), { recursive: true, ...(isOwn ? { mode: 0o700 } : {}) })
    return await createEngine(file, memory)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const holder = /Conflicting lock is held in .*?\(PID (\d+)\)|being used by another process/.exec(text)
    if (holder !== null) {
      const who = holder[1] === undefined ? 'another process' : `process ${holder[1]}`
      note(
        'warning',
        `${who} has this notebook's database open: tables of this kernel stay in memory and end with it`,
      )
      return await createEngine(':memory:', memory)
    }
    // Tables can be fetched again, so a notebook goes on; what a person has named is never moved.
    if (isOwn && existsSync(file) && /not a valid DuckDB|version number|[Cc]orrupt|checksum|WAL/.test(text)) {
      const aside = `${file}.damaged-${Date.now()}`
      renameSync(file, aside)
      if (existsSync(`${file}.wal`)) renameSync(`${file}.wal`, `${aside}.wal`)
      note('warning', `this notebook's database could not be read; it was set aside as ${aside}`)
      return await createEngine(file, memory)
    }
    throw cannotOpen(file, text)
  }
}

function cannotOpen(file: string, text: string): XdrError {
  const [first = ''] = text.split('\n')
  return new XdrError('XDR_DATABASE', `the database ${file} cannot be opened: ${plain(first, 300)}`, {
    hint: "choose another file with XDRLAB_DATABASE, or ':memory:'",
  })
}

function checkMemory(memory: string | undefined): void {
  if (memory === undefined || /^\d+(\.\d+)? ?[kmgt]i?b$/i.test(memory)) return
  throw new XdrError('XDR_BAD_OPTION', `"${plain(memory, 40)}" is no amount of memory`, {
    hint: "write it like { memory: '2GB' } or XDRLAB_DATABASE_MEMORY=2GB",
  })
}

async function createEngine(path: string, memory: string | undefined): Promise<Engine> {
  const options = {
    memory_limit: memory ?? `${Math.round(memoryBytes() / 2 ** 20)}MiB`,
    threads: String(threadCount()),
    ...(path === ':memory:' ? {} : { temp_directory: `${path}.tmp` }),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    // A folder that is not there: even who switches the installation on downloads nothing.
    custom_extension_repository: join(tmpdir(), 'xdrlab-no-extensions'),
  }
  // Two instances of one file in one process would write over each other: locks are between processes.
  const instance =
    path === ':memory:'
      ? await DuckDBInstance.create(path, options)
      : await DuckDBInstance.fromCache(path, options)
  if (path !== ':memory:') chmodSync(path, 0o600)
  const connection = await instance.connect()
  await closeToNetwork(connection)
  return new Engine(path, instance, connection)
}

/** Files of this machine are the person's to read and write; what is beyond it is not the database's business. */
async function closeToNetwork(connection: DuckDBConnection): Promise<void> {
  const setting = await connection.runAndReadAll("select current_setting('enable_external_access')")
  if (setting.value(0, 0) === false) return
  const folders = process.platform === 'win32' ? driveRoots() : ['/']
  const list = folders.map((folder) => `'${folder}'`).join(', ')
  await connection.run(`set allowed_directories = [${list}]; set enable_external_access = false`)
}

function driveRoots(): string[] {
  return Array.from({ length: 26 }, (_, i) => `${String.fromCharCode(0x41 + i)}:/`)
}

function threadCount(): number {
  return Math.min(availableParallelism(), mostThreads)
}

/** A container may have less than the machine. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory()
  const available = constrained > 0 && constrained < totalmem() ? constrained : totalmem()
  return Math.min(usualMemoryBytes, available * memoryShare)
}

/** A connection, on which one thing runs at a time. */
class Session implements DatabaseSession {
  readonly #connection: DuckDBConnection
  #last: Promise<unknown> = Promise.resolve()

  constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  async run(statements: string, parameters: readonly unknown[] = [], signal?: AbortSignal): Promise<SqlRows> {
    const before = this.#last
    const done = (async () => {
      await before.catch(() => {})
      const rows: Row[] = []
      let columns: readonly DatabaseColumn[] = []
      for await (const batch of this.#rows(statements, parameters, signal)) {
        for (const row of batch.rows) rows.push(row)
        columns = batch.columns
      }
      return { rows, columns: [...columns] }
    })()
    this.#last = done
    return await done
  }

  stream(
    statements: string,
    parameters: readonly unknown[] = [],
    signal?: AbortSignal,
  ): AsyncGenerator<SqlBatch, void, undefined> {
    return this.#rows(statements, parameters, signal)
  }

  async *#rows(
    statements: string,
    parameters: readonly unknown[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<SqlBatch, void, undefined> {
    const interrupt = () => this.#connection.interrupt()
    signal?.addEventListener('abort', interrupt, { once: true })
    try {
      const result = await this.#start(statements, parameters, signal)
      const types = result.columnTypes()
      const names = result.deduplicatedColumnNames()
      const columns = names.map((name, i) => ({ name, type: typeText(types[i] ?? SQLNULL) }))
      let isFirst = true
      for (;;) {
        if (signal?.aborted) throw abortedError('the SQL query')
        const chunk = await result.fetchChunk()
        const isEnd = chunk === null || chunk.rowCount === 0
        // A result without rows still has columns.
        if (isEnd && !isFirst) return
        isFirst = false
        yield { columns, rows: isEnd ? [] : chunk.getRows().map((values) => toRow(names, values, types)) }
        if (isEnd) return
      }
    } catch (error) {
      throw signal?.aborted ? abortedError('the SQL query') : sqlError(error)
    } finally {
      signal?.removeEventListener('abort', interrupt)
    }
  }

  async #start(
    statements: string,
    parameters: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<DuckDBResult> {
    const extracted = await this.#connection.extractStatements(statements)
    for (let i = 0; ; i++) {
      if (signal?.aborted) throw abortedError('the SQL query')
      const prepared = await extracted.prepare(i)
      if (prepared.statementType === StatementType.LOAD) {
        throw new XdrError('XDR_SQL', 'extensions of the database are neither installed nor loaded here', {
          hint: 'JSON, Parquet, CSV and times are built in',
        })
      }
      bind(prepared, parameters)
      if (signal?.aborted) throw abortedError('the SQL query')
      if (i === extracted.count - 1) return await prepared.stream()
      await prepared.run()
    }
  }
}

class Engine extends Session implements Database {
  readonly path: string
  readonly #instance: DuckDBInstance
  readonly #main: DuckDBConnection
  #sharers = 0

  constructor(path: string, instance: DuckDBInstance, main: DuckDBConnection) {
    super(main)
    this.path = path
    this.#instance = instance
    this.#main = main
  }

  /** On a connection of its own: a loop over rows may run statements itself. */
  override async *stream(
    statements: string,
    parameters: readonly unknown[] = [],
    signal?: AbortSignal,
  ): AsyncGenerator<SqlBatch, void, undefined> {
    const connection = await this.#instance.connect()
    try {
      yield* new Session(connection).stream(statements, parameters, signal)
    } finally {
      connection.closeSync()
    }
  }

  async withSession<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect()
    try {
      return await work(new Session(connection))
    } finally {
      connection.closeSync()
    }
  }

  async shareCores(): Promise<() => Promise<void>> {
    if (this.#sharers++ === 0) await this.#setThreads(Math.max(1, Math.floor(threadCount() / 2)))
    return async () => {
      if (--this.#sharers === 0) await this.#setThreads(threadCount())
    }
  }

  /** On a connection of its own: a statement of the person's may be running. */
  #setThreads(count: number): Promise<SqlRows> {
    return this.withSession((session) => session.run(`set threads = ${count}`))
  }

  async close(): Promise<void> {
    this.#main.closeSync()
    this.#instance.closeSync()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function bind(prepared: DuckDBPreparedStatement, parameters: readonly unknown[]): void {
  for (let i = 1; i <= prepared.parameterCount; i++) {
    const name = prepared.parameterName(i)
    const position = Number(/^p?(\d+)$/.exec(name)?.[1])
    if (!(position >= 1 && position <= parameters.length)) {
      throw new XdrError(
        'XDR_SQL',
        `the statement asks for a value ${plain(name, 40)} that it is not given`,
        {
          hint: 'a value of the cell stands in the text between a dollar sign with a brace and a brace',
        },
      )
    }
    const { value, type } = toDatabase(parameters[position - 1])
    prepared.bindValue(i, value, type)
  }
}

function toRow(names: readonly string[], values: readonly DuckDBValue[], types: readonly DuckDBType[]): Row {
  return Object.fromEntries(
    names.map((name, i) => [name, fromDatabase(values[i] ?? null, types[i] ?? SQLNULL)]),
  )
}
