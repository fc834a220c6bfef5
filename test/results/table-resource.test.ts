import { describe, expect, test } from 'vitest'
import { tableView } from '../../src/results/table.js'
import { table } from '../../src/results/table-function.js'

const type = 'application/vnd.dataresource+json'

/** As a program finds it in the notebook: JSON. */
function resourceOf(rows: readonly unknown[]) {
  const text = JSON.stringify(tableView(rows)?.data[type])
  const resource: {
    schema: { fields: { name: string; type: string; description?: string }[] }
    data: unknown[]
  } = JSON.parse(text)
  return { ...resource, text }
}

// Table Schema's types (https://specs.frictionlessdata.io/table-schema/#types-and-formats).
const columns: [name: string, values: unknown[], type: string, data: unknown[]][] = [
  ['integers', [1, -2, null], 'integer', [1, -2, null]],
  ['numbers', [1, 2.5], 'number', [1, 2.5]],
  ['what JSON has no number for', [1, Number.NaN, Number.POSITIVE_INFINITY], 'number', [1, 'NaN', 'INF']],
  ['long integers', [2n ** 60n, 1], 'string', ['1152921504606846976', '1']],
  ['short bigints', [5n, 6], 'integer', [5, 6]],
  ['booleans', [true, false], 'boolean', [true, false]],
  ['texts', ['a', ''], 'string', ['a', '']],
  [
    'times',
    ['2026-01-15T12:00:00.123456Z', new Date(0), { seconds: 1768478400, nanos: 5 }],
    'datetime',
    ['2026-01-15T12:00:00.123456Z', '1970-01-01T00:00:00Z', '2026-01-15T12:00:00.000000005Z'],
  ],
  ['times and texts', ['2026-01-15T12:00:00Z', 'soon'], 'string', ['2026-01-15T12:00:00Z', 'soon']],
  ['lists', [[1, 2n ** 60n], []], 'array', [[1, '1152921504606846976'], []]],
  ['objects at the fourth level', [{}], 'object', [{}]],
  ['a mixture', [1, 'a', true], 'any', [1, 'a', true]],
  ['nothing', [null, null], 'any', [null, null]],
]

test.for(columns)('%s', ([, values, fieldType, data]) => {
  const { schema, data: rows } = resourceOf(values.map((v) => ({ v })))
  expect(schema.fields.map(({ name, type: of }) => [name, of])).toEqual([['v', fieldType]])
  expect(rows).toEqual(data.map((v) => ({ v })))
})

test('long integers are said to be text', () => {
  expect(resourceOf([{ v: 2n ** 63n }]).schema.fields[0]?.description).toBe('integers beyond 2^53 as text')
})

test('a field that a row does not have is not in its data', () => {
  expect(resourceOf([{ a: 1 }, { b: null }]).data).toEqual([{ a: 1 }, { b: null }])
})

test('names are unlike each other, and those that JavaScript knows otherwise are names', () => {
  const row: unknown = JSON.parse('{"a.b": 1, "a": {"b": 2}, "__proto__": 3, "constructor": 4}')
  const { schema, text } = resourceOf([row])
  expect(schema.fields.map(({ name }) => name)).toEqual(['a.b', 'a.b (2)', '__proto__', 'constructor'])
  expect(text).toContain('{"a.b":1,"a.b (2)":2,"__proto__":3,"constructor":4}')
})

test('names that are too long to keep stay unlike each other', () => {
  const long = 'n'.repeat(2_000)
  const { schema, data } = resourceOf([{ [`${long}a`]: 1, [`${long}b`]: 2 }])
  expect(new Set(schema.fields.map(({ name }) => name)).size).toBe(2)
  expect(Object.values(data[0] ?? {})).toEqual([1, 2])
})

describe('its size', () => {
  test('is bounded in rows, and says so', () => {
    const { data, text } = resourceOf(Array.from({ length: 1000 }, (_, i) => ({ i })))
    expect(data).toHaveLength(100)
    expect(text).toContain('"description":"first 100 of 1,000 rows, 1 column"')
  })

  test('is bounded in bytes, and says how many rows there was room for', () => {
    const { data, text } = resourceOf(
      Array.from({ length: 100 }, () => ({ a: 'é'.repeat(9_999), b: '\u0001'.repeat(5_000) })),
    )
    expect(Buffer.byteLength(text)).toBeLessThan(600_000)
    expect(data.length).toBeGreaterThan(1)
    expect(text).toContain(`"description":"first ${data.length} of 100 rows`)
  })

  test('is bounded in one value, which is cut as text', () => {
    const [row] = resourceOf([{ a: 'x'.repeat(1e7), b: Array(1e6).fill({ c: 1 }) }]).data
    expect(row).toMatchObject({
      a: `${'x'.repeat(9_999)}…`,
      b: expect.stringMatching(/^\[\{"c":1\},.*… [\d,]+ more\]$/),
    })
  })
})

test('renamed and chosen columns are those of the data', () => {
  const made = table([{ id: 1, meta: { title: 'x' } }], { columns: [{ 'meta.title': 'Title' }] })
  const display: unknown = Reflect.get(made, Symbol.for('Jupyter.display'))
  const bundle: unknown = typeof display === 'function' ? Reflect.apply(display, made, []) : undefined
  expect(bundle).toMatchObject({
    [type]: { schema: { fields: [{ name: 'Title', type: 'string' }] }, data: [{ Title: 'x' }] },
  })
})
