// The processes that subscriptions.mjs starts: `server <framing>` and `reader <peer> <origin> <how> <count>`.
import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'

const [role, ...rest] = process.argv.slice(2)
const framings = {
  'legacy-apollo': { subprotocol: 'graphql-ws', start: 'start', data: 'data' },
  'graphql-transport-ws': { subprotocol: 'graphql-transport-ws', start: 'subscribe', data: 'next' },
}
/** As large as an alert in the paging benchmark. */
const filler = 'x'.repeat(600)
/** More than this on its way and the server waits, as servers with back pressure do. */
const mostBufferedBytes = 1024 * 1024

if (role === 'server') serve(rest[0])
else process.send(await read(...rest))

/** Sends as many messages as the variable `count` says, as fast as they are taken. */
function serve(framing) {
  const { subprotocol, start, data } = framings[framing]
  const server = createServer()
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    handleProtocols: () => subprotocol,
  })
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', async (bytes) => {
      const { type, id, payload } = JSON.parse(bytes.toString())
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
      if (type !== start) return
      const { count } = payload.variables
      for (let n = 1; n <= count && socket.readyState === WebSocket.OPEN; n++) {
        const row = { id: `alert-${n}`, n, severity: 0.5, title: 'Encoded command line', filler }
        const text = JSON.stringify({ id, type: data, payload: { data: { row } } })
        socket.send(text)
        while (socket.bufferedAmount > mostBufferedBytes && socket.readyState === WebSocket.OPEN)
          await pause(1)
      }
      socket.send(JSON.stringify({ id, type: 'complete' }))
    })
  })
  server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}`))
}

/** Reads `count` messages, `fast`, or `slow`: one each two milliseconds for ten seconds. */
async function read(peer, origin, how, count) {
  const messages = await open(peer, origin, Number(count))
  await messages.next()
  await pause(1_000)
  const idle = process.memoryUsage().rss
  let most = idle
  let taken = 1
  const began = performance.now()
  const cpu = process.cpuUsage()
  for (;;) {
    const { done } = await messages.next()
    if (done) break
    taken++
    if (how !== 'slow') continue
    await pause(2)
    most = Math.max(most, process.memoryUsage().rss)
    if (performance.now() - began > 10_000) break
  }
  const ms = performance.now() - began
  const { user, system } = process.cpuUsage(cpu)
  setImmediate(() => process.exit(0))
  return { taken, ms, cpuMs: (user + system) / 1000, idle, most }
}

async function open(peer, origin, count) {
  if (peer === 'raw') return openRaw(origin, count)
  const query = 'subscription ($count: Int!) { row(count: $count) { id } }'
  if (peer === 'graphql-ws iterate') {
    const { createClient } = await import('graphql-ws/client')
    const client = createClient({ url: origin.replace('http', 'ws'), webSocketImpl: WebSocket })
    return client.iterate({ query, variables: { count } })
  }
  const { bearer, connect } = await import('../../dist/src/index.js')
  const auth =
    peer === 'legacy-apollo'
      ? { kind: 'subprotocol', tokenPrefix: 'access-token-' }
      : { kind: 'connection-params' }
  const xdr = await connect(
    bearer({
      name: 'bench',
      api: origin,
      graphql: '/graphql',
      token: 'token-of-the-benchmark',
      subscriptions: { protocol: peer, auth },
    }),
    { store: 'memory' },
  )
  return xdr.subscribe(query, { count })
}

/** The floor: a socket, its messages parsed, nothing held back. */
function openRaw(origin, count) {
  const socket = new WebSocket(origin.replace('http', 'ws'), 'graphql-ws', { perMessageDeflate: false })
  let first
  let last
  const begun = new Promise((resolve) => {
    first = resolve
  })
  const ended = new Promise((resolve) => {
    last = resolve
  })
  socket.on('open', () => socket.send('{"type":"connection_init"}'))
  socket.on('message', (bytes) => {
    const { type } = JSON.parse(bytes.toString())
    if (type === 'connection_ack') {
      socket.send(JSON.stringify({ id: '1', type: 'start', payload: { variables: { count } } }))
    } else if (type === 'complete') last()
    // The second step waits for a second, as for the others: no more than the first is taken meanwhile.
    else if (first !== undefined) {
      first()
      first = undefined
      socket.pause()
    }
  })
  let step = 0
  return {
    next: async () => {
      if (++step === 1) {
        await begun
        return { done: false }
      }
      socket.resume()
      await ended
      socket.close()
      return { done: true }
    },
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
