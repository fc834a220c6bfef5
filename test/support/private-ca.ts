import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { setEnv, tempFolder } from './temp-home.js'

export interface PrivateServer extends AsyncDisposable {
  readonly port: number
  /** The PEM file of the authority that nobody else knows. */
  readonly authority: string
  /** Of the server itself, for another one with the same names. */
  readonly certificate: { key: string; cert: string }
  readonly requests: number
}

/** An HTTPS server on loopback whose certificate for `names` comes from an authority made for this test. */
export async function startPrivateServer(
  names: readonly string[],
  answer: RequestListener = (_request, response) => void response.end('{"ok":true}'),
  /** Life of the certificate; below zero it has run out. */
  days = 1,
  upgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void,
): Promise<PrivateServer> {
  const folder = tempFolder()
  const at = (name: string) => join(folder.path, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore', timeout: 60_000 })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    ...['req', '-x509', ...newKey, '-days', '1', '-subj', '/CN=Private test authority'],
    ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
  )
  openssl(
    ...['req', ...newKey, '-subj', '/CN=private.test', '-keyout', at('server.key')],
    ...['-out', at('server.csr')],
  )
  writeFileSync(at('names'), `subjectAltName=${names.join(',')}\n`)
  openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-CAcreateserial', '-days', String(days), '-extfile', at('names'), '-out', at('server.pem')],
  )
  const counted = { requests: 0 }
  const certificate = {
    key: readFileSync(at('server.key'), 'utf8'),
    cert: readFileSync(at('server.pem'), 'utf8'),
  }
  const server = createServer(certificate, (request, response) => {
    counted.requests++
    answer(request, response)
  })
  if (upgrade !== undefined) server.on('upgrade', upgrade)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    authority: at('ca.pem'),
    certificate,
    get requests() {
      return counted.requests
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      folder[Symbol.dispose]()
    },
  }
}

/** The network's variables, only as the test sets them, whatever the machine has; the server's authority is trusted. */
export function setNetwork(
  { authority }: Pick<PrivateServer, 'authority'>,
  values: Record<string, string | undefined> = {},
): Disposable {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY']
  const unset = names.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, undefined])
  return setEnv({
    ...Object.fromEntries(unset),
    XDRLAB_CA_CERTS: authority,
    NODE_TLS_REJECT_UNAUTHORIZED: undefined,
    ...values,
  })
}
