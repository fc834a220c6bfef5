import { abortedError, type GraphQLErrorEntry, XdrError } from '../errors.js'
import type { PagingStyleName } from '../providers/paged-field.js'
import type { CachedRows, CacheOptions } from '../results/cache.js'
import type { LoadOptions } from '../results/database-load.js'
import type { DatabaseTable } from '../results/database-table.js'
import { durationMs } from '../results/duration.js'
import type { RowSource } from '../results/row-source.js'
import type { Row } from '../results/table.js'
import type { Screen } from '../screen/screen.js'
import { type ClientParts, joinSignals } from './calls.js'
import type { QueryDocument } from './document.js'
import type { ReadOptions } from './paging/list.js'
import { checkReadOptions, provenanceOf } from './paging/options.js'
import { checkStyle } from './paging/styles.js'
import { limitLines, limitRows, listOrigin, type RowsOrigin, sourceOrigin } from './rows-origin.js'
import type { ValidationOptions } from './validation.js'

export interface RowsOptions extends ReadOptions, ValidationOptions {
  /**
   * How the list is paged, where the document does not show it: `offset`, `page`, `cursor`, `token`, `parts`,
   * `once`.
   */
  style?: PagingStyleName
  /** Which list of the answer is meant, by dotted names below the paged field: `alerts.group_by`. */
  rows?: string
  /** Which operation of the document runs; needed where it holds several. */
  operationName?: string
  /**
   * Keeps the rows on disk once all have come, and gives them from there while they are not older than this: `'15m'`,
   * `'1h'`, `'7d'`. Older ones are given, with a warning, where the platform cannot be reached.
   */
  cache?: CacheOptions | string | number
}

/** What rows need of the client that reads them. */
export interface RowsContext {
  screen: Screen
}

/**
 * Rows that are fetched while they are read: nothing is asked for before, and no more than a few pages are held.
 *
 * As a cell's last value it shows its first page.
 *
 * @example
 * for await (const alert of xdr.rows(document)) console.log(alert.id)
 * const some = await xdr.rows(document).take(500).toArray()
 * await xdr.rows(document).into('alerts')
 */
export class Rows<T = Row> implements AsyncIterable<T> {
  readonly #origin: RowsOrigin
  readonly #options: ReadOptions
  readonly #context: RowsContext
  #collected: T[] = []

  constructor(origin: RowsOrigin, options: ReadOptions, context: RowsContext) {
    this.#origin = origin
    this.#options = options
    this.#context = context
  }

  /** The same rows for what takes many at once: parsed batches, or lines of JSON as bytes, and where they come from. */
  get source(): RowSource {
    return {
      provenance: this.#origin.provenance,
      rows: (signal) => this.#origin.rows(this.#with(signal)),
      lines: (signal) => this.#origin.lines(this.#with(signal)),
    }
  }

  /** What the latest {@link Rows.toArray} has so far: all that came before it was stopped or failed. */
  get collected(): readonly T[] {
    return this.#collected
  }

  /** The distinct GraphQL errors that came beside rows in the latest reading; empty where all rows are whole. */
  get errors(): readonly GraphQLErrorEntry[] {
    return this.#origin.errors
  }

  /** Row by row, from the first. Leaving the loop ends the requests that are on their way. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const signal = joinSignals(this.#options.signal, this.#context.screen.signal)
    for await (const batch of this.batches()) {
      for (const row of batch) {
        if (signal?.aborted) throw abortedError(`reading ${this.#origin.name}`)
        yield row
      }
    }
  }

  /** A page of rows at a time: faster than row by row, where that matters. */
  batches(): AsyncIterable<readonly T[]> {
    // What a row holds is said by the document, which the types of the caller describe.
    return this.source.rows() as AsyncIterable<readonly T[]>
  }

  /**
   * All rows in one list.
   *
   * @throws IncompleteRows what ended it, with the rows that had come; they are in {@link Rows.collected} as well
   */
  async toArray(): Promise<T[]> {
    const collected: T[] = []
    this.#collected = collected
    try {
      const batches = this.#origin.rows({ ...this.#options, isCollected: true }) as AsyncIterable<
        readonly T[]
      >
      for await (const batch of batches) for (const row of batch) collected.push(row)
      return collected
    } catch (error) {
      throw error instanceof XdrError && collected.length > 0 ? new IncompleteRows(error, collected) : error
    }
  }

  /** The first `count` rows, as lazy as these. */
  take(count: number): Rows<T> {
    checkReadOptions({ limit: count })
    const limit = Math.min(count, this.#options.limit ?? Number.POSITIVE_INFINITY)
    return new Rows<T>(this.#origin, { ...this.#options, limit }, this.#context)
  }

  /**
   * Reads all rows into a table of the notebook's database, by way of the disk: then ask them again with `sql`. The
   * table is replaced as a whole, or added to with `append`.
   *
   * @param name of the table
   * @throws XdrError what ended the rows early: those that had come are in `<name>_partial`
   * @example
   * await xdr.alerts('FROM alert EARLIEST=-7d').into('alerts')
   * await sql`select status, count(*) from alerts group by all`
   */
  async into(name: string, options: LoadOptions = {}): Promise<DatabaseTable> {
    const { loadInto } = await import('../results/database-load.js')
    const { screen } = this.#context
    const lines = (signal?: AbortSignal) => this.#origin.lines({ ...this.#with(signal), progress: false })
    const columns = () => this.#origin.columns?.() ?? Promise.resolve(undefined)
    return loadInto({ lines, columns }, name, { screen, ...options })
  }

  #with(signal: AbortSignal | undefined): ReadOptions {
    const joined = joinSignals(this.#options.signal, signal)
    return joined === undefined ? this.#options : { ...this.#options, signal: joined }
  }

  /** What notebooks show of it: its first page. */
  async [Symbol.for('Jupyter.display')](): Promise<Record<string, unknown>> {
    return this.#origin.show(this.#options)
  }

  /** Shown by `console.log`, which cannot wait for a page. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return 'Rows { not read yet: for await (const row of rows) …, or await rows.toArray() }'
  }
}

/** What ended {@link Rows.toArray} before its end, and the rows that had come. */
export class IncompleteRows extends XdrError {
  override readonly name: string = 'IncompleteRows'
  readonly #rows: readonly unknown[]

  constructor(reason: XdrError, rows: readonly unknown[]) {
    const { code, message, hint, requestId, status, retryAfterMs } = reason
    const count = rows.length.toLocaleString('en')
    super(code, `${message}; ${count} ${rows.length === 1 ? 'row' : 'rows'} had come`, {
      hint: `${hint}; what had come is in "collected" of the rows, and in "rows" of this error`,
      requestId,
      status,
      retryAfterMs,
    })
    this.#rows = rows
    Object.defineProperty(this, 'cause', { value: reason, enumerable: false })
  }

  /** They can be many and private: reachable, but never printed or serialised with the error. */
  get rows(): readonly unknown[] {
    return this.#rows
  }
}

/** @throws XdrError `XDR_BAD_OPTION` */
export function openRows<T>(
  parts: ClientParts,
  document: QueryDocument<unknown, never>,
  variables: Readonly<Record<string, unknown>>,
  options: RowsOptions,
): Rows<T> {
  checkReadOptions(options)
  const { style, rows, operationName, cache, validate, ...read } = options
  checkStyle(style)
  const source = typeof document === 'string' ? document : document?.source
  if (typeof source !== 'string' || source.trim() === '') {
    throw new XdrError('XDR_BAD_OPTION', 'rows() needs a GraphQL document or a REST path', {
      hint: 'for example xdr.rows(gql`query { … }`), or xdr.rows("/v3/organizations")',
    })
  }
  const path = /^\s*(?:GET\s+)?(\/\S*)\s*$/.exec(source)?.[1]
  const query = path === undefined ? source : `GET ${path}`
  const provenance = provenanceOf(parts, query, variables, options.tenant)
  const origin = listOrigin(path ?? 'rows', provenance, async () => {
    if (path !== undefined) {
      const { RestList } = await import('./paging/rest-list.js')
      return new RestList(parts, { path, query: variables, start: 0, provenance })
    }
    const { GraphQLList } = await import('./paging/graphql-list.js')
    return new GraphQLList(parts, { source, variables, style, rows, operationName, validate, provenance })
  })
  return new Rows<T>(cache === undefined ? origin : cachedOrigin(parts, origin, read, cache), read, parts)
}

/** Rows by way of the cache; those of another limit are others. */
function cachedOrigin(
  { screen, clock, credentials, target }: ClientParts,
  origin: RowsOrigin,
  { limit }: ReadOptions,
  cache: CacheOptions | string | number,
): RowsOrigin {
  // Before anything is asked for.
  durationMs(typeof cache === 'object' ? cache.maxAge : cache)
  const { variables } = origin.provenance
  const provenance = {
    ...origin.provenance,
    variables: limit === undefined ? variables : { ...variables, '(limit)': limit },
  }
  const open = async (options: ReadOptions) => {
    // Whole as they were asked for: what is only begun, as by take(), is not kept.
    const { limit: _, ...rest } = options
    const whole = limit === undefined ? rest : { ...rest, limit }
    const fresh: RowSource = {
      provenance,
      rows: (signal) => origin.rows(signal === undefined ? whole : { ...whole, signal }),
      lines: (signal) => origin.lines(signal === undefined ? whole : { ...whole, signal }),
    }
    const [{ cachedSource }, { schemaHash }] = await Promise.all([
      import('../results/cache.js'),
      import('../schema/choose.js'),
    ])
    // Signed in anew meanwhile, it may be somebody else.
    const isOwner = () => credentials.owner === provenance.account
    return cachedSource(fresh, cache, { screen, clock, isOwner, schema: schemaHash(target) })
  }
  // Cut only where less than all is wanted: a reader that stops at the last row would keep the end from being seen.
  const cut = (options: ReadOptions) => (options.limit === limit ? undefined : options.limit)
  const source = (options: ReadOptions): RowSource => ({
    provenance,
    rows: (signal) => openedLater(open(options), (opened) => opened.rows(signal)),
    lines: (signal) => openedLater(open(options), (opened) => opened.lines(signal)),
  })
  return {
    ...sourceOrigin(origin.name, source),
    columns: async () => origin.columns?.(),
    rows: (options) => limitRows(source(options).rows(options.signal), cut(options)),
    lines: (options) => limitLines(source(options).lines(options.signal), cut(options)),
    show: async (options) => {
      const { showFirstRows } = await import('./paging/first-page.js')
      const showKept = (kept: CachedRows) =>
        showFirstRows(
          limitRows(kept.rows(options.signal), options.limit),
          Math.min(kept.result.rows, options.limit ?? Number.POSITIVE_INFINITY),
        )
      return (await open(options)).show(showKept, () => origin.show(options))
    },
  }
}

async function* openedLater<Batch>(
  open: Promise<RowSource>,
  read: (source: RowSource) => AsyncIterable<Batch>,
): AsyncGenerator<Batch, void, undefined> {
  yield* read(await open)
}
