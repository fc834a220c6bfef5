import { type GraphQLErrorEntry, GraphQLFailure, XdrError } from '../../errors.js'
import { isTransient } from '../../http.js'
import { stringifyExactJson } from '../../json.js'
import type { RowLines, RowSource } from '../../results/row-source.js'
import type { Row } from '../../results/table.js'
import { plain } from '../../text.js'
import { backoff, type ClientParts, mostTries } from '../calls.js'
import { checkEventQuery } from '../event-check.js'
import { describeEntry } from '../graphql-answer.js'
import { provenanceOf } from '../paging/options.js'
import type { Received } from './connection.js'
import {
  type EventMessage,
  eventPageDocument,
  eventQueryDocument,
  readEventMessage,
  type TypeProgress,
} from './event-page.js'
import { checkSubscribeOptions, type SubscribeOptions } from './options.js'
import { receive, type SubscriptionCall } from './receive.js'
import { stoppable } from './subscribe.js'

export interface EventOptions
  extends Pick<
    SubscribeOptions,
    'tenant' | 'signal' | 'maxBytes' | 'connectTimeoutMs' | 'keepAliveMs' | 'strict' | 'validate'
  > {
  /**
   * Ends after so many rows, of all event types together. Default: all that the platform gives, 100,000 of
   * each type.
   */
  limit?: number
  /** Rows of each event type in a page, 1 to 1,000. Default 1,000. */
  pageSize?: number
  /** Oldest first. Default `false`: the newest come first. */
  oldestFirst?: boolean
  /** Search anew, where the platform would give an earlier search's rows. Default `false`. */
  skipCache?: boolean
}

const mostRows = 100_000
const mostPageSize = 1_000
/** A page is held until it is whole, so that it can be asked for again; a larger one is a mistake or an attack. */
const mostPageBytes = 256 * 1024 * 1024

/**
 * Events by CQL: `eventQuery`, then `eventPage` for every page that is named, one page ahead. A page is given whole, so
 * that a connection that is lost in the middle costs no row and gives none twice. What a type could not be searched
 * for is shown beside the rows of the others.
 *
 * @param cql such as `FROM process WHERE commandline CONTAINS 'curl' EARLIEST=-1d`
 * @throws XdrError `XDR_BAD_OPTION`; and its loops what `subscribe` throws, GraphQLFailure where no type could be searched
 */
export function eventSource(parts: ClientParts, cql: string, options: EventOptions = {}): RowSource {
  const variables = { query: cql, options: readOptions(cql, options) }
  const rows = (signal?: AbortSignal) => {
    const given = [signal, options.signal].filter((each) => each !== undefined)
    return stoppable(parts, given.length === 0 ? undefined : AbortSignal.any(given), (joined) =>
      new EventRun(parts, options, joined).rows(variables),
    )
  }
  return {
    provenance: provenanceOf(parts, eventQueryDocument, variables, options.tenant),
    rows,
    lines: (signal) => toLines(rows(signal)),
  }
}

async function* toLines(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<RowLines, void, undefined> {
  const encoder = new TextEncoder()
  for await (const rows of batches) {
    const text = rows.map((row) => `${stringifyExactJson(row)}\n`).join('')
    yield { ndjson: encoder.encode(text), count: rows.length }
  }
}

function readOptions(cql: string, options: EventOptions) {
  const { limit, pageSize = mostPageSize, oldestFirst = false, skipCache = false } = options
  checkSubscribeOptions(options)
  if (typeof cql !== 'string' || cql.trim() === '') throw badOption('events() needs a CQL query')
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1)) {
    throw badOption('limit must be a whole number of at least 1')
  }
  if (!(Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= mostPageSize)) {
    throw badOption(`pageSize must be a whole number from 1 to ${mostPageSize.toLocaleString('en')}`)
  }
  const maxRows = Math.min(limit ?? mostRows, mostRows)
  return { pageSize: Math.min(pageSize, maxRows), maxRows, timestampAscending: oldestFirst, skipCache }
}

function badOption(message: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', message, {
    hint: "for example xdr.events('FROM process EARLIEST=-1d', { limit: 5_000, pageSize: 500 })",
  })
}

/** A page as it was received. */
interface Page {
  messages: readonly EventMessage[]
  next: readonly string[]
}

/** One walk over the pages of a search. */
class EventRun {
  readonly #parts: ClientParts
  readonly #options: EventOptions
  readonly #signal: AbortSignal
  readonly #stop = new AbortController()
  readonly #errors: GraphQLErrorEntry[] = []
  readonly #progress = new Map<string, TypeProgress & { given: number }>()
  #given = 0

  constructor(parts: ClientParts, options: EventOptions, signal: AbortSignal) {
    this.#parts = parts
    this.#options = options
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
  }

  async *rows(variables: Record<string, unknown>): AsyncGenerator<readonly Row[], void, undefined> {
    try {
      const signal = this.#signal
      await checkEventQuery(this.#parts, String(variables.query), { ...this.#options, signal })
      yield* this.#walk(variables)
      this.#conclude()
    } finally {
      // The page ahead, where a failure ended the walk.
      this.#stop.abort()
    }
  }

  async *#walk(variables: Record<string, unknown>): AsyncGenerator<readonly Row[], void, undefined> {
    const limit = this.#options.limit ?? Number.POSITIVE_INFINITY
    const seen = new Set<string>()
    const waiting: string[] = []
    let coming: Promise<Page> | undefined = this.#readPage(eventQueryDocument, variables)
    while (coming !== undefined) {
      const page: Page = await coming
      for (const id of new Set(page.next)) {
        if (seen.has(id))
          this.#warn('the platform named a page twice, which is read once; rows may be missing')
        else waiting.push(id)
        seen.add(id)
      }
      const isEnough = this.#given + page.messages.reduce((sum, { rows }) => sum + rows.length, 0) >= limit
      coming = isEnough ? undefined : this.#readNext(waiting.shift())
      for (const message of page.messages) {
        this.#note(message)
        const rows = message.rows.slice(0, limit - this.#given)
        this.#given += rows.length
        if (rows.length > 0) yield rows
      }
    }
  }

  #readNext(id: string | undefined): Promise<Page> | undefined {
    if (id === undefined) return undefined
    const page = this.#readPage(eventPageDocument, { id })
    // Whoever stops early never looks at it: its failure is nobody's.
    page.catch(() => {})
    return page
  }

  /** Reads a page to its end; one that breaks off in the middle is read anew, since nothing of it was given yet. */
  async #readPage(query: string, variables: Record<string, unknown>): Promise<Page> {
    for (let attempt = 1; ; attempt++) {
      const messages: EventMessage[] = []
      try {
        await this.#receiveInto(messages, query, variables)
        return { messages, next: messages.flatMap(({ next }) => (next === undefined ? [] : [next])) }
      } catch (error) {
        const hasBegun = messages.length > 0 && !this.#signal.aborted
        if (!hasBegun || !isTransient(error) || attempt >= mostTries) throw error
        await this.#parts.clock.sleep(backoff(attempt), this.#signal)
      }
    }
  }

  async #receiveInto(
    messages: EventMessage[],
    query: string,
    variables: Record<string, unknown>,
  ): Promise<void> {
    const path = this.#parts.target.provider.subscriptions?.events
    if (path === undefined) throw noEvents(this.#parts.target.provider.title)
    const call: SubscriptionCall = {
      operation: { query, variables, operationName: undefined },
      kind: 'page',
      options: { ...this.#options, path },
    }
    let bytes = 0
    const whole = { take: (received: Received) => received }
    for await (const { answer, sizeBytes } of receive(this.#parts, () => call, this.#signal, whole)) {
      bytes += sizeBytes
      if (bytes > mostPageBytes) throw tooLarge()
      messages.push(readEventMessage(answer))
    }
  }

  #note({ type, rows, progress, errors }: EventMessage): void {
    if (errors.length > 0) {
      this.#errors.push(...errors)
      if (this.#options.strict === true) throw this.#failure()
      const listed = errors.map((entry) => `\n  ${describeEntry(entry)}`)
      this.#warn(`some events are missing:${listed.join('')}`)
    }
    const given = (this.#progress.get(type)?.given ?? 0) + rows.length
    this.#progress.set(type, { totalRows: undefined, isTruncated: false, ...progress, given })
  }

  /** What was not given is said: silence would look like the whole. */
  #conclude(): void {
    if (this.#given === 0 && this.#errors.length > 0) throw this.#failure()
    if (this.#options.limit !== undefined) return
    for (const [type, { totalRows, isTruncated, given }] of this.#progress) {
      if (!isTruncated && (totalRows ?? 0) <= given) continue
      const of = totalRows === undefined || totalRows <= given ? '' : ` of ${totalRows.toLocaleString('en')}`
      const text = `${plain(type, 80)}: ${given.toLocaleString('en')}${of} events came; narrow the query or its time for the rest`
      this.#warn(text)
    }
  }

  #warn(text: string): void {
    this.#parts.screen.note('warning', text)
  }

  #failure(): GraphQLFailure {
    const more = this.#errors.length > 1 ? ` (and ${this.#errors.length - 1} more)` : ''
    return new GraphQLFailure(`${describeEntry(this.#errors[0])}${more}`, {
      errors: this.#errors,
      hint: 'correct the query; if it is right, the account may lack the permission, or the platform has a problem',
    })
  }
}

function noEvents(title: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', `${title} has no search for events that is known here`, {
    hint: 'use xdr.query() or xdr.subscribe() with its own operations',
  })
}

function tooLarge(): XdrError {
  return new XdrError('XDR_TOO_LARGE', 'a page of events is larger than 256 MiB', {
    hint: 'ask for fewer rows in a page (pageSize)',
  })
}
