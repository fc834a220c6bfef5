import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { basic, bearer, call, claimsOf, postForm } from './platforms.js'
import { dataNow, postJson, SignedIn, textField } from './signed-in.js'

let me: SignedIn
beforeAll(async () => {
  me = await SignedIn.start({ alerts: 200 })
})
afterAll(() => me.sandbox.close())

const grant = { grant_type: 'client_credentials' }
const tokenUrl = () => `${me.sandbox.origin}/auth/api/v2/auth/token`
const ask = (client: { id: string; secret: string }) => postJson(tokenUrl(), grant, basic(client))
const tenants = '{ requestTenantContext { tenantIDs } }'
interface Made {
  client: { id: string; client_id: string }
  client_secret: string
}
const made = '{ client { id client_id } client_secret }'
const create = (name: string) => me.ask<Made>(`mutation { createClient(name: "${name}") ${made} }`)
const pairOf = ({ client, client_secret }: Made) => ({ id: client.client_id, secret: client_secret })

describe('client credentials of Taegis', () => {
  test('HTTP Basic and a JSON body give a token of ten hours, with its end as a time, and no refresh token', async () => {
    const before = Date.now()
    const answer = await ask(me.sandbox.clients.taegis)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      expires_in: 36_000,
      expiry: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      token_type: 'Bearer',
    })
    const endsAt = Date.parse(textField(answer.body, 'expiry'))
    expect(endsAt).toBeGreaterThanOrEqual(before + 36_000_000)
    const claims = claimsOf(textField(answer.body, 'access_token'))
    expect(claims['https://missione/octolabs/io/tenantIds']).toEqual(['50530'])
    expect(Math.abs(Number(claims.exp) * 1000 - endsAt)).toBeLessThan(2000)
  })

  test('a form body is taken as well', async () => {
    const answer = await postForm(tokenUrl(), grant, basic(me.sandbox.clients.taegis))
    expect(answer.body).toMatchObject({ expires_in: 36_000, token_type: 'Bearer' })
  })

  test('the token opens GraphQL for its one tenant, as the client and as no person', async () => {
    const { body } = await ask(me.sandbox.clients.taegis)
    const headers = bearer(textField(body, 'access_token'))
    const url = `${me.sandbox.origin}/graphql`
    expect((await postJson(url, { query: tenants }, headers)).body).toEqual({
      data: { requestTenantContext: { tenantIDs: ['50530'] } },
    })
    const subject = '{ currentSubject { displayName identity { __typename ... on Client { client_id } } } }'
    expect((await postJson(url, { query: subject }, headers)).body).toEqual({
      data: {
        currentSubject: {
          displayName: 'nightly-report',
          identity: { __typename: 'Client', client_id: me.sandbox.clients.taegis.id },
        },
      },
    })
  })

  test.each([
    ['a wrong secret', 401, 'invalid_client', () => ask({ ...me.sandbox.clients.taegis, secret: 'wrong' })],
    ['an unknown id', 401, 'invalid_client', () => ask({ id: 'nobody', secret: 'wrong' })],
    ['no credentials', 401, 'invalid_client', () => postJson(tokenUrl(), grant)],
    [
      'credentials in the body alone',
      401,
      'invalid_client',
      () => {
        const { id, secret } = me.sandbox.clients.taegis
        return postJson(tokenUrl(), { ...grant, client_id: id, client_secret: secret })
      },
    ],
    [
      'another grant',
      400,
      'unsupported_grant_type',
      () => postJson(tokenUrl(), { grant_type: 'password' }, basic(me.sandbox.clients.taegis)),
    ],
    ['no grant', 400, 'invalid_request', () => postJson(tokenUrl(), {}, basic(me.sandbox.clients.taegis))],
  ])('%s is refused with %i', async (_what, status, error, send) => {
    const answer = await send()
    expect([answer.status, answer.body]).toEqual([status, { error, error_description: expect.any(String) }])
    expect(answer.text).not.toContain(me.sandbox.clients.taegis.secret)
    expect(answer.headers.get('www-authenticate')).toEqual(
      status === 401 ? expect.stringMatching(/^Basic /) : null,
    )
  })

  test('another method, another content type and a body that is no object are refused', async () => {
    const headers = basic(me.sandbox.clients.taegis)
    expect((await call(tokenUrl(), { headers })).status).toBe(404)
    const text = { method: 'POST', body: 'grant_type=client_credentials', headers }
    expect((await call(tokenUrl(), text)).status).toBe(415)
    expect((await postJson(tokenUrl(), ['client_credentials'], headers)).status).toBe(400)
  })
})

describe('administration of client credentials', () => {
  test('the tokens of a client are counted, with the time of the last', async () => {
    const pair = pairOf(await create('counted'))
    const used = () =>
      me.ask<{ tokenRequestCount: number; tokenRequestTime: string | null }>(
        `{ client(id: "${pair.id}") { tokenRequestCount tokenRequestTime } }`,
      )
    expect(await used()).toEqual({ tokenRequestCount: 0, tokenRequestTime: null })
    await ask(pair)
    await ask({ ...pair, secret: 'wrong' })
    const { tokenRequestCount, tokenRequestTime } = await used()
    expect(tokenRequestCount).toBe(1)
    expect(Date.parse(tokenRequestTime ?? '')).toBeGreaterThanOrEqual(dataNow)
    await me.ask(`mutation { deleteClient(id: "${pair.id}") { id } }`)
  })

  test('a new client signs in at once, until it is deleted', async () => {
    const pair = pairOf(await create('made-and-deleted'))
    expect((await ask(pair)).status).toBe(200)
    await me.ask(`mutation { deleteClient(id: "${pair.id}") { id } }`)
    expect((await ask(pair)).status).toBe(401)
  })

  test('a client of a customer’s tenant gets a token for that one', async () => {
    const [, customer] = (
      await me.ask<{ accessible_tenants: { id: string }[] }>(
        '{ currentTDRUser { accessible_tenants { id } } }',
      )
    ).accessible_tenants
    const tenant = customer?.id ?? ''
    const client = await me.ask<Made>(`mutation { createClient(name: "theirs") ${made} }`, { tenant })
    const token = textField((await ask(pairOf(client))).body, 'access_token')
    const url = `${me.sandbox.origin}/graphql`
    expect((await postJson(url, { query: tenants }, bearer(token))).body).toEqual({
      data: { requestTenantContext: { tenantIDs: [tenant] } },
    })
    const home = await postJson(url, { query: tenants }, { ...bearer(token), 'x-tenant-context': '50530' })
    expect(home.status).toBe(403)
  })

  test.each(['rotateClientSecret', 'forceRotateClientSecret'])(
    '%s ends the old secret, by either id, and the new one works',
    async (mutation) => {
      const client = await create(`to-${mutation}`)
      let last = pairOf(client)
      for (const id of [client.client.id, client.client.client_id]) {
        const rotated = pairOf(await me.ask<Made>(`mutation { ${mutation}(id: "${id}") ${made} }`))
        expect(rotated.id).toBe(last.id)
        expect(rotated.secret).not.toBe(last.secret)
        expect((await ask(last)).status).toBe(401)
        expect((await ask(rotated)).status).toBe(200)
        last = rotated
      }
    },
  )

  test('a secret given to rotateClientSecret has to be the current one', async () => {
    const pair = pairOf(await create('proves-itself'))
    const rotate = (secret: string) =>
      me.send(`mutation { rotateClientSecret(id: "${pair.id}", secret: "${secret}") ${made} }`)
    expect((await rotate('wrong')).body).toMatchObject({ errors: [{ message: expect.any(String) }] })
    expect((await ask(pair)).status).toBe(200)
    expect((await rotate(pair.secret)).body).not.toHaveProperty('errors')
    expect((await ask(pair)).status).toBe(401)
  })

  test('the vendor’s own createClient document is answered field by field', async () => {
    const answer = await me.ask<{ client: Record<string, unknown> }>(
      'mutation createClient($name: String!, $roles: [ID!]) { createClient(name: $name, roles: $roles) { client { id name client_id roles role_assignments { id tenant_id role_id role_name expires_at } tenant_id created_at updated_at created_by updated_by environment } client_secret } }',
      { variables: { name: 'as documented', roles: ['ace1cae4-59fd-4fd1-9500-40077dc529a7'] } },
    )
    expect(answer.client).toMatchObject({
      tenant_id: '50530',
      created_by: expect.any(String),
      updated_by: expect.any(String),
      updated_at: answer.client.created_at,
      role_assignments: [{ role_name: 'Auditor', tenant_id: '50530', expires_at: null }],
    })
  })

  test('the eleventh within an hour is 429 with the wait, deleted ones count, another tenant does not', async () => {
    await using other = await SignedIn.start({ alerts: 0 })
    const add = (name: string, tenant?: string) =>
      other.send(`mutation { createClient(name: "${name}") ${made} }`, tenant === undefined ? {} : { tenant })
    for (let i = 0; i < 10; i++) expect((await add(`robot-${i}`)).status).toBe(200)
    const { id } = await other
      .ask<{ id: string }>('{ clientsSearch(filters: { name: "robot-3" }) { results { id } } }')
      .then((found) => (found as unknown as { results: { id: string }[] }).results[0] ?? { id: '' })
    await other.ask(`mutation { deleteClient(id: "${id}") { id } }`)
    const late = await add('robot-10')
    expect(late.status).toBe(429)
    expect(late.body).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] })
    const waitS = Number(late.headers.get('retry-after'))
    expect(waitS).toBeGreaterThan(3000)
    expect(waitS).toBeLessThanOrEqual(3600)
    // A taken name is told of as such all the same.
    expect((await add('robot-4')).body).toEqual({ error: ['Existing client in tenant'] })
    expect((await add('robot-11', '50611')).status).toBe(200)
  })
})
