import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GraphQLSchema } from 'graphql'
import type { WebSocket } from 'ws'
import type { CallCheck } from './graphql.js'
import { serveLegacyApollo } from './legacy-apollo.js'
import { serveTransportWs } from './transport-ws.js'

export interface SubscriptionServerOptions {
  /** By path. */
  schemas: ReadonlyMap<string, GraphQLSchema>
  /** @param asked tenant id, empty for the token's own */
  check: (authorization: string | undefined, asked: string) => Promise<CallCheck>
}

const legacy = 'graphql-ws'
const modern = 'graphql-transport-ws'
const tokenPrefix = 'access-token-'
const tenantPrefix = 'x-tenant-context-'
/** Larger than any document that is written by hand. */
const maxPayload = 1024 * 1024

interface Refusal {
  status: number
  message: string
}

/**
 * Serves subscriptions on the paths of the HTTP gateways: the older Apollo framing with token and tenant as
 * subprotocols, as the platform does, and beside it `graphql-transport-ws` for whatever speaks that.
 */
export async function createSubscriptionServer({ schemas, check }: SubscriptionServerOptions): Promise<{
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
  close(): void
}> {
  const { WebSocketServer } = await import('ws')
  const server = new WebSocketServer({
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(modern) ? modern : legacy),
  })
  const open = (request: IncomingMessage, socket: Duplex, head: Buffer, serve: (opened: WebSocket) => void) =>
    server.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', () => opened.terminate())
      serve(opened)
    })
  return {
    upgrade: async (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      const schema = schemas.get(new URL(request.url ?? '/', 'http://sandbox').pathname)
      if (schema?.getSubscriptionType() === undefined || schema.getSubscriptionType() === null) {
        refuse(socket, { status: 404, message: 'there are no subscriptions at this address' })
        return
      }
      const offered = String(request.headers['sec-websocket-protocol'] ?? '')
        .split(',')
        .map((protocol) => protocol.trim())
      if (offered.includes(modern)) {
        open(request, socket, head, (opened) => serveTransportWs(opened, schema, check))
        return
      }
      const asked = readLegacy(offered)
      if ('status' in asked) {
        refuse(socket, asked)
        return
      }
      const call = await check(asked.token === undefined ? undefined : `Bearer ${asked.token}`, asked.tenant)
      if (call.state === 'refused') refuse(socket, call)
      else open(request, socket, head, (opened) => serveLegacyApollo(opened, schema, call.context))
    },
    close: () => {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}

/** Exactly `graphql-ws`, one token, and at most one tenant. */
function readLegacy(offered: readonly string[]): { token: string | undefined; tenant: string } | Refusal {
  const starting = (prefix: string) =>
    offered.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length))
  const tokens = starting(tokenPrefix)
  const tenants = starting(tenantPrefix)
  const others = offered.length - tokens.length - tenants.length
  if (!offered.includes(legacy) || others !== 1 || tokens.length > 1 || tenants.length > 1) {
    const message = `the subprotocols must be ${legacy}, ${tokenPrefix}<token> and at most one ${tenantPrefix}<id>`
    return { status: 400, message }
  }
  return { token: tokens[0], tenant: tenants[0] ?? '' }
}

function refuse(socket: Duplex, { status, message }: Refusal): void {
  const body = JSON.stringify({ errors: [{ message }], data: null })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
