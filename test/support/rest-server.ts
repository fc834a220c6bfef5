import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { oauth } from '../../src/providers/oauth.js'
import type { Provider } from '../../src/providers/provider.js'
import { type AuthServer, clientId, startAuthServer } from './auth-server.js'
import { type FaultProxy, startFaultProxy } from './fault-proxy.js'

export const organizationsPath = '/v3/organizations'

export interface Organization {
  name: string
  organizationIdentifier: string
}

export interface RestServer extends AsyncDisposable {
  /** Tokens come from a real authorization server, with refresh tokens that rotate. */
  auth: AuthServer
  /** In front of the REST interface. */
  proxy: FaultProxy
  provider: Provider
  organizations: readonly Organization[]
  /** Most tokens are good for so many calls, then 401: as a token that ends in the middle of a loop. */
  callsPerToken: number
  /** A page is never longer than this, whatever is asked for. */
  longestPage: number
  /** What `/echo` was sent last. */
  readonly echoed: { method: string; url: string; contentType: string | undefined; body: string }[]
}

/** A stand-in for Secure Endpoint's `/v3/organizations`: only the documented wire, only live tokens. */
export async function startRestServer(count = 230): Promise<RestServer> {
  const auth = await startAuthServer({ approvesAtOnce: true })
  const proxy = await startFaultProxy()
  const organizations = Array.from({ length: count }, (_, i) => ({
    name: `Organization ${i}`,
    organizationIdentifier: `org-${String(i).padStart(5, '0')}`,
  }))
  const wasGiven = (token: string) =>
    auth.proxy.to('/token').some(({ answer = '' }) => token !== '' && answer.includes(`"${token}"`))
  const callsOf = new Map<string, number>()
  const echoed: RestServer['echoed'] = []
  const reply = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const token = request.headers.authorization ?? ''
    const calls = (callsOf.get(token) ?? 0) + 1
    callsOf.set(token, calls)
    if (!wasGiven(token.replace(/^Bearer /, '')) || calls > it.callsPerToken) {
      return reply(response, 401, {
        error: 'invalid_token',
        error_description: 'the token has ended',
        trace_id: 't-401',
      })
    }
    const url = new URL(request.url ?? '/', 'http://rest')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (url.pathname === '/echo') {
      const body = Buffer.concat(chunks).toString('utf8')
      echoed.push({
        method: request.method ?? '',
        url: url.pathname + url.search,
        contentType: request.headers['content-type'],
        body,
      })
      return reply(response, 200, { id: 1, received: body.length })
    }
    if (url.pathname === '/empty') return reply(response, 204, undefined)
    if (request.method !== 'GET' || url.pathname !== organizationsPath) {
      return reply(response, 404, {
        error: 'not_found',
        error_description: 'no such path',
        trace_id: 't-404',
      })
    }
    const start = Number(url.searchParams.get('start') ?? 0)
    const asked = Number(url.searchParams.get('size') ?? 10)
    const size = Math.min(asked, it.longestPage)
    const data = organizations.slice(start, start + size)
    return reply(response, 200, { meta: { start, size, total: organizations.length }, data })
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy.forwardTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const it: RestServer = {
    auth,
    proxy,
    provider: {
      ...oauth({ issuer: auth.issuer, clientId, scopes: ['openid', 'offline_access'], api: proxy.origin }),
      rest: { paging: 'start-size' },
      requestIds: ['trace_id'],
    },
    organizations,
    callsPerToken: Number.POSITIVE_INFINITY,
    longestPage: 100,
    echoed,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await auth[Symbol.asyncDispose]()
    },
  }
  return it
}
