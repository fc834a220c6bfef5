import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/index.js'
import { postJson, SignedIn, signIn } from './signed-in.js'

let me: SignedIn
beforeAll(async () => {
  me = await SignedIn.start({ alerts: 200 })
})
afterAll(() => me.sandbox.close())

const query = { query: '{ requestTenantContext { tenantIDs } }' }
const send = (headers: Record<string, string>) => postJson(`${me.sandbox.origin}/graphql`, query, headers)
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('the API without a good token', () => {
  test('asks for one', async () => {
    const answer = await send({})
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /)
    expect(answer.headers.get('x-request-id')).not.toBeNull()
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  })

  const refused = async (token: string, why: string) => {
    const answer = await send({ authorization: `Bearer ${token}` })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(answer.text).toContain(why)
    expect(answer.text).not.toContain(token)
  }

  test('refuses garbage', () => refused('garbage', 'not one of ours'))

  test('refuses a token whose claims were changed', async () => {
    const [head, , signature] = me.token.split('.')
    const claims = { ...claimsOf(me.token), 'https://missione/octolabs/io/tenantIds': ['1'] }
    await refused(
      `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`,
      'the signature is wrong',
    )
  })

  test('refuses a token that somebody else has signed under our key id', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    expect((await exportJWK(publicKey)).kty).toBe('EC')
    const header = JSON.parse(Buffer.from(me.token.split('.')[0] ?? '', 'base64url').toString())
    await refused(
      await new SignJWT(claimsOf(me.token)).setProtectedHeader(header).sign(privateKey),
      'the signature',
    )
  })

  test('refuses a token without a signature', async () => {
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    await refused(`${none}.${me.token.split('.')[1]}.`, 'not one of ours')
  })

  test('refuses a token of another sandbox', async () => {
    await using other = await startSandbox({ alerts: 0 })
    await refused(await signIn(other), 'not one of ours')
  })

  test('refuses a token when its time is over, also one it has accepted before', async () => {
    await using short = await SignedIn.start({ alerts: 0, accessTokenTtlS: 2 })
    expect((await short.send(query.query)).status).toBe(200)
    const expiresAt = claimsOf(short.token).exp * 1000
    await expect
      .poll(async () => (await short.send(query.query)).status, { timeout: 5000, interval: 100 })
      .toBe(401)
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt)
    expect((await short.send(query.query)).text).toContain('the token has expired')
  })
})

describe('the tenant of a call', () => {
  const tenantOf = async (tenant?: string) =>
    (await me.send(query.query, tenant === undefined ? {} : { tenant })).body

  test('is the one of the token where none is named', async () => {
    expect(await tenantOf()).toEqual({ data: { requestTenantContext: { tenantIDs: ['50530'] } } })
  })

  test('can be any tenant that the person works in and that is switched on', async () => {
    const me2 = await me.ask<{ accessible_tenants: { id: string; enabled: boolean }[] }>(
      '{ currentTDRUser { accessible_tenants { id enabled } } }',
    )
    expect(me2.accessible_tenants).toHaveLength(40)
    expect(me2.accessible_tenants.filter(({ enabled }) => !enabled)).toHaveLength(2)
    for (const { id, enabled } of me2.accessible_tenants) {
      expect(await tenantOf(id)).toMatchObject(
        enabled
          ? { data: { requestTenantContext: { tenantIDs: [id] } } }
          : { errors: [{ message: expect.stringContaining('switched off') }], data: null },
      )
    }
  })

  test('is refused with 403 where it is somebody else’s', async () => {
    const answer = await me.send(query.query, { tenant: '99999' })
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  })

  test('narrows the rows: home sees all, a customer only its own', async () => {
    type Row = { tenant: { id: string } }
    type Found = { alerts: { total_results: number; list: Row[] } }
    const search =
      '{ alertsServiceSearch(in: { cql_query: "FROM alert", limit: 1000 }) { alerts { total_results list { tenant { id } } } } }'
    const home = await me.ask<Found>(search)
    expect(home.alerts.total_results).toBe(200)
    const customer = home.alerts.list.find(({ tenant }) => tenant.id !== '50530')?.tenant.id ?? ''
    const expected = home.alerts.list.filter(({ tenant }) => tenant.id === customer).length
    const own = await me.ask<Found>(search, { tenant: customer })
    expect(own.alerts.total_results).toBe(expected)
    expect(own.alerts.list.every(({ tenant }) => tenant.id === customer)).toBe(true)
  })
})
