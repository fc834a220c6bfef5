import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { withTable } from '../../src/results/table.js'
import { type Table, table } from '../../src/results/table-function.js'

const rows = [
  { id: 1, metadata: { title: 'b', severity: 0.2 }, tags: ['x'] },
  { id: 2, metadata: { title: 'a', severity: 0.9 }, rare: 'y' },
  { id: 3, metadata: { title: 'c', severity: null } },
]

function linesOf(made: Table): string[] {
  return made
    .toString()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').trim())
}

function errorOf(make: () => unknown): XdrError {
  try {
    make()
  } catch (error) {
    if (error instanceof XdrError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const choices: [name: string, options: Parameters<typeof table>[1], columns: string[]][] = [
  ['all', {}, ['id', 'metadata.title', 'metadata.severity', 'tags', 'rare']],
  ['some, in their order', { columns: ['rare', 'id'] }, ['rare', 'id']],
  ['a group', { columns: ['metadata', 'id'] }, ['metadata.title', 'metadata.severity', 'id']],
  ['renamed in a list', { columns: ['id', { 'metadata.title': 'Title' }] }, ['id', 'Title']],
  ['renamed by an object', { columns: { 'metadata.title': 'Title', id: 'Id' } }, ['Title', 'Id']],
  ['a group renamed', { columns: [{ metadata: 'm' }] }, ['m.title', 'm.severity']],
  [
    'the rest where it is wanted',
    { columns: ['rare', '*', 'id'] },
    ['rare', 'metadata.title', 'metadata.severity', 'tags', 'id'],
  ],
  ['without some', { hide: ['tags', 'metadata'] }, ['id', 'rare']],
  [
    'the rest without some',
    { columns: ['id', '*'], hide: ['metadata.title'] },
    ['id', 'metadata.severity', 'tags', 'rare'],
  ],
  ['two of one name', { columns: ['id', { rare: 'id' }, 'id'] }, ['id', 'id (2)', 'id (3)']],
  ['a member of a list', { columns: ['tags.0'] }, ['tags.0']],
]

test.for(choices)('columns: %s', ([, options, columns]) => {
  const made = table(rows, options)
  expect(made.columns).toEqual(columns)
  const { document } = parseHTML(made.toHTML())
  expect([...document.querySelectorAll('th')].map(({ textContent }) => textContent)).toEqual(columns)
  expect(linesOf(made)[0]).toBe(columns.join(' '))
})

describe('names that are not there', () => {
  test('are an error with the nearest ones', () => {
    const error = errorOf(() => table(rows, { columns: ['metadata.titel'] }))
    expect(error.code).toBe('XDR_BAD_OPTION')
    expect(error.message).toContain('"metadata.titel"')
    expect(error.hint).toMatch(/^the nearest are metadata\.title\b/)
    expect(errorOf(() => table(rows, { columns: ['Severity'] })).hint).toMatch(/are metadata\.severity\b/)
    expect(errorOf(() => table(rows, { sort: '-metadata.sevrity' })).hint).toMatch(/are metadata\.severity\b/)
  })

  test('are looked for in all rows of a list, since a field may be rare', () => {
    const many = [...Array.from({ length: 5000 }, () => ({ id: 1 })), { id: 2, late: { field: 'x' } }]
    expect(table(many, { columns: ['id', 'late.field'] }).columns).toEqual(['id', 'late.field'])
    expect(errorOf(() => table(many, { columns: ['late.fields'] })).code).toBe('XDR_BAD_OPTION')
  })

  test('are taken as they are where there are no rows', () => {
    const empty = table([], { columns: ['id', { 'metadata.title': 'Title' }] })
    expect(linesOf(empty)).toEqual(['id Title', '── ─────', '(no rows)'])
    const { document } = parseHTML(empty.toHTML())
    expect(document.querySelectorAll('tbody tr')).toHaveLength(1)
    expect(document.querySelector('tbody td')?.textContent).toBe('no rows')
    expect(table([]).toString()).toBe('(no rows)')
  })
})

describe('sort', () => {
  const orders: [string, string | string[], number[]][] = [
    ['texts', 'metadata.title', [2, 1, 3]],
    ['the largest first', '-id', [3, 2, 1]],
    ['numbers, null last', 'metadata.severity', [1, 2, 3]],
    ['numbers, the largest first, null last too', '-metadata.severity', [2, 1, 3]],
    ['by several', ['rare', '-id'], [2, 3, 1]],
  ]
  test.for(orders)('%s', ([, sort, ids]) => {
    expect(
      linesOf(table(rows, { columns: ['id'], sort }))
        .slice(2, 5)
        .map(Number),
    ).toEqual(ids)
  })

  test('takes times, long integers, mixtures, and digits in texts, each in its own way', () => {
    const sorted = (values: unknown[]) =>
      linesOf(
        table(
          values.map((v, i) => ({ i, v })),
          { sort: 'v', columns: ['i'] },
        ),
      )
        .slice(2, -1)
        .map(Number)
    expect(sorted([new Date(3), new Date(1), new Date(2)])).toEqual([1, 2, 0])
    expect(sorted([{ seconds: 1.7e9, nanos: 2 }, { seconds: 1.7e9, nanos: 1 }, { seconds: 1.6e9 }])).toEqual([
      2, 1, 0,
    ])
    expect(sorted([2n ** 60n + 1n, 2n ** 60n, 5])).toEqual([2, 1, 0])
    expect(sorted(['host-10', 'host-9', 3, null, undefined, Number.NaN])).toEqual([2, 1, 0, 3, 4, 5])
  })

  test('sorts all rows, not the first', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ i }))
    expect(linesOf(table(many, { sort: '-i', limit: 2 }))).toEqual([
      'i',
      '────',
      '9999',
      '9998',
      '(first 2 of 10,000 rows)',
    ])
  })
})

describe('what rows can be', () => {
  test('a result of a query, with its rows where they are', () => {
    expect(linesOf(table(withTable({ search: { list: rows } }), { columns: ['id'] }))).toContain('(3 rows)')
  })

  test('a single object: its fields, one below the other, lists in it as values', () => {
    expect(linesOf(table({ id: 7, meta: { title: 'x', none: null }, rows: [{ a: 1 }] }))).toEqual([
      'name value',
      '────────── ──────',
      'id 7',
      'meta.title x',
      'meta.none null',
      'rows 1 item',
      '(4 rows)',
    ])
  })

  const others: [string, object, string[]][] = [
    [
      'a map',
      new Map([
        ['a', { n: 1 }],
        ['b', { n: 2 }],
      ]),
      ['key value.n', 'a 1', 'b 2', '(2 rows)'],
    ],
    ['a set', new Set([{ n: 1 }]), ['n', '1', '(1 row)']],
    ['a list of values', ['x', 5, null], ['value', 'x', '5', 'null', '(3 rows)']],
    ['a list of lists', [[1, 2], [3]], ['0 1', '1 2', '3', '(2 rows)']],
    ['a list of maps', [new Map([['__proto__', 1]])], ['__proto__', '1', '(1 row)']],
    [
      'objects that write themselves',
      [
        { toJSON: () => ({ a: 1 }) },
        new (class {
          toJSON() {
            return { a: 2 }
          }
        })(),
      ],
      ['toJSON a', '[Function: toJSON]', '2', '(2 rows)'],
    ],
    ['a typed array', new Uint8Array([1, 2]), ['value', '1', '2', '(2 rows)']],
  ]
  test.for(others)('%s', ([, source, lines]) => {
    expect(linesOf(table(source)).filter((line) => !line.startsWith('─'))).toEqual(lines)
  })

  test('a generator, of which only what is shown is read, and one more', () => {
    const read: number[] = []
    let isClosed = false
    function* endless() {
      try {
        for (let i = 0; ; i++) {
          read.push(i)
          yield { i }
        }
      } finally {
        isClosed = true
      }
    }
    expect(linesOf(table(endless(), { limit: 3 })).at(-1)).toBe('(first 3 rows, more follow)')
    expect(read).toEqual([0, 1, 2, 3])
    expect(isClosed).toBe(true)
  })

  test('a stream, of which only what is shown is read, and one more', async () => {
    const read: number[] = []
    let isClosed = false
    async function* endless(count: number) {
      try {
        for (let i = 0; i < count; i++) {
          read.push(i)
          yield { i }
        }
      } finally {
        isClosed = true
      }
    }
    expect(linesOf(await table(endless(9), { limit: 3 })).at(-1)).toBe('(first 3 rows, more follow)')
    expect(read).toEqual([0, 1, 2, 3])
    expect(isClosed).toBe(true)
    expect(linesOf(await table(endless(3), { limit: 3 })).at(-1)).toBe('(3 rows)')
    expect(
      parseHTML((await table(endless(101))).toHTML()).document.querySelector('tbody')?.textContent,
    ).toMatch(/99… more rows follow, and are not shown$/)
  })

  test('a stream that fails is that error', async () => {
    async function* failing() {
      yield { i: 1 }
      throw new XdrError('XDR_NETWORK', 'gone', { hint: 'x' })
    }
    await expect(table(failing())).rejects.toMatchObject({ code: 'XDR_NETWORK' })
  })

  test('a stream that hangs ends with its signal', async () => {
    const stop = new AbortController()
    const hanging: AsyncIterable<unknown> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
    }
    const made = table(hanging, { signal: stop.signal })
    stop.abort()
    await expect(made).rejects.toMatchObject({ code: 'XDR_ABORTED' })
    await expect(table(hanging, { signal: stop.signal })).rejects.toMatchObject({ code: 'XDR_ABORTED' })
  })
})

describe('limit and title', () => {
  const many = Array.from({ length: 250 }, (_, i) => ({ i }))
  test.for([
    [{}, 20, 100],
    [{ limit: 7 }, 7, 7],
    [{ limit: 150 }, 150, 150],
    [{ limit: 9999 }, 250, 250],
  ] as const)('%j', ([options, inText, inHtml]) => {
    const made = table(many, options)
    expect(linesOf(made).filter((line) => /^\d+$/.test(line))).toHaveLength(inText)
    const { document } = parseHTML(made.toHTML())
    const cells = [...document.querySelectorAll('tbody td')].filter((cell) =>
      /^\d+$/.test(cell.textContent ?? ''),
    )
    expect(cells).toHaveLength(inHtml)
  })

  test('the title is text', () => {
    const made = table(rows, { title: '<b>Alerts</b>\u001b[2J' })
    expect(linesOf(made)[0]).toBe('<b>Alerts</b>␛[2J')
    const { document } = parseHTML(made.toHTML())
    expect(document.querySelector('caption')?.textContent).toBe('<b>Alerts</b>␛[2J: 3 rows, 5 columns')
    expect(document.querySelector('caption b')).toBeNull()
    expect(document.querySelector('[role=region]')?.getAttribute('aria-label')).toBe(
      '<b>Alerts</b>␛[2J: 3 rows, 5 columns',
    )
  })
})

const refused: [string, () => unknown, RegExp][] = [
  ['no rows at all', () => table(JSON.parse('null')), /was given null/],
  ['a text', () => table(JSON.parse('"x"')), /was given a string/],
  ['a promise', () => table(Promise.resolve(rows)), /was given a promise/],
  ['a limit of nothing', () => table(rows, { limit: 0 }), /limit/],
  ['a broken limit', () => table(rows, { limit: 1.5 }), /limit/],
  ['an unknown time zone', () => table(rows, { timeZone: 'Mars/Base' }), /"Mars\/Base" is no time zone/],
  ['a generator to be sorted', () => table(rows.values(), { sort: 'id' }), /cannot be sorted/],
]

test.for(refused)('%s is refused in words', ([, make, message]) => {
  const error = errorOf(make)
  expect(error.code).toBe('XDR_BAD_OPTION')
  expect(error.message).toMatch(message)
  expect(error.hint).not.toBe('')
})

test('a table shows itself in notebooks, in consoles and in texts', async () => {
  const { inspect } = await import('node:util')
  const made = table(rows)
  const display: unknown = Reflect.get(made, Symbol.for('Jupyter.display'))
  const bundle: unknown = typeof display === 'function' ? Reflect.apply(display, made, []) : undefined
  expect(bundle).toMatchObject({
    'text/plain': made.toString(),
    'text/html': made.toHTML(),
    'application/vnd.dataresource+json': { profile: 'tabular-data-resource' },
  })
  expect(inspect(made)).toBe(made.toString())
  expect(`${made}`).toBe(made.toString())
})
