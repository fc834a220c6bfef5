import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { buildSchema, introspectionFromSchema } from 'graphql'
import { expect, test } from 'vitest'
import { readSchemaFile } from '../../src/schema/schema-file.js'
import { answer, type Fault } from '../support/fault-proxy.js'
import { largeSchema } from '../support/large-schema.mjs'
import { schemaFiles as files } from '../support/schema-files.js'
import { failureOf } from '../support/sign-in.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths
const notFound: Fault = { kind: 'answer', status: 404, body: 'not found' }
const gateways = ['/graphql', '/events/query', '/cql-metadata/query']

const kept = () => files().flatMap((path) => readSchemaFile(path) ?? [])
const keptAt = (gateway: string) => kept().find(({ record }) => record.gateway === gateway)
const questions = ({ server }: SignedIn, path: string) =>
  server.proxy.to(path).filter(({ body }) => body.includes('IntrospectionQuery'))

test('before the platform has told its schema, the one that ships holds', async () => {
  await using it = await signedIn()
  expect(await it.xdr.schema.source).toEqual({
    kind: 'snapshot',
    hash: expect.stringContaining('snapshot'),
    fetchedAt: undefined,
    ageMs: undefined,
    refused: undefined,
  })
})

test('the platform is asked at each of its paths, and what it tells is kept as data', async () => {
  await using it = await signedIn()
  const now = it.clock.now()

  const source = await it.xdr.schema.refresh()

  expect(source).toEqual({
    kind: 'live',
    hash: keptAt('*')?.record.hash,
    fetchedAt: new Date(now),
    ageMs: 0,
    refused: undefined,
  })
  expect(gateways.map((path) => questions(it, path).length)).toEqual([1, 1, 1])
  for (const gateway of gateways) {
    expect(keptAt(gateway)?.record).toMatchObject({
      provider: 'taegis',
      region: 'custom',
      origin: it.server.origin,
      fetchedAt: now,
    })
  }
  expect(keptAt('/graphql')?.sdl).toContain('alertsServiceSearch(in: SearchRequestInput): AlertsResponse')
  expect(keptAt('/graphql')?.sdl).not.toContain('validateEventQuery')
  expect(keptAt('/cql-metadata/query')?.sdl).toContain('validateEventQuery')
  expect(keptAt('*')?.sdl).toMatch(
    /validateEventQuery\(query: String!\): ValidatorResults @gateway\(path: "\/cql-metadata\/query"\)/,
  )
  for (const path of files()) expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('the other paths are asked for less, as the vendor’s own client does', async () => {
  await using it = await signedIn()
  await it.xdr.schema.refresh()
  const asksInputs = (path: string) =>
    questions(it, path).map(({ body }) => /args\(includeDeprecated: true\)/.test(body))
  expect(gateways.map(asksInputs)).toEqual([[true], [false], [false]])
  expect(keptAt('/graphql')?.sdl).toContain('part_id: Int @deprecated')
})

test('a server that knows nothing of deprecated inputs is asked again without them', async () => {
  await using it = await signedIn()
  it.server.proxy.fail(
    graphql,
    answer(400, { errors: [{ message: 'Unknown argument "includeDeprecated" on field "args".' }] }),
  )
  expect(await it.xdr.schema.refresh()).toMatchObject({ kind: 'live' })
  expect(questions(it, graphql)).toHaveLength(2)
})

test.each<[string, Fault, RegExp]>([
  ['answers 404', notFound, /HTTP 404/],
  ['forbids it', answer(403, { errors: [{ message: 'forbidden' }] }), /HTTP 403/],
  [
    'refuses it in GraphQL',
    answer(200, { errors: [{ message: 'GraphQL introspection is not allowed' }] }),
    /introspection is not allowed/,
  ],
  ['answers with a page', { kind: 'answer', status: 200, body: '<html>' }, /does not tell its schema/],
  [
    'answers half a schema',
    answer(200, { data: { __schema: { types: [{ kind: 'OBJECT' }] } } }),
    /does not tell its schema/,
  ],
])('a platform that %s says so, and the schema that ships goes on', async (_, fault, words) => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, fault)
  const failure = await failureOf(it.xdr.schema.refresh())
  expect(failure.message).toMatch(words)
  expect(await it.xdr.schema.source).toMatchObject({
    kind: 'snapshot',
    refused: expect.stringMatching(words),
  })
  expect((await it.xdr.schema.search('alertsServiceSearch'))[0]?.name).toBe('Query.alertsServiceSearch')
})

test('a path that tells nothing is taken from the schema that ships', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways('/events/query', notFound)
  expect(await it.xdr.schema.refresh()).toMatchObject({ kind: 'live' })
  expect(keptAt('/events/query')?.sdl).toBe('')
  expect((await it.xdr.schema.show('Subscription.eventQuery')).toString()).toContain('EventQueryResults')
})

test('a file that is damaged is as none, and is written anew', async () => {
  await using it = await signedIn()
  await it.xdr.schema.refresh()
  for (const path of files()) writeFileSync(path, 'not a schema')
  expect(await it.xdr.schema.source).toMatchObject({ kind: 'snapshot' })
  expect(await it.xdr.query('{ currentTDRUser { email } }')).toHaveProperty('currentTDRUser')
  expect(await it.xdr.schema.refresh()).toMatchObject({ kind: 'live' })
})

test('a file that was cut short keeps no query back', async () => {
  await using it = await signedIn()
  await it.xdr.schema.refresh()
  for (const path of files()) writeFileSync(path, readFileSync(path, 'utf8').slice(0, 3000))
  expect(kept()).toEqual([])
  expect(await it.xdr.query('{ currentTDRUser { email } }')).toHaveProperty('currentTDRUser')
})

test('a platform without a schema of ours has none until it is asked', async () => {
  await using it = await signedIn({ provider: await ownProvider() })
  expect(await it.xdr.schema.source).toMatchObject({ kind: 'none', hash: undefined })
  const failure = await failureOf(it.xdr.schema.search('alert'))
  expect(failure).toMatchObject({ code: 'XDR_BAD_OPTION', hint: expect.stringContaining('refresh') })
  expect(await it.xdr.schema.refresh()).toMatchObject({ kind: 'live' })
})

async function ownProvider() {
  const { taegis } = await import('../../src/providers/taegis.js')
  return { ...taegis, name: 'own' }
}

test('a schema of 10 MB is read, searched and shown', async () => {
  await using it = await signedIn()
  const sdl = largeSchema(19_000)
  expect(sdl.length).toBeGreaterThan(10_000_000)
  const data = introspectionFromSchema(buildSchema(sdl, { assumeValid: true, assumeValidSDL: true }))
  it.server.proxy.fail(graphql, answer(200, { data }))

  expect(await it.xdr.schema.refresh()).toMatchObject({ kind: 'live' })

  // What is large is not waited for: the query goes, and the server decides.
  expect(await it.xdr.query('{ currentTDRUser { email } }')).toHaveProperty('currentTDRUser')
  expect((await it.xdr.schema.search('Thing9000'))[0]).toMatchObject({ name: 'Thing9000', kind: 'type' })
  expect((await it.xdr.schema.show('Thing9000.value0')).toString()).toContain('value0: String')
}, 240_000)
