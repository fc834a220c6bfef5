import { parseHTML } from 'linkedom'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { tableView } from '../../src/results/table.js'
import { table } from '../../src/results/table-function.js'
import { sliceWidth, textWidth } from '../../src/results/table-width.js'

/** Every form of a table together, as it is sent: Jupyter's server drops more than 3 MB at once. */
function bytesOf(rows: readonly unknown[]): number {
  return Buffer.byteLength(JSON.stringify(tableView(rows)?.bundle()))
}

const long = 'é<&>"'.repeat(2_000_000)
const large: [string, () => unknown[]][] = [
  [
    'cells of ten megabytes',
    () => [{ a: long, b: [long], c: { d: { e: { f: { g: long } } } }, d: Buffer.alloc(1e7) }],
  ],
  ['a thousand of them', () => Array(1000).fill({ a: long, b: long })],
  [
    '5,000 columns',
    () =>
      Array(100).fill(
        Object.fromEntries(
          Array.from({ length: 5_000 }, (_, i) => [`column ${i}`, `${'<'.repeat(100)}${i}`]),
        ),
      ),
  ],
  [
    'names of a megabyte',
    () => [Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}${'<'.repeat(1e6)}`, 1]))],
  ],
  [
    '5,000 columns that are nested',
    () => [
      Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [
          `a${i}`,
          Object.fromEntries(Array.from({ length: 50 }, (_, j) => [`b${j}`, { c: j }])),
        ]),
      ),
    ],
  ],
  [
    'lists of a million',
    () => [
      {
        a: Array(1e6).fill('x'),
        b: Array(1e6).fill({ c: 1 }),
        c: new Set(Array.from({ length: 1e5 }, (_, i) => i)),
      },
    ],
  ],
  [
    'control characters that grow when they are named',
    () => Array(100).fill({ a: '\u009b'.repeat(1e5), b: '\u0000"'.repeat(1e5) }),
  ],
]

test.for(large)('%s stay below 3 MB in all forms together', ([, make]) => {
  expect(bytesOf(make())).toBeLessThan(3_000_000)
})

test('a table that would be too large shows fewer rows, and says so', () => {
  const columns = Array.from({ length: 400 }, (_, i) => `c${i}`)
  const rows = Array.from({ length: 100 }, (_, row) =>
    Object.fromEntries(columns.map((name) => [name, `${row} ${'é'.repeat(70)}`])),
  )
  const { document } = parseHTML(table(rows, { columns }).toHTML())
  const shown = document.querySelectorAll('tbody tr').length - 1
  expect(shown).toBeGreaterThan(1)
  expect(shown).toBeLessThan(100)
  expect(document.querySelector('caption')?.textContent).toBe(`first ${shown} of 100 rows, 400 columns`)
  expect(document.querySelector('tbody tr:last-child')?.textContent).toBe(
    `… ${100 - shown} more rows not shown; a table is at most 1 MB`,
  )
})

test('5,000 columns: the first are shown, the others named', () => {
  const row = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`<f${i}>`, i]))
  const { document } = parseHTML(tableView([row])?.html ?? '')
  expect(document.querySelectorAll('th')).toHaveLength(50)
  expect(document.querySelectorAll('tbody td')).toHaveLength(50)
  expect(document.querySelector('caption')?.textContent).toBe('1 row, first 50 of 5,000 columns')
  const rest = document
    .querySelector('table')
    ?.closest('div')
    ?.parentElement?.querySelector(':scope > details')
  expect(rest?.querySelector('summary')?.textContent).toBe('4,950 more columns')
  expect(rest?.querySelector('div')?.textContent).toMatch(/^<f50>, <f51>, .*, and [\d,]+ others$/)
})

test('more fields than anybody looks at are said to be at least so many', () => {
  const rows = Array.from({ length: 100 }, (_, row) =>
    Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`r${row} f${i}`, i])),
  )
  expect(tableView(rows)?.html).toMatch(/first 50 of at least [\d,]+ columns/)
})

test('what is cut says how much is not there', () => {
  const { document } = parseHTML(tableView([{ a: 'x'.repeat(1e7) }])?.html ?? '')
  const whole = document.querySelector('details div')?.textContent ?? ''
  expect(whole).toBe(`${'x'.repeat(10_000)}\n… 9,990,000 more characters`)
})

test('the fast way to measure a text gives what the thorough one does', () => {
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code)
    // Control characters and halves never come into a table.
    if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) continue
    if (textWidth(`${character}a`) !== stringWidth(`${character}a`))
      expect.unreachable(`U+${code.toString(16)}`)
  }
  expect(textWidth('👩‍👩‍👧日')).toBe(4)
})

test.for([
  ['abc', 2, 'ab'],
  ['abc', 5, 'abc'],
  ['abc', -1, ''],
  ['日本語', 3, '日'],
  ['👩‍👩‍👧x', 2, '👩‍👩‍👧'],
  ['👩‍👩‍👧x', 1, ''],
] as const)('%s in %i columns is %s', ([text, width, cut]) => {
  expect(sliceWidth(text, width)).toBe(cut)
})
