import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  buildASTSchema,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  isUnionType,
  parse,
  type TypeNode,
} from 'graphql'
import type { MercuriusOptions } from 'mercurius'
import { parseExactJson } from '../json.js'
import { packageRoot } from '../package.js'
import { isRecord } from '../record.js'
import { sliceGateway } from '../schema/gateways.js'
import type { createBearerCheck } from './bearer.js'
import { type CallContext, type Resolvers, SubscriptionMessage, type Subscriptions } from './context.js'
import type { World } from './data/world.js'
import { needsWebSocket } from './paging.js'
import { scalars } from './scalars.js'
import { stringifyWire } from './wire.js'

export interface GraphQLOptions {
  world: World
  checkBearer: ReturnType<typeof createBearerCheck>
  resolvers: readonly Resolvers[]
  subscriptions: Subscriptions
}

/** The gateways of the platform: a root field answers at its own and nowhere else. */
const gateways = ['/graphql', '/events/query', '/cql-metadata/query'] as const
const maxBodyBytes = 1024 * 1024
const maxQueryDepth = 24
/** A query is compiled when it comes the third time. */
const jitAfter = 2

/** Answers GraphQL for holders of an access token, each path with the root fields that belong to it. */
export async function addGraphQLRoutes(
  app: FastifyInstance,
  options: GraphQLOptions,
): Promise<ReadonlyMap<string, GraphQLSchema>> {
  const { mercurius } = await import('mercurius')
  const document = parse(readFileSync(join(packageRoot, 'src/sandbox/schema.graphql'), 'utf8'))
  const schemas = new Map<string, GraphQLSchema>()
  for (const path of gateways) {
    const schema = buildASTSchema(sliceGateway(document, path))
    attach(schema, options.resolvers)
    attachSubscriptions(schema, options.subscriptions)
    schemas.set(path, schema)
    app.register(async (scope) => {
      const contexts = new WeakMap<FastifyRequest, CallContext>()
      scope.addHook('onRequest', async (request, reply) => {
        const context = await authorize(request, reply, options)
        if (context !== undefined) contexts.set(request, context)
      })
      scope.addHook('preSerialization', async (_request, reply, payload) => clientErrorShape(reply, payload))
      // Exact: an Int64 above 2^53 in the variables would be rounded before its scalar ever saw it.
      scope.removeContentTypeParser('application/json')
      scope.addContentTypeParser('application/json', { parseAs: 'string' }, readExactJson)
      const settings: MercuriusOptions = {
        schema,
        path,
        jit: jitAfter,
        graphiql: false,
        queryDepth: maxQueryDepth,
        context: (request) => ({ ...contexts.get(request) }),
        additionalRouteOptions: { bodyLimit: maxBodyBytes, serializerCompiler: () => stringifyWire },
      }
      await scope.register(mercurius, settings)
      const endless = endlessInputs(schema)
      // A document that is handed back is not compiled: the compiler would not come to an end.
      scope.graphql.addHook('preExecution', async (_schema, asked) =>
        takesAny(asked, endless) ? { document: asked } : undefined,
      )
    })
  }
  return schemas
}

/** Input types that hold themselves, such as a filter with `and`, and those that hold such a one. */
function endlessInputs(schema: GraphQLSchema): ReadonlySet<string> {
  const reached = new Map<string, Set<string>>()
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType)
  for (const input of inputs) {
    const names = Object.values(input.getFields()).map(({ type }) => getNamedType(type).name)
    reached.set(input.name, new Set(names))
  }
  for (const through of reached.keys()) {
    for (const names of reached.values()) {
      if (names.has(through)) for (const name of reached.get(through) ?? []) names.add(name)
    }
  }
  const isEndless = (name: string) => reached.get(name)?.has(name) === true
  return new Set(
    inputs
      .map(({ name }) => name)
      .filter((name) => isEndless(name) || [...(reached.get(name) ?? [])].some(isEndless)),
  )
}

/** Whether an operation has a variable of one of these types. */
function takesAny(document: DocumentNode, types: ReadonlySet<string>): boolean {
  return document.definitions.some(
    (definition) =>
      definition.kind === 'OperationDefinition' &&
      (definition.variableDefinitions ?? []).some(({ type }) => types.has(nameOf(type))),
  )
}

function nameOf(type: TypeNode): string {
  return type.kind === 'NamedType' ? type.name.value : nameOf(type.type)
}

function readExactJson(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  try {
    done(null, parseExactJson(String(body)))
  } catch {
    done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }))
  }
}

function attach(schema: GraphQLSchema, resolvers: readonly Resolvers[]): void {
  for (const group of resolvers) {
    for (const [typeName, fields] of Object.entries(group)) {
      const type = schema.getType(typeName)
      if (!isObjectType(type)) continue
      for (const [name, resolve] of Object.entries(fields)) {
        const field = type.getFields()[name]
        if (field !== undefined) field.resolve = resolve
      }
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    const scalar = isScalarType(type) ? scalars[type.name] : undefined
    if (isScalarType(type) && scalar !== undefined) Object.assign(type, scalar)
    if (isUnionType(type)) {
      type.resolveType = (value) => (isRecord(value) && 'client_id' in value ? 'Client' : 'TDRUser')
    }
  }
}

/** Over HTTP a subscription is executed like a query, and has no message to give. */
function attachSubscriptions(schema: GraphQLSchema, subscriptions: Subscriptions): void {
  const fields = schema.getSubscriptionType()?.getFields() ?? {}
  for (const [name, subscribe] of Object.entries(subscriptions)) {
    const field = fields[name]
    if (field === undefined) continue
    field.subscribe = (_root, args, context: CallContext) => subscribe.open(args, context)
    field.resolve = (message) => (message instanceof SubscriptionMessage ? message.value : needsWebSocket())
  }
}

/** RFC 6750: 401 with a challenge where the token is missing or bad; 403 where it is good for other tenants only. */
async function authorize(
  request: FastifyRequest,
  reply: FastifyReply,
  { checkBearer, world }: GraphQLOptions,
): Promise<CallContext | undefined> {
  const asked = request.headers['x-tenant-context']
  const { authorization } = request.headers
  const call = await checkCall({ world, checkBearer }, authorization, typeof asked === 'string' ? asked : '')
  if (call.state === 'allowed') return call.context
  if (call.challenge !== undefined) reply.header('www-authenticate', call.challenge)
  refuse(reply, call.status, call.message, call.status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN')
  return undefined
}

export type CallCheck =
  | { state: 'allowed'; context: CallContext }
  | { state: 'refused'; status: 401 | 403; message: string; challenge: string | undefined }

/**
 * Whose call it is, and for which tenant.
 *
 * @param authorization the header, or what stands in its place
 * @param asked tenant id, empty for the token's own
 */
export async function checkCall(
  { world, checkBearer }: Pick<GraphQLOptions, 'world' | 'checkBearer'>,
  authorization: string | undefined,
  asked: string,
): Promise<CallCheck> {
  const check = await checkBearer(authorization)
  if (check.state !== 'valid') {
    const why = check.state === 'missing' ? 'an access token is needed' : check.why
    const challenge =
      check.state === 'missing'
        ? 'Bearer realm="xdrlab sandbox"'
        : `Bearer error="invalid_token", error_description="${why.replaceAll('"', "'")}"`
    return { state: 'refused', status: 401, message: `unauthorized: ${why}`, challenge }
  }
  const { principal } = check
  const tenantId = asked === '' ? (principal.tenantIds[0] ?? '') : asked
  const tenantRow = world.tenantRow(tenantId)
  const parent = world.tenants[tenantRow]?.parentTenantID ?? ''
  if (tenantRow < 0 || !(principal.tenantIds.includes(tenantId) || principal.tenantIds.includes(parent))) {
    const message = 'forbidden: you have no access to this tenant'
    return { state: 'refused', status: 403, message, challenge: undefined }
  }
  if (world.tenants[tenantRow]?.enabled === false) {
    const message = 'forbidden: this tenant is switched off'
    return { state: 'refused', status: 403, message, challenge: undefined }
  }
  const seesTenant = (row: number) => row === tenantRow || world.tenants[row]?.parentTenantID === tenantId
  return { state: 'allowed', context: { principal, tenantId, seesTenant } }
}

function refuse(reply: FastifyReply, status: number, message: string, code: string): void {
  reply.code(status).send({ errors: [{ message, extensions: { code } }], data: null })
}

/**
 * `createClient` tells of a taken name in a shape of its own: a top-level `error`, no `errors`. How it tells of its
 * limit is not documented: HTTP 429 with `Retry-After` is what the rest of the platform does.
 */
function clientErrorShape(reply: FastifyReply, payload: unknown): unknown {
  const errors: readonly GraphQLError[] =
    isRecord(payload) && Array.isArray(payload.errors) ? payload.errors : []
  const codeOf = (error: GraphQLError) => error.extensions?.code
  const taken = errors.find((error) => codeOf(error) === 'EXISTING_CLIENT')
  if (taken !== undefined) return { error: [taken.message] }
  const limited = errors.find((error) => codeOf(error) === 'RATE_LIMITED')
  if (limited !== undefined) reply.code(429).header('retry-after', String(limited.extensions.retryAfterS))
  return payload
}
