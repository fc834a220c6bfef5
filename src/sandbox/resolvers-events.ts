import type { CallContext, Maybe, Resolvers } from './context.js'
import { parseCql } from './cql.js'
import { CqlError } from './cql-lexer.js'
import { checkCql } from './cql-run.js'
import { eventValues, findEvent } from './data/events.js'
import { countChildren, findProcess, type ProcessPlace, showProcess } from './data/processes.js'
import type { World } from './data/world.js'
import { findSource } from './event-source.js'
import { decodeCursor, encodeCursor, invalidInput, notFound, pageSize, toTime } from './paging.js'

/** Two queries that somebody has run already: `event-query-1` and `event-query-2`. */
const pastQueries = [
  "FROM process WHERE commandline CONTAINS 'powershell' EARLIEST=-1d",
  "FROM auth WHERE result = 'failure' EARLIEST=-7d",
] as const

/** Events, the CQL check and process trees. */
export function createEventResolvers(world: World): Resolvers {
  const { alerts } = world
  const deleted = new Set<string>()

  const tenantId = (alert: number) => world.tenants[alerts.tenantRow(alert)]?.id ?? ''

  const eventQuery = (id: string, context: CallContext) => {
    const number = pastQueries.findIndex((_, i) => id === `event-query-${i + 1}`)
    const query = pastQueries[number]
    if (query === undefined || deleted.has(id)) throw notFound(`event query ${id}`)
    const submitted = world.now - (number + 1) * 3_600_000
    const type = query.split(' ')[1]
    return {
      id,
      types: [type],
      query,
      status: 'SUCCEEDED',
      submitted: toTime(submitted),
      completed: toTime(submitted + 1800),
      expires: toTime(submitted + 86_400_000),
      earliest: toTime(submitted - 86_400_000 * (number === 0 ? 1 : 7)),
      latest: toTime(submitted),
      aggregated: false,
      metadata: {},
      reasons: [],
      progress: [
        {
          type,
          totalRows: 0,
          totalRowsIsLowerBound: false,
          rowsRemoved: 0,
          rowsFiltered: 0,
          resultsTruncated: false,
        },
      ],
      user: {
        name: context.principal.email,
        role: 'analyst',
        email: context.principal.email,
        userID: context.principal.subject,
      },
    }
  }

  const process = (
    id: string,
    hostId: string,
    tenant: string,
    context: CallContext,
  ): ProcessPlace | undefined => {
    const place = findProcess(world, id, hostId)
    if (place === undefined || tenantId(place.alert) !== tenant) return undefined
    return context.seesTenant(alerts.tenantRow(place.alert)) ? place : undefined
  }

  return {
    Query: {
      events: (_root, args: { ids: string[] }, context) =>
        args.ids.map((id) => {
          const place = findEvent(alerts, id)
          if (place === undefined || !context.seesTenant(alerts.tenantRow(place.alert))) return null
          return {
            id,
            values: eventValues(alerts, place, tenantId(place.alert)),
            provenance: { backendSources: ['sandbox'], fromCache: false },
          }
        }),

      eventQuery: (_root, args: { id: string }, context) => eventQuery(args.id, context),

      validateEventQuery: (_root, args: { query: string }) => validate(world, args.query),

      processLineage: (
        _root,
        args: { tenantID: string; hostID: string; processCorrelationID: string },
        context,
      ) => {
        const place = process(args.processCorrelationID, args.hostID, args.tenantID, context)
        if (place === undefined) throw notFound(`process ${args.processCorrelationID}`)
        const { alert, path } = place
        const lineage = path.map((_, i) => showProcess(world, { alert, path: path.slice(0, i + 1) }))
        return { depth: lineage.length, lineage }
      },

      processChildren: (
        _root,
        args: {
          tenantID: string
          hostID: string
          processCorrelationID: string
          orderByInput?: Maybe<{ direction?: Maybe<string> }[]>
          nextToken?: Maybe<string>
          pageSize?: Maybe<number>
          maxResults?: Maybe<number>
        },
        context,
      ) => {
        const place = process(args.processCorrelationID, args.hostID, args.tenantID, context)
        if (place === undefined) throw notFound(`process ${args.processCorrelationID}`)
        const total = countChildren(alerts, place)
        const end = Math.min(total, Math.max(0, args.maxResults ?? total))
        const start = args.nextToken === undefined || args.nextToken === null ? 0 : readToken(args.nextToken)
        const stop = Math.min(end, start + pageSize(args.pageSize, 10, 100))
        const descending = args.orderByInput?.[0]?.direction === 'desc'
        const processList = Array.from({ length: Math.max(0, stop - start) }, (_, i) => {
          const child = descending ? total - 1 - start - i : start + i
          return showProcess(world, { alert: place.alert, path: [...place.path, child] })
        })
        return {
          childrenCount: total,
          nextToken: stop < end ? encodeCursor(String(stop)) : null,
          processList,
        }
      },

      processParent: (
        _root,
        args: { tenantID: string; hostID: string; parentProcessCorrelationID: string },
        context,
      ) => {
        const place = process(args.parentProcessCorrelationID, args.hostID, args.tenantID, context)
        if (place === undefined) throw notFound(`process ${args.parentProcessCorrelationID}`)
        return showProcess(world, place)
      },
    },

    Mutation: {
      deleteEventQuery: (_root, args: { id: string }, context) => {
        eventQuery(args.id, context)
        deleted.add(args.id)
        return true
      },
    },
  }
}

function readToken(token: string): number {
  const start = Number(decodeCursor(token))
  if (!Number.isSafeInteger(start) || start < 0) throw invalidInput('the token is not one of ours')
  return start
}

/** The first thing that is wrong, with its place, as the platform's check gives it. */
function validate(world: World, text: string) {
  try {
    const query = parseCql(text)
    for (const source of query.sources) {
      const name = source.name.toLowerCase()
      const known = findSource(world, name)
      if (known === undefined) throw new CqlError(`unknown source '${source.name}'`, source.place)
      checkCql(query, known, world.now)
    }
    return {
      types: query.sources.map(({ name }) => name.toLowerCase()),
      errors: [],
      warnings: warnings(query),
    }
  } catch (error) {
    if (!(error instanceof CqlError)) throw error
    return { types: [], errors: [{ description: error.description, ...error.place }], warnings: [] }
  }
}

function warnings({ earliest, sources }: ReturnType<typeof parseCql>) {
  const [first] = sources
  if (earliest !== undefined || first === undefined) return []
  return [{ description: 'without EARLIEST the whole time range is searched', ...first.place }]
}
