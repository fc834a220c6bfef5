import { BlockList, isIP } from 'node:net'
import { XdrError } from './errors.js'
import { rememberSecret } from './secrets.js'

/** A proxy that requests go through. */
export interface ProxyRoute {
  /** Without user name and password, so that no message can show them. */
  url: URL
  /** `Proxy-Authorization`, where the address had a user name in it. */
  authorization: string | undefined
}

/**
 * The proxy that the environment names for an address: `HTTPS_PROXY` (else `HTTP_PROXY`, else `ALL_PROXY`), unless
 * `NO_PROXY` leaves the host out. Lower case goes first, as in curl. Plain `http` is for loopback only, and what is on
 * this machine is never asked for through another one.
 *
 * @throws XdrError `XDR_PROXY` for an address that is none; its user name and password are not shown
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv = process.env): ProxyRoute | undefined {
  // undici's own agent takes HTTP_PROXY for https as well; curl does not. A machine that names one proxy means it.
  const [name, value] = firstSet(env, url.protocol === 'https:' ? httpsNames : httpNames) ?? []
  if (name === undefined || value === undefined || isLoopbackHost(url.hostname)) return undefined
  const [, excluded] = firstSet(env, exceptionNames) ?? []
  if (excluded !== undefined && isExcluded(url, excluded)) return undefined
  return readProxy(name, value.trim())
}

const httpNames = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']
const httpsNames = ['https_proxy', 'HTTPS_PROXY', ...httpNames]
const exceptionNames = ['no_proxy', 'NO_PROXY']

/** The variables that {@link proxyFor} goes by for an address. */
export function proxyVariables(url: URL): readonly string[] {
  return isLoopbackHost(url.hostname) ? [] : [...httpsNames, ...exceptionNames]
}

function firstSet(env: NodeJS.ProcessEnv, names: readonly string[]): readonly [string, string] | undefined {
  const name = names.find((each) => (env[each] ?? '').trim() !== '')
  return name === undefined ? undefined : [name, env[name] ?? '']
}

function readProxy(name: string, value: string): ProxyRoute {
  // `proxy.example:3128` is how many write it; a URL parser would take the host for a scheme.
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`
  const bad = (why: string) =>
    new XdrError('XDR_PROXY', `${name} ${why}`, {
      hint: 'write it like http://proxy.example:3128, or http://user:password@proxy.example:3128 with signs such as @ / # in the password percent-encoded',
    })
  if (!URL.canParse(address)) throw bad('is not the address of a proxy')
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw bad(`names a ${url.protocol.slice(0, -1)} proxy, and only http and https proxies can be used`)
  }
  if (url.username === '' && url.password === '')
    return { url: new URL(url.origin), authorization: undefined }
  const password = decode(url.password)
  const basic = Buffer.from(`${decode(url.username)}:${password}`).toString('base64')
  for (const secret of [url.password, password, basic]) rememberSecret(secret, 'proxy password')
  return { url: new URL(url.origin), authorization: `Basic ${basic}` }
}

/** A password with a lone `%` in it is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const loopbackAddresses = new BlockList()
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4')
loopbackAddresses.addAddress('::1', 'ipv6')

/** True for this machine, by whichever of its names. */
function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname)
  const family = isIP(host)
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost')
  return loopbackAddresses.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

/** `NO_PROXY` as curl reads it: names with their subdomains, addresses, ranges (`10.0.0.0/8`), ports, `*`. */
function isExcluded(url: URL, list: string): boolean {
  const host = bareHost(url.hostname)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      if (entry.includes('/')) return isInRange(host, entry)
      // A port follows a name, an IPv4 address, or an IPv6 address in brackets; `::1` alone has none.
      const [, named = entry, wantedPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? []
      if (wantedPort !== undefined && wantedPort !== port) return false
      const name = bareHost(named).replace(/^\*?\./, '')
      return isIP(name) > 0 ? sameAddress(host, name) : host === name || host.endsWith(`.${name}`)
    })
}

function isInRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  const family = isIP(bareHost(network))
  const prefix = Number(bits)
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || prefix > (family === 6 ? 128 : 32))
    return false
  const kind = family === 6 ? 'ipv6' : 'ipv4'
  const block = new BlockList()
  block.addSubnet(bareHost(network), prefix, kind)
  return block.check(host, kind)
}

/** `2001:db8::1` and `2001:0db8:0:0::1` are one address. */
function sameAddress(host: string, address: string): boolean {
  if (isIP(host) !== 6 || isIP(address) !== 6) return host === address
  return new URL(`http://[${host}]`).hostname === new URL(`http://[${address}]`).hostname
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}
