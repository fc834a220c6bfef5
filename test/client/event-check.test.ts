import { expect, test } from 'vitest'
import type { Fault } from '../support/fault-proxy.js'
import { failureOf } from '../support/sign-in.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'

const validator = '/cql-metadata/query'
const checks = ({ server }: SignedIn) => server.proxy.to(validator).length

test('a query is checked once, however often it runs', async () => {
  await using it = await signedIn()
  const cql = 'FROM process EARLIEST=-2d | head 3'
  const first = await it.xdr.events(cql).toArray()
  expect(await it.xdr.events(cql).toArray()).toEqual(first)
  expect(first).toHaveLength(3)
  expect(checks(it)).toBe(1)
})

test('a wrong query is not run: line, caret and what was expected', async () => {
  await using it = await signedIn()
  const failure = await failureOf(it.xdr.events("FROM process\nWERE commandline CONTAINS 'curl'").toArray())
  expect(failure).toMatchObject({
    code: 'XDR_QUERY_INVALID',
    hint: expect.stringContaining('validate: false'),
  })
  expect(failure.message).toBe(
    [
      "unexpected 'WERE', expecting WHERE, EARLIEST, LATEST, | or the end (2:1)",
      "  WERE commandline CONTAINS 'curl'",
      '  ^^^^',
    ].join('\n'),
  )
})

test.each<[string, Fault]>([
  ['answers 404', { kind: 'answer', status: 404, body: 'not found' }],
  ['answers 401', { kind: 'answer', status: 401, body: '{}' }],
  ['has a fault', { kind: 'answer', status: 500, body: '' }],
  ['answers something else', { kind: 'answer', status: 200, body: '{"data":{"validateEventQuery":null}}' }],
  ['loses the connection', { kind: 'reset' }],
])('where the check %s, the query runs', async (_, fault) => {
  await using it = await signedIn()
  const began = it.server.proxy.to('/universal-auth/device/code/auth').length
  it.server.proxy.failAlways(validator, fault)
  expect(await it.xdr.events(`FROM process EARLIEST=-3d | head ${fault.kind.length}`).toArray()).not.toEqual(
    [],
  )
  expect(it.server.proxy.to('/universal-auth/device/code/auth')).toHaveLength(began)
})

test('{ validate: false } asks nobody', async () => {
  await using it = await signedIn()
  const failure = await failureOf(it.xdr.events('FROM nothing', { validate: false }).toArray())
  expect(failure.code).toBe('XDR_GRAPHQL')
  expect(checks(it)).toBe(0)
})

test.each([
  ['in its document', 'subscription { eventQuery(query: "FROM nowhere") { next } }', {}],
  ['in its variables', 'subscription($q: String!) { eventQuery(query: $q) { next } }', { q: 'FROM nowhere' }],
])('a subscription with a wrong query %s is not begun', async (_, document, variables) => {
  await using it = await signedIn()
  const messages = it.xdr.subscribe(document, variables, { path: '/events/query' })
  expect(await failureOf(messages.next())).toMatchObject({
    code: 'XDR_QUERY_INVALID',
    message: expect.stringContaining("unknown source 'nowhere' (1:6)"),
  })
})
