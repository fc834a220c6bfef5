import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { send } from '../http.js'
import { analyst } from './account.js'
import { mountPath } from './auth-server.js'
import type { createBearerCheck } from './bearer.js'
import { acceptForms, fieldsOf } from './forms.js'

export interface CiscoXdrOptions {
  origin: string
  intervalS: number
  /** Calls an hour, of the whole organisation. */
  callsPerHour: number
  checkBearer: ReturnType<typeof createBearerCheck>
}

const form = 'application/x-www-form-urlencoded'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const hourMs = 3_600_000
/** What of a token request is handed on; the standard server knows none of the rest. */
const tokenFields = ['grant_type', 'client_id', 'device_code', 'refresh_token'] as const
/** What the vendor's tokens say they are good for, in part. */
const scopeText = 'enrich:read inspect:read integration profile response sse'
const organization = { id: 'b8b0a6d4-2f6a-4b7e-8f0e-3c5d9a1e7f42', name: 'Harbour Managed Security' }

/** Cisco XDR in front of the standard authorization server: its paths, its forms, its errors. */
export function addCiscoXdrRoutes(app: FastifyInstance, options: CiscoXdrOptions): void {
  const limit = new HourlyLimit(options.callsPerHour)
  app.register(async (scope) => {
    acceptForms(scope)
    scope.setErrorHandler((error, _request, reply) => {
      const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
      const known = status >= 400 && status < 500
      return refuse(
        reply,
        known ? status : 500,
        known ? 'invalid_request' : 'server_error',
        known ? 'the request is not one that this address takes' : 'the sandbox failed',
      )
    })
    scope.addHook('onRequest', async (_request, reply) => {
      const waitS = limit.count()
      if (waitS === 0) return
      // The unit is theirs: no other server writes it.
      reply.header('retry-after', `${waitS}s`)
      await refuse(reply, 429, 'too_many_requests', 'the organization has used up its requests of this hour')
    })

    scope.post('/iroh/oauth2/device_authorization', async (request, reply) => {
      const fields = fieldsOf(request.body)
      const answer = await forward(options, request, '/device/auth', {
        ...pick(fields, ['client_id']),
        // What a client gets by default; a refresh token belongs to it.
        scope: 'openid offline_access profile email',
      })
      if (answer.status !== 200) return refuseAs(reply, answer)
      const { device_code, user_code, expires_in } = answer.body
      return sendJson(reply, {
        device_code,
        user_code,
        verification_uri: `${options.origin}/device`,
        verification_uri_complete: `${options.origin}/device?user_code=${encodeURIComponent(String(user_code))}`,
        expires_in,
        interval: options.intervalS,
      })
    })

    scope.post('/iroh/oauth2/token', async (request, reply) => {
      const fields = fieldsOf(request.body)
      const grantType = fields.get('grant_type')
      if (grantType === null) return refuse(reply, 400, 'invalid_request', 'grant_type is missing')
      if (![deviceGrant, 'refresh_token', 'client_credentials'].includes(grantType)) {
        return refuse(reply, 400, 'unsupported_grant_type', 'the grant type is not offered here')
      }
      const answer = await forward(options, request, '/token', pick(fields, tokenFields))
      if (answer.status !== 200) return refuseAs(reply, answer)
      const { access_token, refresh_token, expires_in } = answer.body
      return sendJson(reply, {
        access_token,
        token_type: 'bearer',
        expires_in,
        scope: scopeText,
        ...(refresh_token === undefined ? {} : { refresh_token }),
      })
    })

    // The call is documented, its fields are not: these are made up.
    scope.get('/iroh/profile/whoami', async (request, reply) => {
      const check = await options.checkBearer(request.headers.authorization)
      if (check.state !== 'valid') {
        const why = check.state === 'missing' ? 'an access token is needed' : check.why
        return refuse(reply.header('www-authenticate', 'Bearer'), 401, 'invalid_token', why)
      }
      const { subject, email } = check.principal
      const isPerson = subject === analyst.id
      return sendJson(reply, {
        user: isPerson
          ? {
              'user-id': subject,
              'user-email': email,
              'user-name': `${analyst.givenName} ${analyst.familyName}`,
              role: 'admin',
            }
          : { 'user-id': subject, 'user-name': 'API client', role: 'admin' },
        org: { 'org-id': organization.id, name: organization.name },
        scopes: scopeText.split(' '),
      })
    })
  })
}

interface Answer {
  status: number
  body: Record<string, unknown>
}

/** Asks the standard endpoint, as the client that the request shows itself to be. */
async function forward(
  { origin }: CiscoXdrOptions,
  request: FastifyRequest,
  path: string,
  fields: Record<string, string>,
): Promise<Answer> {
  const { authorization } = request.headers
  const { status, text } = await send({
    method: 'POST',
    url: new URL(`${origin}${mountPath}${path}`),
    headers: { 'content-type': form, ...(authorization === undefined ? {} : { authorization }) },
    body: new URLSearchParams(fields).toString(),
  })
  return { status, body: JSON.parse(text) }
}

function pick(fields: URLSearchParams, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = fields.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
}

function refuseAs(reply: FastifyReply, { status, body }: Answer) {
  return refuse(reply, status, String(body.error), String(body.error_description ?? body.error))
}

function refuse(reply: FastifyReply, status: number, error: string, description: string) {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .send({ error, error_description: description, trace_id: crypto.randomUUID() })
}

function sendJson(reply: FastifyReply, body: unknown) {
  return reply.header('cache-control', 'no-store').send(body)
}

/** Counts calls from the first of each hour on. */
class HourlyLimit {
  #startedAt = performance.now()
  #calls = 0

  constructor(readonly most: number) {}

  /** Counts one call; gives the seconds to wait where it is one too many, else 0. */
  count(): number {
    const now = performance.now()
    if (now - this.#startedAt >= hourMs) {
      this.#startedAt = now
      this.#calls = 0
    }
    this.#calls++
    return this.#calls <= this.most ? 0 : Math.max(1, Math.ceil((this.#startedAt + hourMs - now) / 1000))
  }
}
