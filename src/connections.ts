import { readFileSync } from 'node:fs'
import type { Agent as HttpAgent } from 'node:http'
import { runsBriefly } from './brief.js'
import { XdrError } from './errors.js'
import { type ProxyRoute, proxyFor, proxyVariables } from './proxy.js'
import type { Wire } from './wire.js'

/** What one request is sent with. */
export interface Connection {
  wire: Wire
  /** What stands in between; `undefined` for a direct connection. */
  proxy: ProxyRoute | undefined
}

const connectTimeoutMs = 15_000

/** By kind, proxy and certificates: the environment may change while a notebook's kernel lives. */
const wires = new Map<string, Promise<Wire>>()

/** How an origin was reached last, and the settings that this came from. */
interface Way {
  settings: readonly { name: string; value: string | undefined }[]
  connection: Connection
}

/** To look at the settings again is enough as long as none of them has changed. */
const ways = new Map<string, Way>()

/**
 * The connections for an address, direct or through the proxy that the environment names.
 *
 * @param options.isRare one of few requests: undici, where it is not in use yet, is not loaded for it
 * @throws XdrError `XDR_PROXY` for an unusable proxy address, `XDR_TLS` where certificates are not to be checked
 */
export async function connectionFor(
  url: URL,
  { isRare = false, env = process.env }: { isRare?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<Connection> {
  const { origin } = url
  const last = ways.get(origin)
  if (last?.settings.every(({ name, value }) => env[name] === value)) return last.connection
  const settings = settingsFor(url, env)
  const connection = await openConnection(url, isRare, env)
  // For a rare one another kind may be better than for those that follow.
  if (!isRare) ways.set(origin, { settings, connection })
  return connection
}

/** The part of the environment that an address is reached by, with its values. */
function settingsFor(url: URL, env: NodeJS.ProcessEnv): Way['settings'] {
  const names = ['NODE_TLS_REJECT_UNAUTHORIZED', 'XDRLAB_CA_CERTS', 'XDRLAB_HTTP', ...proxyVariables(url)]
  return names.map((name) => ({ name, value: env[name] }))
}

async function openConnection(url: URL, isRare: boolean, env: NodeJS.ProcessEnv): Promise<Connection> {
  if (url.protocol === 'https:') refuseUncheckedTls(env)
  const proxy = proxyFor(url, env)
  const certificates = env.XDRLAB_CA_CERTS || undefined
  const keyOf = (kind: Kind) => JSON.stringify([kind, proxy?.url.href, proxy?.authorization, certificates])
  const kind = proxy === undefined ? directKind(env, isRare && !wires.has(keyOf('undici'))) : 'undici'
  const key = keyOf(kind)
  let wire = wires.get(key)
  if (wire === undefined) {
    wire = open(kind, proxy, certificates, env)
    if (wires.size === 0) process.once('beforeExit', closeAll)
    wires.set(key, wire)
    // What could not be opened is tried anew: the file with the certificates may be there the next time.
    wire.catch(() => wires.delete(key))
  }
  return { wire: await wire, proxy }
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
  const ca = certificates === undefined ? {} : { ca: await readAuthorities(certificates, env) }
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

type Kind = 'node' | 'undici'

/** `XDRLAB_HTTP` (`node`, `undici`) wins, so that either can be ruled out where a network plays up. */
function directKind({ XDRLAB_HTTP: wanted }: NodeJS.ProcessEnv, isHasty: boolean): Kind {
  if (wanted === 'node' || wanted === 'undici') return wanted
  return isHasty || runsBriefly() ? 'node' : 'undici'
}

async function open(
  kind: Kind,
  proxy: ProxyRoute | undefined,
  certificates: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Wire> {
  const authorities = certificates === undefined ? undefined : await readAuthorities(certificates, env)
  const options = { connectTimeoutMs, authorities }
  return kind === 'node'
    ? (await import('./node-wire.js')).openNodeWire(options)
    : (await import('./undici-wire.js')).openUndiciWire(options, proxy)
}

/** Node knows the authorities of `NODE_EXTRA_CA_CERTS` by itself, unless `ca` takes the place of all. */
async function readAuthorities(path: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const tls = await import('node:tls')
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
  for (const wire of wires.values()) wire.then((opened) => opened.close()).catch(() => {})
  wires.clear()
  ways.clear()
}
