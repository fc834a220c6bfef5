import { AlertRow } from './alert-row.js'
import { searchAlerts } from './alert-search.js'
import type { CallContext, Maybe, Resolvers } from './context.js'
import type { CqlAnswer } from './cql-run.js'
import { type ResolutionStatus, resolutionStatuses } from './data/catalog.js'
import { eventValues, findEvent } from './data/events.js'
import type { World } from './data/world.js'
import { needsWebSocket } from './paging.js'

const defaultLimit = 100
/** A longer page is cut to this; the platform's own limit. */
const maxLimit = 10_000
/** Searches that can still be polled; a search keeps four bytes a row, but for the rows that another has as well. */
const keptSearches = 100
/** Queries whose rows are known: whoever pages by offset asks the same again and again. */
const keptAnswers = 4

interface Search {
  readonly answer: CqlAnswer
  readonly offset: number
  readonly limit: number
  readonly tenant: string
}

interface SearchInput {
  cql_query?: Maybe<string>
  offset?: Maybe<number>
  limit?: Maybe<number>
  search_id?: Maybe<string>
  tenant_service_filters?: Maybe<string[]>
}

interface ResolutionInput {
  alert_ids?: Maybe<string[]>
  reason?: Maybe<string>
  resolution_status?: Maybe<ResolutionStatus>
}

export function createAlertResolvers(world: World): Resolvers {
  const searches = new Map<string, Search>()
  const answers = new Map<string, CqlAnswer>()
  const { alerts } = world

  const search = (cql: string, context: CallContext): CqlAnswer => {
    const key = JSON.stringify([alerts.version, context.tenantId, context.principal.subject, cql])
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = searchAlerts(world, cql, context)
    answers.set(key, answer)
    for (const oldest of answers.keys()) {
      if (answers.size <= keptAnswers) break
      answers.delete(oldest)
    }
    return answer
  }

  /** Ids of alerts that the person may see, in the order asked for; others are left out. */
  const visibleRows = (ids: Maybe<string[]>, context: CallContext): number[] =>
    (ids ?? []).flatMap((id) => {
      const row = alerts.rowOf(id)
      return row >= 0 && context.seesTenant(alerts.tenantRow(row)) ? [row] : []
    })

  const pageOf = (searchId: string, { answer, offset, limit }: Search, part: number) => {
    const { rows, groups } = answer
    const grouped = groups !== undefined
    const total = grouped ? groups.length : rows.length
    const start = offset + (part - 1) * limit
    const end = Math.min(total, start + limit)
    const list: AlertRow[] = []
    if (!grouped) for (const row of rows.subarray(start, end)) list.push(new AlertRow(world, row))
    return {
      status: 'OK',
      reason: '',
      search_id: searchId,
      queryId: searchId,
      alerts: {
        list,
        total_results: grouped ? rows.length : total,
        next_offset: end < total ? end : null,
        previous_offset: start > 0 ? Math.max(0, start - limit) : null,
        first_offset: 0,
        last_offset: total === 0 ? 0 : Math.floor((total - 1) / limit) * limit,
        total_parts: Math.max(1, Math.ceil((total - offset) / limit)),
        part,
        group_by: (groups ?? []).slice(start, end).map(({ keys, count }) => ({
          keys,
          value: count,
          key: keys.map((key) => key.value).join(', '),
        })),
      },
    }
  }

  return {
    Query: {
      alertsServiceSearch: (_root, args: { in?: Maybe<SearchInput> }, context) => {
        const input = args.in ?? {}
        const offset = Math.max(0, input.offset ?? 0)
        const limit = Math.min(maxLimit, Math.max(1, input.limit ?? defaultLimit))
        const answer = search(input.cql_query ?? '', context)
        const filters = input.tenant_service_filters ?? []
        const rows =
          filters.length === 0
            ? answer.rows
            : answer.rows.filter((row) => filters.includes(world.tenants[alerts.tenantRow(row)]?.id ?? ''))
        const searchId = crypto.randomUUID()
        const { groups } = answer
        // Counts come whole: a reader of part 1 has them all.
        const partSize = groups === undefined ? limit : maxLimit
        const kept = { answer: { rows, groups }, offset, limit: partSize, tenant: context.tenantId }
        searches.set(searchId, kept)
        for (const oldest of searches.keys()) {
          if (searches.size <= keptSearches) break
          searches.delete(oldest)
        }
        return pageOf(searchId, kept, 1)
      },

      alertsServicePoll: (
        _root,
        args: { in?: Maybe<{ search_id?: Maybe<string>; part_id?: Maybe<number> }> },
        context,
      ) => {
        const searchId = args.in?.search_id ?? ''
        const part = args.in?.part_id ?? 1
        const found = searches.get(searchId)
        const refuse = (reason: string) => ({
          status: 'INVALID_REQUEST',
          reason,
          search_id: searchId,
          alerts: null,
        })
        if (found === undefined || found.tenant !== context.tenantId) {
          return refuse('this search is not known, or no longer')
        }
        const page = pageOf(searchId, found, part)
        return part < 1 || part > page.alerts.total_parts ? refuse(`there is no part ${part}`) : page
      },

      alertsServiceRetrieveAlertsById: (_root, args: { in?: Maybe<{ iDs?: Maybe<string[]> }> }, context) => {
        const list = visibleRows(args.in?.iDs, context).map((row) => new AlertRow(world, row))
        const counts = { total_results: list.length, total_parts: 1, part: 1, group_by: [] }
        return { status: 'OK', reason: '', alerts: { list, ...counts } }
      },

      alertsCountByTenant: (
        _root,
        args: { in: { ql_query?: Maybe<string>; tenant_service_filters?: Maybe<string[]> } },
        context,
      ) => {
        const counts = new Map<number, number>()
        for (const row of searchAlerts(world, args.in.ql_query ?? 'FROM alert', context).rows) {
          const tenant = alerts.tenantRow(row)
          counts.set(tenant, (counts.get(tenant) ?? 0) + 1)
        }
        const filters = args.in.tenant_service_filters ?? []
        const items = [...counts]
          .map(([tenant, count]) => ({ count, tenant: world.tenants[tenant] }))
          .filter(({ tenant }) => filters.length === 0 || filters.includes(tenant?.id ?? ''))
          .sort((a, b) => b.count - a.count)
        return { items }
      },
    },

    Mutation: {
      alertsServiceUpdateResolutionInfo: (_root, args: { in?: Maybe<ResolutionInput> }, context) => {
        const { alert_ids, reason, resolution_status } = args.in ?? {}
        const rows = visibleRows(alert_ids, context)
        if (resolution_status === undefined || resolution_status === null) {
          return { reason: 'resolution_status is missing', resolution_status: 'FAILED' }
        }
        if (rows.length === 0 || rows.length < (alert_ids ?? []).length) {
          return { reason: 'some of the alerts are not known', resolution_status: 'FAILED' }
        }
        alerts.resolve(rows, {
          userId: context.principal.subject,
          reason: reason ?? '',
          at: world.currentTime(),
          status: resolutionStatuses.indexOf(resolution_status),
        })
        return { reason: reason ?? '', resolution_status: 'SUCCESS' }
      },
    },

    Subscription: { alertsServiceBulkResolutionProcessor: needsWebSocket },

    AuxiliaryEvent: {
      event_data: (event: { id: string }) => {
        const place = findEvent(alerts, event.id)
        if (place === undefined) return null
        return eventValues(alerts, place, world.tenants[alerts.tenantRow(place.alert)]?.id ?? '')
      },
    },
  }
}
