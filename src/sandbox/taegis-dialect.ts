import { once } from 'node:events'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { DeviceCode, Provider } from 'oidc-provider'
import { send } from '../http.js'
import { mountPath, sandboxClientId } from './auth-server.js'

export interface TaegisDialectOptions {
  origin: string
  provider: Provider
  intervalS: number
  /** How long a poll is held before it hears `authorization_pending`, milliseconds. */
  pollHoldMs: number
  /** Hand the refresh token out too. Nobody outside knows whether Taegis does. */
  refreshToken: boolean
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** The device routes as Taegis speaks them, in front of the standard authorization server. */
export function addTaegisRoutes(app: FastifyInstance, options: TaegisDialectOptions): void {
  const waiting = new Map<string, AbortController>()
  app.addHook('preClose', async () => {
    for (const poll of waiting.values()) poll.abort()
  })

  app.register(async (scope) => {
    // The vendor's client sends no body and may still send its usual content type.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))

    scope.post('/universal-auth/device/code/auth', async (_request, reply) => {
      const answer = await send({
        method: 'POST',
        url: new URL(`${options.origin}${mountPath}/device/auth`),
        headers: form,
        body: new URLSearchParams({
          client_id: sandboxClientId,
          scope: options.refreshToken ? 'openid offline_access profile email' : 'openid profile email',
        }).toString(),
      })
      const { device_code, user_code, expires_in } = JSON.parse(answer.text)
      return sendJson(reply, 200, {
        device_code,
        user_code,
        verification_uri: `${options.origin}/device`,
        verification_uri_complete: `${options.origin}/device?user_code=${encodeURIComponent(user_code)}`,
        expires_in,
        interval: options.intervalS,
      })
    })

    scope.post('/universal-auth/device/code/token', async (request, reply) => {
      const deviceCode = readDeviceCode(request.body)
      if (deviceCode === undefined) {
        return sendJson(reply, 400, {
          error: 'invalid_request',
          error_description: 'the body must be JSON with a device_code',
        })
      }
      // Only the latest poll of a code may collect the token: a second exchange would revoke the first.
      waiting.get(deviceCode)?.abort()
      const poll = new AbortController()
      waiting.set(deviceCode, poll)
      const onGone = () => poll.abort()
      reply.raw.once('close', onGone)
      try {
        const state = await waitForDecision(options.provider, deviceCode, options.pollHoldMs, poll.signal)
        if (state === 'decided' && !poll.signal.aborted) return await exchange(reply, options, deviceCode)
        const error = state === 'decided' ? 'authorization_pending' : state
        return sendJson(reply, 400, { error })
      } finally {
        reply.raw.off('close', onGone)
        if (waiting.get(deviceCode) === poll) waiting.delete(deviceCode)
      }
    })
  })
}

function readDeviceCode(body: unknown): string | undefined {
  try {
    const value: unknown = JSON.parse(String(body))
    if (typeof value !== 'object' || value === null || !('device_code' in value)) return undefined
    return typeof value.device_code === 'string' ? value.device_code : undefined
  } catch {
    return undefined
  }
}

type PollState = 'decided' | 'authorization_pending' | 'expired_token' | 'invalid_grant'

/** Holds until the person has decided, the code expires, the hold is over, or the caller has gone. */
async function waitForDecision(
  provider: Provider,
  deviceCode: string,
  holdMs: number,
  gone: AbortSignal,
): Promise<PollState> {
  const deadline = performance.now() + holdMs
  for (;;) {
    const code = await provider.DeviceCode.find(deviceCode, { ignoreExpiration: true })
    if (code === undefined) return 'invalid_grant'
    if (code.isExpired) return 'expired_token'
    if (isDecided(code)) return 'decided'
    const expiresInMs = (code.exp ?? 0) * 1000 - Date.now()
    const leftMs = Math.min(deadline - performance.now(), Math.max(0, expiresInMs) + 5)
    if (gone.aborted || deadline <= performance.now()) return 'authorization_pending'
    await waitForSave(provider, leftMs, gone)
  }
}

function isDecided(code: DeviceCode): boolean {
  return code.accountId !== undefined || code.error !== undefined
}

/** Until any device code is saved, which is what confirming and cancelling do. */
async function waitForSave(provider: Provider, waitMs: number, gone: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([gone, AbortSignal.timeout(Math.max(1, Math.ceil(waitMs)))])
  try {
    await once(provider, 'device_code.saved', { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Collects the token at the standard endpoint, so that every check there applies here. */
async function exchange(reply: FastifyReply, options: TaegisDialectOptions, deviceCode: string) {
  const answer = await send({
    method: 'POST',
    url: new URL(`${options.origin}${mountPath}/token`),
    headers: form,
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: sandboxClientId,
      device_code: deviceCode,
    }).toString(),
  })
  const body = JSON.parse(answer.text)
  if (answer.status !== 200) return sendJson(reply, 400, { error: body.error })
  return sendJson(reply, 200, {
    access_token: body.access_token,
    token_type: 'Bearer',
    expires_in: body.expires_in,
    ...(options.refreshToken ? { refresh_token: body.refresh_token } : {}),
  })
}

function sendJson(reply: FastifyReply, status: number, body: unknown) {
  return reply.code(status).header('cache-control', 'no-store').send(body)
}
