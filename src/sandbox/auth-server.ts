import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { ciscoClient, ciscoDeviceClient } from './access.js'
import { type Account, analyst } from './account.js'
import { createMemoryStorage } from './adapter.js'
import { pageHeaders } from './page-style.js'
import { confirmPage, deniedPage, enterCodePage, problemPage, successPage } from './pages.js'

/** The public client of the sandbox: it has no secret (RFC 6749, section 2.1). */
export const sandboxClientId = 'xdrlab-sandbox'
/** What the pages call the client. */
export const appName = 'xdrlab notebook'
/** The claim in which Taegis tokens name the tenants of a person. */
export const tenantsClaim = 'https://missione/octolabs/io/tenantIds'
/** Where the authorization server sits below the origin. */
export const mountPath = '/oidc'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const refreshTokenTtlS = 14 * 24 * 3600
const sessionTtlS = 8 * 3600
/** What a poll that comes too soon adds to the interval (RFC 8628, section 3.5). */
const slowDownS = 5
const pacedCodes = 1000

export interface AuthServerOptions {
  origin: string
  account: Account
  tenantIds: readonly string[]
  accessTokenTtlS: number
  deviceCodeTtlS: number
  intervalS: number
  /** Life of an access token of Cisco XDR, seconds. */
  ciscoTokenTtlS: number
}

/** Makes an access token of the server's own, for the routes that hand tokens out beside the standard endpoint. */
export type SignToken = (token: {
  subject: string
  audience: string
  ttlS: number
  claims?: Readonly<Record<string, unknown>>
}) => Promise<string>

export interface AuthServer {
  provider: Provider
  issuer: string
  /** The `aud` of access tokens. */
  audience: string
  /** The `aud` of Cisco XDR's: neither platform takes the other's. */
  ciscoAudience: string
  jwks: { keys: JWK[] }
  sign: SignToken
}

/** Starts an OAuth 2.0 / OpenID Connect server that knows one person, a client for Taegis and two for Cisco XDR. */
export async function createAuthServer(options: AuthServerOptions): Promise<AuthServer> {
  const { Provider } = await importProvider()
  const issuer = `${options.origin}${mountPath}`
  const audience = `${options.origin}/graphql`
  const ciscoAudience = `${options.origin}/iroh`
  const key = await createSigningKey()
  const { account } = options

  const provider = new Provider(issuer, {
    adapter: createMemoryStorage(),
    jwks: { keys: [key.private] },
    cookies: { keys: [crypto.randomUUID()] },
    clients: [
      {
        client_id: sandboxClientId,
        client_name: appName,
        token_endpoint_auth_method: 'none',
        grant_types: [deviceGrant, 'refresh_token'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: ciscoDeviceClient.id,
        client_name: appName,
        token_endpoint_auth_method: 'none',
        grant_types: [deviceGrant, 'refresh_token'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: ciscoClient.id,
        client_secret: ciscoClient.secret,
        client_name: appName,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials', deviceGrant, 'refresh_token'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username'],
      email: ['email', 'email_verified'],
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    findAccount: (_ctx, id) =>
      id === analyst.id
        ? { accountId: id, claims: () => ({ sub: id, ...personClaims(account) }) }
        : undefined,
    extraTokenClaims: (_ctx, token) => {
      if (token.kind === 'ClientCredentials') return {}
      const person = { email: account.username, preferred_username: account.username }
      return isCisco(token.clientId) ? person : { ...person, [tenantsClaim]: options.tenantIds }
    },
    rotateRefreshToken: true,
    // A device outlives the browser that confirmed it.
    expiresWithSession: () => false,
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: { enabled: false },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        userCodeInputSource: (ctx, form, out, error) => renderCodeEntry(ctx, form, out?.error, error),
        userCodeConfirmSource: (ctx, form, _client, _device, userCode) => {
          const xsrf = /name="xsrf" value="([^"]*)"/.exec(form)?.[1] ?? ''
          renderConfirm(ctx, xsrf, userCode)
        },
        successSource: (ctx) => sendPage(ctx, 200, successPage({ app: appName })),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, client) => (isCisco(client?.clientId) ? ciscoAudience : audience),
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, _resource, client) => ({
          scope: '',
          audience: isCisco(client.clientId) ? ciscoAudience : audience,
          accessTokenTTL: isCisco(client.clientId) ? options.ciscoTokenTtlS : options.accessTokenTtlS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    renderError: (ctx, out) =>
      sendPage(
        ctx,
        ctx.status,
        problemPage({ title: 'This did not work', text: out.error_description ?? out.error }),
      ),
    ttl: {
      AccessToken: (_ctx, _token, client) =>
        isCisco(client.clientId) ? options.ciscoTokenTtlS : options.accessTokenTtlS,
      ClientCredentials: options.ciscoTokenTtlS,
      DeviceCode: options.deviceCodeTtlS,
      Grant: refreshTokenTtlS,
      IdToken: options.accessTokenTtlS,
      Interaction: Math.max(60, options.deviceCodeTtlS),
      RefreshToken: refreshTokenTtlS,
      Session: sessionTtlS,
    },
  })
  provider.use(showConfirmOnGet)
  provider.use(paceDevicePolls(options.intervalS))
  const signingKey = await importJWK(key.private, 'ES256')
  const sign: SignToken = ({ subject, audience: forWhom, ttlS, claims }) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(key.private.kid) })
      .setIssuer(issuer)
      .setAudience(forWhom)
      .setSubject(subject)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${ttlS}s`)
      .sign(signingKey)
  return { provider, issuer, audience, ciscoAudience, jwks: { keys: [key.public] }, sign }
}

function isCisco(clientId: string | undefined): boolean {
  return clientId === ciscoClient.id || clientId === ciscoDeviceClient.id
}

/**
 * The library says on stderr that it prefers a later Node each time it is loaded. It works on ours (the tests are the
 * proof), and a kernel's stderr is a person's notebook: that one line is held back while it loads.
 */
async function importProvider(): Promise<typeof import('oidc-provider')> {
  const { warn } = console
  console.warn = (...args: unknown[]) => {
    if (!String(args[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...args)
  }
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}

/** ES256: a key pair takes a millisecond, an RSA one up to half a second. */
async function createSigningKey(): Promise<{ private: JWK; public: JWK }> {
  const pair = await generateKeyPair('ES256', { extractable: true })
  const names = { alg: 'ES256', use: 'sig', kid: crypto.randomUUID() }
  return {
    private: { ...(await exportJWK(pair.privateKey)), ...names },
    public: { ...(await exportJWK(pair.publicKey)), ...names },
  }
}

function personClaims(account: Account): Record<string, unknown> {
  return {
    name: `${analyst.givenName} ${analyst.familyName}`,
    given_name: analyst.givenName,
    family_name: analyst.familyName,
    preferred_username: account.username,
    email: account.username,
    email_verified: true,
  }
}

function sendPage(ctx: KoaContextWithOIDC, status: number, html: string): void {
  for (const [name, value] of Object.entries(pageHeaders)) ctx.set(name, value)
  ctx.status = status
  ctx.body = html
}

function renderConfirm(ctx: KoaContextWithOIDC, xsrf: string, userCode: string): void {
  sendPage(
    ctx,
    200,
    confirmPage({ action: ctx.oidc.urlFor('code_verification'), xsrf, userCode, app: appName }),
  )
}

/** The library's names for what can be wrong with a user code, in a person's words. */
const codeProblems: Readonly<Record<string, string>> = {
  NotFoundError: 'This code is not known here. Check it against your notebook.',
  ExpiredError: 'This code has expired. Start the sign-in again in your notebook.',
  AlreadyUsedError: 'This code has been used already. Start the sign-in again in your notebook.',
  NoCodeError: 'Type the code that your notebook shows.',
}

function renderCodeEntry(
  ctx: KoaContextWithOIDC,
  form: string,
  oauthError: string | undefined,
  error: Error | undefined,
): void {
  if (error?.name === 'AbortedError') {
    sendPage(ctx, 200, deniedPage())
    return
  }
  const known = error === undefined ? undefined : codeProblems[error.name]
  if (error !== undefined && known === undefined) {
    const text = 'This page is no longer valid. Open the address that your notebook shows once more.'
    sendPage(ctx, ctx.status, problemPage({ title: 'This did not work', text: `${text} (${oauthError})` }))
    return
  }
  const xsrf = /name="xsrf" value="([^"]*)"/.exec(form)?.[1] ?? ''
  const userCode = error !== undefined && 'userCode' in error ? String(error.userCode) : ''
  sendPage(
    ctx,
    200,
    enterCodePage({
      action: ctx.oidc.urlFor('code_verification'),
      xsrf,
      userCode,
      ...(known === undefined ? {} : { problem: known }),
    }),
  )
}

/**
 * `verification_uri_complete` in the library is a page whose script sends the code on. Ours shows the confirmation
 * itself, so that it works without scripts; nothing is confirmed by a GET.
 */
async function showConfirmOnGet(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  if (ctx.method !== 'GET' || ctx.oidc?.route !== 'code_verification') return
  const given = ctx.oidc.params?.user_code
  const xsrf = ctx.oidc.session?.state?.secret
  if (typeof given !== 'string' || typeof xsrf !== 'string') return
  const action = ctx.oidc.urlFor('code_verification')
  const code = await ctx.oidc.provider.DeviceCode.findByUserCode(given.toUpperCase().replace(/[^A-Z]/g, ''), {
    ignoreExpiration: true,
  })
  let problem: string | undefined
  if (code?.userCode === undefined) problem = codeProblems.NotFoundError
  else if (code.isExpired) problem = codeProblems.ExpiredError
  else if (code.error !== undefined || code.accountId !== undefined || code.inFlight === true) {
    problem = codeProblems.AlreadyUsedError
  }
  if (problem === undefined && code?.userCode !== undefined) {
    renderConfirm(ctx, xsrf, `${code.userCode.slice(0, 4)}-${code.userCode.slice(4)}`)
  } else {
    sendPage(
      ctx,
      200,
      enterCodePage({ action, xsrf, userCode: given, ...(problem === undefined ? {} : { problem }) }),
    )
  }
}

/** Adds what the library leaves out: `interval` in the device answer, `slow_down` for polls that come too soon. */
function paceDevicePolls(intervalS: number) {
  const polls = new Map<string, { nextAt: number; extraS: number }>()
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    const answer: unknown = ctx.body
    if (typeof answer !== 'object' || answer === null) return
    if (ctx.oidc?.route === 'device_authorization' && 'device_code' in answer) {
      ctx.body = { ...answer, interval: intervalS }
    }
    const deviceCode = ctx.oidc?.route === 'token' ? ctx.oidc.params?.device_code : undefined
    if (typeof deviceCode !== 'string') return
    const last = polls.get(deviceCode)
    // Taken out and put in again, so that codes nobody asks for any more are the first in the map.
    polls.delete(deviceCode)
    if (!('error' in answer) || answer.error !== 'authorization_pending') return
    const now = performance.now()
    const tooSoon = last !== undefined && now < last.nextAt
    const extraS = (last?.extraS ?? 0) + (tooSoon ? slowDownS : 0)
    if (tooSoon)
      ctx.body = { error: 'slow_down', error_description: 'polled sooner than the interval allows' }
    // A tenth is allowed for timers that fire early.
    polls.set(deviceCode, { nextAt: now + (intervalS + extraS) * 900, extraS })
    const [oldest] = polls.keys()
    if (polls.size > pacedCodes && oldest !== undefined) polls.delete(oldest)
  }
}
