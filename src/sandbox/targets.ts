import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { targets, threatSwitchClient } from './access.js'
import type { SignToken } from './auth-server.js'
import type { createBearerCheck } from './bearer.js'
import { choose, hash } from './data/random.js'
import type { World } from './data/world.js'
import { acceptForms, fieldsOf, readBasic } from './forms.js'

export interface TargetsOptions {
  world: World
  /** `aud` of ThreatSwitch's tokens. */
  audience: string
  sign: SignToken
  checkBearer: ReturnType<typeof createBearerCheck>
}

const tokenTtlS = 3600
const topics = ['VPN drops', 'Mailbox rule', 'New laptop', 'Blocked attachment', 'Password reset'] as const
const states = ['open', 'waiting', 'closed'] as const
const kinds = ['personnel', 'contracts', 'facilities', 'training'] as const

/**
 * ThreatSwitch, whose wire is not public beyond "client credentials": the standard's form with Basic or with the
 * credentials in the body. And two targets that take the same credential with every call.
 */
export function addTargetRoutes(app: FastifyInstance, options: TargetsOptions): void {
  const { world } = options
  const ago = (seconds: number) => new Date(world.now - seconds * 1000).toISOString()

  app.register(async (scope) => {
    acceptForms(scope, { json: true })
    scope.post('/threatswitch/oauth/token', async (request, reply) => {
      const fields = fieldsOf(request.body)
      const basic = readBasic(request.headers.authorization)
      const id = basic?.name ?? fields.get('client_id') ?? ''
      const secret = basic?.password ?? fields.get('client_secret') ?? ''
      if (!isEqual(id, threatSwitchClient.id) || !isEqual(secret, threatSwitchClient.secret)) {
        return refuse(reply, 401, 'invalid_client', 'Basic realm="xdrlab sandbox"')
      }
      if (fields.get('grant_type') !== 'client_credentials') {
        return refuse(reply, 400, 'unsupported_grant_type')
      }
      const token = await options.sign({ subject: id, audience: options.audience, ttlS: tokenTtlS })
      return reply
        .header('cache-control', 'no-store')
        .send({ access_token: token, token_type: 'Bearer', expires_in: tokenTtlS })
    })

    scope.get('/threatswitch/api/imports', async (request, reply) => {
      const check = await options.checkBearer(request.headers.authorization)
      if (check.state !== 'valid') return refuse(reply, 401, 'invalid_token', 'Bearer')
      return Array.from({ length: 12 }, (_, row) => ({
        id: 4100 - row,
        kind: choose(kinds, hash(world.seed, row, 11)),
        rows: 20 + (hash(world.seed, row, 12) % 900),
        failed: hash(world.seed, row, 13) % 4,
        finishedAt: ago(3600 + 86_400 * row),
      }))
    })

    scope.get('/targets/basic/tickets', async (request, reply) => {
      const { username, password } = targets.basic
      const given = readBasic(request.headers.authorization)
      if (given === undefined || !isEqual(given.name, username) || !isEqual(given.password, password)) {
        return refuse(reply, 401, 'unauthorized', 'Basic realm="tickets", charset="UTF-8"')
      }
      return Array.from({ length: 8 }, (_, row) => ({
        ticket: `T-${1200 + row}`,
        topic: choose(topics, hash(world.seed, row, 21)),
        state: choose(states, hash(world.seed, row, 22)),
        changedAt: ago(1800 + 7200 * row),
      }))
    })

    scope.get('/targets/key/indicators', async (request, reply) => {
      const given = request.headers[targets.apiKey.header.toLowerCase()]
      if (typeof given !== 'string' || !isEqual(given, targets.apiKey.key)) {
        return refuse(reply, 401, 'unauthorized')
      }
      return Array.from({ length: 10 }, (_, row) => ({
        // RFC 5737: addresses that belong to nobody.
        indicator: `203.0.113.${1 + (hash(world.seed, row, 31) % 254)}`,
        confidence: 40 + (hash(world.seed, row, 32) % 60),
        firstSeen: ago(86_400 * (row + 1)),
      }))
    })
  })
}

function isEqual(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}

function refuse(reply: FastifyReply, status: number, error: string, challenge?: string) {
  if (challenge !== undefined) reply.header('www-authenticate', challenge)
  return reply.code(status).header('cache-control', 'no-store').send({ error })
}
