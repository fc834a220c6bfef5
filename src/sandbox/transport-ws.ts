import type { GraphQLSchema } from 'graphql'
import { CloseCode, makeServer } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { CallContext } from './context.js'
import type { SubscriptionServerOptions } from './subscriptions.js'
import { unmarkWire } from './wire.js'

/** The framing `graphql-transport-ws`, by its own library; token and tenant come with `connection_init`. */
export function serveTransportWs(
  socket: WebSocket,
  schema: GraphQLSchema,
  check: SubscriptionServerOptions['check'],
): void {
  let context: CallContext | undefined
  const server = makeServer({
    schema,
    context: () => ({ ...context }),
    onConnect: async ({ connectionParams = {} }) => {
      const { Authorization: authorization, 'X-Tenant-Context': tenant } = connectionParams
      const asked = typeof tenant === 'string' ? tenant : ''
      const call = await check(typeof authorization === 'string' ? authorization : undefined, asked)
      if (call.state === 'allowed') {
        context = call.context
        return true
      }
      socket.close(call.status === 401 ? CloseCode.Unauthorized : CloseCode.Forbidden, call.message)
      return false
    },
  })
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) =>
        new Promise((resolve) => {
          // Resolved when it is on its way, so that a slow client holds its subscription back.
          socket.send(unmarkWire(text), () => resolve())
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) => {
        socket.on('message', (data) => {
          take(data.toString()).catch(() => socket.close(CloseCode.InternalServerError, 'the sandbox failed'))
        })
      },
    },
    {},
  )
  socket.once('close', (code, reason) => void closed(code, reason.toString()))
}
