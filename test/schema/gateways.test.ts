import { buildSchema, parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { mergeGateways, sliceGateway } from '../../src/schema/gateways.js'

const one = 'schema { query: Root } type Root { a(id: ID!): A, same: Int } type A { id: ID }'
const other =
  'type Query { b: B, same: String } type Mutation { drop: B } type B { id: ID } type A { name: String }'

test('root fields of all paths stand together, marked with theirs', () => {
  const schema = buildSchema(
    mergeGateways([
      { path: '/graphql', sdl: one },
      { path: '/b', sdl: other },
    ]),
  )
  expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toEqual(['a', 'same', 'b'])
  expect(String(schema.getQueryType()?.getFields().same?.type)).toBe('Int')
  expect(schema.getType('A')?.toString()).toBe('A')
  const sdl = mergeGateways([
    { path: '/graphql', sdl: one },
    { path: '/b', sdl: other },
  ])
  expect(sdl).toContain('b: B @gateway(path: "/b")')
  expect(sdl).toContain('drop: B @gateway(path: "/b")')
  expect(sdl).not.toMatch(/a\(id: ID!\): A @gateway/)
})

test('what was put together comes apart again', () => {
  const merged = parse(
    mergeGateways([
      { path: '/graphql', sdl: one },
      { path: '/b', sdl: other },
    ]),
  )
  const main = print(sliceGateway(merged, '/graphql'))
  const second = print(sliceGateway(merged, '/b'))
  expect(main).toMatch(/type Query \{\s+a\(id: ID!\): A\s+same: Int\s+\}/)
  expect(main).not.toContain('type Mutation')
  expect(second).toMatch(/type Query \{\s+b: B\s+\}/)
  expect(main + second).not.toContain('@gateway')
})
