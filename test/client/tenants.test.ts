import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { markLines } from '../../src/client/tenant-mark.js'
import type { XdrError } from '../../src/errors.js'
import { answer, type Fault, hold, reset, times } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { failureOf } from '../support/sign-in.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths
const count = 'query { tenants(tenantsQuery: { count: 1 }) { totalCount tenants { id name } } }'
const findTenants = 'query { tenants(tenantsQuery: { count: 200 }) { tenants { id name } } }'
const searched =
  'query { alertsServiceSearch(in: { cql_query: "FROM alert", limit: 3 }) { alerts { list { id } } } }'
const forbidden = 'no-such-tenant'

interface FoundTenant {
  id: string
  name: string
}

/** Every tenant that the analyst sees, the home tenant first. */
async function findAll({ xdr }: SignedIn): Promise<FoundTenant[]> {
  const data = await xdr.query<{ tenants: { tenants: FoundTenant[] } }>(findTenants)
  return data.tenants.tenants
}

const tenantsAsked = (it: SignedIn, from: number) =>
  it
    .queries()
    .slice(from)
    .map(({ headers }) => headers['x-tenant-context'])

test('one document runs in every tenant, in the order of the list, with one progress', async () => {
  await using it = await signedIn({ screen: recordingScreen({ kind: 'notebook', refreshMs: 0 }) })
  const tenants = (await findAll(it)).slice(0, 9)
  const [before, displays] = [it.queries().length, it.screen.displays.length]

  const { results, failures } = await it.xdr.forTenants(tenants).query(count)

  expect(failures).toEqual([])
  expect(results.map(({ tenant, name }) => ({ id: tenant, name }))).toEqual(tenants)
  expect(tenantsAsked(it, before).sort()).toEqual(tenants.map(({ id }) => id).sort())
  for (const { tenant, data } of results) {
    expect(data).toEqual(await it.xdr.forTenant(tenant).query(count))
  }
  const shown = it.screen.displays.slice(displays)
  expect(shown).toHaveLength(1)
  expect(shown[0]?.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['tenants: 0 of 9 tenants', 'tenants: 4 of 9 tenants', 'tenants: 9 of 9 tenants']),
  )
  expect(shown[0]?.at(-1)?.text).toBe('tenants: 9 of 9 tenants')
})

test('a field that is asked for under several names is counted once in the progress', async () => {
  await using it = await signedIn({ screen: recordingScreen({ kind: 'notebook', refreshMs: 0 }) })
  const tenants = (await findAll(it)).slice(0, 2)

  await it.xdr.forTenants(tenants).query('{ mine: currentTDRUser { id } me: currentTDRUser { email } }')

  expect(it.screen.displays.at(-1)?.at(-1)?.text).toBe('currentTDRUser: 2 of 2 tenants')
})

test('no more are asked at once than concurrency says', async () => {
  await using it = await signedIn()
  const tenants = (await findAll(it)).slice(0, 8)
  const before = it.queries().length
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const late: Fault = { kind: 'late', until: released, fault: { kind: 'pass' } }
  it.server.proxy.fail(graphql, ...times(3, late))

  const running = it.xdr.forTenants(tenants, { concurrency: 3 }).query(count)
  await it.server.proxy.arrived(graphql, before + 3)
  // A fourth would have come by the time that a request outside the group is answered.
  await it.xdr.query('{ currentTDRUser { id } }')
  expect(it.queries().length - before).toBe(3 + 1)
  release()

  expect((await running).results).toHaveLength(8)
})

test('what fails in one tenant stands beside the results of the others, and is said', async () => {
  await using it = await signedIn({ screen: recordingScreen({ kind: 'notebook' }) })
  const [first, second, third] = await findAll(it)
  const ids = [first?.id ?? '', forbidden, second?.id ?? '', third?.id ?? '']

  const answered = await it.xdr.forTenants(ids).query(searched)

  expect(answered.results.map(({ tenant }) => tenant)).toEqual([ids[0], ids[2], ids[3]])
  expect(answered.failures).toMatchObject([
    {
      tenant: forbidden,
      error: {
        message: expect.stringContaining('forbidden'),
        hint: expect.stringMatching(/no role .* ask whoever administers it/),
      },
    },
  ])
  expect(it.screen.notes.at(-1)).toEqual({
    level: 'warning',
    text: expect.stringMatching(/^1 of 4 tenants failed:\n {2}tenant no-such-tenant: .*forbidden/),
  })
  const bundle = await Reflect.get(answered, Symbol.for('Jupyter.display'))()
  expect(bundle['text/plain']).toMatch(/^tenantContext +id/)
  expect(bundle['text/plain']).toContain(`${ids[3]} `)
  expect(bundle['text/plain']).toMatch(/1 tenant failed[\s\S]*no-such-tenant/)
  expect(bundle['text/html']).toContain('no-such-tenant')
})

test('where all fail, the first failure is the error', async () => {
  await using it = await signedIn()

  const error = await failureOf(it.xdr.forTenants([forbidden, 'another']).query(count))

  expect(error.message).toMatch(/^all 2 tenants failed; the first, tenant no-such-tenant: forbidden/)
})

test('what concerns everybody ends the run at once, in place of one failure a tenant', async () => {
  await using it = await signedIn()
  const before = it.queries().length

  const error = await failureOf(it.xdr.forTenants(['1', '2', '3']).query('query { a('))

  expect(error.code).toBe('XDR_QUERY_SYNTAX')
  expect(it.queries()).toHaveLength(before)
})

test('a 429 to one holds all back until the pause is over', async () => {
  await using it = await signedIn()
  const tenants = (await findAll(it)).slice(0, 6)
  const before = it.queries().length
  it.server.proxy.fail(graphql, answer(429, {}, { 'retry-after': '7' }))
  const pausedAt: number[] = []
  it.clock.during(1, () => void pausedAt.push(it.queries().length))

  const { results, failures } = await it.xdr.forTenants(tenants, { concurrency: 1 }).query(count)

  expect({ results: results.length, failures }).toEqual({ results: 6, failures: [] })
  expect(it.clock.waits).toEqual([7_000])
  expect(pausedAt).toEqual([before + 1])
  expect(it.queries().length - before).toBe(7)
})

test('an interrupt stops the run, and what came is kept', async () => {
  const interrupt = new AbortController()
  await using it = await signedIn({ screen: recordingScreen({ signal: interrupt.signal }) })
  const tenants = (await findAll(it)).slice(0, 6)
  const before = it.queries().length
  it.server.proxy.fail(graphql, { kind: 'pass' }, { kind: 'pass' }, ...times(4, hold))
  const group = it.xdr.forTenants(tenants, { concurrency: 1 })

  const running = failureOf(group.query(count))
  await it.server.proxy.arrived(graphql, before + 3)
  interrupt.abort()
  const error: XdrError = await running

  expect(error.code).toBe('XDR_ABORTED')
  expect(error.hint).toContain('2 of 6 tenants had answered')
  expect(group.last?.results.map(({ tenant }) => tenant)).toEqual(tenants.slice(0, 2).map(({ id }) => id))
  expect(it.queries()).toHaveLength(before + 3)
})

test('a reset is tried again for its tenant alone', async () => {
  await using it = await signedIn()
  const tenants = (await findAll(it)).slice(0, 5)
  it.server.proxy.fail(graphql, reset, reset)

  const { results, failures } = await it.xdr.forTenants(tenants).query(count)

  expect({ results: results.length, failures }).toEqual({ results: 5, failures: [] })
})

test('run gives a client a tenant, and keeps failures as query does', async () => {
  await using it = await signedIn()
  const [first, second] = await findAll(it)

  const { results, failures } = await it.xdr
    .forTenants([first ?? '', forbidden, second ?? ''])
    .run(async (client, { id }) => {
      const { tenants } = await client.query<{ tenants: { totalCount: number } }>(count)
      return { asked: id, total: tenants.totalCount }
    })

  expect(results.map(({ data }) => data.asked)).toEqual([first?.id, second?.id])
  expect(failures.map(({ tenant }) => tenant)).toEqual([forbidden])
})

test('two sign-ins are one run: other regions beside the first', async () => {
  await using us = await signedIn()
  await using eu = await signedIn()
  const [usTenants, euTenants] = [(await findAll(us)).slice(0, 2), (await findAll(eu)).slice(2, 4)]
  const [usBefore, euBefore] = [us.queries().length, eu.queries().length]

  const { results } = await us.xdr.forTenants(usTenants).and(eu.xdr.forTenants(euTenants)).query(count)

  expect(results.map(({ tenant }) => tenant)).toEqual([...usTenants, ...euTenants].map(({ id }) => id))
  expect(us.queries().length - usBefore).toBe(2)
  expect(eu.queries().length - euBefore).toBe(2)
})

test('a mutation over tenants asks once, names them, and is sent after yes', async () => {
  const make = 'mutation { createInvestigationV2(input: { title: "Everywhere" }) { tenantId } }'
  await using it = await signedIn({ screen: recordingScreen({ kind: 'notebook', answers: ['no', 'yes'] }) })
  const tenants = (await findAll(it)).slice(0, 3)
  const before = it.queries().length

  const refused = await failureOf(it.xdr.forTenants(tenants).query(make))
  const planned = await it.xdr.forTenants(tenants).query(make, undefined, { dryRun: true })
  expect(it.queries()).toHaveLength(before)
  const { results } = await it.xdr.forTenants(tenants).query(make)

  expect(refused.code).toBe('XDR_CONFIRM_NEEDED')
  expect(planned.results.map(({ data }) => data.dryRun)).toEqual([true, true, true])
  expect(it.screen.asked).toHaveLength(2)
  expect(it.screen.asked[0]?.label).toContain(
    `createInvestigationV2 to 3 tenants: ${tenants.map(({ name }) => name).join(', ')}`,
  )
  expect(results.map(({ data }) => Object(data.createInvestigationV2).tenantId)).toEqual(
    tenants.map(({ id }) => id),
  )
  expect(it.screen.notes.at(-1)?.text).toBe('createInvestigationV2 was done in 3 of 3 tenants')
})

test.for<[string, unknown, RegExp]>([
  ['a text', '50530', /needs a list of tenants/],
  ['nothing', undefined, /needs a list of tenants/],
  ['rows without id', [{ title: 'x' }], /has no id/],
  ['a line break', ['5\r\nX-Evil: 1'], /no tenant id/],
  ['a rounded number', [2 ** 60], /no tenant id/],
])('%s is no list of tenants', async ([, list, says]) => {
  await using it = await signedIn()
  const error = await failureOf(Promise.resolve().then(() => it.xdr.forTenants(list as string[]).tenants()))
  expect(error.code).toBe('XDR_BAD_OPTION')
  expect(error.message).toMatch(says)
})

test('tenants are taken once each, from ids, rows and async lists', async () => {
  await using it = await signedIn()
  async function* rows() {
    yield { tenantId: '7', name: 'Seven' }
    yield { id: '8' }
  }
  const group = it.xdr.forTenants(['7', '7', '9']).and(it.xdr.forTenants(rows()))

  expect(await group.tenants()).toEqual([{ id: '7' }, { id: '9' }, { id: '7', name: 'Seven' }, { id: '8' }])
  expect(() => it.xdr.forTenants(['7'], { concurrency: 0 })).toThrow(/whole number from 1 to 32/)
  expect(inspect(await it.xdr.forTenants([]).query(count))).toContain('results: []')
})

const assets = 'query { assetsV2(first: 20) { assets { id hostnames { hostname } } } }'

test('rows of all tenants come marked, whole, and with the failures beside them', async () => {
  await using it = await signedIn({ screen: recordingScreen({ kind: 'notebook', refreshMs: 0 }) })
  const tenants = (await findAll(it)).slice(1, 5)
  const each = await Promise.all(
    tenants.map(async ({ id }) => {
      const rows = await it.xdr.forTenant(id).rows<{ id: string }>(assets, {}, { limit: 60 }).toArray()
      return rows.map((row) => ({ tenantContext: id, ...row }))
    }),
  )
  const wanted = each.flat()
  expect(wanted.length).toBeGreaterThan(60)
  const displays = it.screen.displays.length

  const group = it.xdr.forTenants([...tenants, forbidden], { concurrency: 2 })
  const rows = group.rows<{ id: string }>((one) => one.rows(assets, {}, { limit: 60 }))
  const came = await rows.toArray()

  const byId = (a: { tenantContext: string; id: string }, b: { tenantContext: string; id: string }) =>
    `${a.tenantContext} ${a.id}`.localeCompare(`${b.tenantContext} ${b.id}`)
  expect([...came].sort(byId)).toEqual(wanted.sort(byId))
  expect(rows.failures).toMatchObject([{ tenant: forbidden, error: { message: expect.any(String) } }])
  expect(it.screen.displays.slice(displays)).toHaveLength(1)
  expect(it.screen.last().text).toBe(
    `rows: 5 of 5 tenants, 1 failed, ${wanted.length.toLocaleString('en')} rows`,
  )
  expect(it.screen.notes.at(-1)?.text).toMatch(/^1 of 5 tenants failed:\n {2}tenant no-such-tenant/)

  const lines: unknown[] = []
  for await (const { ndjson, count } of rows.source.lines()) {
    const batch = Buffer.from(ndjson).toString('utf8').trimEnd().split('\n')
    expect(batch).toHaveLength(count)
    lines.push(...batch.map((line) => JSON.parse(line)))
  }
  expect(lines).toHaveLength(wanted.length)
  expect(new Set(lines.map((line) => JSON.stringify(line)))).toEqual(
    new Set(wanted.map((row) => JSON.stringify(row))),
  )
})

test('a limit over tenants ends the requests of all', async () => {
  await using it = await signedIn()
  const tenants = (await findAll(it)).slice(1, 9)
  const before = it.queries().length

  const some = await it.xdr.forTenants(tenants, { concurrency: 2 }).rows(assets, {}, { limit: 5 }).toArray()

  expect(some).toHaveLength(5)
  expect(it.queries().length - before).toBeLessThan(8)
})

test.for([
  ['{"id":1}\n{}\n', '{"tenantContext":"7","id":1}\n{"tenantContext":"7"}\n'],
  ['{"tenantContext":"7","id":1}\n', '{"tenantContext":"7","id":1}\n'],
  [
    '{"tenantContext":"own","id":73252035284761978}\n{"id":2}\n',
    '{"tenantContext":"7","tenantContext_":"own","id":73252035284761978}\n{"tenantContext":"7","id":2}\n',
  ],
])('a row as bytes is marked as one that is parsed: %s', ([given = '', wanted]) => {
  const { ndjson, count } = markLines({ ndjson: Buffer.from(given), count: 9 }, '7')
  expect(Buffer.from(ndjson).toString('utf8')).toBe(wanted)
  expect(count).toBe(9)
})
