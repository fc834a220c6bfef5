import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ConnectProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port` (or `https:`), without credentials. */
  readonly origin: string
  readonly port: number
  /** `host:port` of every CONNECT, in order, with what it was authorised by. */
  readonly tunnels: readonly { target: string; authorization: string | undefined }[]
  /** Requests that are no CONNECT: none should come. */
  readonly plain: readonly string[]
  /** Tunnels that are open now. */
  readonly open: number
  /** Resolves once no tunnel is open any more. */
  drained(): Promise<void>
}

/**
 * A real CONNECT proxy on loopback. Whatever host is asked for, the tunnel ends at `upstreamPort` of this machine: so
 * that names and addresses that are not loopback can be asked for.
 */
export async function startConnectProxy(options: {
  upstreamPort?: number
  /** Wanted as `user:password`. */
  credentials?: string
  /** Answered to every CONNECT. */
  status?: number
  /** Makes it a proxy that is itself reached by TLS. */
  certificate?: { key: string; cert: string }
}): Promise<ConnectProxy> {
  const tunnels: { target: string; authorization: string | undefined }[] = []
  const plain: string[] = []
  const sockets = new Set<Socket>()
  const answerPlain: RequestListener = (request, response) => {
    plain.push(`${request.method} ${request.url}`)
    response.writeHead(501).end()
  }
  const { certificate } = options
  const server =
    certificate === undefined ? createServer(answerPlain) : createTlsServer(certificate, answerPlain)
  server.on('connect', (request, client: Socket) => {
    const authorization = request.headers['proxy-authorization']
    tunnels.push({ target: request.url ?? '', authorization })
    client.on('error', () => {})
    const wanted =
      options.credentials === undefined
        ? undefined
        : `Basic ${Buffer.from(options.credentials).toString('base64')}`
    if (wanted !== undefined && authorization !== wanted) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n')
      return
    }
    if (options.status !== undefined || options.upstreamPort === undefined) {
      client.end(`HTTP/1.1 ${options.status ?? 502} No\r\n\r\n`)
      return
    }
    const upstream = connect(options.upstreamPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    sockets.add(client)
    client.on('close', () => {
      sockets.delete(client)
      upstream.destroy()
      server.emit('tunnel-closed')
    })
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    tunnels,
    plain,
    get open() {
      return sockets.size
    },
    drained: async () => {
      const signal = AbortSignal.timeout(20_000)
      while (sockets.size > 0) await once(server, 'tunnel-closed', { signal })
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
