import { expect, test, vi } from 'vitest'
import { gql } from '../../src/client/document.js'
import type { QueryOptions } from '../../src/client/query.js'
import { answer } from '../support/fault-proxy.js'
import { makeSchemasOlder } from '../support/schema-files.js'
import { failureOf } from '../support/sign-in.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const { graphql } = taegisPaths
const patience = { timeout: 30_000 }

/** A client whose platform has told its schema, and whose first check is behind it. */
async function withSchema(): Promise<SignedIn> {
  const it = await signedIn()
  await it.xdr.schema.refresh()
  // A check that comes too late lets a query pass: on a busy machine the first may.
  await vi.waitFor(
    () => expect(it.xdr.query('{ warm }')).rejects.toMatchObject({ code: 'XDR_QUERY_INVALID' }),
    patience,
  )
  return it
}

async function refused(
  it: SignedIn,
  document: string,
  variables?: Record<string, unknown>,
  options: QueryOptions = {},
) {
  const before = it.queries().length
  const failure = await failureOf(it.xdr.query(document, variables, options))
  return { failure, sent: it.queries().length - before }
}

test('a document that the platform’s schema refuses is not sent', async () => {
  await using it = await withSchema()
  const { failure, sent } = await refused(it, 'query {\n  currentTDRUser { emial }\n}')
  expect(sent).toBe(0)
  expect(failure.code).toBe('XDR_QUERY_INVALID')
  expect(failure.message).toBe(
    [
      'Cannot query field "emial" on type "TDRUser". Did you mean "email"? (2:20)',
      '    currentTDRUser { emial }',
      '                     ^^^^^',
    ].join('\n'),
  )
  expect(failure.hint).toContain('validate: false')
})

test.each([
  ['a variable of the wrong type', 'query($n: Int) { tenant(id: $n) { id } }', 'Variable "$n" of type "Int"'],
  ['a missing argument', '{ tenant { id } }', 'argument "id" of type "ID!" is required'],
  ['an unknown argument', '{ tenant(id: 1, nam: 2) { id } }', 'Unknown argument "nam"'],
  ['an object without fields', '{ currentTDRUser }', 'must have a selection of subfields'],
  ['an unknown fragment', '{ currentTDRUser { ...me } }', 'Unknown fragment "me"'],
  ['a mutation', 'mutation { deleteClient(ident: 1) { id } }', 'Unknown argument "ident"'],
])('%s', async (_, document, words) => {
  await using it = await withSchema()
  const { failure, sent } = await refused(it, document, undefined, { confirm: true })
  expect({ code: failure.code, sent }).toEqual({ code: 'XDR_QUERY_INVALID', sent: 0 })
  expect(failure.message).toContain(words)
})

test('of many errors three are told, the rest is counted', async () => {
  await using it = await withSchema()
  const { failure } = await refused(it, '{ currentTDRUser { a b c d e } }')
  expect(failure.message.match(/Cannot query field/g)).toHaveLength(3)
  expect(failure.message).toMatch(/… and 2 more$/)
})

test('{ validate: false } sends it all the same', async () => {
  await using it = await withSchema()
  const { failure, sent } = await refused(it, '{ currentTDRUser { emial } }', {}, { validate: false })
  expect({ code: failure.code, sent }).toEqual({ code: 'XDR_GRAPHQL', sent: 1 })
})

test('what a server may let pass is sent: unused variables and fragments', async () => {
  await using it = await withSchema()
  it.server.proxy.fail(graphql, answer(200, { data: { ok: true } }))
  const document = 'query($n: Int) { currentTDRUser { email } } fragment f on TDRUser { id }'
  expect(await it.xdr.query(document)).toEqual({ ok: true })
})

test('rows and tenants are held to it as well, each path to its own', async () => {
  await using it = await withSchema()
  const rows = it.xdr
    .rows(gql`query { assetsV2 { assets { idd } pageInfo { hasNextPage endCursor } } }`)
    .toArray()
  expect(await failureOf(rows)).toMatchObject({
    code: 'XDR_QUERY_INVALID',
    message: expect.stringContaining('"idd"'),
  })

  const tenants = it.xdr.forTenants(['11063', '50530']).query('{ currentTDRUser { emial } }')
  expect(await failureOf(tenants)).toMatchObject({ code: 'XDR_QUERY_INVALID' })
  expect(it.queries().filter(({ body }) => body.includes('emial'))).toEqual([])

  const document = 'subscription { eventQuery(query: "FROM process") { nxt } }'
  const messages = it.xdr.subscribe(document, {}, { path: '/events/query' })
  expect(await failureOf(messages.next())).toMatchObject({
    code: 'XDR_QUERY_INVALID',
    message: expect.stringContaining('"nxt"'),
  })
  const elsewhere = it.xdr.subscribe(document.replace('nxt', 'next'))
  expect(await failureOf(elsewhere.next())).toMatchObject({
    message: expect.stringContaining('Cannot query field "eventQuery"'),
  })
})

test('by the schema that ships a real platform is refused nothing that it may have', async () => {
  await using it = await signedIn()
  it.server.proxy.failAlways(graphql, answer(200, { data: { ok: true } }))
  for (const document of [
    '{ fieldOfNextYear { id } }',
    'query($n: TypeOfNextYear) { tenant(id: $n, more: true) { newName } }',
    '{ currentTDRUser }',
  ]) {
    expect(await it.xdr.query(document)).toEqual({ ok: true })
  }
})

test('what is wrong whatever the schema is is not sent there either, once the schema is at hand', async () => {
  await using it = await signedIn()
  await it.xdr.schema.search('alert')
  it.server.proxy.failAlways(graphql, answer(200, { data: { ok: true } }))
  await vi.waitFor(async () => {
    const failure = await failureOf(it.xdr.query('{ anything(id: $id) { ...missing } }'))
    expect(failure.message).toContain('Variable "$id" is not defined')
    expect(failure.message).toContain('Unknown fragment "missing"')
  }, patience)
})

test('a schema older than a day refuses nothing that may have come since', async () => {
  await using it = await withSchema()
  it.server.proxy.failAlways(graphql, answer(200, { data: { ok: true } }))
  makeSchemasOlder()
  // Longer than what is known of the file is believed.
  it.clock.advance(60_000)
  expect(await it.xdr.query('{ newField }')).toEqual({ ok: true })
})

test('the sandbox is held to the schema that ships from the first query on', async () => {
  await using it = await signedIn()
  process.env.XDRLAB_SANDBOX_URL = it.server.origin
  const { connectWith } = await import('../support/sign-in.js')
  const { taegis } = await import('../../src/providers/taegis.js')
  const token = JSON.parse(it.server.proxy.to(taegisPaths.token).at(-1)?.answer ?? '{}').access_token
  const xdr = await connectWith(taegis, { region: 'sandbox', token })
  await vi.waitFor(
    () =>
      expect(xdr.query('{ currentTDRUser { emial } }')).rejects.toMatchObject({ code: 'XDR_QUERY_INVALID' }),
    patience,
  )
})
