import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import type { Adapter, AdapterPayload, Provider } from 'oidc-provider'
import { type FaultProxy, startFaultProxy } from './fault-proxy.js'

export const paths = {
  begin: '/device/auth',
  token: '/token',
  revocation: '/token/revocation',
  userInfo: '/me',
  openid: '/.well-known/openid-configuration',
  rfc8414: '/.well-known/oauth-authorization-server',
} as const

export const clientId = 'notebooks'
export const person = 'analyst@example.com'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const scopes = 'openid offline_access email'

export interface AuthServerOptions {
  /** Access tokens as random text in place of a JWT. */
  opaque?: boolean
  accessTokenTtlS?: number
  /** Makes the client a confidential one (HTTP Basic), which may have tokens of its own. */
  clientSecret?: string
  /** A new refresh token with every use. Default `true`. */
  rotates?: boolean
  /** Offers RFC 7009. */
  revocation?: boolean
  /** Gives this client bound tokens only (RFC 9449), and asks for a nonce of its own with `nonce`. */
  dpop?: 'required' | 'nonce'
  /** Confirms every code at once, as `person`. */
  approvesAtOnce?: boolean
}

export interface AuthServer extends AsyncDisposable {
  issuer: string
  /** In front of the server: records every request and injects faults. */
  proxy: FaultProxy
  /** Confirms a code (default: the last one given out), as the person would in the browser. */
  approve(account?: string): Promise<void>
  deny(): Promise<void>
  /** Ends the life of the last code, in the server only. */
  expire(): void
  /** The value of the last device code given out. */
  deviceCode(): string
}

/** A real OpenID provider with the device grant on loopback, behind a fault proxy. */
export async function startAuthServer(options: AuthServerOptions = {}): Promise<AuthServer> {
  const proxy = await startFaultProxy()
  const storage = new Storage()
  const provider = await createProvider(proxy.origin, storage, options)
  const lastCode = async () => {
    const code = await provider.DeviceCode.findByUserCode(String(storage.lastDeviceCode().userCode))
    if (code === undefined) throw new Error('no device code has been given out')
    return code
  }
  const approve = async (account = person) => {
    const code = await lastCode()
    const grant = new provider.Grant({ accountId: account, clientId })
    grant.addOIDCScope(scopes)
    Object.assign(code, {
      accountId: account,
      authTime: Math.floor(Date.now() / 1000),
      grantId: await grant.save(),
      scope: String(code.params?.scope ?? ''),
    })
    await code.save()
  }
  if (options.approvesAtOnce) {
    provider.use(async (ctx, next) => {
      await next()
      if (ctx.oidc?.route === 'device_authorization' && ctx.status === 200) await approve()
    })
  }
  const server = createServer(provider.callback())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy.forwardTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)

  return {
    issuer: proxy.origin,
    proxy,
    approve,
    deny: async () => {
      const code = await lastCode()
      code.error = 'access_denied'
      code.errorDescription = 'the person said no'
      await code.save()
    },
    expire: () => {
      storage.lastDeviceCode().exp = 1
    },
    deviceCode: () => {
      const begun = proxy.to(paths.begin).findLast((request) => request.status === 200)
      return String(JSON.parse(begun?.answer ?? '{}').device_code)
    },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function createProvider(
  issuer: string,
  storage: Storage,
  options: AuthServerOptions,
): Promise<Provider> {
  const { Provider } = await importQuietly()
  const pair = await generateKeyPair('ES256', { extractable: true })
  const ttlS = options.accessTokenTtlS ?? 3600
  return new Provider(issuer, {
    adapter: (model) => storage.adapter(model),
    jwks: { keys: [{ ...(await exportJWK(pair.privateKey)), alg: 'ES256', use: 'sig', kid: 'one' }] },
    cookies: { keys: ['test'] },
    clients: [
      {
        client_id: clientId,
        grant_types: [
          deviceGrant,
          'refresh_token',
          ...(options.clientSecret === undefined ? [] : ['client_credentials']),
        ],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
        ...(options.dpop === undefined ? {} : { dpop_bound_access_tokens: true }),
        ...(options.clientSecret === undefined
          ? { token_endpoint_auth_method: 'none' as const }
          : {
              token_endpoint_auth_method: 'client_secret_basic' as const,
              client_secret: options.clientSecret,
            }),
      },
    ],
    scopes: scopes.split(' '),
    claims: { openid: ['sub'], email: ['email'] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: id }) }),
    rotateRefreshToken: options.rotates ?? true,
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      revocation: { enabled: options.revocation === true },
      dPoP: {
        enabled: options.dpop !== undefined,
        nonceSecret: Buffer.alloc(32, 7),
        requireNonce: () => options.dpop === 'nonce',
      },
      resourceIndicators: {
        enabled: options.opaque !== true,
        defaultResource: () => `${issuer}/graphql`,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: `${issuer}/graphql`,
          accessTokenTTL: ttlS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { AccessToken: ttlS, DeviceCode: 600, Grant: 7200, IdToken: ttlS, RefreshToken: 7200 },
  })
}

/** The library warns about the Node version at every load; the tests say by themselves whether it works. */
async function importQuietly(): Promise<typeof import('oidc-provider')> {
  const { warn } = console
  console.warn = () => {}
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}

/** What the server knows, in memory and for one server only. */
class Storage {
  readonly #entries = new Map<string, AdapterPayload>()

  lastDeviceCode(): AdapterPayload {
    const code = [...this.#entries].findLast(([key]) => key.startsWith('DeviceCode:'))?.[1]
    if (code === undefined) throw new Error('no device code has been given out')
    return code
  }

  adapter(model: string): Adapter {
    const entries = this.#entries
    const all = () => [...entries].filter(([key]) => key.startsWith(`${model}:`))
    return {
      upsert: async (id, payload) => void entries.set(`${model}:${id}`, payload),
      find: async (id) => entries.get(`${model}:${id}`),
      findByUserCode: async (userCode) => all().find(([, payload]) => payload.userCode === userCode)?.[1],
      findByUid: async (uid) => all().find(([, payload]) => payload.uid === uid)?.[1],
      consume: async (id) => {
        const payload = entries.get(`${model}:${id}`)
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => void entries.delete(`${model}:${id}`),
      revokeByGrantId: async (grantId) => {
        for (const [key, payload] of all()) if (payload.grantId === grantId) entries.delete(key)
      },
    }
  }
}
