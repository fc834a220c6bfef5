import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'
import { basic, bearer, call, ciscoToken, postForm } from './platforms.js'
import { textField } from './signed-in.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ alerts: 50 })
})
afterAll(() => sandbox.close())

const grant = { grant_type: 'client_credentials' }
const get = (path: string, headers: Record<string, string> = {}) => call(sandbox.origin + path, { headers })

describe('ThreatSwitch', () => {
  const ask = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    postForm(`${sandbox.origin}/threatswitch/oauth/token`, { ...grant, ...fields }, headers)

  test('gives a token for credentials by Basic or in the body, and the list to that token', async () => {
    const { threatSwitch } = sandbox.clients
    const inBody = { client_id: threatSwitch.id, client_secret: threatSwitch.secret }
    for (const answer of [await ask({}, basic(threatSwitch)), await ask(inBody)]) {
      expect(answer.body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 3600,
      })
      const list = await get('/threatswitch/api/imports', bearer(textField(answer.body, 'access_token')))
      expect(list.status).toBe(200)
      expect(list.body).toHaveLength(12)
    }
  })

  test('refuses a wrong secret, another grant, and the list without its own token', async () => {
    const { threatSwitch } = sandbox.clients
    expect((await ask({}, basic({ ...threatSwitch, secret: 'wrong' }))).status).toBe(401)
    expect((await ask({})).status).toBe(401)
    expect((await ask({ grant_type: 'password' }, basic(threatSwitch))).status).toBe(400)
    expect((await get('/threatswitch/api/imports')).status).toBe(401)
    expect((await get('/threatswitch/api/imports', bearer(await ciscoToken(sandbox)))).status).toBe(401)
  })
})

describe('targets with one credential for every call', () => {
  test('HTTP Basic: user name and password, and no other', async () => {
    const { username, password } = sandbox.targets.basic
    const good = await get('/targets/basic/tickets', basic({ id: username, secret: password }))
    expect(good.body).toHaveLength(8)
    for (const headers of [{}, basic({ id: username, secret: 'wrong' }), bearer(password)]) {
      const answer = await get('/targets/basic/tickets', headers)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
    }
  })

  test('a key in the header that the target names, and nowhere else', async () => {
    const { header, key } = sandbox.targets.apiKey
    const good = await get('/targets/key/indicators', { [header]: key })
    expect(good.body).toHaveLength(10)
    for (const headers of [{}, { [header]: 'wrong' }, bearer(key)]) {
      expect((await get('/targets/key/indicators', headers)).status).toBe(401)
    }
    expect((await get(`/targets/key/indicators?${header}=${key}`)).status).toBe(401)
  })
})
