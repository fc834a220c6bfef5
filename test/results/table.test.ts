import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { findRows, tableView, withTable } from '../../src/results/table.js'

function textOf(rows: unknown, width = 120): string[] {
  return tableView(rows, width)?.text.split('\n') ?? []
}

describe('columns', () => {
  test('nested fields are dotted columns, beside their siblings', () => {
    const rows = [
      { id: 1, metadata: { title: 'a', at: { seconds: 5 } } },
      { id: 2, extra: true, metadata: { title: 'b', late: 'c' } },
    ]

    expect(textOf(rows)).toEqual([
      'id  metadata.title  metadata.at.seconds  metadata.late  extra',
      '──  ──────────────  ───────────────────  ─────────────  ─────',
      ' 1  a                                 5',
      ' 2  b                                    c              true',
      '(2 rows)',
    ])
  })

  test('nesting ends at four levels, as JSON', () => {
    const [head, , row] = textOf([{ a: { b: { c: { d: { e: 1 } } } } }])
    expect(head).toBe('a.b.c.d')
    expect(row).toBe('{"e":1}')
  })

  test('a field that is null in one row and an object in another is no column of its own', () => {
    expect(textOf([{ a: null }, { a: { b: 1, c: 2 } }, { a: {} }, {}])).toEqual([
      ' a.b   a.c',
      '────  ────',
      'null  null',
      '   1     2',
      '',
      '',
      '(4 rows)',
    ])
  })

  test('a field that is a value in one row and an object in another is both', () => {
    expect(textOf([{ a: 'x' }, { a: { b: 1 } }]).slice(0, 4)).toEqual(['a  a.b', '─  ───', 'x', '     1'])
  })

  test('a dotted name and a nested field of that name are told apart', () => {
    expect(textOf([{ 'a.b': 1, a: { b: 2 } }]).slice(0, 3)).toEqual([
      'a.b  a.b (2)',
      '───  ───────',
      '  1        2',
    ])
  })

  test('names that JavaScript knows otherwise are names', () => {
    const row: unknown = JSON.parse(
      '{"__proto__": {"x": 1}, "constructor": 2, "toString": 3, "hasOwnProperty": 4, "": 5}',
    )
    expect(textOf([row, {}])).toEqual([
      '__proto__.x  constructor  toString  hasOwnProperty  ""',
      '───────────  ───────────  ────────  ──────────────  ──',
      '          1            2         3               4   5',
      '',
      '(2 rows)',
    ])
  })

  test('a null between the rows, as partial results have it, is a row of nulls', () => {
    expect(textOf([{ id: 1 }, null, { id: 3 }]).slice(2, 5)).toEqual(['   1', 'null', '   3'])
  })
})

describe('the text form', () => {
  test('wide characters and combined ones keep the columns aligned', () => {
    const rows = [
      { name: '日本語', n: 'a' },
      { name: 'é', n: 'b' },
      { name: '👩‍👩‍👧', n: 'c' },
      { name: 'plain', n: 'd' },
      { name: 'é'.normalize('NFD'), n: 'e' },
    ]
    const lines = textOf(rows).slice(2, -1)
    expect(lines).toHaveLength(5)
    expect(new Set(lines.map((line) => stringWidth(line.slice(0, -1)))).size).toBe(1)
  })

  test('numbers stand at the right, texts of digits at the left', () => {
    const rows = [
      { n: 1, t: '7', m: 1 },
      { n: 100n, t: '77', m: 'x' },
    ]
    expect(textOf(rows).slice(2, 4)).toEqual(['  1  7   1', '100  77  x'])
  })

  test.for([120, 80, 40, 20, 5, 1])('no line is wider than %i characters, if one column can be', (width) => {
    const row = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`column_${i}`, `日本 value ${i}`]))
    const lines = textOf([row], width)
    // A column takes sixteen at the least.
    expect(Math.max(...lines.slice(0, 3).map((line) => stringWidth(line)))).toBeLessThanOrEqual(
      Math.max(16, width),
    )
    expect(stringWidth(lines.at(-1) ?? '')).toBeLessThanOrEqual(width)
  })

  test('columns that do not fit are counted, and named', () => {
    const lines = textOf([{ first: 'x'.repeat(60), second: 'y'.repeat(60), third: 1, fourth: 2 }], 36)
    expect(lines).toEqual([
      'first             second',
      '────────────────  ────────────────',
      'xxxxxxxxxxxxxxx…  yyyyyyyyyyyyyyy…',
      '(1 row, first 2 of 4 columns)',
      'not shown: third, fourth',
    ])
  })

  test('numbers and times are never cut, their heads are', () => {
    const row = {
      a_long_name_of_a_number: 12345678901234567890n,
      text: 'x'.repeat(40),
      after: '2026-01-01T00:00:00Z',
    }
    const [head, , line] = textOf([row], 60)
    expect(head).toMatch(/^a_long_name_of_a_nu… {2}text/)
    expect(line).toMatch(/^12345678901234567890 {2}x{16}… {2}20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/)
  })
})

const counts: [number, string, string][] = [
  [1, '(1 row)', '>1 row, 1 column<'],
  [20, '(20 rows)', '>20 rows, 1 column<'],
  [21, '(first 20 of 21 rows)', '>21 rows, 1 column<'],
  [100, '(first 20 of 100 rows)', '>100 rows, 1 column<'],
  [101, '(first 20 of 101 rows)', '>first 100 of 101 rows, 1 column<'],
  [1000, '(first 20 of 1,000 rows)', '>first 100 of 1,000 rows, 1 column<'],
]

test.for(counts)('%i rows are counted, and only the first are drawn', ([count, text, html]) => {
  const view = tableView(Array.from({ length: count }, (_, id) => ({ id })))
  expect(view?.text.split('\n').at(-1)).toBe(text)
  expect(view?.html).toContain(html)
})

test('of a million rows, only those are touched that are shown', () => {
  let read = 0
  const row = {
    get id() {
      read++
      return 1
    },
  }
  const rows = new Array<unknown>(1_000_000).fill(row)
  // Whatever looks at a row behind them finds this.
  for (let i = 100; i < 200; i++) rows[i] = new Proxy({}, { get: () => expect.unreachable() })

  expect(tableView(rows)?.text).toContain('(first 20 of 1,000,000 rows)')
  expect(read).toBeLessThanOrEqual(100 + 20)
})

test.for([
  [],
  [1, 2],
  ['a'],
  [null],
  [[1]],
  [undefined, { a: 1 }],
  {},
  null,
  undefined,
  'text',
  [{ a: 1 }, 2],
  [new Date()],
  [new Map()],
])('%j is no table', (value) => {
  expect(tableView(value)).toBeUndefined()
})

test('the rows of a result are its first list of objects, nearest to the top', () => {
  const list = [{ id: 1 }]
  expect(
    findRows({ search: { status: 'OK', alerts: { empty: [], list, deep: { rows: [{ no: 1 }] } } } }),
  ).toBe(list)
  expect(findRows({ a: { b: { c: 1 } }, n: [1, 2] })).toBeUndefined()
  expect(findRows({})).toBeUndefined()
})

test('a result shows its rows as a table, and stays the data that it was', () => {
  const data = { alerts: { list: [{ id: 'a' }, { id: 'b' }] } }
  const copy = structuredClone(data)
  const shown = withTable(data)

  expect(shown).toBe(data)
  expect(data).toEqual(copy)
  expect(Object.keys(data)).toEqual(['alerts'])
  expect(JSON.stringify(data)).toBe(JSON.stringify(copy))
  const display: unknown = Reflect.get(data, Symbol.for('Jupyter.display'))
  const views = typeof display === 'function' ? display() : undefined
  expect(views).toMatchObject({
    'text/plain': expect.stringContaining('(2 rows)'),
    'text/html': expect.stringContaining('<table'),
    'application/vnd.dataresource+json': { data: [{ id: 'a' }, { id: 'b' }] },
  })
})

test('a result that is shown twice, or frozen, is no error', () => {
  const data = { list: [{ id: 1 }] }
  expect(withTable(withTable(data))).toBe(data)
  const frozen = Object.freeze({ list: [{ id: 1 }] })
  expect(withTable(frozen)).toEqual(frozen)
})
