import { type GraphQLErrorEntry, XdrError } from '../../errors.js'
import type { ColumnPlan } from '../../results/database-shape.js'
import type { Provenance } from '../../results/row-source.js'
import { type CallOptions, type ClientParts, joinSignals } from '../calls.js'
import { startProgress } from './progress.js'
import type { PageReader } from './readers.js'
import type { Asked, Route } from './routes.js'
import { type Page, walkPages } from './walk.js'
import { createRepeatCheck, createTotalCheck } from './watch.js'

/**
 * Pages are many, and one that fails for good ends them all: more tries than a single call gets, the first
 * included.
 */
export const pageTries = 6

/** What every way through a list can be told. */
export interface ReadOptions extends CallOptions {
  /** Ends after so many rows. Default: all. */
  limit?: number
  /** Rows a page. Default: what suits the platform, else what the document says, else 100. */
  pageSize?: number
  /** Pages that are asked for while one is used. Default: 8 for parts, 4 where pages are counted, 2 by cursor. */
  ahead?: number
  /** `false` shows no count of rows while they come. */
  progress?: boolean
  /** Throw also when rows arrived beside the errors. Default `false`: the rows are given, the errors are shown. */
  strict?: boolean
}

/** What the client itself adds to it. */
export interface ListReadOptions extends ReadOptions {
  /** Whoever reads keeps what comes, as `toArray()` does, also where the reading ends early: then that is said. */
  isCollected?: boolean
}

/** A list that can be read from its beginning as often as wanted. */
export interface PagedList {
  /** For messages. */
  readonly name: string
  readonly provenance: Provenance
  /** The errors that came beside rows when it was last read. */
  readonly errors: readonly GraphQLErrorEntry[]
  /** The columns of its rows, where the platform's schema is known and tells them. */
  columns(): Promise<readonly ColumnPlan[] | undefined>
  /** Begins anew. */
  read<Batch>(reader: PageReader<Batch>, options: ListReadOptions): AsyncIterable<Page<Batch>>
}

/** How one reading goes, once it is known what is asked for. */
export interface Course<Batch> {
  name: string
  route: Route
  ahead: number
  /** Whether a page can be told from another by its rows only: cursors and parts have better means. */
  isCounted: boolean
  /** Rows that the list has before the reading begins. */
  skipped: number
  ask(asked: Asked, signal: AbortSignal): Promise<Page<Batch>>
}

/** Goes through a list with everything around it: progress, the checks on its pages, the person's stop button. */
export async function* readList<Batch>(
  parts: ClientParts,
  reader: PageReader<Batch>,
  options: ListReadOptions,
  prepare: (signal: AbortSignal | undefined) => Promise<Course<Batch>> | Course<Batch>,
): AsyncGenerator<Page<Batch>, void, undefined> {
  const limit = options.limit ?? Number.POSITIVE_INFINITY
  if (limit === 0) return
  // The stop button of the cell that reads, which may not be the one that is running when a later page is asked for.
  const signal = joinSignals(options.signal, parts.screen.signal)
  const course = await prepare(signal)
  const { name, route, skipped } = course
  const progress =
    options.progress === false
      ? undefined
      : startProgress(parts, { name, limit, isCollected: options.isCollected === true })
  const totals = createTotalCheck(name, (level, text) => parts.screen.note(level, text))
  const checkRepeat = course.isCounted ? createRepeatCheck(name, reader) : undefined
  let given = 0
  let entries = 0
  let how: 'read' | 'stopped' | 'failed' = 'stopped'
  try {
    const pages = walkPages({
      name,
      route,
      limit,
      signal,
      ask: course.ask,
      cut: reader.cut,
      check: (page: Page<Batch>) => checkRepeat?.(page),
      ahead: options.ahead ?? course.ahead,
    })
    for await (const page of pages) {
      given += page.rows
      entries += page.entries
      totals.page(page.facts.total)
      yield page
      const { total } = page.facts
      progress?.page(page.rows, total === undefined ? undefined : Math.max(0, total - skipped))
    }
    if (given < limit) totals.end(skipped + entries)
    how = 'read'
  } catch (error) {
    how = error instanceof XdrError && error.code === 'XDR_ABORTED' ? 'stopped' : 'failed'
    throw error
  } finally {
    progress?.end(how)
  }
}
