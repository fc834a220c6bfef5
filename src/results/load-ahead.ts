import type { Database, DatabaseSession } from './database.js'
import { planColumns, quoteName } from './database-shape.js'
import { isRenamed, readFiles } from './database-store.js'
import type { Spool } from './spool.js'

/** With the last rows the engine gets all cores back, but only between two statements: none may be long. */
const mostFilesAtOnce = 2

/** What is loaded ahead. */
export interface AheadOptions {
  database: Database
  /** Used for nothing else meanwhile. */
  session: DatabaseSession
  /** The table, which is replaced. */
  name: string
  spool: Spool
  /** Whether texts that are all UTC times become `TIMESTAMP`. */
  times: boolean
  signal: AbortSignal | undefined
}

/**
 * Fills a table while its rows still come, so that the engine works while the next pages are on their way. It is one
 * transaction: nobody sees the table before it is whole, and what goes wrong leaves the old one.
 *
 * The table has the columns of all rows that have come so far. Where later rows need others, everything is read again,
 * which is why the files stay until the end; it is not tried anew before twice as many rows are there, so that at most
 * as much is done in vain as is done in all.
 */
export class LoadAhead {
  readonly #options: AheadOptions
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  /** Those of the table, as text; `undefined` while nothing is in it. */
  #columns: string | undefined
  #loadedFiles = 0
  #rowsToBegin = 0
  #isGivenUp = false
  #step: Promise<void> | undefined
  #giveCoresBack: (() => Promise<void>) | undefined

  constructor(options: AheadOptions) {
    this.#options = options
    const { signal } = options
    this.#signal = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal])
  }

  /** Begins to load what is there; without effect while it does so. */
  offer(): void {
    const { files, rows } = this.#options.spool
    const hasMore = files.length > this.#loadedFiles && rows >= this.#rowsToBegin
    if (!hasMore || this.#isGivenUp || this.#step !== undefined) return
    this.#step = this.#loadFiles(mostFilesAtOnce).then(
      () => {
        this.#step = undefined
      },
      () => {
        // Whoever loads all of it at the end meets the same failure, and says it.
        this.#isGivenUp = true
      },
    )
  }

  /**
   * Loads the rest of a spool that is whole.
   *
   * @returns whether the table is there; else nothing has changed
   */
  async finish(): Promise<boolean> {
    try {
      await this.#step
      await this.#giveCoresBack?.()
      this.#giveCoresBack = undefined
      if (this.#columns === undefined || this.#isGivenUp) return false
      await this.#loadFiles(Number.POSITIVE_INFINITY)
      if (this.#columns === undefined || this.#isGivenUp) return false
      await this.#options.session.run('commit')
      this.#columns = undefined
      return true
    } catch {
      return false
    } finally {
      await this.cancel()
    }
  }

  /** Leaves everything as it was. */
  async cancel(): Promise<void> {
    this.#isGivenUp = true
    this.#stop.abort()
    await this.#step
    await this.#rollBack()
    await this.#giveCoresBack?.()
    this.#giveCoresBack = undefined
  }

  async #loadFiles(most: number): Promise<void> {
    const { session, database, spool, times } = this.#options
    const table = quoteName(this.#options.name)
    const columns = planColumns(spool.shape, times)
    const files = spool.files.slice(this.#loadedFiles, this.#loadedFiles + most)
    const text = JSON.stringify(columns)
    if (columns.length === 0 || isRenamed(columns)) {
      this.#isGivenUp = true
      return
    }
    if (this.#columns !== undefined && this.#columns !== text) {
      await this.#rollBack()
      this.#rowsToBegin = spool.rows * 2
      return
    }
    if (files.length === 0) return
    const rows = readFiles(files, columns, spool)
    if (this.#columns === undefined) {
      this.#giveCoresBack ??= await database.shareCores()
      await session.run('begin')
      this.#columns = text
      await session.run(`create or replace table ${table} as ${rows}`, [], this.#signal)
    } else await session.run(`insert into ${table} ${rows}`, [], this.#signal)
    this.#loadedFiles += files.length
  }

  async #rollBack(): Promise<void> {
    if (this.#columns === undefined) return
    this.#columns = undefined
    this.#loadedFiles = 0
    await this.#options.session.run('rollback')
  }
}
