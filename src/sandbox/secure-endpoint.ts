import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SignToken } from './auth-server.js'
import type { createBearerCheck } from './bearer.js'
import { hash, RowIds } from './data/random.js'
import type { World } from './data/world.js'
import { acceptForms, fieldsOf } from './forms.js'

type Check = ReturnType<typeof createBearerCheck>

export interface SecureEndpointOptions {
  world: World
  /** `aud` of this API's own tokens. */
  audience: string
  tokenTtlS: number
  sign: SignToken
  /** Takes a Cisco XDR token. */
  checkSource: Check
  /** Takes a token of this API. */
  checkOwn: Check
}

interface Paged {
  Querystring: { start?: string; size?: string }
  Params: { id: string }
}

const organizationCount = 230
const pageRows = { usual: 100, most: 500 } as const
const places = [
  'Harbour',
  'Alder',
  'Copperline',
  'Glasshouse',
  'Kestrel',
  'Lakeside',
  'Northgate',
  'Quarry',
  'Saltmarsh',
  'Westmoor',
] as const
const trades = [
  'Logistics',
  'Clinics',
  'Schools',
  'Foods',
  'Energy',
  'Credit Union',
  'Printing',
  'Hotels',
] as const

/** Cisco Secure Endpoint, API v3: a Cisco XDR token is exchanged for one of its own, which the lists take. */
export function addSecureEndpointRoutes(app: FastifyInstance, options: SecureEndpointOptions): void {
  const { world } = options
  const organizations = Array.from({ length: organizationCount }, (_, row) => organizationAt(world.seed, row))

  app.register(async (scope) => {
    acceptForms(scope)
    scope.setErrorHandler((error, _request, reply) => {
      const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
      return refuse(
        reply,
        status >= 400 && status < 500 ? status : 500,
        'the request is not one that this address takes',
      )
    })

    scope.post('/v3/access_tokens', async (request, reply) => {
      const check = await options.checkSource(request.headers.authorization)
      if (check.state !== 'valid') return refuse(reply, 401, 'a Cisco XDR access token is needed')
      if (fieldsOf(request.body).get('grant_type') !== 'client_credentials') {
        return refuse(reply, 400, 'grant_type must be client_credentials')
      }
      const { subject } = check.principal
      const token = await options.sign({ subject, audience: options.audience, ttlS: options.tokenTtlS })
      // Nothing else, as documented: the token's own `exp` tells its end.
      return reply.header('cache-control', 'no-store').send({ access_token: token })
    })

    const page = async <T>(
      request: FastifyRequest<Paged>,
      reply: FastifyReply,
      find: () => { total: number; at: (row: number) => T } | undefined,
    ) => {
      const check = await options.checkOwn(request.headers.authorization)
      if (check.state !== 'valid') return refuse(reply, 401, 'a Secure Endpoint access token is needed')
      const start = readCount(request.query.start, 0)
      const wanted = readCount(request.query.size, pageRows.usual)
      if (start === undefined || !wanted) return refuse(reply, 400, 'start and size must be whole numbers')
      const list = find()
      if (list === undefined) return refuse(reply, 404, 'there is no such organization')
      const size = Math.min(wanted, pageRows.most)
      const rows = Math.max(0, Math.min(size, list.total - start))
      return {
        meta: { start, size, total: list.total },
        data: Array.from({ length: rows }, (_, i) => list.at(start + i)),
      }
    }

    scope.get<Paged>('/v3/organizations', (request, reply) =>
      page(request, reply, () => ({ total: organizations.length, at: (row) => organizations[row] })),
    )

    // Not in the documents at hand: a second list, so that one leads to the other.
    scope.get<Paged>('/v3/organizations/:id/computers', (request, reply) =>
      page(request, reply, () => {
        const row = organizations.findIndex(
          ({ organizationIdentifier }) => organizationIdentifier === request.params.id,
        )
        return row < 0
          ? undefined
          : { total: 5 + (hash(world.seed, row, 7) % 60), at: (i) => computerAt(world, row, i) }
      }),
    )
  })
}

function organizationAt(seed: number, row: number) {
  const place = places[row % places.length] ?? places[0]
  const trade = trades[Math.floor(row / places.length) % trades.length] ?? trades[0]
  const round = Math.floor(row / (places.length * trades.length))
  const letters = [1, 2, 3, 4].map((part) => hash(seed, row, part).toString(36).padStart(7, '0').slice(-6))
  return {
    name: `${place} ${trade}${round === 0 ? '' : ` ${round + 1}`}`,
    organizationIdentifier: letters.join(''),
  }
}

function computerAt(world: World, organization: number, row: number) {
  const salt = hash(world.seed, organization, row)
  const host = salt % world.hosts.count
  return {
    connectorGuid: new RowIds(world.seed, `computer-${organization}`).uuid(row),
    hostname: world.hosts.hostname(host),
    operatingSystem: world.hosts.kind(host).osVersion,
    active: salt % 9 !== 0,
    lastSeen: new Date(world.now - (salt % 604_800) * 1000).toISOString(),
  }
}

function readCount(text: string | undefined, usual: number): number | undefined {
  if (text === undefined) return usual
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** The shape is assumed: v3's errors are not in the documents at hand. */
function refuse(reply: FastifyReply, status: number, description: string) {
  return reply.code(status).send({ errors: [{ error_code: status, description, message: description }] })
}
