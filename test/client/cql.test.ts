import { expect, test } from 'vitest'
import { cql } from '../../src/client/cql.js'
import { parseCql } from '../../src/sandbox/cql.js'
import { knownAlerts, openKnownWorld } from '../support/known-world.js'
import { signedIn } from '../support/taegis-client.js'

test.each<[what: string, query: string, text: string]>([
  ['texts', cql`WHERE hostname = ${'web-1'}`, "WHERE hostname = 'web-1'"],
  [
    'numbers',
    cql`WHERE severity >= ${0.6} OR id = ${73252035284761978n}`,
    'WHERE severity >= 0.6 OR id = 73252035284761978',
  ],
  ['truth', cql`WHERE suppressed = ${true}`, 'WHERE suppressed = true'],
  [
    'lists',
    cql`WHERE status IN ${['OPEN', 'OTHER']} AND port IN ${[22, 443]}`,
    "WHERE status IN ('OPEN', 'OTHER') AND port IN (22, 443)",
  ],
  ['dates', cql`WHERE created_at > ${new Date(0)}`, "WHERE created_at > '1970-01-01T00:00:00.000Z'"],
  ['times back', cql`EARLIEST=${'-7d'} latest = ${'NOW'}`, 'EARLIEST=-7d latest = NOW'],
  ['times', cql`EARLIEST=${'2026-01-31T12:00:00Z'}`, "EARLIEST='2026-01-31T12:00:00Z'"],
  ['texts that look like a time', cql`WHERE title = ${'-7d'}`, "WHERE title = '-7d'"],
  ['no value', cql`FROM alert`, 'FROM alert'],
])('%s stand in a search', (_what, query, text) => {
  expect(query).toBe(text)
})

const hostile = [
  "o'neill",
  `' OR severity > 0 OR title = '`,
  '\\',
  "\\'",
  'two\nlines',
  'a"b',
  '{x}',
  'ü€😀',
  '',
]

test.each(hostile)('%j stays a text', (value) => {
  const { where } = parseCql(cql`FROM alert WHERE title = ${value} AND severity >= ${0}`)
  expect(where).toMatchObject({
    kind: 'and',
    left: { kind: 'compare', values: [{ text: value.replace('\n', ' ') }] },
    right: { kind: 'compare', values: [{ text: '0' }] },
  })
})

test('a hostile text finds nothing on the platform, and a list finds its members', async () => {
  await using it = await signedIn({ sandbox: { alerts: 500 } })
  expect(
    await it.xdr.alerts(cql`FROM alert WHERE hostname = ${"x' OR severity >= 0 OR title = 'x"}`).toArray(),
  ).toEqual([])
  const alerts = knownAlerts(openKnownWorld({ alerts: 500 }))
  const hosts = [alerts[0]?.hostname ?? '', alerts[9]?.hostname ?? '']
  const found = await it.xdr.alerts(cql`FROM alert WHERE hostname IN ${hosts}`).toArray()
  expect(found.map(({ id }) => id)).toEqual(
    alerts.filter(({ hostname }) => hosts.includes(hostname)).map(({ id }) => id),
  )
})

test.each<[query: () => string, message: string]>([
  [() => cql`WHERE title IN ${[]}`, 'an empty list is no value'],
  [() => cql`WHERE severity > ${Number.NaN}`, 'NaN is no value'],
  [() => cql`WHERE created_at > ${new Date(Number.NaN)}`, 'Invalid Date is no value'],
  // @ts-expect-error: nothing is no value
  [() => cql`WHERE title = ${undefined}`, 'undefined is no value'],
  // @ts-expect-error: an object is no value
  [() => cql`WHERE title = ${{}}`, '[object Object] is no value'],
  [() => cql`EARLIEST=${'-7d | head 1'}`, '-7d | head 1 is no time'],
  [() => cql`EARLIEST=${7}`, '7 is no time'],
])('%s is refused', (query, message) => {
  expect(query).toThrow(
    expect.objectContaining({ code: 'XDR_BAD_OPTION', message: expect.stringContaining(message) }),
  )
})
