import type { FastifyInstance, FastifyReply } from 'fastify'
import { type SignToken, tenantsClaim } from './auth-server.js'
import { acceptForms, fieldsOf, readBasic } from './forms.js'
import type { TaegisClients } from './taegis-clients.js'

/** Ten hours, as documented. */
const tokenTtlS = 36_000

/** Client credentials as Taegis documents them: HTTP Basic, JSON (a form is accepted as well), no refresh token. */
export function addTaegisTokenRoute(
  app: FastifyInstance,
  options: { clients: TaegisClients; audience: string; sign: SignToken },
): void {
  app.register(async (scope) => {
    acceptForms(scope, { json: true })
    scope.post('/auth/api/v2/auth/token', async (request, reply) => {
      const basic = readBasic(request.headers.authorization)
      const client =
        basic === undefined ? undefined : options.clients.authenticate(basic.name, basic.password)
      if (client === undefined) {
        reply.header('www-authenticate', 'Basic realm="xdrlab sandbox"')
        return refuse(reply, 401, 'invalid_client', 'client authentication failed')
      }
      const grantType = fieldsOf(request.body).get('grant_type')
      if (grantType === null) return refuse(reply, 400, 'invalid_request', 'grant_type is missing')
      if (grantType !== 'client_credentials') {
        return refuse(reply, 400, 'unsupported_grant_type', 'only client_credentials is offered here')
      }
      const token = await options.sign({
        subject: client.clientId,
        audience: options.audience,
        ttlS: tokenTtlS,
        claims: { [tenantsClaim]: [client.tenantId], client_id: client.clientId },
      })
      options.clients.countToken(client)
      return reply.header('cache-control', 'no-store').send({
        access_token: token,
        expires_in: tokenTtlS,
        expiry: new Date(Date.now() + tokenTtlS * 1000).toISOString(),
        token_type: 'Bearer',
      })
    })
  })
}

function refuse(reply: FastifyReply, status: number, error: string, description: string) {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .send({ error, error_description: description })
}
