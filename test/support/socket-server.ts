import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { type ApiOptions, bearer } from '../../src/providers/general.js'
import type { Provider, SubscriptionApi } from '../../src/providers/provider.js'

/** The two framings, by the messages that a server and a client send. */
export const framings = {
  'legacy-apollo': {
    subprotocol: 'graphql-ws',
    auth: { kind: 'subprotocol', tokenPrefix: 'access-token-', tenantPrefix: 'x-tenant-context-' },
    start: 'start',
    stop: 'stop',
    data: 'data',
    errorPayload: (message: string): unknown => ({ message }),
  },
  'graphql-transport-ws': {
    subprotocol: 'graphql-transport-ws',
    auth: { kind: 'connection-params' },
    start: 'subscribe',
    stop: 'complete',
    data: 'next',
    errorPayload: (message: string): unknown => [{ message }],
  },
} as const

export type Framing = keyof typeof framings
export const framingNames = Object.keys(framings) as Framing[]

/** One connection, after what the script leaves to the server: acknowledged, and with its operation. */
export interface Peer {
  readonly request: IncomingMessage
  readonly socket: WebSocket
  /** What is below the WebSocket, for torn bytes. */
  readonly raw: Socket
  readonly operation: { query: string; variables?: unknown }
  data(payload: unknown): void
  error(message: string): void
  complete(): void
  /** Everything that is sent meanwhile goes out in one write. */
  atOnce(send: () => void): void
}

export interface SocketServer extends AsyncDisposable {
  readonly origin: string
  /** A platform whose token is the sentinel. */
  provider(change?: Partial<ApiOptions>, subscriptions?: Partial<SubscriptionApi>): Provider
  /** Handshakes so far. */
  readonly handshakes: readonly IncomingMessage[]
  /** Messages of clients so far, parsed. */
  readonly received: readonly { type?: string; id?: string; payload?: Record<string, unknown> }[]
  /** Resolves once a client has sent a message of this type. */
  arrived(type: string): Promise<void>
  /** Resolves once a handshake has come. */
  shaken(): Promise<void>
  /** Resolves once so many pings have come. */
  pinged(count: number): Promise<void>
  /** Resolves once so many connections have ended. */
  closed(count?: number): Promise<void>
}

export const sentinelToken = 'sentinel-token-0123456789.abcdef'

export interface ScriptOptions {
  framing: Framing
  /** Runs for each connection once its operation has come; the number of the first is 1. */
  script?: (peer: Peer, number: number) => void | Promise<void>
  /** In place of all that: what happens as soon as the WebSocket is open. */
  opened?: (socket: WebSocket, raw: Socket, number: number) => void
  /** Answers a handshake in the WebSocket's place, where it gives something; `hold` never answers. */
  refuse?: 'hold' | ((request: IncomingMessage, number: number) => string | undefined)
  /** Whether pings are answered. Default true. */
  autoPong?: boolean
}

/** A real WebSocket server on loopback that says what the test wants, down to the bytes. */
export async function startSocketServer(options: ScriptOptions): Promise<SocketServer> {
  const { framing, script = () => {}, opened, refuse, autoPong = true } = options
  const wire = framings[framing]
  const handshakes: IncomingMessage[] = []
  const raws = new Set<Socket>()
  const received: SocketServer['received'][number][] = []
  let closedCount = 0
  let pingCount = 0
  const server = createServer((_request, response) => void response.writeHead(404).end())
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    autoPong,
    handleProtocols: () => wire.subprotocol,
  })
  const serve = (socket: WebSocket, request: IncomingMessage, raw: Socket, number: number) => {
    const send = (message: unknown) => socket.send(JSON.stringify(message))
    socket.on('message', (bytes) => {
      const message = JSON.parse(bytes.toString())
      received.push(message)
      server.emit('received')
      if (message.type === 'connection_init') send({ type: 'connection_ack' })
      if (message.type !== wire.start) return
      const { id, payload: operation } = message
      const peer: Peer = {
        request,
        socket,
        raw,
        operation,
        data: (payload) => send({ id, type: wire.data, payload }),
        error: (text) => send({ id, type: 'error', payload: wire.errorPayload(text) }),
        complete: () => send({ id, type: 'complete' }),
        atOnce: (write) => {
          raw.cork()
          write()
          raw.uncork()
        },
      }
      Promise.resolve(script(peer, number)).catch(() => socket.terminate())
    })
  }
  server.on('upgrade', (request, raw: Socket, head) => {
    const number = handshakes.push(request)
    raws.add(raw)
    server.emit('shaken')
    raw.on('error', () => raw.destroy())
    if (refuse === 'hold') return
    const refusal = refuse?.(request, number)
    if (refusal !== undefined) {
      raw.end(refusal)
      return
    }
    sockets.handleUpgrade(request, raw, head, (socket) => {
      socket.on('error', () => {})
      socket.on('ping', () => {
        pingCount++
        server.emit('pinged')
      })
      socket.once('close', () => {
        closedCount++
        server.emit('ws-closed')
      })
      if (opened === undefined) serve(socket, request, raw, number)
      else opened(socket, raw, number)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const until = async (event: string, isSo: () => boolean) => {
    const signal = AbortSignal.timeout(20_000)
    while (!isSo()) await once(server, event, { signal })
  }
  return {
    origin,
    handshakes,
    received,
    arrived: (type) => until('received', () => received.some((message) => message.type === type)),
    shaken: () => until('shaken', () => handshakes.length > 0),
    pinged: (count) => until('pinged', () => pingCount >= count),
    closed: (count = 1) => until('ws-closed', () => closedCount >= count),
    provider: (change = {}, subscriptions = {}) => {
      const api: SubscriptionApi = { protocol: framing, auth: wire.auth, ...subscriptions }
      return bearer({
        name: 'socket-test',
        api: origin,
        graphql: '/graphql',
        tenantHeader: 'X-Tenant-Context',
        subscriptions: api,
        token: sentinelToken,
        ...change,
      })
    },
    [Symbol.asyncDispose]: async () => {
      for (const raw of raws) raw.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The head of an HTTP answer, for `refuse`. */
export function httpAnswer(status: number, headers: Record<string, string> = {}, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Scripted\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${lines.join('')}\r\n${body}`
}
