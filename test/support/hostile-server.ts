import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AuthServer, paths } from './auth-server.js'

/** What a server that means no good answers. */
export interface HostileAnswer {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer
  /** Ends the connection once the body is out, however much was announced. */
  cut?: boolean
  /** Sent again and again, as fast as it is read. */
  endless?: string
  reset?: boolean
  /** Never answered. */
  silent?: boolean
}

export interface HostileServer extends Pick<AuthServer, 'issuer'>, AsyncDisposable {
  /** What an honest server would say of itself. */
  readonly metadata: Record<string, unknown>
  /** Requests that came without being the client's to make: to an unknown path, or asking for a coding. */
  readonly strangers: number
  /** Resolves once a request is left without an answer. */
  readonly silence: Promise<void>
  answerWith(answers: Readonly<Record<string, HostileAnswer>>): void
}

/** A real HTTP server on loopback that says whatever it is told to, byte for byte. */
export async function startHostileServer(): Promise<HostileServer> {
  let answers: Readonly<Record<string, HostileAnswer>> = {}
  let strangers = 0
  let fallSilent = () => {}
  const silence = new Promise<void>((resolve) => {
    fallSilent = resolve
  })
  const server = createServer((request, response) => {
    request.resume()
    const path = new URL(request.url ?? '/', 'http://hostile').pathname
    const answer = answers[path]
    if (request.headers['accept-encoding'] !== undefined) strangers++
    if (answer === undefined) {
      if (path !== paths.rfc8414) strangers++
      response.writeHead(404).end()
      return
    }
    if (answer.silent) fallSilent()
    else if (answer.reset) request.socket.resetAndDestroy()
    else give(response, answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    metadata: {
      issuer,
      device_authorization_endpoint: `${issuer}${paths.begin}`,
      token_endpoint: `${issuer}${paths.token}`,
      jwks_uri: `${issuer}/jwks`,
    },
    get strangers() {
      return strangers
    },
    silence,
    answerWith: (next) => {
      answers = next
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function give(
  response: ServerResponse,
  { status, headers = {}, body = '', cut, endless }: HostileAnswer,
): void {
  response.on('error', () => {})
  response.writeHead(status, headers)
  if (endless !== undefined) {
    const chunk = endless.repeat(16_384)
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more)
    more()
  } else if (cut) response.write(body, () => response.destroy())
  else response.end(body)
}
