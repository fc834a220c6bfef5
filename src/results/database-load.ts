import { abortedError, XdrError } from '../errors.js'
import { currentScreen, type Screen } from '../screen/screen.js'
import { type Database, notebookDatabase } from './database.js'
import type { ColumnPlan } from './database-shape.js'
import { storeRows } from './database-store.js'
import { type DatabaseTable, describeTable } from './database-table.js'
import { LoadAhead } from './load-ahead.js'
import { startProgress } from './load-progress.js'
import { linesOf } from './row-lines.js'
import type { RowLines, RowSource } from './row-source.js'
import { Spool } from './spool.js'

export interface LoadOptions {
  /** Adds the rows to those of the table, and columns where they have new ones. Default: the table is replaced. */
  append?: boolean
  /** `text` keeps times as the text that came. Default: columns in which every text is a UTC time are `TIMESTAMP`. */
  times?: 'text'
  /**
   * What the table has where no row comes, by name with the types of SQL: `{ host: 'varchar', alerts:
   * 'bigint' }`. Without it statements about an empty list have no columns to name.
   */
  columns?: Readonly<Record<string, string>>
  /** Default: the notebook's own. */
  database?: Database
  /** Ends the load early. The notebook's stop button does so without it. */
  signal?: AbortSignal
  /** `false` shows no count of rows while they come. */
  progress?: boolean
  /** Where progress and notes go. Default: the notebook or terminal this runs in. */
  screen?: Screen
}

/** What is known of rows before one has come. */
interface KnownColumns {
  /** Asked for only where no row comes. */
  columns?(): Promise<readonly ColumnPlan[] | undefined>
}

/**
 * Reads all rows of a source into a table of the database. They go to disk as they come, so memory stays
 * flat; the engine loads those that are there while others come. Until all are in it the old table is there,
 * whatever happens.
 *
 * What ends the rows early (the stop button, a lost connection) loses none that has come: they are in the table
 * `<name>_partial`, which a note says, and the error is thrown all the same.
 *
 * @param name of the table; replaced where there is one, unless `append`
 * @throws XdrError what the source throws, `XDR_ABORTED`, `XDR_SQL`, `XDR_FILE`, `XDR_DATABASE`
 */
export async function loadInto(
  source: Pick<RowSource, 'lines'> & KnownColumns,
  name: string,
  options: LoadOptions = {},
): Promise<DatabaseTable> {
  checkName(name)
  const screen = options.screen ?? (await currentScreen())
  const signal = joined(options.signal, screen.signal)
  const database = options.database ?? (await notebookDatabase())
  await using spool = await Spool.open()
  const progress = startProgress(name, screen, options.progress !== false)
  let hasAll = false
  try {
    const table = await database.withSession(async (session) => {
      const { append, times } = options
      const ahead = append
        ? undefined
        : new LoadAhead({ database, session, name, spool, times: times !== 'text', signal })
      try {
        await fill(spool, source.lines(signal), signal, () => {
          progress.update(spool)
          ahead?.offer()
        })
        hasAll = true
        progress.store(spool)
        await spool.flush()
        if (await ahead?.finish()) return await describeTable(database, name)
        const known = spool.rows === 0 ? (givenColumns(options) ?? (await source.columns?.())) : undefined
        return await storeRows(spool, name, database, options, screen, signal, known)
      } finally {
        await ahead?.cancel()
      }
    })
    progress.end(table.toString())
    return table
  } catch (error) {
    // What has come is not lost for want of the rest, nor by the stop button.
    if (!hasAll || signal?.aborted) await keepPartial(spool, `${name}_partial`, database, options, screen)
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

function givenColumns({ columns }: LoadOptions): readonly ColumnPlan[] | undefined {
  if (columns === undefined) return undefined
  return Object.entries(columns).map(([name, type]) => ({ name, source: name, type }))
}

async function fill(
  spool: Spool,
  lines: AsyncIterable<RowLines>,
  signal: AbortSignal | undefined,
  onRows: () => void,
): Promise<void> {
  if (signal?.aborted) throw abortedError('the load')
  for await (const batch of lines) {
    await spool.add(batch)
    onRows()
    if (signal?.aborted) throw abortedError('the load')
  }
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
    const table = await storeRows(spool, name, database, { ...options, append: false }, screen, undefined)
    screen.note('warning', `the load ended early; what had come is kept in ${table.toString()}`)
  } catch {
    screen.note(
      'warning',
      `the load ended early after ${spool.rows.toLocaleString('en')} rows, which could not be kept`,
    )
  }
}

/** @throws XdrError `XDR_BAD_OPTION` */
export function checkName(name: unknown): void {
  if (typeof name === 'string' && /\S/.test(name) && !name.includes('\0')) return
  throw new XdrError('XDR_BAD_OPTION', 'a table needs a name', { hint: "for example .into('alerts')" })
}

function joined(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined)
  return given.length > 1 ? AbortSignal.any(given) : given[0]
}
