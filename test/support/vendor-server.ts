import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../src/clock.js'
import { startPrivateServer } from './private-ca.js'

/** One request, read whole. */
export interface VendorRequest {
  method: string
  /** With the query. */
  path: string
  headers: Readonly<Record<string, string | undefined>>
  body: string
}

export interface VendorAnswer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/** What a route asks of a request before it answers; everything else about the request must be absent. */
export interface Wire {
  /** `Basic …` of these, or the bearer token of the kind that `tokens` keeps. */
  basic?: { name: string; password: string }
  bearer?: string
  header?: { name: string; value: string }
  /** The body's exact parameters, in the encoding that the content type names; absent for no body at all. */
  form?: Record<string, string | RegExp>
  json?: Record<string, unknown>
}

export type Route = (request: VendorRequest, vendor: VendorServer) => VendorAnswer | Promise<VendorAnswer>

export interface VendorServer extends AsyncDisposable {
  /** As `https://localhost` and as `https://127.0.0.1`: two origins of one server. */
  readonly origin: string
  readonly otherOrigin: string
  readonly authority: string
  /** What was sent that is not in the vendor's documents. */
  readonly violations: readonly string[]
  readonly seen: readonly (VendorRequest & { status: number })[]
  /** How often a path was asked with success. */
  count(path: string): number
  /** A token of a kind, good for so long: a JWT without a signature. */
  issue(kind: string, lifeS: number, claims?: Record<string, unknown>): string
  isLive(kind: string, authorization: string | undefined): boolean
  /** Ends every token of a kind at once. */
  revoke(kind: string): void
  /** Answers the next request to a path in another way. */
  next(path: string, answer: VendorAnswer): void
}

/** An HTTPS server on loopback that knows `routes` (`POST /path`) and no other request. */
export async function startVendor(routes: Record<string, Route>, clock: Clock): Promise<VendorServer> {
  const violations: string[] = []
  const seen: (VendorRequest & { status: number })[] = []
  const tokens = new Map<string, { kind: string; endsAt: number }>()
  const planned = new Map<string, VendorAnswer>()
  let issued = 0

  const answerTo = async (request: VendorRequest): Promise<VendorAnswer> => {
    const [pathname = ''] = request.path.split('?')
    const other = planned.get(pathname)
    if (other !== undefined) {
      planned.delete(pathname)
      return other
    }
    const route = routes[`${request.method} ${request.path}`] ?? routes[`${request.method} ${pathname}`]
    if (route === undefined) {
      violations.push(`${request.method} ${request.path} is no route`)
      return { status: 404, body: { error: 'not_found' } }
    }
    try {
      return await route(request, vendor)
    } catch (error) {
      violations.push(`${request.method} ${request.path}: ${error instanceof Error ? error.message : error}`)
      return { status: 400, body: { error: 'invalid_request', trace_id: 'trace-400' } }
    }
  }

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const request: VendorRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()]),
      ),
      body: Buffer.concat(chunks).toString('utf8'),
    }
    const answer = await answerTo(request)
    seen.push({ ...request, status: answer.status })
    // The server's clock is the test's: a token's end is counted from what it says.
    const date = new Date(clock.now()).toUTCString()
    response.writeHead(answer.status, { 'content-type': 'application/json', date, ...answer.headers })
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
  }

  const server = await startPrivateServer(['DNS:localhost', 'IP:127.0.0.1'], (request, response) => {
    serve(request, response).catch((error) => response.destroy(error))
  })
  const vendor: VendorServer = {
    origin: `https://localhost:${server.port}`,
    otherOrigin: `https://127.0.0.1:${server.port}`,
    authority: server.authority,
    violations,
    seen,
    count: (path) => seen.filter((r) => r.path.split('?')[0] === path && r.status === 200).length,
    issue: (kind, lifeS, claims = {}) => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const endsAt = clock.now() + lifeS * 1000
      const payload = { jti: `${kind}-${++issued}`, exp: Math.floor(endsAt / 1000), ...claims }
      const token = `${part({ alg: 'none' })}.${part(payload)}.SENTINEL-${kind}-${issued}`
      tokens.set(token, { kind, endsAt })
      return token
    },
    isLive: (kind, authorization) => {
      const token = tokens.get(authorization?.replace(/^Bearer /, '') ?? '')
      return (
        authorization?.startsWith('Bearer ') === true && token?.kind === kind && token.endsAt > clock.now()
      )
    },
    revoke: (kind) => {
      for (const [token, known] of tokens) if (known.kind === kind) tokens.delete(token)
    },
    next: (path, answer) => void planned.set(path, answer),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
  return vendor
}

/** Headers that say nothing about the wire; `accept: application/json` stands in the vendors' own lines. */
const neutral = new Set(['host', 'connection', 'content-length', 'accept', 'user-agent', 'transfer-encoding'])

/**
 * Holds a request to the documented wire.
 *
 * @throws Error with what is not as documented
 */
export function hold(request: VendorRequest, wire: Wire): void {
  const { headers } = request
  const allowed = new Set(neutral)
  if (wire.basic !== undefined || wire.bearer !== undefined) allowed.add('authorization')
  if (wire.form !== undefined || wire.json !== undefined) allowed.add('content-type')
  if (wire.header !== undefined) allowed.add(wire.header.name.toLowerCase())
  const extra = Object.keys(headers).find((name) => !allowed.has(name) && !name.startsWith('apollographql-'))
  if (extra !== undefined) throw new Error(`the header ${extra} is not documented`)
  if (wire.bearer !== undefined && !headers.authorization?.startsWith('Bearer ')) {
    throw new Error('no bearer token')
  }
  const type = headers['content-type']?.split(';')[0]
  if (wire.form !== undefined) {
    if (type !== 'application/x-www-form-urlencoded') throw new Error(`content type ${type}`)
    holdParameters(Object.fromEntries(new URLSearchParams(request.body)), wire.form)
  } else if (wire.json !== undefined) {
    if (type !== 'application/json') throw new Error(`content type ${type}`)
    holdParameters(JSON.parse(request.body), wire.json)
  } else if (request.body !== '') {
    throw new Error('a body where none is documented')
  }
}

function holdParameters(sent: Record<string, unknown>, wanted: Record<string, unknown>): void {
  const names = new Set([...Object.keys(sent), ...Object.keys(wanted)])
  for (const name of names) {
    const [value, expected] = [sent[name], wanted[name]]
    const fits = expected instanceof RegExp ? expected.test(String(value)) : value === expected
    if (!fits) throw new Error(`${name} is ${JSON.stringify(value)}`)
  }
}

/** What `curl --user` sends. */
export function basicOf(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
}
