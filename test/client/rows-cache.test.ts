import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cache } from '../../src/results/cache.js'
import { rememberSecret } from '../../src/secrets.js'
import { reset, times } from '../support/fault-proxy.js'
import { failureOf } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths
const cql = 'FROM alert EARLIEST=-30d'

test('rows with a cache are asked for once, whatever takes them, and are the same', async () => {
  await using it = await signedIn()
  const fresh = await it.xdr.alerts(cql, { limit: 150 }).toArray()
  const rows = it.xdr.alerts(cql, { limit: 150, cache: '1h' })
  const first = await rows.toArray()
  const before = it.queries().length

  const again = await rows.toArray()
  const looped: unknown[] = []
  for await (const row of it.xdr.alerts(cql, { limit: 150, cache: '1h' })) looped.push(row)
  let counted = 0
  for await (const { count } of rows.source.lines()) counted += count

  expect(it.queries()).toHaveLength(before)
  expect(first).toEqual(fresh)
  expect(again).toEqual(fresh)
  expect(looped).toEqual(fresh)
  expect(counted).toBe(150)
  expect(await rows.take(7).toArray()).toEqual(fresh.slice(0, 7))
  expect(it.queries()).toHaveLength(before)
  expect(it.screen.notes.at(-1)?.text).toMatch(/^from the cache, .* old$/)
  expect(await cache.list()).toMatchObject([{ rows: 150, provenance: { provider: 'taegis' } }])
})

test('other rows are asked for: another limit, query or tenant', async () => {
  await using it = await signedIn()
  await it.xdr.alerts(cql, { limit: 20, cache: '1h' }).toArray()

  for (const other of [
    it.xdr.alerts(cql, { limit: 30, cache: '1h' }),
    it.xdr.alerts('FROM alert EARLIEST=-29d', { limit: 20, cache: '1h' }),
    it.xdr.alerts(cql, { limit: 20, cache: '1h', tenant: '50611' }),
  ]) {
    const before = it.queries().length
    await other.toArray()
    expect(it.queries().length).toBeGreaterThan(before)
  }
})

test('rows that are only begun are not kept', async () => {
  await using it = await signedIn()
  for await (const _ of it.xdr.alerts(cql, { limit: 50, cache: '1h' })) break
  await it.xdr.alerts(cql, { limit: 50, cache: '1h' }).take(3).toArray()

  expect(await cache.list()).toEqual([])
})

test('older rows are given with a warning where the platform is away, and refused where that is asked', async () => {
  await using it = await signedIn()
  const kept = await it.xdr.alerts(cql, { limit: 20, cache: '1m' }).toArray()
  it.clock.advance(120_000)
  it.server.proxy.failAlways(graphql, reset)

  expect(await it.xdr.alerts(cql, { limit: 20, cache: '1m' }).toArray()).toEqual(kept)
  expect(it.screen.notes.at(-1)).toMatchObject({
    level: 'warning',
    text: expect.stringMatching(/these rows are from the cache, 2 minutes old/),
  })
  const strict = it.xdr.alerts(cql, { limit: 20, cache: { maxAge: '1m', stale: 'refuse' } })
  expect((await failureOf(strict.toArray())).code).toBe('XDR_NETWORK')
})

test('a bad duration is said before anything is asked', async () => {
  await using it = await signedIn()
  const before = it.queries().length
  expect(() => it.xdr.alerts(cql, { cache: 'soon' })).toThrow(/soon/)
  expect(it.queries()).toHaveLength(before)
})

test('rows with a cache go into a table as others do', async () => {
  await using it = await signedIn()
  const table = await it.xdr.alerts(cql, { limit: 40, cache: '1h' }).into('cached_alerts')
  expect(table.rowCount).toBe(40)
  it.server.proxy.fail(graphql, ...times(6, reset))
  expect((await it.xdr.alerts(cql, { limit: 40, cache: '1h' }).into('cached_alerts')).rowCount).toBe(40)
})

test('a live secret among the variables is not kept beside the rows', async () => {
  await using it = await signedIn()
  const secret = 'planted-secret-of-a-cached-query'
  rememberSecret(secret)
  const document =
    'query ($q: String) { alertsServiceSearch(in: { cql_query: $q }) { alerts { list { id } } } }'
  const q = `FROM alert WHERE metadata.title = '${secret}' EARLIEST=-30d`
  await it.xdr.rows(document, { q }, { cache: '1h' }).toArray()

  const [kept] = await cache.list()

  expect(kept?.provenance.variables).toEqual({ q: expect.stringContaining('FROM alert') })
  expect(readFileSync(kept?.path ?? '').includes('FROM alert')).toBe(true)
  expect(readFileSync(kept?.path ?? '').includes(secret)).toBe(false)
})
