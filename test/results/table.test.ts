import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { findRows, tableView, withTable } from '../../src/results/table.js'

function textOf(rows: unknown, width = 120): string[] {
  return tableView(rows, width)?.text.split('\n') ?? []
}

test('nested fields are dotted columns, in the order in which they come up', () => {
  const rows = [
    { id: 1, metadata: { title: 'a', at: { seconds: 5 } } },
    { id: 2, extra: true, metadata: { title: 'b' } },
  ]

  expect(textOf(rows)).toEqual([
    'id  metadata.title  metadata.at.seconds  extra',
    '──  ──────────────  ───────────────────  ─────',
    ' 1  a                                 5',
    ' 2  b                                    true',
    '(2 rows)',
  ])
})

test('nesting ends at four levels, as JSON', () => {
  const [head, , row] = textOf([{ a: { b: { c: { d: { e: 1 } } } } }])
  expect(head).toBe('a.b.c.d')
  expect(row).toBe('{"e":1}')
})

const values: [string, unknown, string][] = [
  ['null', null, ''],
  ['undefined', undefined, ''],
  ['a text', 'high', 'high'],
  ['an empty text', '', ''],
  ['a number', 1.5, '1.5'],
  ['zero', 0, '0'],
  ['false', false, 'false'],
  ['a bigint', 73252035284761978n, '73252035284761978'],
  ['a list of plain values', ['a', 1, null, true], 'a, 1, , true'],
  ['an empty list', [], ''],
  ['a list of objects', [{}, {}], '2 items'],
  ['an empty object', {}, '{}'],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['an invalid date', new Date(Number.NaN), ''],
  ['a long text', 'x'.repeat(200), `${'x'.repeat(79)}…`],
  ['line breaks and tabs', 'a\r\n\tb', 'a b'],
  ['terminal control', 'a\u001b[31mb\u0007\u009b2J', 'a[31mb2J'],
  ['bidi override', 'a\u202eb\u2066c', 'abc'],
]

test.for(values)('%s is shown as text', ([, value, shown]) => {
  const view = tableView([{ k: 'x', v: value, z: '|' }])
  const row = view?.text.split('\n')[2] ?? ''
  expect(row.replace(/^x\s*/, '').replace(/\s*\|$/, '')).toBe(shown)
  expect(view?.html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
})

test('an object that cannot be written is said to be unreadable', () => {
  const circle: Record<string, unknown> = {}
  circle.a = { b: { c: { d: circle } } }
  expect(textOf([circle]).join()).toContain('[unreadable]')
})

test('markup in values and in column names is text', () => {
  const html = tableView([
    { '<b>"x': `<script>alert('1')</script>&amp;`, long: `"><img src=x>${'y'.repeat(100)}` },
  ])?.html

  expect(html).not.toContain('<script')
  expect(html).not.toContain('<img')
  expect(html).not.toContain('<b>')
  expect(html).toContain('&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;amp;')
  expect(html).toContain('title="&#34;&#62;&#60;img src=x&#62;')
})

test('wide characters and combined ones keep the columns aligned', () => {
  const rows = [
    { name: '日本語', n: 'a' },
    { name: 'é', n: 'b' },
    { name: '👩‍👩‍👧', n: 'c' },
    { name: 'plain', n: 'd' },
  ]
  const [, ...lines] = textOf(rows).slice(0, -1)
  const marks = lines.slice(1).map((line) => stringWidth(line.slice(0, -1)))
  expect(new Set(marks).size).toBe(1)
})

test('numbers stand at the right, texts at the left', () => {
  expect(
    textOf([
      { n: 1, t: 'a' },
      { n: 100, t: 'bb' },
    ]).slice(2, 4),
  ).toEqual(['  1  a', '100  bb'])
})

const counts: [number, string, string][] = [
  [1, '(1 row)', '>1 row<'],
  [20, '(20 rows)', '>20 rows<'],
  [21, '(first 20 of 21 rows)', '>21 rows<'],
  [100, '(first 20 of 100 rows)', '>100 rows<'],
  [1000, '(first 20 of 1,000 rows)', '>first 100 of 1,000 rows<'],
]

test.for(counts)('%i rows are counted, and only the first are drawn', ([count, text, html]) => {
  const view = tableView(Array.from({ length: count }, (_, id) => ({ id })))
  expect(view?.text.split('\n').at(-1)).toBe(text)
  expect(view?.html).toContain(html)
  expect(view?.html?.match(/<tr>/g)).toHaveLength(Math.min(count, 100) + 1)
})

test('many columns are cut with their count, and no line is wider than the terminal', () => {
  const row = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`column_${i}`, 'some value']))
  const view = tableView([row], 80)
  const lines = view?.text.split('\n') ?? []
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80)
  expect(lines.at(-1)).toMatch(/^\(1 row, first \d+ of 40 columns\)$/)
  expect(view?.html).toContain('first 24 of 40 columns')
})

test.for([20, 1])('a table is drawn even in %i characters', (width) => {
  const lines = textOf([{ first: 'a value that is long', second: 2 }], width)
  expect(lines.length).toBe(4)
  expect(lines.join()).toContain('…')
})

test.for([
  [],
  [1, 2],
  ['a'],
  [null],
  [[1]],
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
  expect(views).toMatchObject({ 'text/plain': expect.stringContaining('(2 rows)'), 'text/html': /<table/ })
})

test('a result that is shown twice, or frozen, is no error', () => {
  const data = { list: [{ id: 1 }] }
  expect(withTable(withTable(data))).toBe(data)
  const frozen = Object.freeze({ list: [{ id: 1 }] })
  expect(withTable(frozen)).toEqual(frozen)
})
