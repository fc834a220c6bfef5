import { GraphQLError } from 'graphql'
import type { CallContext, Maybe, Resolvers } from './context.js'
import { roles } from './data/people.js'
import type { World } from './data/world.js'
import { invalidInput, notFound, pageSize, toTime } from './paging.js'
import type { ClientWithSecret, TaegisClient, TaegisClients } from './taegis-clients.js'

interface ClientFilter {
  name?: Maybe<string>
  clientIDs?: Maybe<string[]>
  tenantID?: Maybe<string>
  roleIDs?: Maybe<string[]>
  tenantIDs?: Maybe<string[]>
}

/** Client credentials of the tenant: API clients that a person registers for programs. */
export function createClientResolvers(world: World, clients: TaegisClients): Resolvers {
  const visible = (context: CallContext) =>
    clients.all.filter(({ tenantId }) => context.seesTenant(world.tenantRow(tenantId)))

  const find = (id: string, context: CallContext): TaegisClient => {
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
      client: (_root, args: { id: string }, context) => showClient(find(args.id, context)),

      clients: (_root, args: ClientFilter & { page?: Maybe<number>; perPage?: Maybe<number> }, context) => {
        const size = pageSize(args.perPage, 50, 1000)
        // Pages of this older field count from 0.
        const start = Math.max(0, args.page ?? 0) * size
        return search(args, context)
          .slice(start, start + size)
          .map(showClient)
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
        const results = found.slice(start, start + size).map(showClient)
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
        const taken = clients.all.some(
          ({ name, tenantId }) => name === args.name && tenantId === context.tenantId,
        )
        if (taken) {
          throw new GraphQLError('Existing client in tenant', { extensions: { code: 'EXISTING_CLIENT' } })
        }
        const waitMs = clients.waitMs(context.tenantId)
        if (waitMs > 0) {
          const retryAfterS = Math.ceil(waitMs / 1000)
          throw new GraphQLError('too many clients were created in this tenant within an hour', {
            extensions: { code: 'RATE_LIMITED', retryAfterS },
          })
        }
        return showSecret(
          clients.create({
            name: args.name,
            tenantId: context.tenantId,
            by: context.principal.subject,
            ...(args.roles ? { roleIds: args.roles } : {}),
          }),
        )
      },

      rotateClientSecret: (_root, args: { id: string; secret?: Maybe<string> }, context) => {
        const client = find(args.id, context)
        if (args.secret && !clients.hasSecret(client, args.secret)) {
          throw invalidInput('the secret is not that of this client')
        }
        return showSecret(clients.rotate(client, context.principal.subject))
      },

      forceRotateClientSecret: (_root, args: { id: string }, context) =>
        showSecret(clients.rotate(find(args.id, context), context.principal.subject)),

      deleteClient: (_root, args: { id: string }, context) => {
        const gone = find(args.id, context)
        clients.remove(gone)
        return showClient(gone)
      },
    },
  }
}

function showSecret({ client, secret }: ClientWithSecret) {
  return { client: showClient(client), clientSecret: secret, client_secret: secret }
}

/** A client as the schema's type names its fields, the older spellings included. */
export function showClient(client: TaegisClient) {
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
  const updatedAt = toTime(client.updatedAt)
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
    createdBy: client.createdBy,
    created_by: client.createdBy,
    updatedAt,
    updated_at: updatedAt,
    updatedBy: client.updatedBy,
    updated_by: client.updatedBy,
    environment: 'CHARLIE',
    enabled: true,
    tokenRequestTime: client.tokenRequestTime === null ? null : toTime(client.tokenRequestTime),
    tokenRequestCount: client.tokenRequestCount,
    roleAssignments: assignments,
    role_assignments: assignments,
  }
}
