import { expect, expectTypeOf, test } from 'vitest'
import { jsonSchema } from '../../src/client/json-schema.js'
import { XdrError } from '../../src/errors.js'
import { startRestServer } from '../support/rest-server.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'

const organization = jsonSchema({
  type: 'object',
  properties: {
    name: { type: 'string' },
    organizationIdentifier: { type: 'string' },
    seats: { type: 'integer' },
  },
  required: ['name', 'organizationIdentifier'],
  additionalProperties: false,
})

const issuesOf = async (schema: ReturnType<typeof jsonSchema>, value: unknown) =>
  (await schema['~standard'].validate(value)).issues?.map(
    ({ path, message }) => `${path?.join('.')}: ${message}`,
  )

test('a JSON schema types and checks each row of a list', async () => {
  await using server = await startRestServer(12)
  using _home = isolatedHome()
  const xdr = await connectWith(server.provider)
  const names: string[] = []

  for await (const row of xdr.pages('/v3/organizations?typed', { schema: organization, size: 5 })) {
    expectTypeOf(row.name).toEqualTypeOf<string>()
    expectTypeOf(row.seats).toEqualTypeOf<number | bigint | undefined>()
    names.push(row.name)
  }
  expect(names).toHaveLength(12)

  const strict = jsonSchema({
    type: 'object',
    properties: { name: { enum: ['Organization 0', 'Organization 1'] } },
  })
  const error = await failureOf(
    (async () => {
      for await (const _row of xdr.pages('/v3/organizations', { schema: strict, size: 5 })) names.pop()
    })(),
  )
  expect(error.code).toBe('XDR_BAD_RESPONSE')
  expect(error.message).toContain('row 2')
  expect(error.message).toContain('name: must be one of "Organization 0", "Organization 1"')
})

const cases: { schema: Parameters<typeof jsonSchema>[0]; good: unknown[]; bad: [unknown, string][] }[] = [
  {
    schema: { type: 'integer' },
    good: [1, 73252035284761978n],
    bad: [
      [1.5, ': must be of type integer'],
      ['1', ': must be of type integer'],
    ],
  },
  { schema: { type: ['string', 'null'] }, good: ['', null], bad: [[0, ': must be of type string or null']] },
  {
    schema: { type: 'array', items: { type: 'boolean' } },
    good: [[], [true]],
    bad: [
      [[true, 1], '1: must be of type boolean'],
      [{}, ': must be of type array'],
    ],
  },
  { schema: { const: 'x' }, good: ['x'], bad: [['y', ': must be "x"']] },
  {
    schema: { anyOf: [{ type: 'string' }, { type: 'object', required: ['a'] }] },
    good: ['s', { a: 1 }],
    bad: [[{}, ': fits none of the forms in anyOf']],
  },
  {
    schema: { type: 'object', required: ['toString'] },
    good: [{ toString: 1 }],
    bad: [[{}, 'toString: is missing']],
  },
  {
    schema: { type: 'object', additionalProperties: { type: 'number' } },
    good: [{ a: 1 }],
    bad: [[{ a: 'x' }, 'a: must be of type number']],
  },
  {
    schema: { type: 'object', properties: { a: {} }, additionalProperties: false },
    good: [{ a: [] }],
    bad: [[{ b: 1 }, 'b: is not allowed']],
  },
  { schema: {}, good: [1, null, undefined, {}], bad: [] },
]
test.for(cases)('$schema', async ({ schema, good, bad }) => {
  for (const value of good) expect(await issuesOf(jsonSchema(schema), value)).toBeUndefined()
  for (const [value, says] of bad) expect(await issuesOf(jsonSchema(schema), value)).toEqual([says])
})

test.for([
  { type: 'string', pattern: 'x' },
  { properties: { a: { $ref: '#' } } },
  { items: { minimum: 1 } },
  'text',
])('what is not checked is refused, and not passed over: %o', (schema) => {
  expect(() => jsonSchema(schema as never)).toThrow(XdrError)
})
