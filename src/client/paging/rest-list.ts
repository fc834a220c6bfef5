import { XdrError } from '../../errors.js'
import { isRecord } from '../../record.js'
import type { Provenance } from '../../results/row-source.js'
import { plain } from '../../text.js'
import { type ClientParts, runCall } from '../calls.js'
import { restUrl } from '../rest.js'
import { readRestAnswer } from '../rest-answer.js'
import { type ListReadOptions, type PagedList, pageTries, type ReadOptions, readList } from './list.js'
import type { PageReader } from './readers.js'
import { type Asked, followingRoute, type PageFacts } from './routes.js'
import { usualPageSize } from './styles.js'
import type { Page } from './walk.js'

/** What is read, as a person gave it. */
export interface RestListOptions {
  path: string
  query: Readonly<Record<string, unknown>>
  /** Row to begin with; the first is 0. */
  start: number
  provenance: Provenance
}

/** A REST list that is paged by `start` and `size`: `{ meta: { start, size, total }, data: [] }`. */
export class RestList implements PagedList {
  readonly #parts: ClientParts
  readonly #options: RestListOptions
  readonly errors = []

  constructor(parts: ClientParts, options: RestListOptions) {
    this.#parts = parts
    this.#options = options
  }

  get name(): string {
    return this.#options.path
  }

  get provenance(): Provenance {
    return this.#options.provenance
  }

  /** Only an answer shows what a path gives. */
  async columns(): Promise<undefined> {}

  read<Batch>(reader: PageReader<Batch>, options: ListReadOptions): AsyncIterable<Page<Batch>> {
    const { start } = this.#options
    const limit = options.limit ?? Number.POSITIVE_INFINITY
    const size = options.pageSize ?? usualPageSize
    return readList(this.#parts, reader, options, () => ({
      name: this.name,
      // A server that gives fewer rows than it is asked for is followed: the next page begins where this one ends.
      route: followingRoute({ start, size, limit }, ({ position }, { entries, facts }) =>
        facts.more === true ? { position: Number(position) + entries } : undefined,
      ),
      ahead: 1,
      isCounted: true,
      skipped: start,
      ask: (asked, signal) => this.#ask(reader, asked, options, signal),
    }))
  }

  #ask<Batch>(
    reader: PageReader<Batch>,
    { position, size }: Asked,
    options: ReadOptions,
    signal: AbortSignal,
  ): Promise<Page<Batch>> {
    const { path, query } = this.#options
    const url = restUrl(this.#parts.target, path, { ...query, start: Number(position), size })
    const requestIds = this.#parts.target.provider.requestIds ?? []
    return runCall(
      this.#parts,
      {
        method: 'GET',
        url,
        isRead: true,
        tries: pageTries,
        read: (response, where, now) => {
          const bytes = response.bytes.length
          const parse = () => readRestAnswer(response, where, now, requestIds)
          const { body, found } = reader.read(response, ['data'], parse)
          if (found === undefined) throw noPage(path)
          return { ...found, bytes, facts: readMeta(body, found.entries, Number(position), size, path) }
        },
      },
      { ...options, signal },
    )
  }
}

function readMeta(body: unknown, entries: number, start: number, asked: number, path: string): PageFacts {
  const meta = isRecord(body) && isRecord(body.meta) ? body.meta : {}
  // A server that leaves `start` out of account would give its first page for ever.
  const given = numberOf(meta.start)
  if (given !== undefined && given !== start) {
    throw new XdrError(
      'XDR_BAD_RESPONSE',
      `GET ${plain(path, 120)} answered from row ${given} in place of ${start}`,
      { hint: 'the server does not page by start and size here; use get()' },
    )
  }
  const total = numberOf(meta.total)
  const size = numberOf(meta.size)
  // Without a total, a page that is not full is the last one only where the server names its own size.
  const isFull = entries >= (size ?? asked)
  const more = entries > 0 && (total === undefined ? isFull || size === undefined : start + entries < total)
  return { more, ...(total === undefined ? {} : { total }) }
}

function noPage(path: string): XdrError {
  return new XdrError('XDR_BAD_RESPONSE', `GET ${plain(path, 120)} answered no page of a list`, {
    hint: 'paging reads { meta: { start, size, total }, data: [] }; for other answers use get()',
  })
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
