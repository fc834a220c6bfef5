import { existsSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { XdrError } from '../errors.js'
import { stringifyExactJson } from '../json.js'
import { plain } from '../text.js'
import type { Database, DatabaseColumn } from './database.js'
import { quoteName, quoteText } from './database-shape.js'
import { type FileFormat, formatOf } from './file-format.js'
import { resolvePath } from './file-path.js'

export interface ExportOptions {
  /** Default: by the ending of the path. */
  format?: FileFormat
  /** Replaces a file that is there. */
  overwrite?: boolean
  /**
   * For CSV that goes into a spreadsheet: an apostrophe before texts that it would take for a formula, those that begin
   * with `=`, `+`, `-`, `@`, a tab or a line break. Text that is read back has it too.
   */
  spreadsheetSafe?: boolean
}

/** What was written. */
export interface ExportedFile {
  path: string
  format: FileFormat
  rows: number
  bytes: number
}

/** Times as in JavaScript, with microseconds. */
const timeFormat = "timestampformat '%Y-%m-%dT%H:%M:%S.%fZ'"

/**
 * Writes the rows of a query to a file. It is written beside and moved to its name when it is whole.
 *
 * @throws XdrError `XDR_FILE`, `XDR_BAD_OPTION`, `XDR_SQL`, `XDR_ABORTED`
 */
export async function exportRows(
  database: Database,
  query: { text: string; parameters: readonly unknown[] },
  path: string,
  options: ExportOptions & { signal?: AbortSignal | undefined },
): Promise<ExportedFile> {
  const format = formatOf(path, options.format)
  const file = resolvePath(path)
  if (options.overwrite !== true && existsSync(file)) {
    throw new XdrError('XDR_FILE', `${plain(file, 200)} exists already`, {
      hint: 'choose another name, or give { overwrite: true }',
    })
  }
  const aside = `${file}.${process.pid}.part`
  try {
    await mkdir(dirname(file), { recursive: true })
    const rows = await writeAside(database, query, aside, format, options)
    await rename(aside, file)
    return { path: file, format, rows, bytes: (await stat(file)).size }
  } catch (error) {
    await rm(aside, { force: true })
    if (error instanceof XdrError) throw error
    throw new XdrError('XDR_FILE', `${plain(file, 200)} cannot be written: ${describe(error)}`, {
      hint: 'choose a folder that you may write to',
    })
  }
}

async function writeAside(
  database: Database,
  { text, parameters }: { text: string; parameters: readonly unknown[] },
  path: string,
  format: FileFormat,
  { spreadsheetSafe = false, signal }: ExportOptions & { signal?: AbortSignal | undefined },
): Promise<number> {
  const { columns } = await database.run(`select * from ${text} limit 0`, parameters, signal)
  const batches = () => database.stream(`select * from ${text}`, parameters, signal)
  if (format === 'arrow' || format === 'arrows') {
    const { writeArrow } = await import('./files-arrow.js')
    return await writeArrow(path, format, columns, batches())
  }
  if (format === 'ndjson' && columns.some(hasInnerTime)) return await writeLines(path, batches())
  const from =
    format === 'csv' || format === 'tsv'
      ? `(select ${columns.map((column) => csvColumn(column, spreadsheetSafe)).join(', ')} from ${text})`
      : `(select * from ${text})`
  const { rows } = await database.run(
    `copy ${from} to ${quoteText(path)} (${copyOptions[format]})`,
    parameters,
    signal,
  )
  return Number(rows[0]?.Count ?? 0)
}

const copyOptions = {
  parquet: 'format parquet, compression zstd',
  csv: `format csv, header, ${timeFormat}`,
  tsv: `format csv, header, delimiter '\t', ${timeFormat}`,
  ndjson: `format json, ${timeFormat}`,
} as const satisfies Partial<Record<FileFormat, string>>

/** The engine writes times inside of structures in a form of its own. */
function hasInnerTime({ type }: DatabaseColumn): boolean {
  return /TIMESTAMP/.test(type) && !/^TIMESTAMP/.test(type)
}

/** Nested values as JSON: the engine's own form of them is read by nobody else. */
function csvColumn({ name, type }: DatabaseColumn, isSafe: boolean): string {
  const column = quoteName(name)
  if (/^STRUCT\(|\[\]$|^MAP\(/.test(type)) return `to_json(${column}) as ${column}`
  if (!isSafe || !/^(VARCHAR|JSON)$/.test(type)) return column
  return `case when regexp_matches(${column}::varchar, '^[=+\\-@\\t\\r\\n]') then '''' || ${column} else ${column}::varchar end as ${column}`
}

async function writeLines(
  path: string,
  batches: AsyncIterable<{ rows: readonly object[] }>,
): Promise<number> {
  const { open } = await import('node:fs/promises')
  const file = await open(path, 'wx')
  let count = 0
  try {
    for await (const { rows } of batches) {
      count += rows.length
      await file.writeFile(rows.map((row) => `${stringifyExactJson(row)}\n`).join(''))
    }
  } finally {
    await file.close()
  }
  return count
}

function describe(error: unknown): string {
  return plain(error instanceof Error ? error.message : error, 200)
}
