import type { GraphQLErrorEntry } from '../errors.js'
import type { ColumnPlan } from '../results/database-shape.js'
import type { Provenance, RowLines, RowSource } from '../results/row-source.js'
import type { Row } from '../results/table.js'
import type { ListReadOptions, PagedList, ReadOptions } from './paging/list.js'
import type { PageReader } from './paging/readers.js'

/** What rows are read from: pages of a list, a subscription, many tenants, the cache. */
export interface RowsOrigin {
  /** For messages. */
  readonly name: string
  readonly provenance: Provenance
  /** The distinct GraphQL errors that came beside rows when they were last read. */
  readonly errors: readonly GraphQLErrorEntry[]
  /** Begins anew. */
  rows(options: ListReadOptions): AsyncIterable<readonly Row[]>
  lines(options: ReadOptions): AsyncIterable<RowLines>
  /** The columns that rows have, where none has come to show them; `undefined` where nobody knows. */
  columns?(): Promise<readonly ColumnPlan[] | undefined>
  /** The beginning of the rows, as a notebook shows it. */
  show(options: ReadOptions): Promise<Record<string, unknown>>
}

/**
 * Rows of a list in pages. What reads pages is loaded with the first of them.
 *
 * @param load gives the list; called once
 */
export function listOrigin(name: string, provenance: Provenance, load: () => Promise<PagedList>): RowsOrigin {
  let list: PagedList | undefined
  const open = async () => {
    list ??= await load()
    return list
  }
  async function* read<Batch>(
    options: ListReadOptions,
    create: () => PageReader<Batch>,
  ): AsyncGenerator<Batch, void, undefined> {
    const opened = await open()
    for await (const { batch, rows } of opened.read(create(), options)) if (rows > 0) yield batch
  }
  return {
    get name() {
      return list?.name ?? name
    },
    provenance,
    get errors() {
      return list?.errors ?? []
    },
    rows: async function* (options) {
      const { createRowReader, objectsOf } = await import('./paging/readers.js')
      for await (const batch of read(options, createRowReader)) yield* objectsOf(batch)
    },
    columns: async () => (await open()).columns(),
    lines: async function* (options) {
      const { createLineReader } = await import('./paging/readers.js')
      yield* read(options, createLineReader)
    },
    show: async (options) => {
      const [{ showFirstPage }, opened] = await Promise.all([import('./paging/first-page.js'), open()])
      return showFirstPage(opened, options)
    },
  }
}

/** Rows of anything else that gives them in batches. */
export function sourceOrigin(name: string, source: (options: ReadOptions) => RowSource): RowsOrigin {
  return {
    name,
    provenance: source({}).provenance,
    errors: [],
    rows: (options) => limitRows(source(options).rows(options.signal), options.limit),
    lines: (options) => limitLines(source(options).lines(options.signal), options.limit),
    show: async (options) => {
      const { showFirstRows } = await import('./paging/first-page.js')
      const read = { ...options, progress: false }
      return showFirstRows(limitRows(source(read).rows(options.signal), options.limit))
    },
  }
}

/** The first rows of batches. */
export async function* limitRows(
  batches: AsyncIterable<readonly Row[]>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Row[], void, undefined> {
  let left = limit
  if (left <= 0) return
  for await (const batch of batches) {
    yield batch.length > left ? batch.slice(0, left) : batch
    left -= batch.length
    if (left <= 0) return
  }
}

/** The same of rows as bytes. */
export async function* limitLines(
  batches: AsyncIterable<RowLines>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<RowLines, void, undefined> {
  const { cutLines } = await import('./paging/readers.js')
  let left = limit
  if (left <= 0) return
  for await (const batch of batches) {
    yield batch.count > left ? cutLines(batch, left) : batch
    left -= batch.count
    if (left <= 0) return
  }
}
