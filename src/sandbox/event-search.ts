import { type CallContext, type Maybe, SubscriptionMessage, type Subscriptions } from './context.js'
import { type CqlQuery, parseCql } from './cql.js'
import { CqlError } from './cql-lexer.js'
import { type CqlAnswer, runCql } from './cql-run.js'
import type { World } from './data/world.js'
import { eventSource, isEventType } from './event-source.js'
import { decodeCursor, encodeCursor, invalidInput, notFound, pageSize, toTime } from './paging.js'

interface Options {
  timestampAscending?: Maybe<boolean>
  pageSize?: Maybe<number>
  maxRows?: Maybe<number>
}

/** What one event type has found: rows are made when their page is asked for. */
interface Found {
  readonly type: string
  readonly count: number
  readonly total: number
  at(index: number): Record<string, unknown>
}

interface Search {
  readonly id: string
  readonly text: string
  readonly subject: string
  readonly pageSize: number
  readonly submitted: number
  readonly found: readonly Found[]
}

const usualPageSize = 100
const mostPageSize = 1000
const mostRows = 100_000
/** Older searches are forgotten, and their pages with them. */
const keptSearches = 100

/** Events are asked for by subscription: one message for each type, then complete; `next` is on one of them. */
export function createEventSubscriptions(world: World): Subscriptions {
  const searches = new Map<string, Search>()
  let count = 0

  const keep = (search: Search) => {
    searches.set(search.id, search)
    const [oldest] = searches.keys()
    if (searches.size > keptSearches && oldest !== undefined) searches.delete(oldest)
  }

  return {
    eventQuery: {
      async *open(args: { query: string; options?: Maybe<Options> }, context) {
        const search: Search = {
          id: `event-search-${++count}`,
          text: args.query,
          subject: context.principal.subject,
          pageSize: pageSize(args.options?.pageSize, usualPageSize, mostPageSize),
          submitted: world.currentTime(),
          found: run(world, args.query, args.options ?? {}, context),
        }
        keep(search)
        yield* messages(search, 0)
      },
    },
    eventPage: {
      async *open(args: { id: string }, context) {
        const [id = '', page = ''] = decodeCursor(args.id).split(' ')
        const search = searches.get(id)
        if (search === undefined || search.subject !== context.principal.subject) {
          throw notFound('this page of events')
        }
        yield* messages(search, Number(page))
      },
    },
  }
}

function run(world: World, text: string, options: Options, context: CallContext): Found[] {
  try {
    const query = parseCql(text)
    return query.sources.map(({ name, place }) => {
      const type = name.toLowerCase()
      if (!isEventType(type)) throw new CqlError(`'${name}' is no type of events`, place)
      return find(world, type, query, options, context)
    })
  } catch (error) {
    if (!(error instanceof CqlError)) throw error
    throw invalidInput(`${error.description} at ${error.place.startLine}:${error.place.startColumn}`)
  }
}

function find(world: World, type: string, query: CqlQuery, options: Options, context: CallContext): Found {
  const { source, values, tenantRow } = eventSource(world, type)
  const { rows, groups }: CqlAnswer = runCql(query, source, world.now, (row) =>
    context.seesTenant(tenantRow(row)),
  )
  const total = groups?.length ?? rows.length
  const count = Math.min(total, Math.max(1, options.maxRows ?? mostRows), mostRows)
  if (groups !== undefined) {
    const at = (index: number) => ({
      ...Object.fromEntries((groups[index]?.keys ?? []).map(({ key, value }) => [key, value])),
      count: groups[index]?.count ?? 0,
    })
    return { type, count, total, at }
  }
  const isSorted = query.pipes.some((pipe) => pipe.kind === 'sort')
  if (options.timestampAscending === true && !isSorted) rows.sort((a, b) => source.time(a) - source.time(b))
  return { type, count, total, at: (index) => values(rows[index] ?? 0) }
}

function* messages(search: Search, page: number): Generator<SubscriptionMessage> {
  const start = page * search.pageSize
  const end = start + search.pageSize
  const there = search.found.filter(({ count }) => page === 0 || count > start)
  const hasNext = there.some(({ count }) => count > end)
  // The platform puts it on any of them, so this does too.
  const carrier = page % Math.max(1, there.length)
  for (const [number, found] of there.entries()) {
    yield new SubscriptionMessage({
      ...message(search, found, start, end),
      next: hasNext && number === carrier ? encodeCursor(`${search.id} ${page + 1}`) : null,
      prev: page > 0 && number === carrier ? encodeCursor(`${search.id} ${page - 1}`) : null,
    })
  }
}

function message(search: Search, { type, count, total, at }: Found, start: number, end: number) {
  const times = {
    submitted: toTime(search.submitted),
    completed: toTime(search.submitted + 500),
    expires: toTime(search.submitted + 86_400_000),
  }
  const progress = {
    type,
    totalRows: total,
    totalRowsIsLowerBound: false,
    rowsRemoved: 0,
    rowsFiltered: 0,
    resultsTruncated: count < total,
  }
  return {
    queryId: search.id,
    query: {
      id: search.id,
      types: search.found.map((each) => each.type),
      query: search.text,
      status: 'SUCCEEDED',
      ...times,
      metadata: {},
      reasons: [],
      progress: [progress],
    },
    result: {
      id: `${search.id}-${type}`,
      type,
      status: 'SUCCEEDED',
      ...times,
      facets: {},
      rows: Array.from({ length: Math.max(0, Math.min(count, end) - start) }, (_, i) => at(start + i)),
      progress,
      provenance: { backendSources: ['sandbox'], fromCache: false },
      fields: [],
    },
  }
}
