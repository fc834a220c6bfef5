import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'
import { bearer, call, ciscoToken, claimsOf, postForm } from './platforms.js'
import { postJson, signIn, textField } from './signed-in.js'

let sandbox: Sandbox
let irohToken: string
let token: string
beforeAll(async () => {
  sandbox = await startSandbox({ alerts: 50 })
  irohToken = await ciscoToken(sandbox)
  token = textField((await exchange(irohToken)).body, 'access_token')
})
afterAll(() => sandbox.close())

const grant = { grant_type: 'client_credentials' }
const exchange = (from: string) => postForm(`${sandbox.origin}/v3/access_tokens`, grant, bearer(from))
const get = (path: string, by = token) => call(sandbox.origin + path, { headers: bearer(by) })
interface Row {
  name: string
  organizationIdentifier: string
}
interface Page {
  meta: { start: number; size: number; total: number }
  data: Row[]
}

describe('the token exchange of Secure Endpoint', () => {
  test('answers a Cisco XDR token with an access token and nothing else; its end is in the token', async () => {
    const answer = await exchange(irohToken)
    expect([answer.status, answer.body]).toEqual([200, { access_token: expect.stringMatching(/^eyJ/) }])
    const claims = claimsOf(textField(answer.body, 'access_token'))
    expect(Number(claims.exp) - Number(claims.iat)).toBe(600)
  })

  test('refuses a Taegis token, its own, none, JSON, and another grant', async () => {
    expect((await exchange(await signIn(sandbox))).status).toBe(401)
    expect((await exchange(token)).status).toBe(401)
    const url = `${sandbox.origin}/v3/access_tokens`
    expect((await postForm(url, grant)).status).toBe(401)
    expect((await postJson(url, grant, bearer(irohToken))).status).toBe(415)
    expect((await postForm(url, { grant_type: 'password' }, bearer(irohToken))).status).toBe(400)
  })
})

describe('the lists of Secure Endpoint', () => {
  test('are paged by start and size: every organisation once, 230 of them', async () => {
    const seen = new Set<string>()
    for (let start = 0; start < 230; start += 50) {
      const { body } = await get(`/v3/organizations?start=${start}&size=50`)
      const { meta, data } = body as Page
      expect(meta).toEqual({ start, size: 50, total: 230 })
      expect(data).toHaveLength(Math.min(50, 230 - start))
      for (const row of data) {
        expect(row).toEqual({
          name: expect.any(String),
          organizationIdentifier: expect.stringMatching(/^[a-z\d]{24}$/),
        })
        seen.add(row.organizationIdentifier)
      }
    }
    expect(seen.size).toBe(230)
    expect((await get('/v3/organizations?start=230')).body).toMatchObject({ data: [] })
  })

  test('the computers of one organisation are a list of their own', async () => {
    const { body } = await get('/v3/organizations?size=1')
    const id = (body as Page).data[0]?.organizationIdentifier ?? ''
    const computers = (await get(`/v3/organizations/${id}/computers?size=3`)).body
    expect(computers).toMatchObject({
      meta: { start: 0, size: 3, total: expect.any(Number) },
      data: [{ hostname: expect.any(String) }, {}, {}],
    })
    expect((await get(`/v3/organizations/${'x'.repeat(24)}/computers`)).status).toBe(404)
  })

  test.each(['start=-1', 'start=1.5', 'size=0', 'size=many', 'start=%20'])('%s is refused', async (query) => {
    expect((await get(`/v3/organizations?${query}`)).status).toBe(400)
  })

  test('refuse the token of the first step, garbage and none', async () => {
    expect((await get('/v3/organizations', irohToken)).status).toBe(401)
    expect((await get('/v3/organizations', 'garbage')).status).toBe(401)
    expect((await call(`${sandbox.origin}/v3/organizations`)).status).toBe(401)
  })
})
