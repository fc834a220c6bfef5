import type { Screen } from '../screen/screen.js'
import { plain } from '../text.js'
import type { Database, DatabaseSession } from './database.js'
import { appendColumns } from './database-append.js'
import type { LoadOptions } from './database-load.js'
import { type ColumnPlan, planColumns, quoteName, quoteText } from './database-shape.js'
import { type DatabaseTable, describeTable } from './database-table.js'
import type { Spool } from './spool.js'

const usualRowBytes = 16 * 2 ** 20
/** SQL has no table without columns. */
const placeholder = '_no_columns'

/**
 * Makes a table of the rows of a spool, which replaces the old one, or adds them to it.
 *
 * @param known the columns of a table without rows
 */
export async function storeRows(
  spool: Spool,
  name: string,
  database: Database,
  options: LoadOptions,
  screen: Screen,
  signal: AbortSignal | undefined,
  known?: readonly ColumnPlan[],
): Promise<DatabaseTable> {
  await spool.flush()
  const columns = planColumns(spool.shape, options.times !== 'text')
  await database.withSession(async (session) => {
    const append = options.append === true && (await hasTable(session, name))
    if (spool.rows === 0 && !append && known !== undefined) {
      await session.run(`create or replace table ${quoteName(name)} (${definitionsOf(known)})`, [], signal)
      screen.note('info', `no rows came: ${plain(name, 80)} is empty`)
      return
    }
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

function definitionsOf(columns: readonly ColumnPlan[]): string {
  return columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ')
}

/** The rows of a spool, which is whole, as a query. */
export async function readRows(spool: Spool, columns: readonly ColumnPlan[]): Promise<string> {
  const files = isRenamed(columns) ? [await spool.rename(columns)] : spool.files
  return readFiles(files, columns, spool)
}

export function isRenamed(columns: readonly ColumnPlan[]): boolean {
  return columns.some(({ name, source }) => name !== source)
}

/** The rows of files as a query; fields that are no columns are left out. */
export function readFiles(
  files: readonly string[],
  columns: readonly ColumnPlan[],
  rows: Pick<Spool, 'longestRow'>,
): string {
  const types = columns.map(({ name, type }) => `${quoteName(name)}: ${quoteText(type)}`).join(', ')
  return `select * from read_json(${listFiles(files)}, format = 'newline_delimited', columns = {${types}}, maximum_object_size = ${mostRowBytes(rows)})`
}

export function listFiles(files: readonly string[]): string {
  return `[${files.map(quoteText).join(', ')}]`
}

/** The engine takes no longer row than it is told. */
export function mostRowBytes({ longestRow }: Pick<Spool, 'longestRow'>): number {
  return Math.max(usualRowBytes, longestRow * 2)
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
