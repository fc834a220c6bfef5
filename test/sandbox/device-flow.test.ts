import { EventEmitter, once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { approveDevice } from '../../src/sandbox/approve.js'
import { Browser } from '../../src/sandbox/browser.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'
import { beginDevice, pollDevice, postJson, textField } from './signed-in.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ alerts: 10, pollHoldMs: 8000 })
})
afterAll(() => sandbox.close())

const approval = (device: Awaited<ReturnType<typeof beginDevice>>) => ({
  verificationUriComplete: device.verification_uri_complete,
  userCode: device.user_code,
  user: sandbox.user,
})

describe('the Taegis device flow', () => {
  test('gives codes and addresses in the shape of the platform', async () => {
    const device = await beginDevice(sandbox)
    expect(Object.keys(device).sort()).toEqual([
      'device_code',
      'expires_in',
      'interval',
      'user_code',
      'verification_uri',
      'verification_uri_complete',
    ])
    expect(device.user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/)
    expect(device.verification_uri).toBe(`${sandbox.origin}/device`)
    expect(device.verification_uri_complete).toBe(`${sandbox.origin}/device?user_code=${device.user_code}`)
    expect(device.expires_in).toBe(600)
    expect(device.interval).toBe(1)
  })

  test('a poll that waits hears of the approval at once', async () => {
    const device = await beginDevice(sandbox)
    const poll = pollDevice(sandbox, device.device_code)
    await approveDevice(approval(device))
    const { status, body } = await poll
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect(body).not.toHaveProperty('refresh_token')
    const claims = JSON.parse(
      Buffer.from(textField(body, 'access_token').split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(claims).toMatchObject({
      email: sandbox.user.username,
      preferred_username: sandbox.user.username,
      iss: `${sandbox.origin}/oidc`,
      'https://missione/octolabs/io/tenantIds': ['50530'],
    })
    expect(claims.exp - claims.iat).toBe(3600)
  })

  test('a poll is held for the time that was set, then hears authorization_pending', async () => {
    await using quick = await startSandbox({ alerts: 0, pollHoldMs: 150 })
    const device = await beginDevice(quick)
    const startedAt = performance.now()
    const { status, body } = await pollDevice(quick, device.device_code)
    expect(status).toBe(400)
    expect(body).toEqual({ error: 'authorization_pending' })
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145)
  })

  test('cancelling on the page answers access_denied', async () => {
    const device = await beginDevice(sandbox)
    const poll = pollDevice(sandbox, device.device_code)
    await approveDevice({ ...approval(device), deny: true })
    expect(await poll).toMatchObject({ status: 400, body: { error: 'access_denied' } })
  })

  test('cancelling at the password answers access_denied too', async () => {
    const device = await beginDevice(sandbox)
    const browser = new Browser()
    const login = await browser.submit(
      await browser.open(new URL(device.verification_uri_complete)),
      'confirm',
      {},
    )
    const action = login.form?.action.replace(/login$/, 'cancel') ?? ''
    const cancelled = await browser.submit(
      { ...login, form: { action, fields: [], buttons: [] } },
      undefined,
      {},
    )
    expect(cancelled.name).toBe('denied')
    await browser.close()
    expect(await pollDevice(sandbox, device.device_code)).toMatchObject({ body: { error: 'access_denied' } })
  })

  test('a code that runs out while a poll waits answers expired_token, then and later', async () => {
    await using short = await startSandbox({ alerts: 0, deviceCodeTtlS: 1 })
    const device = await beginDevice(short)
    expect(device.expires_in).toBe(1)
    expect(await pollDevice(short, device.device_code)).toMatchObject({
      status: 400,
      body: { error: 'expired_token' },
    })
    expect(await pollDevice(short, device.device_code)).toMatchObject({ body: { error: 'expired_token' } })
    await expect(
      approveDevice({
        verificationUriComplete: device.verification_uri_complete,
        userCode: device.user_code,
        user: short.user,
      }),
    ).rejects.toMatchObject({ code: 'XDR_SANDBOX', message: expect.stringContaining('expired') })
  })

  test('a token is given once', async () => {
    const device = await beginDevice(sandbox)
    await approveDevice(approval(device))
    expect((await pollDevice(sandbox, device.device_code)).status).toBe(200)
    expect(await pollDevice(sandbox, device.device_code)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })

  test('of two polls for one code the later one gets the token', async () => {
    const device = await beginDevice(sandbox)
    const first = pollDevice(sandbox, device.device_code)
    // Both are on their way; whichever arrives second takes over.
    const second = pollDevice(sandbox, device.device_code)
    const early = await Promise.race([first, second])
    expect(early).toMatchObject({ status: 400, body: { error: 'authorization_pending' } })
    await approveDevice(approval(device))
    const statuses = (await Promise.all([first, second])).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 400])
  })

  test('a caller that goes away leaves the token for the next poll', async () => {
    const arrived = new EventEmitter()
    await using own = await startSandbox({
      alerts: 0,
      intercept: (request) => {
        if (request.url?.endsWith('/token') === true) arrived.emit('poll')
        return false
      },
    })
    const device = await beginDevice(own)
    const gone = new AbortController()
    const seen = once(arrived, 'poll')
    const lost = fetch(`${own.origin}/universal-auth/device/code/token`, {
      method: 'POST',
      body: JSON.stringify({ device_code: device.device_code }),
      signal: gone.signal,
    })
    const failed = expect(lost).rejects.toThrow()
    await seen
    gone.abort()
    await failed
    await approveDevice({ ...approval(device), user: own.user })
    expect((await pollDevice(own, device.device_code)).status).toBe(200)
  })

  test.each([
    ['no JSON', 'device_code=abc'],
    ['no device_code', '{}'],
    ['a device_code that is no text', '{"device_code":7}'],
  ])('%s answers invalid_request', async (_what, body) => {
    const response = await fetch(`${sandbox.origin}/universal-auth/device/code/token`, {
      method: 'POST',
      body,
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test('an unknown device_code answers invalid_grant', async () => {
    expect(await pollDevice(sandbox, 'nobody-knows-this')).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })

  test('hands a refresh token out when told to', async () => {
    await using generous = await startSandbox({ alerts: 0, taegisRefreshToken: true })
    const device = await beginDevice(generous)
    await approveDevice({
      verificationUriComplete: device.verification_uri_complete,
      userCode: device.user_code,
      user: generous.user,
    })
    const { body } = await pollDevice(generous, device.device_code)
    expect(textField(body, 'refresh_token')).not.toBe('')
  })
})

describe('approveDevice', () => {
  test('does not confirm a page that shows another code', async () => {
    const device = await beginDevice(sandbox)
    await expect(approveDevice({ ...approval(device), userCode: 'BBBB-BBBB' })).rejects.toMatchObject({
      code: 'XDR_SANDBOX',
      message: expect.stringContaining('another code'),
    })
  })

  test('says so when the address is not that of a sandbox', async () => {
    const device = await beginDevice(sandbox)
    const elsewhere = approveDevice({
      ...approval(device),
      verificationUriComplete: `${sandbox.origin}/assets/version`,
    })
    await expect(elsewhere).rejects.toMatchObject({ code: 'XDR_SANDBOX' })
    const nobody = approveDevice({
      ...approval(device),
      verificationUriComplete: 'http://127.0.0.1:9/device',
    })
    await expect(nobody).rejects.toMatchObject({
      code: 'XDR_SANDBOX',
      message: expect.stringContaining('cannot be reached'),
    })
  })

  test('says so when the password is refused', async () => {
    const device = await beginDevice(sandbox)
    const user = { ...sandbox.user, password: 'wrong', currentCode: () => sandbox.user.currentCode() }
    await expect(approveDevice({ ...approval(device), user })).rejects.toMatchObject({
      code: 'XDR_SANDBOX',
      message: expect.stringContaining('refused'),
      status: 401,
    })
  })

  test('ends with XDR_ABORTED when its signal aborts', async () => {
    const device = await beginDevice(sandbox)
    const signal = AbortSignal.abort()
    await expect(approveDevice({ ...approval(device), signal })).rejects.toMatchObject({
      code: 'XDR_ABORTED',
    })
  })
})

describe('the server', () => {
  test('closes at once while polls wait and connections are kept alive', async () => {
    const busy = await startSandbox({ alerts: 0 })
    const device = await beginDevice(busy)
    const poll = pollDevice(busy, device.device_code).catch(() => undefined)
    const startedAt = performance.now()
    await busy.close()
    await poll
    expect(performance.now() - startedAt).toBeLessThan(1000)
    await expect(fetch(busy.origin)).rejects.toThrow()
  })

  test('names the port when it is taken', async () => {
    const port = Number(new URL(sandbox.origin).port)
    await expect(startSandbox({ port })).rejects.toMatchObject({
      code: 'XDR_SANDBOX',
      message: `port ${port} is taken`,
    })
  })

  test('listens on loopback and refuses foreign host names', async () => {
    const { request } = await import('node:http')
    const rebound = request(`${sandbox.origin}/assets/version`, { headers: { host: 'evil.example' } }).end()
    const [response] = await once(rebound, 'response')
    response.resume()
    expect(response.statusCode).toBe(421)
  })

  test('tells its version and gives every answer a request id', async () => {
    const response = await fetch(`${sandbox.origin}/assets/version`)
    expect(await response.json()).toEqual({
      tag: expect.stringMatching(/^v\d/),
      revision: 'sandbox',
      timestamp: expect.any(String),
    })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    const missing = await fetch(`${sandbox.origin}/nothing/here`)
    expect(missing.status).toBe(404)
    expect(missing.headers.get('x-request-id')).not.toBe(response.headers.get('x-request-id'))
  })

  test('lets a test answer in its place', async () => {
    await using faulty = await startSandbox({
      alerts: 0,
      intercept: (request, response) => {
        if (request.url !== '/graphql') return false
        response.writeHead(429, { 'retry-after': '3' }).end()
        return true
      },
    })
    const answer = await postJson(`${faulty.origin}/graphql`, {})
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3'])
    expect((await fetch(`${faulty.origin}/assets/version`)).status).toBe(200)
  })
})
