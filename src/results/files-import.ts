import { existsSync } from 'node:fs'
import { XdrError } from '../errors.js'
import { currentScreen } from '../screen/screen.js'
import { plain } from '../text.js'
import { type Database, notebookDatabase } from './database.js'
import { type LoadOptions, loadInto } from './database-load.js'
import { quoteName, quoteText } from './database-shape.js'
import { type DatabaseTable, describeTable } from './database-table.js'
import { type FileFormat, formatOf } from './file-format.js'
import { resolvePath } from './file-path.js'

export interface ImportOptions extends LoadOptions {
  /** The table. */
  into: string
  /** Default: by the ending of the path. */
  format?: FileFormat
}

/**
 * Reads a file into a table: Parquet, CSV, TSV, NDJSON (a JSON list too), Arrow.
 *
 * @param path from the notebook's folder; `~` is your home
 * @throws XdrError `XDR_FILE` where it is not there or not what its ending says, `XDR_BAD_OPTION`, `XDR_ABORTED`
 * @example
 * await importFrom('~/hosts.csv', { into: 'hosts' })
 */
export async function importFrom(path: string, options: ImportOptions): Promise<DatabaseTable> {
  const format = formatOf(path, options?.format)
  const file = resolvePath(path)
  if (typeof options?.into !== 'string') {
    throw new XdrError('XDR_BAD_OPTION', 'importFrom needs the name of a table', {
      hint: "for example importFrom('hosts.csv', { into: 'hosts' })",
    })
  }
  if (!existsSync(file)) {
    throw new XdrError('XDR_FILE', `there is no file ${plain(file, 200)}`, {
      hint: 'a path is taken from the folder of the notebook',
    })
  }
  try {
    return await readFile(file, format, options)
  } catch (error) {
    if (error instanceof XdrError && error.code !== 'XDR_SQL' && error.code !== 'XDR_BAD_RESPONSE')
      throw error
    throw new XdrError('XDR_FILE', `${plain(file, 200)} cannot be read as ${format}: ${describe(error)}`, {
      hint: 'name what it is, for example { format: "csv" }',
    })
  }
}

async function readFile(file: string, format: FileFormat, options: ImportOptions): Promise<DatabaseTable> {
  const { into: name, ...load } = options
  if (format === 'ndjson') {
    const [{ readLines }, { loadFile }] = await Promise.all([
      import('./files-json.js'),
      import('./load-file.js'),
    ])
    return (
      (await loadFile(file, name, load)) ?? (await loadInto({ lines: () => readLines(file) }, name, load))
    )
  }
  if (format === 'arrow' || format === 'arrows') {
    const { readArrow } = await import('./files-arrow.js')
    return await loadInto({ lines: () => readArrow(file) }, name, load)
  }
  const database = options.database ?? (await notebookDatabase())
  const signal = options.signal ?? (options.screen ?? (await currentScreen())).signal
  const separator = format === 'tsv' ? ", delim = '\t'" : ''
  const reader =
    format === 'parquet'
      ? `read_parquet(${quoteText(file)})`
      : await csvReader(database, file, separator, signal)
  const table = quoteName(name)
  const isThere = options.append === true && (await exists(database, name))
  await database.run(
    isThere
      ? `insert into ${table} by name from ${reader}`
      : `create or replace table ${table} as from ${reader}`,
    [],
    signal,
  )
  return await describeTable(database, name)
}

/**
 * How a CSV is read. All rows decide on the type of a column, and integers beyond 64 bits, which the engine would make
 * decimals that round them, keep their digits.
 */
async function csvReader(
  database: Database,
  file: string,
  separator: string,
  signal?: AbortSignal,
): Promise<string> {
  const from = `${quoteText(file)}, sample_size = -1${separator}`
  const { columns } = await database.run(`from read_csv(${from}) limit 0`, [], signal)
  const decimals = columns.filter(({ type }) => type === 'DOUBLE').map(({ name }) => name)
  if (decimals.length === 0) return `read_csv(${from})`
  const checks = decimals.map((name) => {
    const text = `trim(${quoteName(name)})`
    const isLong = `bool_or(regexp_full_match(${text}, '[+-]?\\d{16,}'))`
    return `case when not coalesce(${isLong}, false) then 'DOUBLE' when bool_and(regexp_full_match(${text}, '[+-]?\\d{1,38}')) then 'HUGEINT' else 'VARCHAR' end as ${quoteName(name)}`
  })
  const found = await database.run(
    `select ${checks.join(', ')} from read_csv(${from}, all_varchar = true)`,
    [],
    signal,
  )
  const types = Object.entries(found.rows[0] ?? {}).map(
    ([name, type]) => `${quoteText(name)}: ${quoteText(String(type))}`,
  )
  return `read_csv(${from}, types = {${types.join(', ')}})`
}

async function exists(database: Database, name: string): Promise<boolean> {
  const { rows } = await database.run(
    'select 1 as n from duckdb_tables() where lower(table_name) = lower($p1)',
    [name],
  )
  return rows.length > 0
}

function describe(error: unknown): string {
  return plain(error instanceof Error ? error.message : error, 200)
}
