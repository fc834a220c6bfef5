import { abortedError, XdrError } from '../errors.js'
import { currentScreen, type Live, type Screen } from '../screen/screen.js'
import { plain } from '../text.js'
import { type Database, type DatabaseSession, notebookDatabase } from './database.js'
import { appendColumns } from './database-append.js'
import { type ColumnPlan, planColumns, quoteName, quoteText } from './database-shape.js'
import { type DatabaseTable, describeTable } from './database-table.js'
import { linesOf } from './row-lines.js'
import type { RowLines, RowSource } from './row-source.js'
import { Spool } from './spool.js'

export interface LoadOptions {
  /** Adds the rows to those of the table, and columns where they have new ones. Default: the table is replaced. */
  append?: boolean
  /** `text` keeps times as the text that came. Default: columns in which every text is a UTC time are `TIMESTAMP`. */
  times?: 'text'
  /** Default: the notebook's own. */
  database?: Database
  /** Ends the load early. The notebook's stop button does so without it. */
  signal?: AbortSignal
  /** `false` shows no count of rows while they come. */
  progress?: boolean
  /** Where progress and notes go. Default: the notebook or terminal this runs in. */
  screen?: Screen
}

/** The engine takes no longer row than it is told. */
const usualRowBytes = 16 * 2 ** 20
/** SQL has no table without columns. */
const placeholder = '_no_columns'

/**
 * Reads all rows of a source into a table of the database. They go to disk as they come, so memory stays flat, and into
 * the table in one step: until then the old table is there, whatever happens.
 *
 * What ends the rows early (the stop button, a lost connection) loses none that has come: they are in the table
 * `<name>_partial`, which a note says, and the error is thrown all the same.
 *
 * @param name of the table; replaced where there is one, unless `append`
 * @throws XdrError what the source throws, `XDR_ABORTED`, `XDR_SQL`, `XDR_FILE`, `XDR_DATABASE`
 */
export async function loadInto(
  source: Pick<RowSource, 'lines'>,
  name: string,
  options: LoadOptions = {},
): Promise<DatabaseTable> {
  checkName(name)
  const screen = options.screen ?? (await currentScreen())
  const signal = joined(options.signal, screen.signal)
  const database = options.database ?? (await notebookDatabase())
  await using spool = await Spool.open()
  const progress = startProgress(name, screen, options.progress !== false)
  try {
    await fill(spool, source.lines(signal), signal, progress.update)
  } catch (error) {
    await keepPartial(spool, `${name}_partial`, database, options, screen)
    throw error
  }
  progress.store(spool)
  try {
    const table = await store(spool, name, database, options, screen, signal)
    progress.end(table.toString())
    return table
  } catch (error) {
    // All rows have come: the stop button is no reason to lose them.
    if (signal?.aborted) await keepPartial(spool, `${name}_partial`, database, options, screen)
    throw error
  }
}

/**
 * Makes a table of objects that are here already: a list, a generator, a stream. Values that are no objects become a
 * column `value`.
 *
 * @throws XdrError what {@link loadInto} throws, and what the rows throw
 * @example
 * await load('hosts', [{ name: 'web-1', owner: 'ops' }])
 * await sql`select * from alerts join hosts on host = hosts.name`
 */
export async function load(
  name: string,
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  options: LoadOptions = {},
): Promise<DatabaseTable> {
  const isIterable =
    typeof rows === 'object' && rows !== null && (Symbol.iterator in rows || Symbol.asyncIterator in rows)
  if (!isIterable) {
    throw new XdrError('XDR_BAD_OPTION', 'load takes the name of a table and rows', {
      hint: "for example await load('hosts', [{ name: 'web-1' }])",
    })
  }
  return await loadInto({ lines: () => linesOf(rows) }, name, options)
}

async function fill(
  spool: Spool,
  lines: AsyncIterable<RowLines>,
  signal: AbortSignal | undefined,
  onRows: (spool: Spool) => void,
): Promise<void> {
  if (signal?.aborted) throw abortedError('the load')
  for await (const batch of lines) {
    await spool.add(batch)
    onRows(spool)
    if (signal?.aborted) throw abortedError('the load')
  }
}

async function store(
  spool: Spool,
  name: string,
  database: Database,
  options: LoadOptions,
  screen: Screen,
  signal: AbortSignal | undefined,
): Promise<DatabaseTable> {
  const columns = planColumns(spool.shape, options.times !== 'text')
  await database.withSession(async (session) => {
    const append = options.append === true && (await hasTable(session, name))
    if (columns.length === 0) return await storeNothing(session, spool.rows, name, append, screen)
    const rows = await readRows(spool, columns)
    if (append) await appendColumns(session, name, columns, rows, signal)
    else await session.run(`create or replace table ${quoteName(name)} as ${rows}`, [], signal)
  })
  const renamed = columns.filter((column) => column.name !== column.source)
  if (renamed.length > 0) {
    const list = renamed
      .slice(0, 5)
      .map(({ source, name: to }) => `${plain(source, 40) || '(no name)'} → ${plain(to, 40)}`)
    const more = renamed.length > 5 ? ` and ${renamed.length - 5} more` : ''
    screen.note(
      'info',
      `columns renamed, since SQL tells no upper from lower case: ${list.join(', ')}${more}`,
    )
  }
  return await describeTable(database, name)
}

/** The rows of a spool as a query. */
export async function readRows(spool: Spool, columns: readonly ColumnPlan[]): Promise<string> {
  await spool.flush()
  const isRenamed = columns.some(({ name, source }) => name !== source)
  const path = isRenamed ? await spool.rename(columns) : spool.path
  const types = columns.map(({ name, type }) => `${quoteName(name)}: ${quoteText(type)}`).join(', ')
  const longest = Math.max(usualRowBytes, spool.longestRow * 2)
  return `select * from read_json(${quoteText(path)}, format = 'newline_delimited', columns = {${types}}, maximum_object_size = ${longest})`
}

/** Nothing came, or rows without a field: a table of the name is there all the same, for the statements that follow. */
async function storeNothing(
  session: DatabaseSession,
  rowCount: number,
  name: string,
  append: boolean,
  screen: Screen,
): Promise<void> {
  const table = quoteName(name)
  if (append) {
    if (rowCount > 0)
      await session.run(
        `insert into ${table} by name select null as ${await firstColumn(session, name)} from range(${rowCount})`,
      )
    return
  }
  if (rowCount === 0 && (await hasTable(session, name))) {
    await session.run(`create or replace table ${table} as select * from ${table} limit 0`)
    screen.note('info', `no rows came: ${plain(name, 80)} is empty and has its old columns`)
    return
  }
  await session.run(
    `create or replace table ${table} as select null::json as ${placeholder} from range(${rowCount})`,
  )
  if (rowCount === 0) {
    screen.note('info', `no rows came: ${plain(name, 80)} has only the column ${placeholder}`)
  }
}

async function firstColumn(session: DatabaseSession, name: string): Promise<string> {
  const { columns } = await session.run(`select * from ${quoteName(name)} limit 0`)
  return quoteName(columns[0]?.name ?? placeholder)
}

async function hasTable(session: DatabaseSession, name: string): Promise<boolean> {
  const { rows } = await session.run(
    'select 1 as there from duckdb_tables() where lower(table_name) = lower($p1) and schema_name = current_schema() and database_name = current_database()',
    [name],
  )
  return rows.length > 0
}

/** Never under the name itself: what is not whole is not to be taken for it. */
async function keepPartial(
  spool: Spool,
  name: string,
  database: Database,
  options: LoadOptions,
  screen: Screen,
): Promise<void> {
  if (spool.rows === 0) return
  try {
    const table = await store(spool, name, database, { ...options, append: false }, screen, undefined)
    screen.note('warning', `the load ended early; what had come is kept in ${table.toString()}`)
  } catch {
    screen.note(
      'warning',
      `the load ended early after ${spool.rows.toLocaleString('en')} rows, which could not be kept`,
    )
  }
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && /\S/.test(name) && !name.includes('\0')) return
  throw new XdrError('XDR_BAD_OPTION', 'a table needs a name', { hint: "for example .into('alerts')" })
}

function joined(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined)
  return given.length > 1 ? AbortSignal.any(given) : given[0]
}

/** Counts rows on the screen where they take longer than it is refreshed. */
function startProgress(name: string, screen: Screen, isShown: boolean) {
  let live: Live | undefined
  let shownAtMs = performance.now()
  const show = (text: string) => {
    if (live === undefined) live = screen.show({ text })
    else live.update({ text })
  }
  return {
    update: ({ rows, bytes }: Spool) => {
      const nowMs = performance.now()
      if (!isShown || screen.kind === 'none' || nowMs - shownAtMs < screen.refreshMs) return
      shownAtMs = nowMs
      show(`${plain(name, 80)}: ${rows.toLocaleString('en')} rows, ${megabytes(bytes)}`)
    },
    store: ({ rows, bytes }: Spool) => {
      if (live !== undefined)
        show(`${plain(name, 80)}: ${rows.toLocaleString('en')} rows, ${megabytes(bytes)}, into the table`)
    },
    end: (text: string) => live?.update({ text }),
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`
}
