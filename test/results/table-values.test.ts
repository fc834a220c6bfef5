import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { tableView } from '../../src/results/table.js'
import { rememberSecret, Secret } from '../../src/secrets.js'

/** The cells of a table's body, as a browser reads them. */
function bodyOf(rows: readonly unknown[]) {
  const { document } = parseHTML(tableView(rows)?.html ?? '')
  return [...document.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('td')])
}

function cellOf(value: unknown) {
  const [cell] = bodyOf([{ v: value, end: '|' }])[0] ?? []
  if (cell === undefined) throw new Error('there is no cell')
  return cell
}

/** What the text form shows of a value. */
function lineOf(value: unknown): string {
  const row = tableView([{ v: value, end: '|' }], 300)?.text.split('\n')[2] ?? ''
  return row.replace(/ *\|$/, '').trimStart()
}

class Host {
  name = 'web-1'
  port = 443
}

const circle: Record<string, unknown> = { id: 1 }
circle.self = [circle]

const throwing = {
  get a(): never {
    throw new Error('<b>not me</b>')
  },
  b: 1,
}

/** What is shown of a value at once; `undefined` where it is all there is, else what is shown on demand. */
const values: [name: string, value: unknown, shown: string, onDemand?: string | RegExp][] = [
  ['null', null, 'null'],
  ['undefined', undefined, ''],
  ['a text', 'high', 'high'],
  ['an empty text', '', '""'],
  ['blanks alone', '   ', '"   "'],
  ['the text null', 'null', 'null'],
  ['a number', 1.5, '1.5'],
  ['zero', 0, '0'],
  ['not a number', Number.NaN, 'NaN'],
  ['infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
  ['false', false, 'false'],
  ['a long integer', 73252035284761978n, '73252035284761978'],
  ['a list of plain values', ['a', 1, null, true, 5n, ''], 'a, 1, null, true, 5, ""'],
  ['an empty list', [], '[]'],
  [
    'a long list of plain values',
    Array(99).fill('abc'),
    `${'abc, '.repeat(16).slice(0, 79)}…`,
    /^\[\n {2}"abc",\n/,
  ],
  ['a list of objects', [{ id: 2n ** 63n }], '1 item', '[\n  {\n    "id": 9223372036854775808\n  }\n]'],
  [
    'a list of objects with one text each',
    [{ hostname: 'web-1' }, { hostname: 'web-2' }],
    'web-1, web-2',
    '[\n  {\n    "hostname": "web-1"\n  },\n  {\n    "hostname": "web-2"\n  }\n]',
  ],
  ['a list in which one object has more', [{ a: 'x' }, { a: 'y', b: 'z' }], '2 items', /"z"/],
  ['an empty object', {}, '{}'],
  ['a set', new Set([1, 2]), '2 items', '[\n  1,\n  2\n]'],
  [
    'a map',
    new Map<unknown, unknown>([
      ['a', 1],
      [2, 'b'],
    ]),
    '2 items',
    '{\n  "a": 1,\n  "2": "b"\n}',
  ],
  ['an object of a class', new Host(), '{"name":"web-1","port":443}'],
  ['a URL', new URL('https://a.example/x'), 'https://a.example/x'],
  ['a secret', new Secret('table-secret-1'), '‹hidden›'],
  ['an error', new TypeError('no'), 'TypeError: no'],
  ['a function', function run() {}, '[Function: run]'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['few bytes', Buffer.from('hello'), '5 bytes: 68656c6c6f'],
  [
    'bytes',
    new Uint8Array(40).fill(255),
    `40 bytes: ${'ff'.repeat(16)}…`,
    `${'ff'.repeat(32)}\n${'ff'.repeat(8)}`,
  ],
  ['an invalid date', new Date(Number.NaN), 'Invalid Date'],
  ['a long text', 'x'.repeat(200), `${'x'.repeat(79)}…`, 'x'.repeat(200)],
  ['lines', 'a\r\n\tb', 'a b', 'a\n\tb'],
  ['blanks around a text', '  a ', 'a'],
  ['blanks in a text', 'a   b', 'a b', 'a   b'],
  ['terminal control', 'a\u001b[31mb\u0007\u009b2J\u007f', 'a␛[31mb␇‹U+009B›2J␡'],
  ['bidi overrides', 'invoice\u202efdp.exe\u2066', 'invoice‹U+202E›fdp.exe‹U+2066›'],
  ['a mark of no width', 'evil\u200b.example', 'evil‹U+200B›.example'],
  ['half a character', 'a\ud800b', 'a\ufffdb'],
  ['markup', `<script>alert('1')</script>&amp;"`, `<script>alert('1')</script>&amp;"`],
  [
    'markup that is long',
    `"><img src=x onerror=hit()>${'y'.repeat(99)}`,
    `"><img src=x onerror=hit()>${'y'.repeat(52)}…`,
    /^"><img src=x onerror=hit\(\)>y{99}$/,
  ],
  ['an object that holds itself', [circle], '1 item', /\[circular\]/],
  [
    'an object with a getter that throws',
    [throwing],
    '1 item',
    /"\[unreadable: <b>not me<\/b>\]",\n {4}"b": 1/,
  ],
  [
    'a proxy that throws',
    new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error('no')
        },
        get: () => {
          throw new Error('gone')
        },
        ownKeys: () => {
          throw new Error('no')
        },
        has: () => {
          throw new Error('no')
        },
      },
    ),
    '[unreadable: no]',
  ],
]

test.for(values)('%s', ([, value, shown, onDemand]) => {
  expect(lineOf(value)).toBe(shown)
  const cell = cellOf(value)
  const details = cell.querySelector('details')
  expect((details?.querySelector('summary') ?? cell).textContent).toBe(shown)
  const whole = details?.querySelector('div')?.textContent
  if (onDemand instanceof RegExp) expect(whole).toMatch(onDemand)
  else expect(whole).toBe(onDemand)
  // Nothing but our own elements.
  const names = [...cell.querySelectorAll('*')].map(({ localName }) => localName)
  expect(names.filter((name) => !['details', 'summary', 'div', 'span', 'time'].includes(name))).toEqual([])
})

test('what is no value looks different from a text of the same letters', () => {
  const kindOf = (value: unknown) => cellOf(value).querySelector('span') !== null
  expect([null, '', ' '].map(kindOf)).toEqual([true, true, true])
  expect(['null', '""', 'x', 0, false].map(kindOf)).toEqual([false, false, false, false, false])
  expect(cellOf(undefined).innerHTML).toBe('')
})

test('objects that throw wherever they are touched spoil no other cell', () => {
  const refuse = () => {
    throw new Error('no')
  }
  const like = { seconds: 1763790000, nested: { seconds: 1 } }
  const traps = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf'] as const
  const rows = traps.map((trap) => ({ id: trap, hostile: new Proxy(like, { [trap]: refuse }), last: 1 }))
  const view = tableView([
    ...rows,
    {
      id: 'getter',
      hostile: {
        get seconds(): never {
          return refuse()
        },
      },
      last: 1,
    },
  ])
  expect(
    view?.text
      .split('\n')
      .slice(2, 8)
      .map((line) => [line.split(' ')[0], line.at(-1)]),
  ).toEqual([...traps, 'getter'].map((id) => [id, '1']))
  expect(JSON.stringify(view?.bundle())).toContain('"last":1')
})

test('a field that throws is shown as such, and the others as they are', () => {
  expect(bodyOf([throwing])[0]?.map(({ textContent }) => textContent)).toEqual([
    '[unreadable: <b>not me</b>]',
    '1',
  ])
})

describe('hostile column names', () => {
  const names = [
    '<script>hit()</script>',
    '"><img src=x onerror=hit()>',
    'a\u202eb',
    'x\u001b]0;y\u0007',
    "'",
    '日本',
    'n'.repeat(500),
  ]

  test('are text in a head of their own', () => {
    const html = tableView([Object.fromEntries(names.map((name, i) => [name, i]))])?.html ?? ''
    const { document } = parseHTML(html)
    const heads = [...document.querySelectorAll('thead th')]
    expect(heads.map(({ textContent }) => textContent)).toEqual([
      '<script>hit()</script>',
      '"><img src=x onerror=hit()>',
      'a‹U+202E›b',
      'x␛]0;y␇',
      "'",
      '日本',
      `${'n'.repeat(79)}…`,
    ])
    expect(heads.every((head) => head.getAttribute('scope') === 'col')).toBe(true)
    expect(heads.flatMap((head) => [...head.attributes].map(({ name }) => name)).sort()).not.toContain(
      'onerror',
    )
    expect(document.querySelectorAll('script, img, [onerror]')).toHaveLength(0)
  })
})

describe('secrets', () => {
  const secret = 'tok-0123456789-abcdefghijklmnop'
  rememberSecret(secret)
  const hostile: [string, unknown][] = [
    ['in a text', `Bearer ${secret}`],
    ['over the cut of a text', `${'x'.repeat(70)}${secret}`],
    ['over the cut of the whole', `${'x'.repeat(9_990)}${secret}`],
    ['with marks between its letters', [...secret].join('\u200b')],
    ['with bidi marks between its letters', [...secret].join('\u202e')],
    ['in a list', [[secret]]],
    ['in an object', { a: { b: { c: { d: secret } } } }],
    ['in a time', { seconds: secret }],
  ]

  test.for(hostile)('%s are in no form of a table', ([, value]) => {
    const written = JSON.stringify(tableView([{ v: value, [`${secret}`]: 1 }])?.bundle())
    const letters = written.replace(/[\u200b\u202e]|‹U\+[0-9A-F]{4}›|\\u20[0-9a-f]{2}/g, '')
    expect(letters).not.toContain(secret)
    // Nor half of it.
    expect(letters).not.toContain(secret.slice(0, 8))
  })
})

test('no form holds control characters, and JSON of the bundle is well formed', () => {
  const every = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('a')
  const bundle = tableView([{ [every]: every, list: [every], 'lone\udc00': 'x\ud800' }])?.bundle() ?? {}
  const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/
  for (const form of ['text/plain', 'text/html']) {
    expect(unsafe.exec(String(bundle[form]))).toBeNull()
    expect(/\p{Surrogate}/u.exec(String(bundle[form]))).toBeNull()
  }
  expect(/\\ud[89a-f][0-9a-f]{2}/.exec(JSON.stringify(bundle))).toBeNull()
})
