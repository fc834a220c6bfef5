import { searchSource } from './alert-search.js'
import type { CallContext, Maybe, Resolvers } from './context.js'
import type { Column } from './cql-run.js'
import { toSubject } from './data/people.js'
import type { Tenant } from './data/tenants.js'
import type { World } from './data/world.js'
import { decodeCursor, encodeCursor, invalidInput, notFound, pageSize } from './paging.js'
import { showClient } from './resolvers-clients.js'
import type { TaegisClient, TaegisClients } from './taegis-clients.js'

interface TenantsQuery {
  ids?: Maybe<string[]>
  names?: Maybe<string[]>
  isPartnerRoot?: Maybe<boolean>
  isOrganization?: Maybe<boolean>
  hierarchies?: Maybe<string[]>
  partners?: Maybe<string[]>
  organizations?: Maybe<string[]>
  enabled?: Maybe<boolean>
  supportEnabled?: Maybe<boolean>
  cursorPos?: Maybe<string>
  afterCursor?: Maybe<string>
  beforeCursor?: Maybe<string>
  count?: Maybe<number>
  cql?: Maybe<string>
  enabledInEnvironments?: Maybe<string[]>
  labelsMatch?: Maybe<{ name?: Maybe<string>; value?: Maybe<string> }[]>
  subscriptionsMatch?: Maybe<{ name?: Maybe<string>; id?: Maybe<string>; isRequested?: Maybe<boolean> }[]>
  orderBy?: Maybe<string>
  orderDir?: Maybe<string>
}

/** Tenants and people; the clients have a file of their own. */
export function createPeopleResolvers(world: World, clients: TaegisClients): Resolvers {
  const visibleTenants = (context: CallContext) => world.tenants.filter((_, row) => context.seesTenant(row))
  const self = (context: CallContext) => {
    const me = world.people.find(({ id }) => id === context.principal.subject)
    if (me === undefined) throw notFound('the signed-in person')
    return me
  }
  return {
    Query: {
      tenants: (_root, args: { tenantsQuery: TenantsQuery }, context) => {
        const query = args.tenantsQuery
        const found = searchTenants(world, visibleTenants(context), query).filter((tenant) =>
          matches(tenant, query),
        )
        if (query.orderBy !== undefined && query.orderBy !== null) sort(found, query.orderBy)
        if (query.orderDir === 'DESC') found.reverse()
        return page(found, query)
      },

      tenant: (_root, args: { id: string }, context) => {
        const found = visibleTenants(context).find(({ id }) => id === args.id)
        if (found === undefined) throw notFound(`tenant ${args.id}`)
        return found
      },

      requestTenantContext: (_root, _args, context) => {
        const tenant = world.tenants[world.tenantRow(context.tenantId)]
        return {
          partnerTenantID: tenant?.partnerTenantID,
          organizationTenantID: tenant?.organizationTenantID,
          tenantIDs: [context.tenantId],
        }
      },

      currentTDRUser: (_root, _args, context) => self(context),

      tdruser: (_root, args: { id: string }) => {
        const found = world.directory.find(({ id, idp_user_id }) => id === args.id || idp_user_id === args.id)
        if (found === undefined) throw notFound(`user ${args.id}`)
        return found
      },

      currentSubject: (_root, _args, context) => {
        const client = clients.all.find(({ clientId }) => clientId === context.principal.subject)
        return client === undefined ? toSubject(self(context)) : toClientSubject(client)
      },
    },
  }
}

function searchTenants(world: World, tenants: readonly Tenant[], { cql }: TenantsQuery): Tenant[] {
  if (cql === undefined || cql === null || cql.trim() === '') return [...tenants]
  const text = (of: (tenant: Tenant) => string): Column => ({
    type: 'text',
    at: (row) => {
      const tenant = tenants[row]
      return tenant === undefined ? undefined : of(tenant)
    },
  })
  const columns: [string, Column][] = [
    ['id', text(({ id }) => id)],
    ['name', text(({ name }) => name)],
    ['enabled', text(({ enabled }) => String(enabled))],
    ['created_at', { type: 'time', at: (row) => Date.parse(tenants[row]?.createdAt ?? '') }],
  ]
  const source = {
    count: tenants.length,
    columns: new Map(columns),
    time: (row: number) => Date.parse(tenants[row]?.createdAt ?? ''),
  }
  const { rows } = searchSource(cql, 'tenant', source, world.now, () => true)
  return Array.from(rows).flatMap((row) => tenants[row] ?? [])
}

function matches(tenant: Tenant, query: TenantsQuery): boolean {
  const among = (wanted: Maybe<string[]>, ...values: readonly (string | null)[]) =>
    wanted === undefined ||
    wanted === null ||
    values.some((value) => value !== null && wanted.includes(value))
  const is = (wanted: Maybe<boolean>, value: boolean) =>
    wanted === undefined || wanted === null || wanted === value
  return (
    among(query.ids, tenant.id) &&
    among(query.names, tenant.name) &&
    among(query.partners, tenant.partnerTenantID) &&
    among(query.hierarchies, tenant.id, tenant.parentTenantID) &&
    among(query.organizations, tenant.organizationTenantID) &&
    among(query.enabledInEnvironments, ...tenant.enabledAtEnvironments) &&
    is(query.isPartnerRoot, tenant.isPartner) &&
    is(query.isOrganization, tenant.isOrganization) &&
    is(query.enabled, tenant.enabled) &&
    is(query.supportEnabled, tenant.hasSupportEnabled) &&
    (query.labelsMatch ?? []).every((wanted) =>
      tenant.labels.some(
        ({ name, value }) => name === (wanted.name ?? name) && value === (wanted.value ?? value),
      ),
    ) &&
    (query.subscriptionsMatch ?? []).every((wanted) => {
      const { granted, requested } = tenant.subscriptions
      return (wanted.isRequested === true ? requested : granted).some(
        ({ serviceName, id }) => serviceName === (wanted.name ?? serviceName) && id === (wanted.id ?? id),
      )
    })
  )
}

function sort(tenants: Tenant[], orderBy: string): void {
  const key = ({
    id,
    name,
    createdAt,
    updatedAt,
    partnerTenantID,
    organizationTenantID,
    hasSupportEnabled,
  }: Tenant) => {
    switch (orderBy) {
      case 'NAME':
        return name
      case 'CREATED_AT':
        return createdAt
      case 'UPDATED_AT':
        return updatedAt
      case 'PARTNER_TENANT_ID':
        return partnerTenantID ?? ''
      case 'ORGANIZATION_TENANT_ID':
        return organizationTenantID ?? ''
      case 'HAS_SUPPORT_ENABLED':
        return String(hasSupportEnabled)
      default:
        return id.padStart(12, '0')
    }
  }
  tenants.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function page(tenants: readonly Tenant[], query: TenantsQuery) {
  const size = pageSize(query.count, 100, 1000)
  const after = query.afterCursor ?? query.cursorPos
  let start = after === undefined || after === null || after === '' ? 0 : positionOf(tenants, after) + 1
  if (query.beforeCursor !== undefined && query.beforeCursor !== null && query.beforeCursor !== '') {
    start = Math.max(0, positionOf(tenants, query.beforeCursor) - size)
  }
  const rows = tenants.slice(start, start + size)
  const last = rows.at(-1)
  return {
    tenants: rows,
    count: rows.length,
    totalCount: tenants.length,
    hasMore: start + rows.length < tenants.length,
    firstIndex: start,
    lastIndex: Math.max(start, start + rows.length - 1),
    cursorPos: last === undefined ? null : encodeCursor(last.id),
  }
}

function positionOf(tenants: readonly Tenant[], cursor: string): number {
  const id = decodeCursor(cursor)
  const position = tenants.findIndex((tenant) => tenant.id === id)
  if (position < 0) throw invalidInput('the cursor belongs to another query')
  return position
}

/** A program that has signed in with client credentials. */
function toClientSubject(client: TaegisClient) {
  return {
    id: client.id,
    name: client.clientId,
    displayName: client.name,
    identity: showClient(client),
    roleAssignmentData: {
      assignedTenantIDs: [client.tenantId],
      assignedPartnerIDs: [],
      canReadAllTenants: false,
    },
  }
}
