import { readFileSync } from 'node:fs'
import type { Agent as HttpAgent } from 'node:http'
import * as tls from 'node:tls'
import type { Dispatcher } from 'undici'
import { XdrError } from './errors.js'
import { type ProxyRoute, proxyFor } from './proxy.js'

/** What one request is sent with. */
export interface Connection {
  undici: typeof import('undici')
  dispatcher: Dispatcher
  /** What stands in between; `undefined` for a direct connection. */
  proxy: ProxyRoute | undefined
}

const connectTimeoutMs = 15_000

let loading: Promise<typeof import('undici')> | undefined
/** By proxy and certificates: the environment may change while a notebook's kernel lives. */
const dispatchers = new Map<string, Dispatcher>()

/**
 * The connections for an address, direct or through the proxy that the environment names.
 *
 * @throws XdrError `XDR_PROXY` for an unusable proxy address, `XDR_TLS` where certificates are not to be checked
 */
export async function connectionFor(url: URL, env: NodeJS.ProcessEnv = process.env): Promise<Connection> {
  if (url.protocol === 'https:') refuseUncheckedTls(env)
  const proxy = proxyFor(url, env)
  // undici costs 80 ms to load: only the first request pays for it.
  loading ??= import('undici')
  const undici = await loading
  const certificates = env.XDRLAB_CA_CERTS || undefined
  const key = JSON.stringify([proxy?.url.href, proxy?.authorization, certificates])
  let dispatcher = dispatchers.get(key)
  if (dispatcher === undefined) {
    dispatcher = open(undici, proxy, certificates, env)
    if (dispatchers.size === 0) process.once('beforeExit', closeAll)
    dispatchers.set(key, dispatcher)
  }
  return { undici, dispatcher, proxy }
}

/** What a WebSocket is opened with: the proxy, the certificates and the checks that requests have. */
export interface SocketRoute {
  proxy: ProxyRoute | undefined
  /** Goes through the proxy; `undefined` for a direct connection. */
  agent: HttpAgent | undefined
  /** Status of the proxy's answer to CONNECT, as soon as there is one. */
  proxyStatus(): number | undefined
  tls: { rejectUnauthorized: true; ca?: string[] }
}

/**
 * The way to an address for a WebSocket, direct or through the proxy that the environment names.
 *
 * @param url `https`, or `http` on loopback
 * @throws XdrError as {@link connectionFor}
 */
export async function socketRouteFor(url: URL, env: NodeJS.ProcessEnv = process.env): Promise<SocketRoute> {
  if (url.protocol === 'https:') refuseUncheckedTls(env)
  const proxy = proxyFor(url, env)
  const certificates = env.XDRLAB_CA_CERTS || undefined
  const ca = certificates === undefined ? {} : { ca: readAuthorities(certificates, env) }
  const tls = { rejectUnauthorized: true as const, ...ca }
  if (proxy === undefined) return { proxy, agent: undefined, proxyStatus: () => undefined, tls }
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxy.url, {
    // Both ends, as for requests: an https proxy's own certificate here, the platform's with the socket.
    ...tls,
    keepAlive: false,
    ...(proxy.authorization === undefined ? {} : { headers: { 'proxy-authorization': proxy.authorization } }),
  })
  let status: number | undefined
  agent.on('proxyConnect', (answer: { statusCode: number }) => {
    status = answer.statusCode
  })
  return { proxy, agent, proxyStatus: () => status, tls }
}

function open(
  undici: typeof import('undici'),
  proxy: ProxyRoute | undefined,
  certificates: string | undefined,
  env: NodeJS.ProcessEnv,
): Dispatcher {
  const connect = {
    timeout: connectTimeoutMs,
    rejectUnauthorized: true,
    ...(certificates === undefined ? {} : { ca: readAuthorities(certificates, env) }),
  }
  // A held answer (long poll) takes as long as its signal allows; every other request brings a limit of its own.
  const patient = { headersTimeout: 0, bodyTimeout: 0 }
  if (proxy === undefined) return new undici.Agent({ ...patient, connect })
  return new undici.ProxyAgent({
    ...patient,
    uri: proxy.url.href,
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
    // Both ends: an https proxy's own certificate, and the platform's inside the tunnel. `connect` would reach neither.
    proxyTls: connect,
    requestTls: connect,
    // A proxy that takes the connection and never answers would hold it, and the process, for five minutes.
    clientFactory: (origin, options) =>
      new undici.Pool(origin, { ...options, headersTimeout: connectTimeoutMs }),
  })
}

/** Node knows the authorities of `NODE_EXTRA_CA_CERTS` by itself, unless `ca` takes the place of all. */
function readAuthorities(path: string, env: NodeJS.ProcessEnv): string[] {
  // From Node 22.15 on; it knows the system's store as well.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] }
  const usual =
    getCACertificates?.('default') ??
    tls.rootCertificates.concat(
      env.NODE_EXTRA_CA_CERTS ? readCertificates(env.NODE_EXTRA_CA_CERTS, 'NODE_EXTRA_CA_CERTS') : [],
    )
  return [...usual, readCertificates(path, 'XDRLAB_CA_CERTS')]
}

function readCertificates(path: string, variable: string): string {
  const bad = (why: string) =>
    new XdrError('XDR_TLS', `${variable} names a file ${why}`, {
      hint: 'give the path of a PEM file with your certificate authority',
    })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw bad(`that cannot be read (${error instanceof Error && 'code' in error ? error.code : 'unknown'})`)
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw bad('without a certificate in it')
  return text
}

/** Node would go on with a warning. There is no way to go on without the check: tokens would go to anybody. */
function refuseUncheckedTls(env: NodeJS.ProcessEnv): void {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return
  throw new XdrError(
    'XDR_TLS',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off; nothing was sent',
    {
      hint: 'unset it; for a private authority set XDRLAB_CA_CERTS or NODE_EXTRA_CA_CERTS to its PEM file',
    },
  )
}

/** Idle connections hold no process, but a server should see them end and not break. */
function closeAll(): void {
  for (const dispatcher of dispatchers.values()) dispatcher.close().catch(() => {})
  dispatchers.clear()
}
