import type { CallContext, Maybe, Resolvers } from './context.js'
import { type AuditSearch, Audits } from './data/audits.js'
import { toSubject } from './data/people.js'
import type { World } from './data/world.js'
import { writeCql } from './nl-search.js'
import { invalidInput, notFound, toTime } from './paging.js'

interface ShareLinkInput {
  tenantId?: Maybe<string>
  linkType?: Maybe<string>
  linkRef?: Maybe<string>
  linkTarget?: Maybe<string>
  eventType?: Maybe<string>
  extraParameters?: Maybe<{ key?: Maybe<string>; value?: Maybe<string> }[]>
}

interface SavedQuery {
  readonly rn: string
  readonly name: string
  readonly rawQuery: string
  readonly callerName: string
  readonly metadata: unknown
  readonly tenantIds: readonly string[]
  readonly createdAt: number
  readonly userId: string
}

interface NotebookRecord {
  readonly id: string
  readonly status: 'RUNNING' | 'STOPPED' | 'DELETED'
  readonly createdAt: number
  readonly updatedAt: number
}

const seededQueries = [
  ['High severity, last day', "FROM alert WHERE severity >= 0.6 AND status = 'OPEN' EARLIEST=-1d"],
  [
    'Failed sign-ins by host',
    "FROM alert WHERE title CONTAINS 'sign-in' EARLIEST=-7d | aggregate count by hostname",
  ],
  ['PowerShell processes', "FROM process WHERE commandline CONTAINS 'powershell' EARLIEST=-1d"],
] as const

/** Share links, saved queries, audits and the hosted notebook: small things that people leave behind. */
export function createRecordResolvers(world: World): Resolvers {
  const audits = new Audits(world)
  const links = new Map<string, Record<string, unknown>>()
  const queries: SavedQuery[] = seededQueries.map(([name, rawQuery], i) => ({
    rn: `rn:qlquery:saved:${i + 1}`,
    name,
    rawQuery,
    callerName: 'sandbox',
    metadata: {},
    tenantIds: [world.tenants[0]?.id ?? ''],
    createdAt: world.now - (i + 1) * 86_400_000,
    userId: world.people[0]?.id ?? '',
  }))
  let notebook: NotebookRecord | undefined = {
    id: 'notebook-1',
    status: 'STOPPED',
    createdAt: world.now - 86_400_000,
    updatedAt: world.now - 3_600_000,
  }

  const showQuery = (query: SavedQuery) => {
    const person = world.people.find(({ id }) => id === query.userId)
    return {
      ...query,
      savedName: query.name,
      isSaved: true,
      createdAt: toTime(query.createdAt),
      updatedAt: toTime(query.createdAt),
      user: person === undefined ? null : toSubject(person),
    }
  }

  const showNotebook = (record: NotebookRecord) => ({
    id: record.id,
    status: record.status,
    failureReason: null,
    instanceType: 'small',
    url: record.status === 'RUNNING' ? 'https://notebooks.example/notebook-1' : null,
    createdAt: toTime(record.createdAt),
    updatedAt: toTime(record.updatedAt),
  })

  const setNotebook = (status: NotebookRecord['status']) => {
    if (notebook === undefined) throw notFound('the notebook')
    const changed = { ...notebook, status, updatedAt: world.currentTime() }
    notebook = status === 'DELETED' ? undefined : changed
    return showNotebook(changed)
  }

  return {
    Query: {
      shareLinkById: (_root, args: { id: string }, context) => {
        const link = links.get(args.id)
        if (link === undefined || !context.seesTenant(world.tenantRow(String(link.tenantId)))) {
          throw notFound(`share link ${args.id}`)
        }
        return link
      },

      qlQueries: (_root, args: { input: { rns?: Maybe<string[]> } }) => {
        const rns = args.input.rns ?? []
        const found = queries.filter(({ rn }) => rns.length === 0 || rns.includes(rn))
        return { error: null, queries: found.map(showQuery) }
      },

      nlSearchV2: (_root, args: { in: { query?: Maybe<string> } }) => writeCql(args.in.query ?? ''),

      searchAudits: (_root, args: { auditSearchInput: AuditSearch }, context) =>
        audits.search(args.auditSearchInput, (tenant) => context.seesTenant(tenant)),

      notebook: () => (notebook === undefined ? null : showNotebook(notebook)),
    },

    Mutation: {
      createShareLink: (_root, args: { input: ShareLinkInput }, context) => {
        const tenantId = visibleTenant(world, args.input.tenantId, context)
        const id = crypto.randomUUID()
        const link = { ...args.input, id, tenantId, createdTime: toTime(world.currentTime()) }
        links.set(id, link)
        return link
      },

      createSavedQLQuery: (
        _root,
        args: {
          input: {
            tenants?: Maybe<string[]>
            qlQuery?: Maybe<{
              name?: Maybe<string>
              rawQuery?: Maybe<string>
              callerName?: Maybe<string>
              metadata?: unknown
            }>
          }
        },
        context,
      ) => {
        const { name, rawQuery, callerName, metadata } = args.input.qlQuery ?? {}
        if ((rawQuery ?? '').trim() === '') throw invalidInput('a saved query needs its rawQuery')
        const tenantIds = (args.input.tenants ?? [context.tenantId]).map((id) =>
          visibleTenant(world, id, context),
        )
        const query: SavedQuery = {
          rn: `rn:qlquery:saved:${queries.length + 1}`,
          name: name ?? '',
          rawQuery: rawQuery ?? '',
          callerName: callerName ?? '',
          metadata: metadata ?? {},
          tenantIds,
          createdAt: world.currentTime(),
          userId: context.principal.subject,
        }
        queries.push(query)
        return showQuery(query)
      },

      createNotebook: () => {
        const now = world.currentTime()
        notebook ??= { id: 'notebook-1', status: 'RUNNING', createdAt: now, updatedAt: now }
        return showNotebook(notebook)
      },
      startNotebook: () => setNotebook('RUNNING'),
      shutdownNotebook: () => setNotebook('STOPPED'),
      deleteNotebook: () => setNotebook('DELETED'),
    },
  }
}

function visibleTenant(world: World, asked: Maybe<string>, context: CallContext): string {
  const id = asked ?? context.tenantId
  if (!context.seesTenant(world.tenantRow(id))) throw notFound(`tenant ${id}`)
  return id
}
