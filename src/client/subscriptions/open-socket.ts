import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { SocketRoute } from '../../connections.js'
import { abortedError, XdrError } from '../../errors.js'
import { networkError, proxyError, proxyRefusal, redirectError } from '../../http.js'
import { isRecord } from '../../record.js'
import { plain } from '../../text.js'
import { currentTrace, trace } from '../../trace.js'
import { decodeUtf8, flattenHeaders } from '../../wire.js'
import { readJsonBody } from '../graphql-answer.js'
import { readRequestId, refusedError } from '../refusal.js'

/** How a WebSocket is asked for. */
export interface SocketRequest {
  /** `https`, or `http` on loopback. */
  url: URL
  /** `shown` is what a trace may say of it, where it is a secret. */
  protocols: readonly { value: string; shown?: string }[]
  headers: Record<string, string>
  /** Largest message. */
  maxBytes: number
  signal: AbortSignal
  /** For messages: `WebSocket https://…`. */
  where: string
  /** Milliseconds since 1970, for `Retry-After` dates. */
  now: number
}

/** A server that has closed its side answers our own closing within this, or the connection is cut. */
const patience = { closeTimeout: 1_000 }
/** Of an answer that is a refusal, so much is read for its reason. */
const mostRefusalBytes = 64 * 1024

/**
 * Opens a WebSocket the way requests are sent: same proxy, same certificates, no redirect followed. It is paused, so
 * that nothing gets lost before somebody listens.
 *
 * @throws XdrError `XDR_UNAUTHORIZED`, `XDR_HTTP`, `XDR_REDIRECT`, `XDR_NETWORK`, `XDR_TLS`, `XDR_PROXY`, `XDR_BAD_RESPONSE`
 */
export async function openSocket(request: SocketRequest): Promise<WebSocket> {
  const { socketRouteFor } = await import('../../connections.js')
  const route = await socketRouteFor(request.url)
  const sink = currentTrace()
  const answered: Answered = { status: 0, headers: {} }
  const startedMs = performance.now()
  const traceOutcome = (failed: string | undefined) => {
    if (sink === undefined) return
    const protocols = request.protocols.map(({ value, shown = value }) => shown).join(', ')
    trace(sink, {
      method: 'GET',
      url: socketUrl(request.url),
      proxy: route.proxy?.url.host,
      sentHeaders: { ...request.headers, upgrade: 'websocket', 'sec-websocket-protocol': protocols },
      sentBytes: 0,
      ms: performance.now() - startedMs,
      outcome: failed === undefined || answered.status > 0 ? { ...answered, bytes: 0 } : { failed },
    })
  }
  try {
    const socket = await shakeHands(request, route, answered)
    traceOutcome(undefined)
    return socket
  } catch (error) {
    traceOutcome(error instanceof XdrError ? error.code : 'unknown')
    throw error
  }
}

/** Filled in as soon as the server has said something. */
interface Answered {
  status: number
  headers: Record<string, string>
}

async function shakeHands(
  request: SocketRequest,
  route: SocketRoute,
  answered: Answered,
): Promise<WebSocket> {
  const { signal, where } = request
  const { WebSocket } = await import('ws')
  if (signal.aborted) throw abortedError(where)
  let socket: WebSocket
  try {
    socket = new WebSocket(
      socketUrl(request.url),
      request.protocols.map(({ value }) => value),
      {
        headers: request.headers,
        followRedirects: false,
        maxPayload: request.maxBytes,
        // A small frame could unfold into megabytes that no back pressure reaches.
        perMessageDeflate: false,
        ...patience,
        ...(route.agent === undefined ? {} : { agent: route.agent }),
        ...route.tls,
      },
    )
  } catch {
    throw new XdrError('XDR_BAD_OPTION', `the token or the tenant cannot be sent to ${where}`, {
      hint: 'a subprotocol takes letters, digits and a few signs; this token or tenant id has others',
    })
  }
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', onAbort)
      reject(error)
      socket.terminate()
    }
    const onAbort = () => fail(abortedError(where))
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('upgrade', (answer) => note(answered, answer))
    socket.once('unexpected-response', (_request, answer) => {
      const refusal = refusalOf(request, route, answer)
      refusal.then(fail, () => fail(networkError(where, undefined)))
      note(answered, answer)
    })
    const onError = (error: Error) => fail(handshakeError(where, route, error))
    socket.on('error', onError)
    socket.once('open', () => {
      socket.pause()
      socket.off('error', onError)
      signal.removeEventListener('abort', onAbort)
      resolve(socket)
    })
  })
}

function note(answered: Answered, answer: IncomingMessage): void {
  answered.status = answer.statusCode ?? 0
  answered.headers = flattenHeaders(answer.headers)
}

async function refusalOf(
  { url, where, now }: SocketRequest,
  { proxy, proxyStatus }: SocketRoute,
  answer: IncomingMessage,
): Promise<XdrError> {
  const tunnel = proxyStatus()
  if (proxy !== undefined && tunnel !== undefined && tunnel !== 200) return proxyRefusal(proxy, tunnel)
  const status = answer.statusCode ?? 0
  const headers = flattenHeaders(answer.headers)
  if (status >= 300 && status < 400) return redirectError(where, url, { status, headers })
  const text = await readText(answer).catch(() => '')
  const body = readJsonBody(text)
  const response = { status, headers, text }
  if (status < 400) {
    return new XdrError('XDR_BAD_RESPONSE', `${where} answered HTTP ${status} in place of a WebSocket`, {
      hint: 'check the region, the URL and the path: a proxy or a sign-in page may stand in between',
      status,
    })
  }
  return refusedError(response, { where, requestId: readRequestId(response), body, said: wordsOf(body), now })
}

/** What goes on for longer is no reason: leaving the loop closes the connection. */
async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostRefusalBytes) return ''
    chunks.push(chunk)
  }
  return decodeUtf8(Buffer.concat(chunks, size))
}

function wordsOf(body: Record<string, unknown> | undefined): string | undefined {
  const first: unknown = Array.isArray(body?.errors) ? body.errors[0] : undefined
  const words = isRecord(first) ? first.message : (body?.message ?? body?.error)
  return typeof words === 'string' ? plain(words) : undefined
}

function handshakeError(where: string, { proxy, proxyStatus }: SocketRoute, error: Error): XdrError {
  if (!('code' in error)) {
    // The library's own words, about the headers of the answer.
    return new XdrError('XDR_BAD_RESPONSE', `${where} is no WebSocket: ${plain(error.message)}`, {
      hint: 'check the region, the URL and the path: a proxy or a sign-in page may stand in between',
    })
  }
  const isBeforeTunnel = proxy !== undefined && proxyStatus() === undefined
  return (isBeforeTunnel ? proxyError(proxy, error) : undefined) ?? networkError(where, error)
}

function socketUrl(url: URL): URL {
  const address = new URL(url)
  address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return address
}
