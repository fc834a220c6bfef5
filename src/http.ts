import type { Connection } from './connections.js'
import { abortedError, XdrError } from './errors.js'
import type { ProxyRoute } from './proxy.js'
import { plain } from './text.js'
import { currentTrace, trace } from './trace.js'
import { decodeUtf8, StoppedRequest, type WireAnswer } from './wire.js'

/** One request; `redirect: 'manual'` always, so that a token never follows a redirect to another host. */
export interface HttpRequest {
  method: 'GET' | 'POST'
  url: URL
  headers?: Record<string, string>
  body?: string | undefined
  signal?: AbortSignal | undefined
  /**
   * Until the whole answer has arrived, milliseconds; 0 waits as long as the signal allows (long poll).
   * Default 60,000.
   */
  timeoutMs?: number
  /** One of few, such as those of a sign-in: goes by what is there first, not by what is best for many. */
  isRare?: boolean
  /** A longer answer ends in `XDR_TOO_LARGE`. Default 32 MiB. */
  maxBytes?: number
}

export interface HttpResponse {
  status: number
  headers: Record<string, string>
  /** The body as it came; whoever asked for it may write into it. */
  bytes: Buffer
  /** The body as UTF-8, without a byte order mark; decoded when it is first read. */
  readonly text: string
}

export const defaultTimeoutMs = 60_000
export const defaultMaxBytes = 32 * 1024 * 1024

/** Loaded with the first request: what only reads a stored sign-in needs no network. */
let connections: typeof import('./connections.js') | undefined

/**
 * Sends one request and reads the whole answer.
 *
 * @throws XdrError `XDR_TIMEOUT`, `XDR_NETWORK`, `XDR_PROXY`, `XDR_TLS`, `XDR_TOO_LARGE`, `XDR_ABORTED`, `XDR_REDIRECT`
 */
export async function send(request: HttpRequest): Promise<HttpResponse> {
  connections ??= await import('./connections.js')
  const connection = await connections.connectionFor(request.url, { isRare: request.isRare ?? false })
  const headers = { accept: 'application/json', ...request.headers }
  const sink = currentTrace()
  if (sink === undefined) return exchange(request, headers, connection)
  const { method, url, body = '' } = request
  const seen = {
    method,
    url,
    proxy: connection.proxy?.url.host,
    sentHeaders: headers,
    sentBytes: Buffer.byteLength(body),
  }
  const startedMs = performance.now()
  try {
    const response = await exchange(request, headers, connection)
    const outcome = {
      status: response.status,
      headers: response.headers,
      bytes: response.bytes.length,
    }
    trace(sink, { ...seen, ms: performance.now() - startedMs, outcome })
    return response
  } catch (error) {
    const failed = error instanceof XdrError ? error.code : 'unknown'
    trace(sink, { ...seen, ms: performance.now() - startedMs, outcome: { failed } })
    throw error
  }
}

async function exchange(
  request: HttpRequest,
  headers: Record<string, string>,
  { wire, proxy }: Connection,
): Promise<HttpResponse> {
  const { method, url, body, signal, timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = request
  const where = `${method} ${url.origin}${url.pathname}`
  if (signal?.aborted) throw abortedError(where)
  let answer: WireAnswer
  try {
    answer = await wire.request({ method, url, headers, body, signal, timeoutMs, maxBytes })
  } catch (error) {
    const stopped = error instanceof StoppedRequest ? error.why : undefined
    if (stopped === 'large') throw tooLargeError(where, maxBytes)
    if (signal?.aborted) throw abortedError(where)
    if (stopped === 'late') throw timeoutError(where, timeoutMs)
    throw (proxy === undefined ? undefined : proxyError(proxy, error)) ?? networkError(where, error)
  }
  if (answer.status >= 300 && answer.status < 400) throw redirectError(where, url, answer)
  return new Answer(answer)
}

class Answer implements HttpResponse {
  readonly status: number
  readonly headers: Record<string, string>
  readonly bytes: Buffer
  #text: string | undefined

  constructor({ status, headers, bytes }: WireAnswer) {
    this.status = status
    this.headers = headers
    this.bytes = bytes
  }

  get text(): string {
    this.#text ??= decodeUtf8(this.bytes)
    return this.#text
  }
}

function timeoutError(where: string, timeoutMs: number): XdrError {
  return new XdrError('XDR_TIMEOUT', `${where} did not answer within ${timeoutMs / 1000} s`, {
    hint: 'try again, ask for less, or raise timeoutMs',
  })
}

function tooLargeError(where: string, maxBytes: number): XdrError {
  return new XdrError('XDR_TOO_LARGE', `${where} answered more than ${formatBytes(maxBytes)}`, {
    hint: 'ask for fewer rows or fields (limit, paging), or raise maxBytes',
  })
}

function formatBytes(size: number): string {
  return size >= 1024 * 1024 ? `${Math.round(size / 1024 / 1024)} MiB` : `${size} bytes`
}

const tlsCode =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|HOSTNAME_MISMATCH|EPROTO)/

/** A connection that failed, by its `code`. `where` is method and address. */
export function networkError(where: string, error: unknown): XdrError {
  const code = errorCode(error)
  if (tlsCode.test(code)) {
    return new XdrError('XDR_TLS', `the certificate of ${where.split(' ')[1]} is not trusted (${code})`, {
      hint: 'behind a company proxy or a private CA, set NODE_EXTRA_CA_CERTS (or XDRLAB_CA_CERTS) to its PEM file; otherwise do not go on',
    })
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new XdrError('XDR_TIMEOUT', `no connection for ${where} within 15 s`, {
      hint: 'check the network, the VPN and the region',
    })
  }
  return new XdrError('XDR_NETWORK', `${where} failed: ${networkReason(code)}`, {
    hint: 'check the network, the VPN, the proxy and the region, then try again',
  })
}

/** What goes wrong before the tunnel stands is the proxy's; afterwards the connection is the platform's. */
export function proxyError(route: ProxyRoute, error: unknown): XdrError | undefined {
  const name = `the proxy ${route.url.host}`
  const refused = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : '')
  if (refused !== null) return proxyRefusal(route, Number(refused[1]))
  const code = errorCode(error)
  // undici's name for a certificate that is made out to somebody else.
  if (code === 'UND_ERR_PRX_TLS') {
    return new XdrError('XDR_TLS', `the certificate of ${name} is not made out to that name`, {
      hint: 'write HTTPS_PROXY with the name that the proxy’s certificate has; otherwise do not go on',
    })
  }
  if (!proxyCodes.has(code)) return undefined
  const reason = code.startsWith('UND_ERR') ? 'does not answer' : `cannot be reached: ${networkReason(code)}`
  return new XdrError('XDR_PROXY', `${name} ${reason}`, {
    hint: 'check HTTPS_PROXY and the network; to go without a proxy, unset it or name the host in NO_PROXY',
  })
}

/** A proxy that answered CONNECT with another status than 2xx. */
export function proxyRefusal({ url, authorization }: ProxyRoute, status: number): XdrError {
  const name = `the proxy ${url.host}`
  if (status === 407) {
    const why =
      authorization === undefined
        ? 'wants a user name and password'
        : 'did not accept the user name and password given for it'
    return new XdrError('XDR_PROXY', `${name} ${why} (HTTP 407)`, {
      hint: 'set HTTPS_PROXY to http://user:password@host:port, with signs such as @ / # percent-encoded',
    })
  }
  return new XdrError('XDR_PROXY', `${name} made no connection to the platform (HTTP ${status})`, {
    hint: 'ask whoever runs the proxy whether the platform is allowed, or leave the host out with NO_PROXY',
    // Only what another try may cure: a proxy's 401 is no word about the sign-in.
    status: isTransientStatus(status) ? status : undefined,
  })
}

const proxyCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
])

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
}

function networkReason(code: string): string {
  const reason = reasons[code]
  return reason === undefined ? `connection error ${code}` : `${reason}`
}

/** The `code` of an error or of its causes; an aggregate (two addresses refused) gives its first. */
function errorCode(error: unknown): string {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; depth++) {
    if ('code' in e && typeof e.code === 'string') return e.code
    e = e instanceof AggregateError ? e.errors[0] : e.cause
  }
  return 'unknown'
}

/** An answer that points elsewhere: nothing is sent there. */
export function redirectError(
  where: string,
  from: URL,
  response: Pick<HttpResponse, 'status' | 'headers'>,
): XdrError {
  const location = URL.canParse(response.headers.location ?? '', from.href)
    ? new URL(response.headers.location ?? '', from).origin
    : 'no readable address'
  return new XdrError(
    'XDR_REDIRECT',
    `${where} redirects to ${plain(location)}; a token is never sent after a redirect`,
    {
      hint: 'check the region and the URL: a sign-in page or a proxy may stand in between',
      status: response.status,
    },
  )
}

/** True for what another try may cure: resets, timeouts, 429 and 502–504. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof XdrError)) return false
  return error.code === 'XDR_NETWORK' || error.code === 'XDR_TIMEOUT' || isTransientStatus(error.status ?? 0)
}

export function isTransientStatus(status: number): boolean {
  return status === 429 || (status >= 502 && status <= 504)
}

/**
 * Reads `Retry-After`: seconds, an HTTP date, or seconds with their unit as Cisco XDR writes them (`3172s`).
 *
 * @param now wall clock, milliseconds since 1970
 * @returns milliseconds to wait, `undefined` where the header is absent or unreadable
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const seconds = /^\s*(\d+(?:\.\d+)?)\s*s?\s*$/i.exec(value)
  if (seconds?.[1] !== undefined) return Number(seconds[1]) * 1000
  // Date.parse reads far more than an HTTP date: `-5` would be a day in 2001, long past, so no wait at all.
  const date = /^\s*[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Checks an address that comes from a person or a server: `https`, or `http` on loopback, and no credentials in it.
 *
 * @throws XdrError `XDR_BAD_URL`
 */
export function checkUrl(value: string, what: string): URL {
  const bad = (why: string) =>
    new XdrError('XDR_BAD_URL', `${what} ${why}: ${plain(value, 120)}`, {
      hint: 'give an https:// address (http:// only for localhost)',
    })
  if (!URL.canParse(value)) throw bad('is not a URL')
  const url = new URL(value)
  if (url.username !== '' || url.password !== '') {
    throw new XdrError('XDR_BAD_URL', `${what} has a user name or password in it`, {
      hint: 'give the address without credentials; the sign-in asks for them',
    })
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))) return url
  throw bad('must use https')
}
