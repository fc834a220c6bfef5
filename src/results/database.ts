import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { databaseFolder } from '../paths.js'
import { currentScreen, type Screen } from '../screen/screen.js'
import type { Row } from './table.js'

/** A column of a result or a table. */
export interface DatabaseColumn {
  name: string
  /** As SQL writes it, such as `VARCHAR` or `STRUCT(title VARCHAR)[]`. */
  type: string
}

/** What a statement gave. */
export interface SqlRows {
  rows: Row[]
  columns: DatabaseColumn[]
}

/** Rows of a statement, while they come. */
export interface SqlBatch {
  rows: Row[]
  columns: readonly DatabaseColumn[]
}

/** A connection of its own: temporary tables and transactions are seen by nobody else. */
export interface DatabaseSession {
  /**
   * Runs statements, the last one's rows are given.
   *
   * @param parameters values for `$p1`, `$p2`, …
   * @throws XdrError `XDR_SQL`, `XDR_ABORTED`, `XDR_BAD_OPTION`
   */
  run(statements: string, parameters?: readonly unknown[], signal?: AbortSignal): Promise<SqlRows>
  /** Runs statements and gives the last one's rows as they come, some thousand at a time, in bounded memory. */
  stream(
    statements: string,
    parameters?: readonly unknown[],
    signal?: AbortSignal,
  ): AsyncGenerator<SqlBatch, void, undefined>
}

/** An open database. */
export interface Database extends DatabaseSession, AsyncDisposable {
  /** Its file, or `:memory:`. */
  readonly path: string
  /** Runs `work` with a connection of its own, which ends with it. */
  withSession<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T>
  /** Leaves half of the machine's cores to what else the program does. @returns what ends it */
  shareCores(): Promise<() => Promise<void>>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /**
   * A file, made where there is none, or `:memory:`. Default: `XDRLAB_DATABASE`, else the notebook's own file in
   * xdrlab's folder for data.
   */
  path?: string
  /**
   * What it may use before it writes to disk, such as `2GB`. Default: `XDRLAB_DATABASE_MEMORY`, else 1 GB, at
   * most 40 % of the machine's.
   */
  memory?: string
  /** Where notes go. Default: the notebook or terminal this runs in. */
  screen?: Screen
}

/**
 * Opens a database. A notebook has one already, which `sql` and `into()` use: this is for another one.
 *
 * @throws XdrError `XDR_DATABASE`
 * @example
 * await using archive = await openDatabase({ path: 'archive.duckdb' })
 */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const screen = options.screen ?? (await currentScreen())
  // Loaded when first used: the engine takes 200 ms and 95 MB.
  const { openEngine } = await import('./database-engine.js')
  return await openEngine({
    path: options.path ?? defaultPath(),
    isOwn: options.path === undefined && !process.env.XDRLAB_DATABASE,
    memory: options.memory ?? process.env.XDRLAB_DATABASE_MEMORY,
    note: (level, text) => screen.note(level, text),
  })
}

let opened: Promise<Database> | undefined

/** The notebook's own database, opened when first asked for. */
export async function notebookDatabase(): Promise<Database> {
  opened ??= openDatabase()
  try {
    return await opened
  } catch (error) {
    opened = undefined
    throw error
  }
}

/** Closes the notebook's own database, which the next statement opens anew. */
export async function closeNotebookDatabase(): Promise<void> {
  const closing = opened
  opened = undefined
  await (await closing)?.close()
}

/**
 * One file a notebook, named by the hash of where the notebook is, in the person's own data folder: beside the notebook
 * it would be shared, and committed, with it. Jupyter names the notebook in `JPY_SESSION_NAME`; where nobody does, the
 * folder stands for it.
 */
function defaultPath(): string {
  if (process.env.XDRLAB_DATABASE) return process.env.XDRLAB_DATABASE
  const notebook = resolve(process.env.JPY_SESSION_NAME || '.')
  return join(databaseFolder(), `${createHash('sha256').update(notebook).digest('hex').slice(0, 24)}.duckdb`)
}
