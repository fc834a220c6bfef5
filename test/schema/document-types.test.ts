import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { documentTypes } from '../../src/schema/document-types.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { equalType, literalOf, type TypeScriptProject, typeScriptProject } from '../support/typescript.js'
import { type TypedDocument, typedDocuments, wrongDocuments } from '../types/documents.js'

const schema = buildSchema(readFileSync(new URL('../../src/sandbox/schema.graphql', import.meta.url), 'utf8'))
const documents = [...typedDocuments, ...wrongDocuments]
const { declarations, pairs } = documentTypes(
  schema,
  documents.map(({ source }) => ({ source })),
)

/**
 * A project with the declarations, and with further types in the place where enums and inputs go by their own
 * names.
 */
function projectWith(ambient: string, types: Record<string, string> = {}): TypeScriptProject {
  const project = typeScriptProject()
  const lines = Object.entries(types).map(([name, type]) => `type ${name} = ${type}`)
  project.write('types.d.ts', `${ambient}\ndeclare namespace $gql {\n${lines.join('\n')}\n}\n${equalType}`)
  return project
}

test('each document has exactly the types that its schema says', async () => {
  const types = documents.flatMap(({ data, variables }, i) => [
    [`Data${i}`, data],
    [`Variables${i}`, variables],
  ])
  using project = projectWith(declarations, Object.fromEntries(types))
  const text = documents.map(
    ({ name }, i) => `// ${name}
      export const data${i}: Equal<${pairs[i]?.data}, $gql.Data${i}> = true
      export const variables${i}: Equal<${pairs[i]?.variables}, $gql.Variables${i}> = true`,
  )
  project.write('exact.ts', text.join('\n'))

  expect(await project.check()).toBe('')
})

test('inputs and enums that are used are declared, and no others', async () => {
  const shared = documentTypes(schema, [
    {
      source:
        'query ($filter: AssetFilter, $in: GetByIDRequestInput) { assetsV2(filter: $filter) { totalCount } }',
    },
  ])
  expect([...shared.declarations.matchAll(/^(?:type|interface) (\w+)/gm)].map(([, name]) => name)).toEqual([
    'AssetFilter',
    'AssetWhereInputV2',
    'EndpointTypeV2',
    'GetByIDRequestInput',
  ])
  using project = projectWith(shared.declarations, {
    Filter: `{ endpointTypes?: readonly EndpointTypeV2[] | EndpointTypeV2 | null | undefined
      where?: AssetWhereInputV2 | null | undefined }`,
    ByID: '{ iDs?: readonly string[] | string | null | undefined }',
  })
  project.write(
    'shared.ts',
    `export const filter: Equal<Required<$gql.AssetFilter>, Required<$gql.Filter>> = true
    export const byID: Equal<$gql.GetByIDRequestInput, $gql.ByID> = true
    export const where: $gql.AssetWhereInputV2 = { and: [{ or: { id: 1 } }], not: { lastSeenAt_lt: new Date() } }
    export const type: $gql.EndpointTypeV2 = 'ENDPOINT_SOPHOS'
    // @ts-expect-error: not a value of the enum
    export const other: $gql.EndpointTypeV2 = 'ENDPOINT_OTHER'
    // @ts-expect-error: no such member, deep within
    export const wrong: $gql.AssetWhereInputV2 = { and: [{ or: { name: 'x' } }] }`,
  )

  expect(await project.check()).toBe('')
})

test('what the platform answers fits the types, and what is given is taken', async () => {
  await using it = await signedIn()
  using project = projectWith(declarations)
  const known = await knownIn(it)
  const answers: string[] = []
  for (const [i, document] of typedDocuments.entries()) {
    const given = document.given.replace(/"(TENANT|HOST|PROCESS|USER)"/g, (_, name) =>
      JSON.stringify(known[name]),
    )
    // Written by hand in this repository: TypeScript that is JavaScript as well.
    const variables: Record<string, unknown> = new Function(`return (${given})`)()
    const answer = await answerTo(it, document, variables)
    answers.push(`// ${document.name}
      export const answer${i}: ${pairs[i]?.data} = ${literalOf(answer)}
      export const given${i}: ${pairs[i]?.variables} = ${given}`)
  }
  project.write('answers.ts', answers.join('\n'))

  expect(await project.check()).toBe('')
  // A type is no better than what it refuses.
  expect(answers.join()).toMatch(/"eventTimeUsec": \d+/)
  project.write('answers.ts', answers.join('\n').replaceAll('"email": "', '"email": 1, "x": "'))
  expect(await project.check()).toContain("is not assignable to type 'string'")
})

/** Ids of a process and of a person that the sandbox knows. */
async function knownIn({ xdr }: SignedIn): Promise<Record<string, unknown>> {
  const [alert] = await xdr
    .rows<{ tenant: { id: string }; event_ids: { event_data: Record<string, unknown> }[] }>(
      `{ alertsServiceSearch(in: { cql_query: "FROM alert WHERE attack_technique_ids = 'T1059.001'" }) {
        alerts { list { tenant { id } event_ids { event_data } } } } }`,
    )
    .take(1)
    .toArray()
  const event = alert?.event_ids[0]?.event_data
  const { currentTDRUser } = await xdr.query<{ currentTDRUser: { id: string } }>('{ currentTDRUser { id } }')
  return {
    USER: currentTDRUser.id,
    TENANT: alert?.tenant.id,
    HOST: event?.host_id,
    PROCESS: event?.process_correlation_id,
  }
}

async function answerTo(
  { xdr }: SignedIn,
  { source, kind }: TypedDocument,
  variables: Record<string, unknown>,
): Promise<unknown> {
  if (kind !== 'subscription') return xdr.query(source, variables, { confirm: true, strict: true })
  for await (const message of xdr.subscribe(source, variables, { path: '/events/query', strict: true }))
    return message
  return undefined
}
