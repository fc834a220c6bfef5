import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { approveDevice } from '../../src/sandbox/approve.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'
import { postJson } from './signed-in.js'

const client: oauth.Client = { client_id: 'xdrlab-sandbox' }
const none = oauth.None()
const http = { [oauth.allowInsecureRequests]: true }
const scope = 'openid offline_access profile email'

const written = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name))

let sandbox: Sandbox
let server: oauth.AuthorizationServer
beforeAll(async () => {
  sandbox = await startSandbox({ alerts: 10 })
  const issuer = new URL(`${sandbox.origin}/oidc`)
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http))
})
afterAll(async () => {
  await sandbox.close()
  // Starting, every grant below and stopping: the sandbox has nothing to say on a console.
  expect(written.flatMap((spy) => spy.mock.calls)).toEqual([])
})

async function begin(): Promise<oauth.DeviceAuthorizationResponse> {
  const response = await oauth.deviceAuthorizationRequest(server, client, none, { scope }, http)
  return oauth.processDeviceAuthorizationResponse(server, client, response)
}

async function redeem(deviceCode: string): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.deviceCodeGrantRequest(server, client, none, deviceCode, http)
  return oauth.processDeviceCodeResponse(server, client, response)
}

async function refresh(token: string): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(server, client, none, token, http)
  return oauth.processRefreshTokenResponse(server, client, response)
}

async function approved(): Promise<oauth.TokenEndpointResponse & { refresh_token: string }> {
  const device = await begin()
  await approveDevice({
    verificationUriComplete: device.verification_uri_complete ?? '',
    userCode: device.user_code,
    user: sandbox.user,
  })
  const { refresh_token = '', ...rest } = await redeem(device.device_code)
  return { ...rest, refresh_token }
}

const graphql = (token: string) =>
  postJson(
    `${sandbox.origin}/graphql`,
    { query: '{ currentTDRUser { email } }' },
    { authorization: `Bearer ${token}` },
  )

test('discovery names endpoints that are really there', async () => {
  expect(server.issuer).toBe(`${sandbox.origin}/oidc`)
  for (const endpoint of [
    'device_authorization_endpoint',
    'token_endpoint',
    'revocation_endpoint',
    'jwks_uri',
  ]) {
    const address = server[endpoint]
    expect(address).toMatch(new RegExp(`^${sandbox.origin}/oidc/`))
    const method = endpoint === 'jwks_uri' ? 'GET' : 'POST'
    const { status } = await fetch(String(address), { method })
    expect([endpoint, status]).toEqual([endpoint, method === 'GET' ? 200 : 400])
  }
})

test('the device grant of RFC 8628 gives an access token for the API, a refresh token and an ID token', async () => {
  const device = await begin()
  expect(device.interval).toBe(1)
  expect(device.verification_uri_complete).toContain(device.user_code)
  await expect(redeem(device.device_code)).rejects.toMatchObject({ error: 'authorization_pending' })
  await approveDevice({
    verificationUriComplete: device.verification_uri_complete ?? '',
    userCode: device.user_code,
    user: sandbox.user,
  })
  const tokens = await redeem(device.device_code)
  expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
  expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ iss: `${sandbox.origin}/oidc` })
  expect((await graphql(tokens.access_token)).body).toEqual({
    data: { currentTDRUser: { email: sandbox.user.username } },
  })
})

test('polling sooner than the interval hears slow_down', async () => {
  const device = await begin()
  await expect(redeem(device.device_code)).rejects.toMatchObject({ error: 'authorization_pending' })
  await expect(redeem(device.device_code)).rejects.toMatchObject({ error: 'slow_down' })
})

test('a refresh gives a new refresh token each time, and both access tokens work', async () => {
  const first = await approved()
  const second = await refresh(first.refresh_token)
  expect(second.refresh_token).toBeTypeOf('string')
  expect(second.refresh_token).not.toBe(first.refresh_token)
  expect((await graphql(second.access_token)).status).toBe(200)
})

test('a refresh token that comes twice ends the whole family', async () => {
  const first = await approved()
  const second = await refresh(first.refresh_token)
  await expect(refresh(first.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
  await expect(refresh(second.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('a revoked refresh token is refused', async () => {
  const tokens = await approved()
  const response = await oauth.revocationRequest(server, client, none, tokens.refresh_token, http)
  await oauth.processRevocationResponse(response)
  await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('a denied sign-in answers access_denied', async () => {
  const device = await begin()
  await approveDevice({
    verificationUriComplete: device.verification_uri_complete ?? '',
    userCode: device.user_code,
    user: sandbox.user,
    deny: true,
  })
  await expect(redeem(device.device_code)).rejects.toMatchObject({ error: 'access_denied' })
})

test('an unknown client is refused', async () => {
  const stranger = { client_id: 'somebody-else' }
  const response = await oauth.deviceAuthorizationRequest(server, stranger, none, { scope }, http)
  await expect(oauth.processDeviceAuthorizationResponse(server, stranger, response)).rejects.toMatchObject({
    error: 'invalid_client',
  })
})
