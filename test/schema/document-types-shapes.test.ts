import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { documentTypes } from '../../src/schema/document-types.js'
import { equalType, typeScriptProject } from '../support/typescript.js'

/** What the schema of the sandbox does not have. */
const schema = buildSchema(`
  scalar Odd
  scalar Long
  interface Node { id: ID! }
  interface Named implements Node { id: ID! name: String self: Named }
  "Has */ in it, \\u202e and \`\${code}\`"
  type A implements Node & Named {
    id: ID! name: String
    "Narrower than the interface's */ alert(1) /*"
    self: A!
    a: Int! kids: [[A!]]! e: lower
    old: String @deprecated(reason: "use */ name")
  }
  type B implements Node & Named { id: ID! name: String self: Named b: Int! e: lower }
  type C implements Node { id: ID! c: Odd big: Long }
  enum lower { x y_z Z }
  enum Record { ONE }
  union Any = A | B | C
  union Pair = A | B
  input Choice @oneOf { a: Int b: String }
  input Deep { r: Int! d: Int! = 3 l: [Int!]! n: [[lower]] deep: Deep one: Choice odd: Odd date: Record }
  type Query { node: Node any: Any all: [Any!]! pair: Pair named: Named a: A f(i: Deep!, r: Record): Record }
`)

const noVariables = 'Record<string, never>'
const cases: { name: string; source: string; data: string; variables?: string }[] = [
  { name: 'an interface as it is', source: '{ node { id } }', data: '{ node: { id: string } | null }' },
  {
    name: 'an interface with fields of one',
    source: '{ node { id ... on A { a } } }',
    data: '{ node: { id: string; a: number } | { id: string; a?: undefined } | null }',
  },
  {
    name: 'an interface within another',
    source: '{ node { __typename ... on Named { name ... on B { b } } } }',
    data: `{ node: { __typename: 'A'; name: string | null } | { __typename: 'B'; name: string | null; b: number } | { __typename: 'C' } | null }`,
  },
  {
    name: 'a fragment that cannot be meant',
    source: '{ pair { __typename ... on C { c } ... on Any { ... on A { a } } } }',
    data: `{ pair: { __typename: 'A'; a: number } | { __typename: 'B' } | null }`,
  },
  {
    name: 'members that look the same',
    source: '{ all { __typename ... on A { id } } pair { ... on A { id } ... on B { id } } }',
    data: `{ all: ({ __typename: 'A'; id: string } | { __typename: 'B' | 'C' })[]; pair: { id: string } | null }`,
  },
  {
    name: 'members that nothing is asked of',
    source: '{ any { ... on A { a } ... on B { b } } }',
    data: `{ any: { a: number; b?: undefined } | { b: number; a?: undefined } | { a?: undefined; b?: undefined } | null }`,
  },
  {
    name: 'a field that is narrower in an object',
    source: '{ named { self { id } ... on A { self { a } } } }',
    data: '{ named: { self: { id: string; a: number } } | { self: { id: string } | null } | null }',
  },
  {
    name: 'a __typename on a condition tells nothing',
    source: 'query ($b: Boolean!) { pair { __typename @include(if: $b) ... on A { a } } }',
    data: `{ pair: { __typename?: 'A'; a: number } | { __typename?: 'B'; a?: undefined } | null }`,
    variables: '{ b: boolean }',
  },
  {
    name: 'lists of lists',
    source: '{ a { kids { e } } }',
    data: '{ a: { kids: ({ e: lower | null }[] | null)[] } | null }',
  },
  {
    name: 'conditions that exclude each other, or say the same',
    source: `query ($b: Boolean!, $c: Boolean!) { a {
      ... @include(if: $b) { name @skip(if: $b) id @include(if: $b) }
      ... @include(if: $b) @skip(if: $c) { a }
      e @include(if: $b) e @skip(if: $b)
      self @include(if: $b) { id } self @include(if: $b) { name @include(if: $b) a @include(if: $c) }
    } }`,
    data: `{ a: { id?: string; a?: number; e: lower | null; self?: { id: string; name: string | null; a?: number } } | null }`,
    variables: '{ b: boolean; c: boolean }',
  },
  {
    name: 'a fragment twice, the second time for certain',
    source:
      'query ($b: Boolean!) { a { ...f @include(if: $b) ...f } } fragment f on A { a ...g } fragment g on A { id }',
    data: '{ a: { a: number; id: string } | null }',
    variables: '{ b: boolean }',
  },
  {
    name: 'scalars and enums of any name',
    source: '{ any { ... on C { c big } } f(i: { r: 1, l: 1 }) }',
    data: '{ any: { c: unknown; big: number | bigint | null } | { c?: undefined; big?: undefined } | null; f: Record_ | null }',
  },
  {
    name: 'variables of every kind',
    source:
      'query ($i: Deep!, $x: [Deep], $n: [[Int!]!]!, $d: Int! = 3, $e: lower = x, $o: Odd, $p: Odd!) { node { id } }',
    data: '{ node: { id: string } | null }',
    variables: `{ i: Deep; x?: readonly (Deep | null)[] | Deep | null | undefined
      n: readonly (readonly number[] | number)[] | readonly number[] | number
      d?: number | undefined; e?: lower | null | undefined; o?: unknown; p: unknown }`,
  },
  {
    name: 'a fragment alone',
    source: 'fragment alone on Named { id self { name } }',
    data: '{ id: string; self: { name: string | null } } | { id: string; self: { name: string | null } | null }',
  },
]

test('shapes that only other schemas have are exact as well', async () => {
  const { declarations, pairs } = documentTypes(schema, cases)
  using project = typeScriptProject()
  const types = cases.flatMap(({ data, variables = noVariables }, i) => [
    `type Data${i} = ${data}`,
    `type Variables${i} = ${variables}`,
  ])
  types.push(`type TheChoice = { a: number; b?: never } | { a?: never; b: string }`)
  project.write(
    'types.d.ts',
    `${declarations}\ndeclare namespace $gql {\n${types.join('\n')}\n}\n${equalType}`,
  )
  const lines = cases.map(
    ({ name }, i) => `// ${name}
      export const data${i}: Equal<${pairs[i]?.data}, $gql.Data${i}> = true
      export const variables${i}: Equal<${pairs[i]?.variables}, $gql.Variables${i}> = true`,
  )
  lines.push(`export const choice: Equal<$gql.Choice, $gql.TheChoice> = true
    export const deep: $gql.Deep = { r: 1, l: 1, n: ['x', ['y_z', null]], deep: { r: 1, l: [1, 2] }, one: { b: '' } }
    // @ts-expect-error: one of them, not both
    export const both: $gql.Choice = { a: 1, b: '' }
    export const enums: $gql.Record_[] = ['ONE']`)
  project.write('shapes.ts', lines.join('\n'))

  expect(await project.check()).toBe('')
})

test('words of the schema stay within their comments', async () => {
  const { declarations } = documentTypes(schema, [{ source: '{ a { self { old } } }' }])
  using project = typeScriptProject()
  project.write('types.d.ts', declarations)
  expect(await project.check()).toBe('')
  expect(declarations).toContain("/** Narrower than the interface's *\\/ alert(1) /* */")
  expect(declarations).toContain('/** @deprecated use *\\/ name */')
})

test('fragments are found in other documents, those before first, and a change of them is seen', () => {
  const fragment = (fields: string) => ({ source: `fragment f on A { ${fields} }` })
  const use = { source: '{ a { ...f } }' }
  const dataOf = (types: { declarations: string }, i: number) =>
    new RegExp(`^'${i}': \\{ data: ([^;]*);`, 'm').exec(types.declarations)?.[1]?.replace(/\s+/g, ' ')

  const first = documentTypes(schema, [fragment('id'), use, fragment('a'), use])
  expect(dataOf(first, 1)).toBe('{ a: { id: string } | null }')
  expect(dataOf(first, 3)).toBe('{ a: { a: number } | null }')
  const later = documentTypes(schema, [use, fragment('e')])
  expect(dataOf(later, 0)).toBe('{ a: { e: lower | null } | null }')
  const own = documentTypes(schema, [{ source: `${use.source} ${fragment('name').source}` }, fragment('e')])
  expect(dataOf(own, 0)).toBe('{ a: { name: string | null } | null }')
})

test('a document keeps its types whatever stands beside it, under the name that it is given', () => {
  const one = { name: 'cell3_0', source: '{ a { id } }' }
  const alone = documentTypes(schema, [one])
  const among = documentTypes(schema, [{ source: '{ node { id } }' }, one])
  expect(alone.pairs).toEqual([
    { data: "$gql.$documents['cell3_0']['data']", variables: "$gql.$documents['cell3_0']['variables']" },
  ])
  expect(among.pairs[1]).toEqual(alone.pairs[0])
  expect(documentTypes(schema, [one])).toEqual(alone)
})

test('an interface that a thousand types have, within itself many times over, ends', () => {
  const types = Array.from(
    { length: 1000 },
    (_, i) => `type T${i} implements Wide { id: ID! next: Wide f${i}: Int }`,
  )
  const wide = buildSchema(
    `interface Wide { id: ID! next: Wide } type Query { wide: Wide } ${types.join('\n')}`,
  )
  const nested = (depth: number): string =>
    depth === 0 ? '{ id }' : `{ id next ${nested(depth - 1)} ... on T7 { f7 next ${nested(depth - 1)} } }`
  const { declarations } = documentTypes(wide, [{ source: `{ wide ${nested(4)} }` }])
  expect(declarations).toContain('f7: number | null')
  expect(declarations.length).toBeLessThan(100_000)
})
