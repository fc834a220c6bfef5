import { searchAlerts, searchSource } from './alert-search.js'
import type { CallContext, Maybe, Resolvers } from './context.js'
import type { Column, Source } from './cql-run.js'
import { toSubject } from './data/people.js'
import type { World } from './data/world.js'
import { encodeCursor, invalidInput, notFound, toTime } from './paging.js'

interface CaseRecord {
  readonly id: string
  readonly shortId: string
  readonly tenant: number
  readonly title: string
  readonly severity: number
  readonly tags: readonly string[]
  readonly assigneeId: string | null
  readonly createdById: string
  readonly createdAt: number
  updatedAt: number
  readonly closedAt: number | null
  readonly closeReason: string | null
  readonly detections: Set<string>
  readonly events: Set<string>
  readonly assets: Set<string>
}

interface EvidenceInput {
  detectionIds?: Maybe<string[]>
  detectionsSearchQuery?: Maybe<string>
  eventIds?: Maybe<string[]>
  searchQueries?: Maybe<string[]>
  hostIds?: Maybe<string[]>
}

const seededCases = 60
const maxDetectionsByQuery = 10_000

export function createCaseResolvers(world: World): Resolvers {
  const cases = seedCases(world)

  const source = (): Source => {
    const text = (of: (row: CaseRecord) => Maybe<string>): Column => ({
      type: 'text',
      at: (row) => {
        const found = cases[row]
        return found === undefined ? undefined : of(found)
      },
    })
    const columns: [string, Column][] = [
      ['id', text((row) => row.id)],
      ['short_id', text((row) => row.shortId)],
      ['title', text((row) => row.title)],
      ['tenant_id', text((row) => world.tenants[row.tenant]?.id)],
      ['assignee_id', text((row) => row.assigneeId)],
      ['close_reason', text((row) => row.closeReason)],
      ['severity', { type: 'number', at: (row) => cases[row]?.severity ?? 0 }],
      ['tags', { type: 'texts', at: (row) => cases[row]?.tags ?? [] }],
      ['created_at', { type: 'time', at: (row) => cases[row]?.createdAt ?? 0 }],
    ]
    return { count: cases.length, columns: new Map(columns), time: (row) => cases[row]?.createdAt ?? 0 }
  }

  const subject = (id: string | null) => {
    const person = world.people.find((candidate) => candidate.id === id)
    return person === undefined ? null : toSubject(person)
  }

  const show = (record: CaseRecord) => ({
    ...record,
    tenantId: world.tenants[record.tenant]?.id,
    createdAt: toTime(record.createdAt),
    updatedAt: toTime(record.updatedAt),
    closedAt: record.closedAt === null ? null : toTime(record.closedAt),
    detectionsCount: record.detections.size,
    eventsCount: record.events.size,
    assetsCount: record.assets.size,
    createdBySubject: subject(record.createdById),
    assigneeSubject: subject(record.assigneeId),
  })

  const addEvidence = (record: CaseRecord, input: EvidenceInput, context: CallContext): string[] => {
    const query = input.detectionsSearchQuery
    const found = query === undefined || query === null ? [] : searchAlerts(world, query, context).rows
    const detections = [
      ...(input.detectionIds ?? []).filter((id) => {
        const row = world.alerts.rowOf(id)
        return row >= 0 && context.seesTenant(world.alerts.tenantRow(row))
      }),
      ...Array.from(found.slice(0, maxDetectionsByQuery), (row) => world.alerts.id(row)),
    ]
    for (const id of detections) record.detections.add(id)
    for (const id of input.eventIds ?? []) record.events.add(id)
    for (const id of input.hostIds ?? []) record.assets.add(id)
    record.updatedAt = world.currentTime()
    return detections
  }

  return {
    Query: {
      cases: (
        _root,
        args: { arguments: { query?: Maybe<string>; tenantServiceFilters?: Maybe<string[]> } },
        context,
      ) => {
        const { query, tenantServiceFilters } = args.arguments
        const filters = tenantServiceFilters ?? []
        const cql = query === undefined || query === null || query.trim() === '' ? 'FROM case' : query
        const { rows } = searchSource(cql, 'case', source(), world.now, (row) => {
          const tenant = cases[row]?.tenant ?? -1
          const wanted = filters.length === 0 || filters.includes(world.tenants[tenant]?.id ?? '')
          return wanted && context.seesTenant(tenant)
        })
        const found = Array.from(rows).flatMap((row) => cases[row] ?? [])
        const [first] = found
        const last = found.at(-1)
        return {
          totalCount: found.length,
          cases: found.map(show),
          pageInfo: {
            startCursor: first === undefined ? null : encodeCursor(first.id),
            endCursor: last === undefined ? null : encodeCursor(last.id),
            hasNextPage: false,
            hasPreviousPage: false,
          },
        }
      },
    },
    Mutation: {
      createCase: (
        _root,
        args: {
          input: EvidenceInput & {
            title?: Maybe<string>
            severity?: Maybe<number>
            tags?: Maybe<string[]>
            assigneeId?: Maybe<string>
          }
        },
        context,
      ) => {
        const { title, severity, tags, assigneeId } = args.input
        if (title === undefined || title === null || title.trim() === '')
          throw invalidInput('a case needs a title')
        const now = world.currentTime()
        const record: CaseRecord = {
          id: crypto.randomUUID(),
          shortId: `CASE-${2001 + cases.length}`,
          tenant: world.tenantRow(context.tenantId),
          title,
          severity: severity ?? 2,
          tags: tags ?? [],
          assigneeId: assigneeId ?? null,
          createdById: context.principal.subject,
          createdAt: now,
          updatedAt: now,
          closedAt: null,
          closeReason: null,
          detections: new Set(),
          events: new Set(),
          assets: new Set(),
        }
        cases.push(record)
        addEvidence(record, args.input, context)
        return show(record)
      },

      addEvidenceToCase: (_root, args: { input: EvidenceInput & { caseId: string } }, context) => {
        const { input } = args
        const record = cases.find((candidate) => candidate.id === input.caseId)
        if (record === undefined || !context.seesTenant(record.tenant)) throw notFound(`case ${input.caseId}`)
        return {
          caseId: record.id,
          detectionIds: addEvidence(record, input, context),
          detectionsSearchQuery: input.detectionsSearchQuery,
          eventIds: input.eventIds ?? [],
          searchQueries: input.searchQueries ?? [],
          hostIds: input.hostIds ?? [],
        }
      },
    },
  }
}

/** Every sixth investigation has become a case. */
function seedCases(world: World): CaseRecord[] {
  return world.investigations
    .filter((_, i) => i % 6 === 0)
    .slice(0, seededCases)
    .map((from, i) => {
      const closed = from.status.startsWith('CLOSED')
      return {
        id: `case-${from.id}`,
        shortId: `CASE-${2001 + i}`,
        tenant: from.tenant,
        title: from.title,
        severity: from.priority,
        tags: from.tags,
        assigneeId: from.assigneeId,
        createdById: from.createdById,
        createdAt: from.createdAt,
        updatedAt: from.updatedAt,
        closedAt: closed ? from.updatedAt : null,
        closeReason: from.closeReason,
        detections: new Set(from.alerts.map(({ subject }) => subject)),
        events: new Set(),
        assets: new Set(from.assets.map(({ subject }) => subject)),
      }
    })
}
