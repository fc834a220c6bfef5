import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { approveDevice } from '../../src/sandbox/approve.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'
import { basic, bearer, call, ciscoToken, claimsOf, deviceGrant, postForm } from './platforms.js'
import { type DeviceAnswer, postJson, signIn, textField } from './signed-in.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ alerts: 50 })
})
afterAll(() => sandbox.close())

const tokenUrl = () => `${sandbox.origin}/iroh/oauth2/token`
const deviceUrl = () => `${sandbox.origin}/iroh/oauth2/device_authorization`
const whoAmI = (token: string) => call(`${sandbox.origin}/iroh/profile/whoami`, { headers: bearer(token) })
const grant = { grant_type: 'client_credentials' }
const shape = (error: string) => ({
  error,
  error_description: expect.any(String),
  trace_id: expect.stringMatching(/^[\da-f-]{36}$/),
})

/** The device grant from the code to the answer with the tokens. */
async function signInByDevice(client: { id: string; secret?: string }, deny = false) {
  const { id, secret } = client
  const headers = secret === undefined ? {} : basic({ id, secret })
  const who: Record<string, string> = secret === undefined ? { client_id: id } : {}
  const begun = await postForm(deviceUrl(), who, headers)
  expect(begun.status).toBe(200)
  const device = begun.body as DeviceAnswer
  const poll = () =>
    postForm(tokenUrl(), { grant_type: deviceGrant, device_code: device.device_code, ...who }, headers)
  const pending = await poll()
  await approveDevice({
    verificationUriComplete: device.verification_uri_complete,
    userCode: device.user_code,
    user: sandbox.user,
    deny,
  })
  return { device, pending, granted: await poll() }
}

describe('client credentials of Cisco XDR', () => {
  test('a form with HTTP Basic gives a token of ten minutes and its scope', async () => {
    const answer = await postForm(tokenUrl(), grant, basic(sandbox.clients.ciscoXdr))
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      token_type: 'bearer',
      expires_in: 600,
      scope: expect.stringContaining('enrich:read'),
    })
    const claims = claimsOf(textField(answer.body, 'access_token'))
    expect(Number(claims.exp) - Number(claims.iat)).toBe(600)
    const me = await whoAmI(textField(answer.body, 'access_token'))
    expect(me.body).toMatchObject({ user: { 'user-id': sandbox.clients.ciscoXdr.id } })
  })

  test.each([
    [
      'a wrong secret',
      401,
      'invalid_client',
      () => postForm(tokenUrl(), grant, basic({ ...sandbox.clients.ciscoXdr, secret: 'wrong' })),
    ],
    ['no client', 400, 'invalid_request', () => postForm(tokenUrl(), grant)],
    [
      'the public client',
      400,
      'invalid_request',
      () => postForm(tokenUrl(), { ...grant, client_id: sandbox.clients.ciscoXdrDevice.id }),
    ],
    [
      'a JSON body',
      415,
      'invalid_request',
      () => postJson(tokenUrl(), grant, basic(sandbox.clients.ciscoXdr)),
    ],
    [
      'another grant',
      400,
      'unsupported_grant_type',
      () => postForm(tokenUrl(), { grant_type: 'password' }, basic(sandbox.clients.ciscoXdr)),
    ],
    ['no grant', 400, 'invalid_request', () => postForm(tokenUrl(), {}, basic(sandbox.clients.ciscoXdr))],
    [
      'an unknown client for a device code',
      401,
      'invalid_client',
      () => postForm(deviceUrl(), { client_id: 'client-nobody' }),
    ],
  ])('%s is refused with %i, in the platform’s own shape', async (_what, status, error, send) => {
    const answer = await send()
    expect([answer.status, answer.body]).toEqual([status, shape(error)])
    expect(answer.text).not.toContain(sandbox.clients.ciscoXdr.secret)
  })
})

describe('the device grant of Cisco XDR', () => {
  test('a public client is pending until the person has confirmed, then has both tokens', async () => {
    const { device, pending, granted } = await signInByDevice(sandbox.clients.ciscoXdrDevice)
    expect(device).toEqual({
      device_code: expect.any(String),
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: `${sandbox.origin}/device`,
      verification_uri_complete: `${sandbox.origin}/device?user_code=${device.user_code}`,
      expires_in: expect.any(Number),
      interval: 1,
    })
    expect([pending.status, pending.body]).toEqual([400, shape('authorization_pending')])
    expect([granted.status, granted.body]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^eyJ/),
        refresh_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 600,
        scope: expect.any(String),
      },
    ])
    const me = await whoAmI(textField(granted.body, 'access_token'))
    expect(me.body).toMatchObject({ user: { 'user-email': sandbox.user.username } })
  })

  test('a confidential client shows itself by Basic', async () => {
    const { granted } = await signInByDevice(sandbox.clients.ciscoXdr)
    expect(granted.body).toMatchObject({ refresh_token: expect.any(String), token_type: 'bearer' })
  })

  test('a person who cancels is access_denied', async () => {
    const { granted } = await signInByDevice(sandbox.clients.ciscoXdrDevice, true)
    expect([granted.status, granted.body]).toEqual([400, shape('access_denied')])
  })

  test('refresh tokens are rotated; one that is used twice ends the sign-in', async () => {
    const { granted } = await signInByDevice(sandbox.clients.ciscoXdrDevice)
    const refresh = (token: string) =>
      postForm(tokenUrl(), {
        grant_type: 'refresh_token',
        refresh_token: token,
        client_id: sandbox.clients.ciscoXdrDevice.id,
      })
    const first = textField(granted.body, 'refresh_token')
    const renewed = await refresh(first)
    expect(renewed.body).toMatchObject({ expires_in: 600, token_type: 'bearer' })
    const second = textField(renewed.body, 'refresh_token')
    expect(second).not.toBe(first)
    expect((await whoAmI(textField(renewed.body, 'access_token'))).status).toBe(200)
    expect((await refresh(first)).body).toEqual(shape('invalid_grant'))
    expect((await refresh(second)).body).toEqual(shape('invalid_grant'))
  })
})

describe('calls to Cisco XDR', () => {
  test('without a token, with garbage and with a Taegis token are refused; Taegis takes none of Cisco’s', async () => {
    const none = await call(`${sandbox.origin}/iroh/profile/whoami`)
    expect([none.status, none.body]).toEqual([401, shape('invalid_token')])
    for (const token of ['garbage', await signIn(sandbox)]) {
      const answer = await whoAmI(token)
      expect([answer.status, answer.body]).toEqual([401, shape('invalid_token')])
    }
    const query = { query: '{ requestTenantContext { tenantIDs } }' }
    const swapped = await postJson(`${sandbox.origin}/graphql`, query, bearer(await ciscoToken(sandbox)))
    expect(swapped.status).toBe(401)
  })

  test('a token is refused when its time is over', async () => {
    await using short = await startSandbox({ alerts: 0, ciscoTokenTtlS: 2 })
    const headers = bearer(await ciscoToken(short))
    const ask = async () => (await call(`${short.origin}/iroh/profile/whoami`, { headers })).status
    expect(await ask()).toBe(200)
    await expect.poll(ask, { timeout: 10_000, interval: 100 }).toBe(401)
  })

  test('one too many within the hour is 429, with the wait written as "3172s"', async () => {
    await using strict = await startSandbox({ alerts: 0, ciscoCallsPerHour: 2 })
    const headers = bearer(await ciscoToken(strict))
    const ask = () => call(`${strict.origin}/iroh/profile/whoami`, { headers })
    expect((await ask()).status).toBe(200)
    const answer = await ask()
    expect([answer.status, answer.body]).toEqual([429, shape('too_many_requests')])
    expect(answer.headers.get('retry-after')).toMatch(/^3[0-6]\d\ds$/)
  })
})
