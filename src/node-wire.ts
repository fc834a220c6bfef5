import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import type { Socket } from 'node:net'
import { PendingAnswer, type Wire, type WireAnswer, type WireOptions, type WireRequest } from './wire.js'

/**
 * Direct connections by Node's own client, for commands of a few requests: it is there in a few milliseconds, where
 * undici takes longer than all the rest of a query (it compiles its parser, and the process waits for that at its end).
 * Errors carry undici's codes where Node has none of its own.
 */
export function openNodeWire({ connectTimeoutMs, authorities }: WireOptions): Wire {
  const plainAgent = new Agent({ keepAlive: true })
  const tlsOptions = {
    keepAlive: true,
    rejectUnauthorized: true,
    ...(authorities === undefined ? {} : { ca: authorities }),
  }
  let tlsAgent: Agent | undefined
  return {
    async request(wanted) {
      if (wanted.url.protocol !== 'https:') return exchange(request, plainAgent, wanted, connectTimeoutMs)
      // TLS is a third of the cost; servers on this machine go without it.
      const https = await import('node:https')
      tlsAgent ??= new https.Agent(tlsOptions)
      return exchange(https.request, tlsAgent, wanted, connectTimeoutMs)
    },
    close() {
      for (const agent of [plainAgent, tlsAgent]) agent?.destroy()
    },
  }
}

type Open = (url: URL, options: RequestOptions) => ClientRequest

function exchange(
  open: Open,
  agent: Agent,
  wanted: WireRequest,
  connectTimeoutMs: number,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const { url, method, headers, body } = wanted
    const outgoing = open(url, { method, headers, agent })
    const pending = new PendingAnswer(wanted, resolve, reject)
    outgoing.on('error', (error) => pending.fail(named(error)))
    pending.begin((reason) => outgoing.destroy(reason))
    outgoing.once('socket', (socket: Socket) => limitConnecting(socket, connectTimeoutMs))
    outgoing.once('response', (answer) => receive(answer, pending))
    // Also where no error comes, as after an upgrade that nobody asked for.
    outgoing.once('close', () => pending.fail(closedError()))
    outgoing.end(body)
  })
}

function receive(answer: IncomingMessage, pending: PendingAnswer): void {
  answer.on('error', (error) => pending.fail(named(error)))
  answer.on('data', (chunk: Buffer) => pending.data(chunk))
  answer.once('end', () => pending.end())
  answer.once('close', () => pending.fail(closedError()))
  pending.head(answer.statusCode ?? 0, answer.headersDistinct)
}

/** A new connection, with its TLS, has so long; a kept one is there. */
function limitConnecting(socket: Socket, connectTimeoutMs: number): void {
  if (!socket.connecting) return
  const timer = setTimeout(
    () => socket.destroy(errorWith('UND_ERR_CONNECT_TIMEOUT', 'no connection')),
    connectTimeoutMs,
  )
  socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => clearTimeout(timer))
  socket.once('close', () => clearTimeout(timer))
}

/** Node calls a connection that was closed in good order a reset one; a real reset names the call that failed. */
function named(error: unknown): unknown {
  const isClosed =
    error instanceof Error && 'code' in error && error.code === 'ECONNRESET' && !('syscall' in error)
  return isClosed ? closedError() : error
}

function closedError(): Error {
  return errorWith('UND_ERR_SOCKET', 'the connection was closed')
}

function errorWith(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
