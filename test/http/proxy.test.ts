import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { send } from '../../src/http.js'
import { packageRoot } from '../../src/package.js'
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.js'
import { printed } from '../support/printed.js'
import { type PrivateServer, setNetwork, startPrivateServer } from '../support/private-ca.js'
import { failureOf } from '../support/sign-in.js'

const host = 'xdr.private.test'
const credentials = 'ann:p@ss/Sentinel-of-the-proxy'
const inUrl = 'ann:p%40ss%2FSentinel-of-the-proxy'

let server: PrivateServer

beforeAll(async () => {
  server = await startPrivateServer([
    `DNS:${host}`,
    'IP:2001:db8::7',
    'IP:127.0.0.1',
    'IP:::1',
    'DNS:localhost',
  ])
  return () => server[Symbol.asyncDispose]()
})

const get = (url: string) => send({ method: 'GET', url: new URL(url), timeoutMs: 20_000 })

const network = (values?: Record<string, string | undefined>) => setNetwork(server, values)

describe('through a CONNECT proxy', () => {
  test('TLS goes to the platform, with a private authority and the proxy’s user name and password', async () => {
    await using proxy = await startConnectProxy({ upstreamPort: server.port, credentials })
    using _env = network({ HTTPS_PROXY: `http://${inUrl}@127.0.0.1:${proxy.port}` })

    const answer = await get(`https://${host}/assets/version?x=1`)

    expect(answer).toMatchObject({ status: 200, text: '{"ok":true}' })
    expect(proxy.tunnels).toEqual([
      { target: `${host}:443`, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    ])
    // Nothing of the request itself is the proxy's to see.
    expect(proxy.plain).toEqual([])
  })

  test('a tunnel serves many requests', async () => {
    await using proxy = await startConnectProxy({ upstreamPort: server.port })
    using _env = network({ https_proxy: proxy.origin })

    for (let i = 0; i < 12; i++) expect((await get(`https://${host}/${i}`)).status).toBe(200)

    // A second one may be opened while the first is just becoming free.
    expect(proxy.tunnels.length).toBeLessThanOrEqual(3)
  })

  test('an IPv6 address is asked for in brackets, and its certificate is checked', async () => {
    await using proxy = await startConnectProxy({ upstreamPort: server.port })
    using _env = network({ HTTPS_PROXY: proxy.origin })

    expect((await get('https://[2001:db8::7]:8443/')).status).toBe(200)
    expect((await failureOf(get('https://[2001:db8::8]:8443/'))).code).toBe('XDR_TLS')

    expect(proxy.tunnels.map(({ target }) => target)).toEqual(
      expect.arrayContaining(['[2001:db8::7]:8443', '[2001:db8::8]:8443']),
    )
  })

  test('without its authority the platform is not trusted, and no request reaches it', async () => {
    await using proxy = await startConnectProxy({ upstreamPort: server.port })
    using _env = network({ HTTPS_PROXY: proxy.origin, XDRLAB_CA_CERTS: undefined })
    const before = server.requests

    const error = await failureOf(get(`https://${host}/`))

    expect(error.code).toBe('XDR_TLS')
    expect(error.hint).toContain('NODE_EXTRA_CA_CERTS')
    expect(server.requests).toBe(before)
    expect(proxy.tunnels).not.toEqual([])
  })

  test('another name than the certificate’s is refused', async () => {
    await using proxy = await startConnectProxy({ upstreamPort: server.port })
    using _env = network({ HTTPS_PROXY: proxy.origin })

    expect((await failureOf(get('https://other.private.test/'))).code).toBe('XDR_TLS')
  })

  test('what NO_PROXY names and what is on this machine is asked directly', async () => {
    await using proxy = await startConnectProxy({ upstreamPort: server.port })
    using _env = network({ HTTPS_PROXY: proxy.origin, HTTP_PROXY: proxy.origin, NO_PROXY: 'private.test' })

    expect((await get(`https://localhost:${server.port}/`)).status).toBe(200)
    expect((await get(`https://127.0.0.1:${server.port}/`)).status).toBe(200)
    // The name is in no name server: that it is looked up shows that no proxy is asked.
    expect((await failureOf(get(`https://${host}/`))).message).toContain(`GET https://${host}/ failed`)

    expect(proxy.tunnels).toEqual([])
  })
})

describe('a proxy that is reached by https', () => {
  test('has a certificate of the private authority: one tunnel within the other, credentials within the first', async () => {
    const { certificate, port: upstreamPort } = server
    await using proxy = await startConnectProxy({ upstreamPort, credentials, certificate })
    using _env = network({ HTTPS_PROXY: `https://${inUrl}@127.0.0.1:${proxy.port}` })

    expect(await get(`https://${host}/x`)).toMatchObject({ status: 200, text: '{"ok":true}' })

    expect(proxy.tunnels).toEqual([
      { target: `${host}:443`, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    ])
  })

  test.each([
    ['an authority that nobody knows', undefined],
    ['an authority that is another one', 'other'],
  ])('with %s it gets neither credentials nor a tunnel', async (_what, authorities) => {
    await using other = await startPrivateServer(['IP:127.0.0.1'])
    const { certificate, port: upstreamPort } = server
    await using proxy = await startConnectProxy({ upstreamPort, credentials, certificate })
    using _env = network({
      HTTPS_PROXY: `https://${inUrl}@127.0.0.1:${proxy.port}`,
      XDRLAB_CA_CERTS: authorities === undefined ? undefined : other.authority,
    })

    const error = await failureOf(get(`https://${host}/`))

    expect(error.code).toBe('XDR_TLS')
    expect(error.hint).toContain('NODE_EXTRA_CA_CERTS')
    expect(printed(error)).not.toContain('Sentinel')
    expect(proxy.tunnels).toEqual([])
  })

  test('under a name that is not its own it is refused', async () => {
    await using other = await startPrivateServer(['DNS:proxy.private.test'])
    await using proxy = await startConnectProxy({ upstreamPort: server.port, certificate: other.certificate })
    using _env = network({ HTTPS_PROXY: proxy.origin, XDRLAB_CA_CERTS: other.authority })

    const error = await failureOf(get(`https://${host}/`))
    expect([error.code, error.message]).toEqual([
      'XDR_TLS',
      `the certificate of the proxy 127.0.0.1:${proxy.port} is not made out to that name`,
    ])
    expect(proxy.tunnels).toEqual([])
  })
})

describe('a proxy that does not serve', () => {
  const refusals: { name: string; status?: number; url: (p: ConnectProxy) => string; says: RegExp }[] = [
    { name: 'wants credentials', url: (p) => p.origin, says: /wants a user name and password \(HTTP 407\)/ },
    {
      name: 'refuses the credentials',
      url: (p) => `http://ann:Sentinel-wrong-one@127.0.0.1:${p.port}`,
      says: /did not accept the user name and password/,
    },
    {
      name: 'forbids the host',
      status: 403,
      url: (p) => `http://${inUrl}@127.0.0.1:${p.port}`,
      says: /made no connection to the platform \(HTTP 403\)/,
    },
    {
      name: 'answers 401 itself',
      status: 401,
      url: (p) => `http://${inUrl}@127.0.0.1:${p.port}`,
      says: /made no connection to the platform \(HTTP 401\)/,
    },
  ]
  test.for(refusals)('that $name is named, and its password is not', async ({ status, url, says }) => {
    await using proxy = await startConnectProxy({
      upstreamPort: server.port,
      credentials,
      ...(status === undefined ? {} : { status }),
    })
    using _env = network({ HTTPS_PROXY: url(proxy) })

    const error = await failureOf(get(`https://${host}/`))

    expect(error.code).toBe('XDR_PROXY')
    expect(error.message).toMatch(says)
    expect(error.message).toContain(`127.0.0.1:${proxy.port}`)
    // A 401 would be taken for the platform's word about the token.
    expect(error.status).toBeUndefined()
    expect(printed(error)).not.toMatch(/Sentinel/)
  })

  test('where nothing listens, it is the proxy that cannot be reached', async () => {
    const gone = await startConnectProxy({})
    await gone[Symbol.asyncDispose]()
    using _env = network({ HTTPS_PROXY: `http://${inUrl}@127.0.0.1:${gone.port}` })

    const error = await failureOf(get(`https://${host}/`))

    expect(error.code).toBe('XDR_PROXY')
    expect(error.message).toContain(`the proxy 127.0.0.1:${gone.port} cannot be reached`)
    expect(error.hint).toContain('HTTPS_PROXY')
    expect(printed(error)).not.toMatch(/Sentinel/)
  })

  test('a gateway’s 503 on the way counts as passing', async () => {
    await using proxy = await startConnectProxy({ status: 503 })
    using _env = network({ HTTPS_PROXY: proxy.origin })

    expect(await failureOf(get(`https://${host}/`))).toMatchObject({ code: 'XDR_PROXY', status: 503 })
  })
})

describe('certificates', () => {
  test('NODE_TLS_REJECT_UNAUTHORIZED=0 is refused before anything is sent', async () => {
    using _env = network({ NODE_TLS_REJECT_UNAUTHORIZED: '0', XDRLAB_CA_CERTS: undefined })
    const before = server.requests

    const error = await failureOf(get(`https://127.0.0.1:${server.port}/`))

    expect(error.code).toBe('XDR_TLS')
    expect(error.message).toContain('NODE_TLS_REJECT_UNAUTHORIZED=0')
    expect(server.requests).toBe(before)
  })

  test.for([
    { file: '/nowhere/ca.pem', says: 'cannot be read (ENOENT)' },
    { file: join(packageRoot, 'package.json'), says: 'without a certificate' },
  ])('XDRLAB_CA_CERTS=$file is refused in words', async ({ file, says }) => {
    using _env = network({ XDRLAB_CA_CERTS: file })

    const error = await failureOf(get(`https://127.0.0.1:${server.port}/`))

    expect(error.code).toBe('XDR_TLS')
    expect(error.message).toContain(says)
  })
})

describe('a process of its own', () => {
  const run = async (urls: string[], env: Record<string, string>) => {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../support/send-process.mjs', import.meta.url)), ...urls],
      {
        env: { PATH: process.env.PATH ?? '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const output: Buffer[] = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    const [status] = await once(child, 'close', { signal: AbortSignal.timeout(40_000) })
    return { status, text: Buffer.concat(output).toString('utf8') }
  }

  test.for(['through a proxy', 'directly'])(
    'NODE_EXTRA_CA_CERTS is trusted %s, and idle connections neither hold the process nor break',
    async (how) => {
      await using proxy = await startConnectProxy({ upstreamPort: server.port, credentials })
      const origin = how === 'directly' ? `https://127.0.0.1:${server.port}` : `https://${host}`

      const { status, text } = await run([`${origin}/1`, `${origin}/2`], {
        NODE_EXTRA_CA_CERTS: server.authority,
        HTTPS_PROXY: `http://${inUrl}@127.0.0.1:${proxy.port}`,
        XDRLAB_TRACE: '1',
      })

      expect(status, text).toBe(0)
      expect(text.match(/\{"status":200\}/g)).toHaveLength(2)
      expect(proxy.tunnels.length > 0).toBe(how !== 'directly')
      await proxy.drained()
      // The trace says which way, and nothing that opens a door.
      expect(text).toContain(`trace GET ${origin}/1`)
      expect(text.includes(`through 127.0.0.1:${proxy.port}`)).toBe(how !== 'directly')
      expect(text).not.toMatch(/entinel/)
    },
  )

  test('an authority in NODE_EXTRA_CA_CERTS stays trusted beside one in XDRLAB_CA_CERTS', async () => {
    await using other = await startPrivateServer(['DNS:localhost'])

    const { text } = await run([`https://localhost:${other.port}/`, `https://localhost:${server.port}/`], {
      NODE_EXTRA_CA_CERTS: server.authority,
      XDRLAB_CA_CERTS: other.authority,
    })

    expect(text.match(/\{"status":200\}/g), text).toHaveLength(2)
  })
})
