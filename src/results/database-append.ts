import type { DatabaseColumn, DatabaseSession } from './database.js'
import { type ColumnPlan, quoteName } from './database-shape.js'
import { mergeTypes } from './database-types.js'

/**
 * Adds rows to a table, which takes on their new columns, whole or not at all. Where the old type of a column does not
 * keep the new values, the column gets one that keeps both: `JSON`, where nothing narrower does.
 *
 * @param rows the new ones, as a query
 */
export async function appendColumns(
  session: DatabaseSession,
  name: string,
  columns: readonly ColumnPlan[],
  rows: string,
  signal?: AbortSignal,
): Promise<void> {
  const table = quoteName(name)
  const { columns: before } = await session.run(`select * from ${table} limit 0`)
  const old = new Map(before.map((column) => [column.name.toLowerCase(), column]))
  const types = new Map<string, string>()
  for (const column of columns) {
    const had = old.get(column.name.toLowerCase())
    types.set(
      column.name,
      had === undefined ? column.type : await commonType(session, table, rows, had, column, signal),
    )
  }
  await session.run('begin')
  try {
    for (const column of columns) {
      const had = old.get(column.name.toLowerCase())
      const type = types.get(column.name) ?? column.type
      const quoted = quoteName(column.name)
      if (had === undefined)
        await session.run(`alter table ${table} add column ${quoted} ${type}`, [], signal)
      else if (had.type !== type) {
        const value = cast(had, type)
        await session.run(`alter table ${table} alter ${quoted} type ${type} using ${value}`, [], signal)
      }
    }
    const values = columns.map(
      (column) => `${cast(column, types.get(column.name) ?? column.type)} as ${quoteName(column.name)}`,
    )
    await session.run(`insert into ${table} by name select ${values.join(', ')} from (${rows})`, [], signal)
    await session.run('commit')
  } catch (error) {
    await session.run('rollback')
    throw error
  }
}

function cast({ name, type: from }: DatabaseColumn, to: string): string {
  if (from === to) return quoteName(name)
  const value = from === 'TIMESTAMP' ? timeText(quoteName(name)) : quoteName(name)
  // A cast of text to JSON would read the text as JSON.
  return to === 'JSON' ? `to_json(${value})` : `(${value})::${to}`
}

/** A time as it is given back from a `TIMESTAMP`. */
function timeText(column: string): string {
  const written = (fraction: string) => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.${fraction}Z')`
  return `case when epoch_us(${column}) % 1000 = 0 then ${written('%g')} else ${written('%f')} end`
}

/** A type that keeps the old and the new values. */
async function commonType(
  session: DatabaseSession,
  table: string,
  rows: string,
  old: DatabaseColumn,
  next: DatabaseColumn,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (old.type === next.type) return old.type
  // A column without a value yet is JSON for want of anything better.
  if (next.type === 'JSON' && (await isEmpty(session, `(${rows})`, next, signal))) return old.type
  if (old.type === 'JSON' && (await isEmpty(session, table, old, signal))) return next.type
  if ([old.type, next.type].sort().join() === 'TIMESTAMP,VARCHAR') return 'VARCHAR'
  const merged = mergeTypes(old.type, next.type)
  if (merged === undefined) return 'JSON'
  const isKept =
    (await keepsAll(session, table, old, merged, signal)) &&
    (await keepsAll(session, `(${rows})`, next, merged, signal))
  return isKept ? merged : 'JSON'
}

async function isEmpty(
  session: DatabaseSession,
  from: string,
  { name }: DatabaseColumn,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const found = await session.run(`select count(${quoteName(name)}) as n from ${from}`, [], signal)
  return found.rows[0]?.n === 0
}

/** Whether all values are the same after a cast there and back: an integer beyond 2^53 as a double is not. */
async function keepsAll(
  session: DatabaseSession,
  from: string,
  { name, type }: DatabaseColumn,
  to: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (type === to) return true
  const column = quoteName(name)
  const found = await session.run(
    `select count(*) as n from ${from} where try_cast(${column}::${to} as ${type}) is distinct from ${column}`,
    [],
    signal,
  )
  return found.rows[0]?.n === 0
}
