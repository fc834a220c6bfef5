import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { XdrError } from '../errors.js'
import { version } from '../package.js'
import {
  ciscoClient,
  ciscoDeviceClient,
  type SandboxClients,
  type SandboxTargets,
  targets,
  threatSwitchClient,
} from './access.js'
import { Account, analyst, type SandboxUser } from './account.js'
import { createAuthServer, mountPath } from './auth-server.js'
import { createBearerCheck } from './bearer.js'
import { addCiscoXdrRoutes } from './cisco-xdr.js'
import { homeTenantId } from './data/tenants.js'
import { World } from './data/world.js'
import { createEventSubscriptions } from './event-search.js'
import { addGraphQLRoutes, checkCall } from './graphql.js'
import { createAlertResolvers } from './resolvers-alerts.js'
import { createAssetResolvers } from './resolvers-assets.js'
import { createCaseResolvers } from './resolvers-cases.js'
import { createClientResolvers } from './resolvers-clients.js'
import { createDirectoryResolvers } from './resolvers-directory.js'
import { createEventResolvers } from './resolvers-events.js'
import { createInvestigationResolvers } from './resolvers-investigations.js'
import { createKnowledgeResolvers } from './resolvers-knowledge.js'
import { createPeopleResolvers } from './resolvers-people.js'
import { createRecordResolvers } from './resolvers-records.js'
import { addSecureEndpointRoutes } from './secure-endpoint.js'
import { addSignInRoutes } from './sign-in.js'
import { createSubscriptionServer } from './subscriptions.js'
import { TaegisClients } from './taegis-clients.js'
import { addTaegisRoutes } from './taegis-dialect.js'
import { addTaegisTokenRoute } from './taegis-tokens.js'
import { addTargetRoutes } from './targets.js'

export type { SandboxClients, SandboxTargets } from './access.js'
export type { SandboxUser } from './account.js'

/** How a sandbox starts; every field has a default. */
export interface SandboxOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one. */
  port?: number
  /** The same seed gives the same data. Default 1. */
  seed?: number
  /** How many alerts. Default 100,000. */
  alerts?: number
  /** "Now" of the data, milliseconds since 1970. Default: the time of the start. */
  now?: number
  /** Life of an access token, seconds. Default 3600. */
  accessTokenTtlS?: number
  /** Life of a device code, seconds. Default 600. */
  deviceCodeTtlS?: number
  /** How long the Taegis token route holds a poll before it answers `authorization_pending`, milliseconds. Default 25,000. */
  pollHoldMs?: number
  /** The `interval` of the device answers, seconds. Default 1. */
  intervalS?: number
  /** Whether the Taegis token route hands a refresh token out. Default false. */
  taegisRefreshToken?: boolean
  /** Life of a token of Cisco XDR and of Secure Endpoint, seconds. Default 600. */
  ciscoTokenTtlS?: number
  /** Requests an hour that Cisco XDR answers before it says `Retry-After: 3172s`. Default 8000. */
  ciscoCallsPerHour?: number
  /** Sees every request first; what it answers itself (returning true) goes no further. For tests of faults. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>
}

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable {
  /** For example `http://127.0.0.1:41234`. */
  readonly origin: string
  /** The person who can sign in. */
  readonly user: SandboxUser
  /** The dedicated credentials of each platform; they are fixed and open nothing else. */
  readonly clients: SandboxClients
  /** What the targets that take the same credential with every call want. */
  readonly targets: SandboxTargets
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

/**
 * Starts the embedded platform on this computer: a real authorization server (RFC 8628 at `/oidc` and the Taegis
 * dialect in front of it) and the GraphQL API over made-up data. It listens on 127.0.0.1 only and writes nothing.
 *
 * @throws XdrError `XDR_SANDBOX` where the port is taken
 * @example
 * await using sandbox = await startSandbox()
 * const xdr = await connect(taegis, { url: sandbox.origin })
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  let handle: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end()
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('x-request-id', randomUUID())
    if (!isLoopbackHost(request.headers.host)) {
      // A page on the internet can point its own name at 127.0.0.1; it cannot change the Host it sends.
      response.writeHead(421, { 'content-type': 'text/plain' }).end('this server answers to localhost only')
      return
    }
    if ((await options.intercept?.(request, response)) === true) return
    handle(request, response)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  const port = await listen(server, options.port ?? 0)
  const origin = `http://127.0.0.1:${port}`
  const end = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  try {
    const { account, clients, routes, upgrade, closeRoutes } = await createRoutes(origin, options)
    handle = routes
    server.on('upgrade', (request, socket, head) => {
      // As for requests; and a page on the internet says where it comes from when it opens a WebSocket.
      const { host, origin: page } = request.headers
      if (!isLoopbackHost(host) || (page !== undefined && !isLoopbackHost(hostOf(page)))) socket.destroy()
      else upgrade(request, socket, head).catch(() => socket.destroy())
    })
    let closing: Promise<void> | undefined
    const close = () => {
      closing ??= closeRoutes().then(end)
      return closing
    }
    return { origin, user: account, clients, targets, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await end()
    throw error
  }
}

async function createRoutes(origin: string, options: SandboxOptions) {
  const intervalS = options.intervalS ?? 1
  const account = new Account()
  const world = new World({
    seed: options.seed ?? 1,
    alerts: options.alerts ?? 100_000,
    now: options.now ?? Date.now(),
  })
  const taegisClients = new TaegisClients(world, analyst.id)
  const ciscoTokenTtlS = options.ciscoTokenTtlS ?? 600
  const { provider, issuer, audience, ciscoAudience, jwks, sign } = await createAuthServer({
    origin,
    account,
    tenantIds: [homeTenantId],
    accessTokenTtlS: options.accessTokenTtlS ?? 3600,
    deviceCodeTtlS: options.deviceCodeTtlS ?? 600,
    intervalS,
    ciscoTokenTtlS,
  })
  // Every held poll listens for decisions.
  provider.setMaxListeners(0)
  // A browser that leaves in the middle of an answer is no news for a console.
  provider.silent = true

  const { fastify } = await import('fastify')
  const app = fastify({ logger: false, bodyLimit: 1024 * 1024 })
  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error)
    const message = status >= 500 || !(error instanceof Error) ? 'the sandbox failed' : error.message
    reply.code(status).send({ errors: [{ message }] })
  })
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send({ errors: [{ message: 'there is nothing at this address' }] })
  })
  addSignInRoutes(app, provider, account)
  addTaegisRoutes(app, {
    origin,
    provider,
    intervalS,
    pollHoldMs: options.pollHoldMs ?? 25_000,
    refreshToken: options.taegisRefreshToken ?? false,
  })
  addTaegisTokenRoute(app, { clients: taegisClients, audience, sign })
  const checkFor = (aud: string) => createBearerCheck({ jwks, issuer, audience: aud, claims: [] })
  const checkCisco = checkFor(ciscoAudience)
  addCiscoXdrRoutes(app, {
    origin,
    intervalS,
    callsPerHour: options.ciscoCallsPerHour ?? 8000,
    checkBearer: checkCisco,
  })
  const endpointAudience = `${origin}/v3`
  addSecureEndpointRoutes(app, {
    world,
    audience: endpointAudience,
    tokenTtlS: ciscoTokenTtlS,
    sign,
    checkSource: checkCisco,
    checkOwn: checkFor(endpointAudience),
  })
  const threatSwitchAudience = `${origin}/threatswitch`
  addTargetRoutes(app, {
    world,
    audience: threatSwitchAudience,
    sign,
    checkBearer: checkFor(threatSwitchAudience),
  })
  app.get('/assets/version', () => ({
    tag: `v${version}`,
    revision: 'sandbox',
    timestamp: new Date(world.now).toISOString(),
  }))
  const checkBearer = createBearerCheck({ jwks, issuer, audience })
  const schemas = await addGraphQLRoutes(app, {
    world,
    checkBearer,
    subscriptions: createEventSubscriptions(world),
    resolvers: [
      createAlertResolvers(world),
      createAssetResolvers(world),
      createCaseResolvers(world),
      createClientResolvers(world, taegisClients),
      createDirectoryResolvers(world),
      createEventResolvers(world),
      createInvestigationResolvers(world),
      createKnowledgeResolvers(world),
      createPeopleResolvers(world, taegisClients),
      createRecordResolvers(world),
    ],
  })
  await app.ready()
  const sockets = await createSubscriptionServer({
    schemas,
    check: (authorization, asked) => checkCall({ world, checkBearer }, authorization, asked),
  })

  const authorize = provider.callback()
  const routes: RequestListener = (request, response) => {
    const url = request.url ?? '/'
    if (url.startsWith(`${mountPath}/`)) mounted(request, url.slice(mountPath.length))
    // The address people are shown is the short one.
    else if (/^\/device(\?|$)/.test(url)) mounted(request, url)
    else {
      app.routing(request, response)
      return
    }
    authorize(request, response)
  }
  const clients: SandboxClients = {
    taegis: taegisClients.known,
    ciscoXdr: ciscoClient,
    ciscoXdrDevice: ciscoDeviceClient,
    threatSwitch: threatSwitchClient,
  }
  const closeRoutes = async () => {
    sockets.close()
    await app.close()
  }
  return { account, clients, routes, upgrade: sockets.upgrade, closeRoutes }
}

/** The authorization server works its own address out from the difference between these two. */
function mounted(request: IncomingMessage, path: string): void {
  request.url = path
  Object.assign(request, { originalUrl: mountPath + path })
}

function statusOf(error: unknown): number {
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500
  return status >= 400 && status < 600 ? status : 500
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE'
      reject(
        new XdrError(
          'XDR_SANDBOX',
          taken ? `port ${port} is taken` : `the sandbox cannot listen on port ${port}`,
          {
            hint: 'choose another port, or none for any free one',
          },
        ),
      )
    })
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
