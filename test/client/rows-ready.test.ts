import { expect, expectTypeOf, test } from 'vitest'
import { gql } from '../../src/client/document.js'
import type { Alert, Asset } from '../../src/client/taegis-documents.js'
import { recordingScreen } from '../support/recording-screen.js'
import { startRestServer } from '../support/rest-server.js'
import { connectWith, isolatedHome } from '../support/sign-in.js'
import { signedIn } from '../support/taegis-client.js'

test('alerts come by CQL, typed, with the fields that they are decided by', async () => {
  await using it = await signedIn()
  const cql = 'FROM alert WHERE severity >= 0.6'

  const rows = it.xdr.alerts(cql, { pageSize: 20 })
  const alerts = await rows.toArray()

  expectTypeOf(alerts).toEqualTypeOf<Alert[]>()
  expect(alerts.length).toBeGreaterThan(20)
  for (const { id, status, metadata, tenant } of alerts) {
    expect(id).toMatch(/^alert:/)
    expect(status).toMatch(/^[A-Z_]+$/)
    expect(metadata?.title).toMatch(/\w/)
    expect(metadata?.severity).toBeGreaterThanOrEqual(0.6)
    expect(metadata?.created_at?.seconds).toBeGreaterThan(1e9)
    expect(tenant?.name).toMatch(/\w/)
  }
  expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length)
  expect(rows.source.provenance.variables).toEqual({ cql })
  const few = it.xdr.alerts<{ id: string }>(cql, { fields: 'id', limit: 3 })
  expect(await few.toArray()).toEqual(alerts.slice(0, 3).map(({ id }) => ({ id })))
})

test('assets come whole, by a part of a host’s name, or by the platform’s filter', async () => {
  await using it = await signedIn()

  const all = await it.xdr.assets().toArray()
  const [first] = all
  const name = first?.hostnames?.[0]?.hostname ?? ''
  const part = name.slice(0, -1)
  const found = await it.xdr.assets(part).toArray()
  const linux = await it.xdr.assets({ where: { osFamily: 'Linux' } }, { limit: 700 }).toArray()

  expectTypeOf(all).toEqualTypeOf<Asset[]>()
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(all.length).toBeGreaterThan(1000)
  expect(name).toMatch(/\w/)
  const names = (assets: Asset[]) => assets.map(({ hostnames }) => hostnames?.[0]?.hostname)
  expect(names(found)).toEqual(names(all).filter((each) => each?.includes(part)))
  expect(found.length).toBeLessThan(all.length)
  expect(new Set(linux.map(({ osFamily }) => osFamily))).toEqual(new Set(['Linux']))
  expect(linux).toHaveLength(Math.min(700, all.filter(({ osFamily }) => osFamily === 'Linux').length))
})

test('investigations come whole or by CQL', async () => {
  await using it = await signedIn()

  const all = await it.xdr.investigations(undefined, { pageSize: 9 }).toArray()
  const open = await it.xdr.investigations("FROM investigation WHERE status = 'OPEN'").toArray()

  expect(all.length).toBeGreaterThan(9)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(open).toEqual(all.filter(({ status }) => status === 'OPEN'))
  expect(open.length).toBeGreaterThan(0)
})

test('tenants come with their names, and by a filter', async () => {
  await using it = await signedIn()

  const all = await it.xdr.tenants({ pageSize: 1 }).toArray()
  const [first] = all
  const one = await it.xdr.tenants({ filter: { ids: [first?.id] }, fields: 'id name' }).toArray()

  expect(all.length).toBeGreaterThan(1)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(one).toEqual([{ id: first?.id, name: first?.name }])
})

test('without CQL, with a broken selection, or on another platform they say what to do', async () => {
  await using it = await signedIn()
  await using server = await startRestServer(1)
  using _home = isolatedHome()
  const other = await connectWith(server.provider, { screen: recordingScreen({ kind: 'terminal' }) })

  expect(() => it.xdr.alerts(' ')).toThrow(
    expect.objectContaining({ code: 'XDR_BAD_OPTION', hint: expect.stringContaining('FROM alert') }),
  )
  await expect(it.xdr.tenants({ fields: 'id {' }).toArray()).rejects.toMatchObject({
    code: 'XDR_QUERY_SYNTAX',
  })
  expect(() => other.alerts('FROM alert')).toThrow(
    expect.objectContaining({ code: 'XDR_BAD_OPTION', hint: expect.stringContaining('xdr.rows') }),
  )
  expect(it.queries()).toHaveLength(0)
})

test('alerts come by their ids, as many as are asked for', async () => {
  await using it = await signedIn()
  const ids = (await it.xdr.alerts('FROM alert', { limit: 250 }).toArray()).map(({ id }) => id)
  const document = gql<
    { found: { alerts: { list: { id: string }[] } } },
    { ids: string[] }
  >`query ($ids: [String!]) {
    found: alertsServiceRetrieveAlertsById(in: { iDs: $ids }) { alerts { list { id } } }
  }`
  const found = await it.xdr.rows(document, { ids: [...ids, 'alert://priv:none:of-this-id'] }).toArray()
  expect(found).toEqual(ids.map((id) => ({ id })))
})
