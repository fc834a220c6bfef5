import { expect, test } from 'vitest'
import { countBy, dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { signedIn } from '../support/taegis-client.js'

test('alerts are counted by one field', async () => {
  await using it = await signedIn({ sandbox: { alerts: 2000 } })
  const alerts = knownAlerts(openKnownWorld({ alerts: 2000 })).filter(({ ageMs }) => ageMs <= 7 * dayMs)

  const counts = await it.xdr.counts('FROM alert EARLIEST=-7d | aggregate count by metadata.title').toArray()

  const known = countBy(alerts, ({ title }) => title)
  expect(new Map(counts.map(({ title, count }) => [title, count]))).toEqual(known)
  expect(it.queries()).toHaveLength(1)
})

test('alerts are counted by several fields, in rows that SQL and tables take', async () => {
  await using it = await signedIn({ sandbox: { alerts: 2000 } })
  const alerts = knownAlerts(openKnownWorld({ alerts: 2000 }))

  const cql = 'FROM alert | Aggregate COUNT by tenant.name, status'
  const counts = await it.xdr.counts(cql).toArray()

  const known = countBy(alerts, ({ tenant, status }) => `${tenant?.name} ${status}`)
  expect(new Map(counts.map(({ name, status, count }) => [`${name} ${status}`, count]))).toEqual(known)
  const lines: string[] = []
  for await (const { ndjson, count } of it.xdr.counts(cql).source.lines()) {
    const some = Buffer.from(ndjson).toString().trimEnd().split('\n')
    expect(some).toHaveLength(count)
    lines.push(...some)
  }
  expect(lines.map((line) => JSON.parse(line))).toEqual(counts)
})

test('names that only differ before their last dot stay whole', async () => {
  await using it = await signedIn({ sandbox: { alerts: 300 } })
  const [row] = await it.xdr.counts('FROM alert | aggregate count by severity, metadata.severity').toArray()
  expect(Object.keys(row ?? {})).toEqual(['severity', 'metadata.severity', 'count'])
})

test('a search without rows counts nothing', async () => {
  await using it = await signedIn({ sandbox: { alerts: 300 } })
  expect(await it.xdr.counts('FROM alert WHERE severity > 1 | aggregate count by status').toArray()).toEqual(
    [],
  )
})

test.each(['FROM alert', '', 'FROM alert WHERE title = "aggregate count by"'])(
  '%j counts nothing, and is refused',
  async (cql) => {
    await using it = await signedIn({ sandbox: { alerts: 300 } })
    expect(() => it.xdr.counts(cql)).toThrow(
      expect.objectContaining({
        code: 'XDR_BAD_OPTION',
        hint: expect.stringContaining('| aggregate count by'),
      }),
    )
    expect(it.queries()).toHaveLength(0)
  },
)
