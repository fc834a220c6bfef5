import { searchAlerts, searchSource } from './alert-search.js'
import type { CallContext, Maybe, Resolvers } from './context.js'
import { resolutionStatuses } from './data/catalog.js'
import type { Comment, Investigation } from './data/investigations.js'
import type { World } from './data/world.js'
import { InvestigationStore } from './investigation-store.js'
import { invalidInput, pageSize, toTime } from './paging.js'

interface EvidenceInput {
  alerts?: Maybe<string[]>
  alertsSearchQuery?: Maybe<string>
  events?: Maybe<string[]>
  assets?: Maybe<string[]>
  searchQueries?: Maybe<string[]>
}

interface DetailsInput {
  title?: Maybe<string>
  keyFindings?: Maybe<string>
  priority?: Maybe<number>
  type?: Maybe<string>
  status?: Maybe<string>
  assigneeId?: Maybe<string>
  tags?: Maybe<string[]>
  riskScore?: Maybe<number>
}

/** A query that adds evidence adds no more than this. */
const maxAlertsByQuery = 10_000

export function createInvestigationResolvers(world: World): Resolvers {
  const store = new InvestigationStore(world)

  const setDetails = (investigation: Investigation, input: DetailsInput) => {
    const { title, keyFindings, priority, type, status, tags, riskScore } = input
    if (priority !== undefined && priority !== null && (priority < 1 || priority > 4)) {
      throw invalidInput('priority goes from 1 (low) to 4 (critical)')
    }
    investigation.title = title ?? investigation.title
    investigation.keyFindings = keyFindings ?? investigation.keyFindings
    investigation.priority = priority ?? investigation.priority
    investigation.type = type ?? investigation.type
    investigation.status = status ?? investigation.status
    investigation.tags = tags ?? investigation.tags
    investigation.riskScore = riskScore ?? investigation.riskScore
    if (input.assigneeId !== undefined) investigation.assigneeId = input.assigneeId
  }

  const alertIds = (input: EvidenceInput, context: CallContext): string[] => {
    const { alerts, alertsSearchQuery } = input
    const visible = (alerts ?? []).filter((id) => {
      const row = world.alerts.rowOf(id)
      return row >= 0 && context.seesTenant(world.alerts.tenantRow(row))
    })
    if (alertsSearchQuery === undefined || alertsSearchQuery === null) return visible
    const found = searchAlerts(world, alertsSearchQuery, context).rows.subarray(0, maxAlertsByQuery)
    return [...visible, ...Array.from(found, (row) => world.alerts.id(row))]
  }

  const addAll = (investigation: Investigation, input: EvidenceInput, context: CallContext) => {
    const added = alertIds(input, context)
    store.addEvidence(investigation, 'alerts', added, context)
    store.addEvidence(investigation, 'events', input.events ?? [], context)
    store.addEvidence(investigation, 'searchQueries', input.searchQueries ?? [], context)
    const hosts = added.map((id) =>
      world.alerts.hosts.ids.uuid(world.alerts.host[world.alerts.rowOf(id)] ?? 0),
    )
    store.addEvidence(investigation, 'assets', hosts, context)
    return added
  }

  const showComment = (comment: Comment, investigation: Investigation) => ({
    ...comment,
    createdAt: toTime(comment.createdAt),
    updatedAt: toTime(comment.createdAt),
    investigationId: investigation.id,
    tenantId: world.tenants[investigation.tenant]?.id,
    authorSubject: store.subject(comment.authorId),
  })

  return {
    Query: {
      investigationV2: (_root, args: { arguments: { id: string } }, context) =>
        store.show(store.find(args.arguments.id, context)),

      investigationsV2: (
        _root,
        args: {
          arguments: {
            cql?: Maybe<string>
            page?: Maybe<number>
            perPage?: Maybe<number>
            tenantServiceFilters?: Maybe<string[]>
          }
        },
        context,
      ) => {
        const { cql, page, perPage, tenantServiceFilters } = args.arguments
        const filters = tenantServiceFilters ?? []
        const visible = (row: number) => {
          const tenant = world.investigations[row]?.tenant ?? -1
          const wanted = filters.length === 0 || filters.includes(world.tenants[tenant]?.id ?? '')
          return wanted && context.seesTenant(tenant)
        }
        const query = cql === undefined || cql === null || cql.trim() === '' ? 'FROM investigation' : cql
        const { rows } = searchSource(query, 'investigation', store.source(), world.now, visible)
        const size = pageSize(perPage, 20, 1000)
        const start = (Math.max(1, page ?? 1) - 1) * size
        const investigations = Array.from(rows.subarray(start, start + size)).flatMap((row) => {
          const found = world.investigations[row]
          return found === undefined ? [] : [store.show(found)]
        })
        return { totalCount: rows.length, investigations }
      },
    },

    Mutation: {
      createInvestigationV2: (
        _root,
        args: { input: DetailsInput & EvidenceInput & { ruleId?: Maybe<string> } },
        context,
      ) => {
        const { input } = args
        if ((input.title ?? '').trim() === '') throw invalidInput('an investigation needs a title')
        const now = world.currentTime()
        const me = context.principal.subject
        const investigation: Investigation = {
          id: crypto.randomUUID(),
          shortId: `INV${10_001 + world.investigations.length}`,
          tenant: world.tenantRow(context.tenantId),
          title: '',
          keyFindings: '',
          priority: 2,
          type: 'SECURITY_INVESTIGATION',
          status: 'OPEN',
          tags: [],
          assigneeId: null,
          contributorIds: [me],
          createdById: me,
          createdAt: now,
          updatedById: me,
          updatedAt: now,
          closeReason: null,
          ruleId: input.ruleId ?? null,
          riskScore: 0,
          alerts: [],
          assets: [],
          events: [],
          searchQueries: [],
          comments: [],
        }
        setDetails(investigation, input)
        world.investigations.push(investigation)
        addAll(investigation, input, context)
        return store.show(investigation)
      },

      updateInvestigationV2: (_root, args: { input: DetailsInput & { id: string } }, context) => {
        const investigation = store.find(args.input.id, context)
        setDetails(investigation, args.input)
        store.touch(investigation, context)
        return store.show(investigation)
      },

      closeInvestigation: (
        _root,
        args: {
          input: {
            id: string
            reason?: Maybe<string>
            status?: Maybe<string>
            alertsResolutionStatus?: Maybe<(typeof resolutionStatuses)[number]>
          }
        },
        context,
      ) => {
        const { id, reason, status, alertsResolutionStatus } = args.input
        const investigation = store.find(id, context)
        investigation.status = status ?? 'CLOSED_INFORMATIONAL'
        investigation.closeReason = reason ?? ''
        store.touch(investigation, context)
        if (alertsResolutionStatus !== undefined && alertsResolutionStatus !== null) {
          const rows = investigation.alerts
            .map(({ subject }) => world.alerts.rowOf(subject))
            .filter((row) => row >= 0)
          world.alerts.resolve(rows, {
            userId: context.principal.subject,
            reason: reason ?? '',
            at: world.currentTime(),
            status: resolutionStatuses.indexOf(alertsResolutionStatus),
          })
        }
        return store.show(investigation)
      },

      addEvidenceToInvestigation: (
        _root,
        args: { input: EvidenceInput & { investigationId: string } },
        context,
      ) => {
        const { investigationId, alertsSearchQuery, events, searchQueries } = args.input
        const alerts = addAll(store.find(investigationId, context), args.input, context)
        return {
          investigationId,
          alerts,
          alertsSearchQuery,
          events: events ?? [],
          searchQueries: searchQueries ?? [],
        }
      },

      removeEvidenceFromInvestigation: (
        _root,
        args: { input: EvidenceInput & { investigationId: string } },
        context,
      ) => {
        const { input } = args
        const found = store.find(input.investigationId, context)
        return {
          investigationId: found.id,
          alerts: store.removeEvidence(found, 'alerts', input.alerts ?? [], context),
          assets: store.removeEvidence(found, 'assets', input.assets ?? [], context),
          events: store.removeEvidence(found, 'events', input.events ?? [], context),
          searchQueries: store.removeEvidence(found, 'searchQueries', input.searchQueries ?? [], context),
        }
      },

      addCommentToInvestigation: (
        _root,
        args: { input: { investigationId: string; comment?: Maybe<string>; isInternal?: Maybe<boolean> } },
        context,
      ) => {
        const investigation = store.find(args.input.investigationId, context)
        const text = args.input.comment ?? ''
        if (text.trim() === '') throw invalidInput('a comment needs words')
        const comment = {
          id: crypto.randomUUID(),
          authorId: context.principal.subject,
          createdAt: world.currentTime(),
          comment: text,
          isInternal: args.input.isInternal ?? false,
        }
        investigation.comments = [...investigation.comments, comment]
        store.touch(investigation, context)
        return showComment(comment, investigation)
      },

      initInvestigationFileUpload: (
        _root,
        args: { input: { investigationId: string; name?: Maybe<string>; size?: Maybe<number> } },
        context,
      ) => {
        const { investigationId, name, size } = args.input
        store.find(investigationId, context)
        const id = crypto.randomUUID()
        const file = {
          id,
          investigationId,
          name,
          size,
          status: 'PENDING',
          downloadURL: null,
          createdAt: toTime(world.currentTime()),
        }
        // The sandbox stores no files: the address is there for its shape and answers 404.
        return { presignedUrl: `https://files.example/upload/${id}`, file }
      },

      alertsServiceBulkInvestigationsProcessor: (
        _root,
        args: {
          in?: Maybe<{ query?: Maybe<string>; investigation_id?: Maybe<string>; alerts?: Maybe<string[]> }>
        },
        context,
      ) => {
        const input = args.in ?? {}
        const investigation = store.find(input.investigation_id ?? '', context)
        addAll(investigation, { alerts: input.alerts, alertsSearchQuery: input.query }, context)
        const { events, assets } = store.show(investigation)
        return { id: investigation.id, reason: '', events, assets, status: 'SUCCESS' }
      },
    },
  }
}
