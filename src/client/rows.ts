import { abortedError, type GraphQLErrorEntry, XdrError } from '../errors.js'
import type { PagingStyleName } from '../providers/paged-field.js'
import type { RowLines, RowSource } from '../results/row-source.js'
import type { Row } from '../results/table.js'
import { type ClientParts, joinSignals } from './calls.js'
import type { QueryDocument } from './document.js'
import { showFirstPage } from './paging/first-page.js'
import { GraphQLList } from './paging/graphql-list.js'
import type { PagedList, ReadOptions } from './paging/list.js'
import { checkReadOptions, provenanceOf } from './paging/options.js'
import { lineReader, objectReader, type PageReader } from './paging/readers.js'
import { RestList } from './paging/rest-list.js'
import { checkStyle } from './paging/styles.js'

export interface RowsOptions extends ReadOptions {
  /** How the list is paged, where the document does not show it: `offset`, `page`, `cursor`, `token`, `parts`, `once`. */
  style?: PagingStyleName
  /** Which list of the answer is meant, by dotted names below the paged field: `alerts.group_by`. */
  rows?: string
  /** Which operation of the document runs; needed where it holds several. */
  operationName?: string
}

/**
 * Rows that are fetched while they are read: nothing is asked for before, and no more than a few pages are held.
 *
 * As a cell's last value it shows its first page.
 *
 * @example
 * for await (const alert of xdr.rows(document)) console.log(alert.id)
 * const some = await xdr.rows(document).take(500).toArray()
 */
export class Rows<T = Row> implements AsyncIterable<T> {
  readonly #list: PagedList
  readonly #options: ReadOptions
  readonly #screenSignal: () => AbortSignal | undefined
  #collected: T[] = []

  constructor(list: PagedList, options: ReadOptions, screenSignal: () => AbortSignal | undefined) {
    this.#list = list
    this.#options = options
    this.#screenSignal = screenSignal
  }

  /** The same rows for what takes many at once: parsed batches, or lines of JSON as bytes, and where they come from. */
  get source(): RowSource {
    const read = <Batch>(reader: PageReader<Batch>, signal: AbortSignal | undefined) =>
      batchesOf(this.#list.read(reader, this.#with(signal)))
    return {
      provenance: this.#list.provenance,
      rows: (signal) => read(objectReader, signal),
      lines: (signal): AsyncIterable<RowLines> => read(lineReader, signal),
    }
  }

  /** What the latest {@link Rows.toArray} has so far: all that came before it was stopped or failed. */
  get collected(): readonly T[] {
    return this.#collected
  }

  /** The distinct GraphQL errors that came beside rows in the latest reading; empty where all rows are whole. */
  get errors(): readonly GraphQLErrorEntry[] {
    return this.#list.errors
  }

  /** Row by row, from the first. Leaving the loop ends the requests that are on their way. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const signal = joinSignals(this.#options.signal, this.#screenSignal())
    for await (const batch of this.batches()) {
      for (const row of batch) {
        if (signal?.aborted) throw abortedError(`reading ${this.#list.name}`)
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
      for await (const batch of this.batches()) for (const row of batch) collected.push(row)
      return collected
    } catch (error) {
      throw error instanceof XdrError && collected.length > 0 ? new IncompleteRows(error, collected) : error
    }
  }

  /** The first `count` rows, as lazy as these. */
  take(count: number): Rows<T> {
    checkReadOptions({ limit: count })
    const limit = Math.min(count, this.#options.limit ?? Number.POSITIVE_INFINITY)
    return new Rows<T>(this.#list, { ...this.#options, limit }, this.#screenSignal)
  }

  #with(signal: AbortSignal | undefined): ReadOptions {
    const joined = joinSignals(this.#options.signal, signal)
    return joined === undefined ? this.#options : { ...this.#options, signal: joined }
  }

  /** What notebooks show of it: its first page. */
  async [Symbol.for('Jupyter.display')](): Promise<Record<string, string>> {
    return showFirstPage(this.#list, this.#options)
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
  const { style, rows, operationName, ...read } = options
  checkStyle(style)
  const source = typeof document === 'string' ? document : document?.source
  if (typeof source !== 'string' || source.trim() === '') {
    throw new XdrError('XDR_BAD_OPTION', 'rows() needs a GraphQL document or a REST path', {
      hint: 'for example xdr.rows(gql`query { … }`), or xdr.rows("/v3/organizations")',
    })
  }
  const path = /^\s*(?:GET\s+)?(\/\S*)\s*$/.exec(source)?.[1]
  const provenance = provenanceOf(
    parts,
    path === undefined ? source : `GET ${path}`,
    variables,
    options.tenant,
  )
  const list =
    path === undefined
      ? new GraphQLList(parts, { source, variables, style, rows, operationName, provenance })
      : new RestList(parts, { path, query: variables, start: 0, provenance })
  return new Rows<T>(list, read, () => parts.screen.signal)
}

async function* batchesOf<Batch>(
  pages: AsyncIterable<{ batch: Batch; rows: number }>,
): AsyncGenerator<Batch, void, undefined> {
  for await (const { batch, rows } of pages) if (rows > 0) yield batch
}
