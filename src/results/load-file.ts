import { stat } from 'node:fs/promises'
import { abortedError } from '../errors.js'
import { currentScreen } from '../screen/screen.js'
import { type DatabaseSession, notebookDatabase } from './database.js'
import { checkName, type LoadOptions } from './database-load.js'
import { RowScan } from './database-scan.js'
import { type ColumnPlan, planColumns, quoteName } from './database-shape.js'
import { isRenamed, readFiles } from './database-store.js'
import { type DatabaseTable, describeTable } from './database-table.js'
import { countLines, isTidy, wholeLines } from './files-json.js'
import { type Loaded, startProgress } from './load-progress.js'

/** A smaller file takes a second whichever way it goes. */
const fewestBytes = 32 * 2 ** 20
/** The columns of so many are tried on the whole. */
const sampleBytes = 4 * 2 ** 20

/**
 * Makes a table of a large file of JSON lines. The engine reads it where it lies, while its rows are looked at here:
 * written once more, as other rows are, they take half as long again, and as much room on the disk.
 *
 * @returns `undefined`, with nothing changed, for a file whose lines cannot be taken as they stand
 * @throws XdrError `XDR_ABORTED`, `XDR_BAD_OPTION`
 */
export async function loadFile(
  path: string,
  name: string,
  options: LoadOptions,
): Promise<DatabaseTable | undefined> {
  checkName(name)
  if (options.append === true || (await stat(path)).size < fewestBytes) return undefined
  const screen = options.screen ?? (await currentScreen())
  const database = options.database ?? (await notebookDatabase())
  const signal = AbortSignal.any([options.signal, screen.signal].filter((each) => each !== undefined))
  const progress = startProgress(name, screen, options.progress !== false)
  return await database.withSession(async (session) => {
    const attempt = new Attempt(session, path, name, signal)
    try {
      const isWhole = await fill(attempt, path, options, (seen) => {
        if (signal.aborted) throw abortedError('the load')
        progress.update(seen)
      })
      if (signal.aborted) throw abortedError('the load')
      if (!isWhole) return undefined
      await attempt.commit()
      const table = await describeTable(database, name)
      progress.end(table.toString())
      return table
    } finally {
      await attempt.undo()
    }
  })
}

/** @returns whether all rows of the file are in the table */
async function fill(
  attempt: Attempt,
  path: string,
  { times }: LoadOptions,
  onRows: (seen: Loaded) => void,
): Promise<boolean> {
  const scan = new RowScan()
  const seen = { rows: 0, bytes: 0 }
  let tried: string | undefined
  for await (const lines of wholeLines(path)) {
    if (!isTidy(lines) || !isUnchanged(scan, lines)) return false
    seen.rows += countLines(lines)
    seen.bytes += lines.length
    onRows(seen)
    if (tried === undefined && seen.bytes >= sampleBytes) {
      const columns = planColumns(scan.shape, times !== 'text')
      tried = JSON.stringify(columns)
      attempt.begin(columns, scan)
    }
  }
  const columns = planColumns(scan.shape, times !== 'text')
  if (columns.length === 0 || isRenamed(columns)) return false
  if (tried === JSON.stringify(columns) && (await attempt.rows()) === seen.rows) return true
  await attempt.undo()
  attempt.begin(columns, scan)
  // Another number where somebody writes to the file meanwhile.
  return (await attempt.rows()) === seen.rows
}

/** Whether rows can be read as they stand. What is wrong with them is said where they are read the other way. */
function isUnchanged(scan: RowScan, lines: Buffer): boolean {
  try {
    const bytes = scan.scan(lines)
    return bytes.buffer === lines.buffer && bytes.byteOffset === lines.byteOffset
  } catch {
    return false
  }
}

/** A table in the making, in a transaction: nobody else sees it before it is whole. */
class Attempt {
  readonly #session: DatabaseSession
  readonly #path: string
  readonly #table: string
  readonly #signal: AbortSignal
  #stop = new AbortController()
  #rows: Promise<number | undefined> | undefined

  /** @param session used for nothing else meanwhile */
  constructor(session: DatabaseSession, path: string, table: string, signal: AbortSignal) {
    this.#session = session
    this.#path = path
    this.#table = quoteName(table)
    this.#signal = signal
  }

  begin(columns: readonly ColumnPlan[], { longestRow }: RowScan): void {
    this.#stop = new AbortController()
    const signal = AbortSignal.any([this.#signal, this.#stop.signal])
    const rows = readFiles([this.#path], columns, { longestRow })
    this.#rows = this.#make(rows, signal).catch(() => undefined)
  }

  /** How many are in it; `undefined` where the engine would not read them so. */
  rows(): Promise<number | undefined> {
    return this.#rows ?? Promise.resolve(undefined)
  }

  async commit(): Promise<void> {
    await this.#session.run('commit')
    this.#rows = undefined
  }

  /** Leaves everything as it was. */
  async undo(): Promise<void> {
    if (this.#rows === undefined) return
    this.#stop.abort()
    await this.#rows
    this.#rows = undefined
    await this.#session.run('rollback')
  }

  async #make(rows: string, signal: AbortSignal): Promise<number> {
    await this.#session.run('begin')
    await this.#session.run(`create or replace table ${this.#table} as ${rows}`, [], signal)
    const { rows: counts } = await this.#session.run(`select count(*) as n from ${this.#table}`)
    return Number(counts[0]?.n)
  }
}
