import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { documentTypes } from '../../src/schema/document-types.js'
import { equalType, typeScriptProject } from '../support/typescript.js'
import { typedDocuments } from './documents.js'

const schema = buildSchema(readFileSync(new URL('../../src/sandbox/schema.graphql', import.meta.url), 'utf8'))
const { declarations, pairs } = documentTypes(
  schema,
  typedDocuments.map(({ source }, i) => ({ name: `document${i}`, source })),
)

const head = `import { gql, type GraphQLDocument, type Row, type RowOf, type Rows, type TenantResults, type TenantRows, type XdrClient } from 'xdrlab'
declare const xdr: XdrClient\n`

/** A document with its types, as the language worker puts them in. */
const literal = (i: number) =>
  `gql<${pairs[i]?.data}, ${pairs[i]?.variables}>\`${typedDocuments[i]?.source}\``

const alerts = literal(0)
/** The only one without variables at its place. */
const cases = literal(typedDocuments.findIndex(({ name }) => name.startsWith('cases')))
const assets = literal(typedDocuments.findIndex(({ name }) => name.startsWith('assets')))
const events = literal(typedDocuments.findIndex(({ kind }) => kind === 'subscription'))

test('every call gives the types of its document, and takes its variables', async () => {
  using project = typeScriptProject()
  const types = typedDocuments.flatMap(({ data, row }, i) => [
    `type Data${i} = ${data}`,
    `type Row${i} = ${row ?? 'never'}`,
  ])
  project.write(
    'types.d.ts',
    `${declarations}\ndeclare namespace $gql {\n${types.join('\n')}\n}\n${equalType}`,
  )
  const calls = typedDocuments.map(({ kind, given, row }, i) => {
    const lines = [`const document${i} = ${literal(i)}`]
    const is = (name: string, value: string, type: string) =>
      lines.push(
        `const ${name}${i} = ${value}\nexport const is_${name}${i}: Equal<typeof ${name}${i}, ${type}> = true`,
      )
    if (kind === 'subscription') {
      is(
        'messages',
        `xdr.subscribe(document${i}, ${given})`,
        `AsyncGenerator<$gql.Data${i}, void, undefined>`,
      )
    } else {
      is('data', `await xdr.query(document${i}, ${given})`, `$gql.Data${i}`)
      is('each', `await xdr.forTenants([]).query(document${i}, ${given})`, `TenantResults<$gql.Data${i}>`)
    }
    if (row !== undefined) {
      is('rows', `xdr.rows(document${i}, ${given})`, `Rows<$gql.Row${i}>`)
      is('all', `xdr.forTenants([]).rows(document${i}, ${given})`, `TenantRows<$gql.Row${i}>`)
    }
    return lines.join('\n')
  })
  project.write('calls.ts', `${head}${calls.join('\n')}`)

  expect(await project.check()).toBe('')
})

const wrong: { name: string; code: string; says: string }[] = [
  {
    name: 'a field that is not asked for',
    code: `const data = await xdr.query(${alerts}, { in: {} })\ndata.found?.alerts?.list?.[0]?.metadata?.titel`,
    says: "Property 'titel' does not exist on type '{ title: string | null; severity: number | null;",
  },
  {
    name: 'a field of a row that is not asked for',
    code: `for await (const row of xdr.rows(${alerts}, { in: {} })) row.name`,
    says: "Property 'name' does not exist on type '{ id: string; status: ",
  },
  {
    name: 'a field of a message that is not asked for',
    code: `for await (const message of xdr.subscribe(${events}, { query: '' })) message.events`,
    says: "Property 'events' does not exist on type",
  },
  {
    name: 'a value that can be null',
    code: `const data = await xdr.query(${alerts}, { in: {} })\ndata.found.alerts`,
    says: "'data.found' is possibly 'null'",
  },
  { name: 'no variables', code: `xdr.query(${alerts})`, says: 'the document needs variables' },
  { name: 'no variables for rows', code: `xdr.rows(${alerts})`, says: 'the document needs variables' },
  {
    name: 'no variables for many tenants',
    code: `xdr.forTenants([]).query(${alerts})`,
    says: 'the document needs variables',
  },
  {
    name: 'no variables for their rows',
    code: `xdr.forTenants([]).rows(${alerts})`,
    says: 'the document needs variables',
  },
  {
    name: 'no variables for a subscription',
    code: `xdr.subscribe(${events})`,
    says: 'the document needs variables',
  },
  {
    name: 'no variables, and options',
    code: `xdr.query(${alerts}, undefined, { strict: true })`,
    says: "Argument of type 'undefined' is not assignable",
  },
  {
    name: 'a variable that the document does not have',
    code: `xdr.query(${alerts}, { in: {}, input: {} })`,
    says: "'input' does not exist in type",
  },
  {
    name: 'a variable for a document without any',
    code: `xdr.query(${cases}, { id: 1 })`,
    says: "Type 'number' is not assignable to type 'never'",
  },
  {
    name: 'a member of an input that is not there',
    code: `xdr.query(${alerts}, { in: { cql: 'FROM alert' } })`,
    says: "'cql' does not exist in type 'SearchRequestInput'",
  },
  {
    name: 'a value of another type',
    code: `xdr.rows(${assets}, { first: '10' })`,
    says: "Type 'string' is not assignable to type 'number'",
  },
  {
    name: 'no value of the enum',
    code: `xdr.query(${assets}, { orderBy: 'hostname' })`,
    says: `Type '"hostname"' is not assignable to type 'AssetSearchOrderByInputV2`,
  },
  {
    name: 'a wrong variable for many tenants',
    code: `xdr.forTenants([]).query(${alerts}, { in: { limit: '1' } })`,
    says: "Type 'string' is not assignable to type 'number'",
  },
  {
    name: 'a wrong variable before a dry run',
    code: `xdr.query(${alerts}, { in: { limit: '1' } }, { dryRun: true })`,
    says: "Type 'string' is not assignable to type 'number'",
  },
  {
    name: 'a wrong variable before the name of a list',
    code: `xdr.rows(${alerts}, { in: { limit: '1' } }, { rows: 'alerts.list' })`,
    says: "Type 'string' is not assignable to type 'number'",
  },
  {
    name: 'a value put into a text',
    code: `declare const id: string\ngql(\`{ tenant(id: "\${id}") { name } }\`)`,
    says: 'only a text in full: values belong into the variables',
  },
]
test('what is wrong is an error that says why, each once', async () => {
  using project = typeScriptProject()
  project.write('types.d.ts', declarations)
  for (const [i, { code }] of wrong.entries()) project.write(`wrong${i}.ts`, `${head}${code}\n`)

  const said = (await project.check()).split(/^(?=\S)/m)

  for (const [i, { name, says }] of wrong.entries()) {
    const own = said.filter((each) => each.startsWith(`wrong${i}.ts`))
    expect(own, name).toHaveLength(1)
    expect(own[0], name).toContain(says)
  }
})

test('untyped documents take and give anything, as before', async () => {
  using project = typeScriptProject()
  project.write('types.d.ts', `${declarations}\n${equalType}`)
  project.write(
    'untyped.ts',
    `${head}
    type Loose = Record<string, unknown>
    declare const either: string | GraphQLDocument
    declare const variables: Loose
    const data = await xdr.query('{ a }', { a: 1 })
    export const a: Equal<typeof data, Loose> = true
    const tagged = await xdr.query(gql\`{ a }\`, { anything: true })
    export const b: Equal<typeof tagged, Loose> = true
    const text = gql('{ a }', gql\`fragment a on A { b }\`)
    export const c: Equal<typeof text, GraphQLDocument> = true
    const rows = xdr.rows('/v3/things', { kind: 'all' }, { pageSize: 2 })
    export const d: Equal<typeof rows, Rows<Row>> = true
    const more = xdr.rows(either, variables)
    export const e: Equal<typeof more, Rows<Row>> = true
    const all = xdr.forTenants([]).rows(either, variables)
    export const f: Equal<typeof all, TenantRows<Row>> = true
    for await (const message of xdr.subscribe(either)) export_(message.anything)
    declare function export_(value: unknown): void

    interface Found { a: { id: string }[] }
    const said = await xdr.query<Found>(${cases})
    export const g: Equal<typeof said, Found> = true
    const given: Rows<Found> = xdr.rows('{ a }')
    const named = xdr.rows<Found>(${alerts}, variables)
    export const h: Found['a'] | undefined = (await named.toArray())[0]?.a
    export const i: Found['a'] | undefined = (await given.toArray())[0]?.a
    const each = await xdr.forTenants([]).query<Found>(${alerts}, variables)
    export const j: Equal<typeof each, TenantResults<Found>> = true
    const ran = await xdr.forTenants([]).run(async (one) => (await one.query(${cases})).currentTDRUser?.roles)
    export const k: Equal<typeof ran, TenantResults<string[] | null | undefined>> = true
    const planned = await xdr.query(${alerts}, { in: {} }, { dryRun: true })
    export const l: Equal<typeof planned, Awaited<ReturnType<typeof plan>>> = true
    declare function plan(): Promise<import('xdrlab').DryRun>
    const unread = gql<any, any>\`{\`
    export const m: number = (await xdr.query(unread)).anything.goes
    for await (const row of xdr.rows(unread)) row.anything.goes
    `,
  )

  expect(await project.check()).toBe('')
})

test('rows are those of the list that is read', async () => {
  using project = typeScriptProject()
  project.write('types.d.ts', equalType)
  const cases: [string, string][] = [
    ['{ a: { list: { id: 1 }[] | null; tags: string[]; total: number } | null }', '{ id: 1 }'],
    ['{ a: { nodes: ({ id: 1 } | null)[]; other: { x: 2 }[] } }', '{ id: 1 }'],
    ['{ a: { one: { x: 1 }[]; two: { y: 2 }[] } }', 'Row'],
    ['{ a: { b: { c: { d: { id: 1 }[] } } } }', '{ id: 1 }'],
    ['{ a: { b: { c: { d: { e: { id: 1 }[] } } } } }', '{ id: 1 }'],
    ['{ a: { b: { c: { d: { e: { f: { id: 1 }[] } } } } } }', 'Row'],
    ['{ a: { near: { id: 1 }[]; below: { items: { x: 2 }[] } } }', '{ id: 1 }'],
    ['{ a: { id: 1 }[] | null; __typename: "Query" }', '{ id: 1 }'],
    ['{ a: { id: 1 }[]; b: { x: 2 }[] }', 'Row'],
    ['{ a?: { list?: { id: 1 }[] } }', '{ id: 1 }'],
    ['{ a: { id: string } | null }', 'Row'],
    ['{ a: { edges: ({ node: { id: 1 } } | null)[] } | { none: true } }', '{ node: { id: 1 } }'],
    ['{ a: { rows: Record<string, unknown>[] } }', 'Record<string, unknown>'],
    ['Record<string, unknown>', 'Row'],
    ['{}', 'Row'],
    ['any', 'any'],
  ]
  const lines = cases.map(([data, row], i) => `export const row${i}: Equal<RowOf<${data}>, ${row}> = true`)
  project.write(
    'rows.ts',
    `import { gql, type Row, type RowOf, type XdrClient } from 'xdrlab'\n${lines.join('\n')}
    declare const xdr: XdrClient
    // What says which page is meant need not be given, what is asked for must be.
    const paged = gql<{ a: { id: 1 }[] }, { first: number; after: string; from: string | Date; cql: string }>\`\`
    xdr.rows(paged, { cql: '', from: new Date() })
    xdr.rows(paged, { cql: '', from: '', first: 5 })
    // @ts-expect-error
    xdr.rows(paged, { cql: '' })
    // @ts-expect-error
    xdr.query(paged, { cql: '', from: '' })`,
  )

  expect(await project.check()).toBe('')
})
