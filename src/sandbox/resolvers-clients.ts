import { randomBytes } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { analyst } from './account.js'
import type { CallContext, Maybe, Resolvers } from './context.js'
import { roles } from './data/people.js'
import { RowIds } from './data/random.js'
import { homeTenantId } from './data/tenants.js'
import type { World } from './data/world.js'
import { invalidInput, notFound, pageSize, toTime } from './paging.js'

interface ClientRecord {
  readonly id: string
  readonly name: string
  readonly clientId: string
  readonly tenantId: string
  readonly roleIds: readonly string[]
  readonly createdAt: number
}

interface ClientFilter {
  name?: Maybe<string>
  clientIDs?: Maybe<string[]>
  tenantID?: Maybe<string>
  roleIDs?: Maybe<string[]>
  tenantIDs?: Maybe<string[]>
}

const seeded = ['nightly-report', 'ticket-sync', 'asset-export'] as const
const [, analystRole] = roles
const dayMs = 86_400_000

/** Client credentials of the tenant: API clients that a person registers for programs. */
export function createClientResolvers(world: World): Resolvers {
  const ids = new RowIds(world.seed, 'client')
  let clients: readonly ClientRecord[] = seeded.map((name, i) => ({
    id: ids.uuid(i),
    name,
    clientId: ids.uuid(i + 100).replaceAll('-', ''),
    tenantId: homeTenantId,
    roleIds: [analystRole.id],
    createdAt: world.now - (30 + 40 * i) * dayMs,
  }))

  const visible = (context: CallContext) =>
    clients.filter(({ tenantId }) => context.seesTenant(world.tenantRow(tenantId)))

  const find = (id: string, context: CallContext): ClientRecord => {
    const found = visible(context).find((client) => client.id === id || client.clientId === id)
    if (found === undefined) throw notFound(`client ${id}`)
    return found
  }

  const search = (filter: ClientFilter, context: CallContext) =>
    visible(context).filter(
      (client) =>
        (filter.name ?? client.name) === client.name &&
        (filter.tenantID ?? client.tenantId) === client.tenantId &&
        (filter.tenantIDs ?? [client.tenantId]).includes(client.tenantId) &&
        (filter.clientIDs ?? [client.clientId]).some((id) => id === client.clientId || id === client.id) &&
        (filter.roleIDs ?? client.roleIds).some((id) => client.roleIds.includes(id)),
    )

  return {
    Query: {
      client: (_root, args: { id: string }, context) => show(find(args.id, context)),

      clients: (_root, args: ClientFilter & { page?: Maybe<number>; perPage?: Maybe<number> }, context) => {
        const size = pageSize(args.perPage, 50, 1000)
        // Pages of this older field count from 0.
        const start = Math.max(0, args.page ?? 0) * size
        return search(args, context)
          .slice(start, start + size)
          .map(show)
      },

      clientsSearch: (
        _root,
        args: { filters?: Maybe<ClientFilter & { pageOffset?: Maybe<number>; perPage?: Maybe<number> }> },
        context,
      ) => {
        const filters = args.filters ?? {}
        const found = search(filters, context)
        const size = pageSize(filters.perPage, 50, 1000)
        const start = Math.max(0, filters.pageOffset ?? 0) * size
        const results = found.slice(start, start + size).map(show)
        return {
          result_count: results.length,
          totalCount: found.length,
          totalUnfilteredCount: visible(context).length,
          results,
        }
      },
    },

    Mutation: {
      createClient: (_root, args: { name: string; roles?: Maybe<string[]> }, context) => {
        if (args.name.trim() === '') throw invalidInput('a client needs a name')
        const unknown = (args.roles ?? []).find((id) => !roles.some((role) => role.id === id))
        if (unknown !== undefined) throw invalidInput(`role ${unknown} is not known`)
        const taken = clients.some(
          ({ name, tenantId }) => name === args.name && tenantId === context.tenantId,
        )
        if (taken) {
          throw new GraphQLError('Existing client in tenant', { extensions: { code: 'EXISTING_CLIENT' } })
        }
        const client: ClientRecord = {
          id: crypto.randomUUID(),
          name: args.name,
          clientId: randomBytes(16).toString('hex'),
          tenantId: context.tenantId,
          roleIds: args.roles ?? [analystRole.id],
          createdAt: world.currentTime(),
        }
        clients = [...clients, client]
        const secret = randomBytes(30).toString('base64url')
        return { client: show(client), clientSecret: secret, client_secret: secret }
      },

      deleteClient: (_root, args: { id: string }, context) => {
        const gone = find(args.id, context)
        clients = clients.filter((client) => client !== gone)
        return show(gone)
      },
    },
  }
}

function show(client: ClientRecord) {
  const assignments = client.roleIds.map((roleId) => {
    const roleName = roles.find((role) => role.id === roleId)?.name
    return {
      id: `${client.id}:${roleId}`,
      tenantID: client.tenantId,
      tenant_id: client.tenantId,
      roleID: roleId,
      role_id: roleId,
      roleName,
      role_name: roleName,
      expiresAt: null,
      expires_at: null,
    }
  })
  const createdAt = toTime(client.createdAt)
  return {
    id: client.id,
    name: client.name,
    clientID: client.clientId,
    client_id: client.clientId,
    roles: client.roleIds.join(','),
    tenantID: client.tenantId,
    tenant_id: client.tenantId,
    createdAt,
    created_at: createdAt,
    createdBy: analyst.id,
    environment: 'CHARLIE',
    enabled: true,
    tokenRequestTime: createdAt,
    tokenRequestCount: 0,
    roleAssignments: assignments,
    role_assignments: assignments,
  }
}
