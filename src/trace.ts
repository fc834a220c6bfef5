import { AsyncLocalStorage } from 'node:async_hooks'
import { hideSecrets } from './secrets.js'
import { plain } from './text.js'

/** Takes one line for each request: no bodies, no secrets. */
export type TraceSink = (line: string) => void

const scope = new AsyncLocalStorage<TraceSink>()
let everywhere: TraceSink | undefined

/** Lets the requests of the whole process be traced; `--trace` calls it. */
export function traceEverything(sink: TraceSink): void {
  everywhere = sink
}

/** Traces the requests that `work` makes, whoever makes them: the sign-in inside a query as well. */
export function traced<T>(sink: TraceSink | undefined, work: () => T): T {
  return sink === undefined ? work() : scope.run(sink, work)
}

/** Writes to stderr: stdout belongs to the data. */
export function traceToStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Where the request that runs now is traced to, if anywhere. */
export function currentTrace(): TraceSink | undefined {
  return scope.getStore() ?? everywhere ?? (process.env.XDRLAB_TRACE === '1' ? traceToStderr : undefined)
}

/** One request and what came of it. */
export interface TracedRequest {
  method: string
  url: URL
  /** Host and port of the proxy in between. */
  proxy: string | undefined
  sentHeaders: Record<string, string>
  sentBytes: number
  ms: number
  /** An answer, or the code of the error. */
  outcome: { status: number; headers: Record<string, string>; bytes: number } | { failed: string }
}

/** Writes the line; a sink that fails breaks no request. */
export function trace(sink: TraceSink, request: TracedRequest): void {
  try {
    sink(describe(request))
  } catch {
    // Whoever listens badly hears nothing.
  }
}

function describe({ method, url, proxy, sentHeaders, sentBytes, ms, outcome }: TracedRequest): string {
  const parts = [`trace ${method} ${describeUrl(url)}`]
  if (proxy !== undefined) parts.push(`through ${proxy}`)
  parts.push('failed' in outcome ? `failed ${outcome.failed}` : `${outcome.status}`, `${Math.round(ms)} ms`)
  parts.push('failed' in outcome ? `sent ${sentBytes} B` : `sent ${sentBytes} B, got ${outcome.bytes} B`)
  if (!('failed' in outcome)) {
    const requestId = outcome.headers['x-request-id']
    if (requestId !== undefined) parts.push(`request id ${plain(requestId, 100)}`)
  }
  parts.push(`sent headers ${describeHeaders(sentHeaders)}`)
  if (!('failed' in outcome)) parts.push(`got headers ${describeHeaders(outcome.headers)}`)
  // Once more over the whole: a secret may stand where nobody looks for one, such as in a path.
  return hideSecrets(parts.join(' · '))
}

const secretName = /token|secret|code|key|pass|auth|assert|state|sess|sig|cred|jwt|nonce|user/i

function describeUrl(url: URL): string {
  const values = [...url.searchParams].map(
    ([name, value]) => `${plain(name, 40)}=${secretName.test(name) ? '‹hidden›' : plain(value, 80)}`,
  )
  return `${url.origin}${plain(url.pathname, 200)}${values.length === 0 ? '' : `?${values.join('&')}`}`
}

/** What may be shown whole; of every other header the name is enough. */
const harmless = new Set([
  'accept',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'retry-after',
  // The token among them is blanked by whoever opens the WebSocket, and once more below.
  'sec-websocket-protocol',
  'x-tenant-context',
])

function describeHeaders(headers: Record<string, string>): string {
  const shown = Object.entries(headers).map(([name, value]) => {
    const lower = name.toLowerCase()
    if (harmless.has(lower)) return `${lower}: ${plain(value, 80)}`
    return /auth|cookie|token|key|secret|dpop/.test(lower)
      ? `${plain(lower, 60)}: ‹hidden›`
      : plain(lower, 60)
  })
  return `[${shown.join(', ')}]`
}
