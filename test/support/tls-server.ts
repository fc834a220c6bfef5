import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { tempFolder } from './temp-home.js'

/** An HTTPS server on loopback with a certificate that it signed itself, made for this test. */
export async function startSelfSignedServer(): Promise<
  AsyncDisposable & { origin: string; requests: number }
> {
  using folder = tempFolder()
  const key = join(folder.path, 'key.pem')
  const cert = join(folder.path, 'cert.pem')
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '1',
  ]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
    timeout: 30_000,
  })
  const started = { origin: '', requests: 0 }
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    started.requests++
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(started, {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}
