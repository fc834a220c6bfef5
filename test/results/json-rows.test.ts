import { expect, test } from 'vitest'
import { parseExactJson } from '../../src/json.js'
import { splitRows } from '../../src/results/json-rows.js'

const path = ['data', 'search', 'alerts', 'list']
const inAnswer = (list: string) => `{"data":{"search":{"alerts":{"list":${list},"total":3}}},"errors":[]}`

function split(text: string, where: readonly string[] = path) {
  const found = splitRows(Buffer.from(text), where)
  if (found === undefined) return undefined
  const written = Buffer.from(found.ndjson).toString()
  return { ...found, written, lines: written.split('\n').slice(0, -1) }
}

function failureOf(text: string): { code?: string; message?: string; hint?: string } {
  try {
    split(text)
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it was read')
}

test('rows come as lines, byte for byte, and the rest is parsed with an empty list in their place', () => {
  const found = split(inAnswer('[{"id":"a","n":1.50},{"id":"b","more":{"list":[1]}}]'))

  expect(found?.lines).toEqual(['{"id":"a","n":1.50}', '{"id":"b","more":{"list":[1]}}'])
  expect(found?.count).toBe(2)
  expect(found?.envelope).toEqual({ data: { search: { alerts: { list: [], total: 3 } } }, errors: [] })
})

const lists: { name: string; list: string; lines: string[] }[] = [
  { name: 'an empty list', list: '[]', lines: [] },
  { name: 'an empty list with space in it', list: '[ \n\t ]', lines: [] },
  { name: 'an empty object', list: '[{}]', lines: ['{}'] },
  {
    name: 'brackets, quotes and escapes in strings',
    list: String.raw`[{"a":"]}\"[{","b\\":"\\"},{"c":"\\\"\u005d"}]`,
    lines: [String.raw`{"a":"]}\"[{","b\\":"\\"}`, String.raw`{"c":"\\\"\u005d"}`],
  },
  {
    name: 'line feeds between the parts of a row, which become spaces',
    list: '[\r\n  {\r\n "a": [\n1,\n2]\n}\n,\n{"b":"x"}\n]',
    lines: ['{   "a": [ 1, 2] }', '{"b":"x"}'],
  },
  {
    name: 'text beyond ASCII',
    list: '[{"ä":"日本 🛰\u2028"},{"b":"é"}]',
    lines: ['{"ä":"日本 🛰\u2028"}', '{"b":"é"}'],
  },
  {
    name: 'integers beyond 2^53',
    list: '[{"id":73252035284761978}]',
    lines: ['{"id":73252035284761978}'],
  },
]
test.for(lists)('$name', ({ list, lines }) => {
  expect(split(inAnswer(list))?.lines).toEqual(lines)
})

test('null entries are counted and in no line', () => {
  const found = split(inAnswer('[null,{"a":1},null]'))

  expect(found).toMatchObject({ lines: ['{"a":1}'], count: 1, nulls: 2 })
})

test('a byte order mark and space around the answer are left out', () => {
  expect(split(`\ufeff \n${inAnswer('[{"a":1}]')} \n`)).toMatchObject({ lines: ['{"a":1}'], count: 1 })
})

test('100,000 levels inside a row are no matter', () => {
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`

  expect(split(inAnswer(`[${deep},{"b":1}]`))?.lines).toEqual([deep, '{"b":1}'])
})

const twice: { name: string; text: string; lines: string[] | undefined }[] = [
  { name: 'the list', text: inAnswer('[{"a":1}],"list":[{"b":2}]'), lines: ['{"b":2}'] },
  { name: 'the list, then no list', text: inAnswer('[{"a":1}],"list":null'), lines: undefined },
  {
    name: 'a name above it',
    text: '{"data":{"search":{"alerts":{"list":[{"a":1}]}},"search":{"alerts":{"list":[{"b":2}]}}}}',
    lines: ['{"b":2}'],
  },
  {
    name: 'a name above it, then without the list',
    text: '{"data":{"search":{"alerts":{"list":[{"a":1}]}}},"data":{}}',
    lines: undefined,
  },
]
test.for(twice)(
  'of two members with one name the last counts, as in JSON.parse: $name',
  ({ text, lines }) => {
    expect(split(text)?.lines).toEqual(lines)
  },
)

test('a name that is written with escapes is the same name', () => {
  const text = '{"d\\u0061ta":{"search":{"alerts":{"l\\u0069st":[{"a":1}]}}}}'

  expect(split(text)?.lines).toEqual(['{"a":1}'])
})

test.for([
  ['no list at the path', '{"data":{"search":{"alerts":{"list":{"a":1}}}}}'],
  ['null on the way', '{"data":{"search":null},"errors":[{"message":"no"}]}'],
  ['a web page', '<html></html>'],
  ['nothing', ''],
  ['the path inside a list', '[{"data":{"search":{"alerts":{"list":[{}]}}}}]'],
])('%s gives nothing', ([, text = '']) => {
  expect(split(text)).toBeUndefined()
})

const broken: [string, string][] = [
  ['cut in a row', '{"data":{"search":{"alerts":{"list":[{"a":1},{"b":'],
  ['cut in a string', '{"data":{"search":{"alerts":{"list":[{"a":"xy'],
  ['cut after an escape', '{"data":{"search":{"alerts":{"list":[{"a":"xy\\'],
  ['cut between rows', '{"data":{"search":{"alerts":{"list":[{"a":1},'],
  ['cut behind the list', '{"data":{"search":{"alerts":{"list":[{"a":1}]'],
  ['a missing comma', inAnswer('[{"a":1}{"b":2}]')],
  ['a comma too many', inAnswer('[{"a":1},]')],
  ['brackets that do not match', inAnswer('[{"a":[1}]}]')],
  ['a line feed in a string', inAnswer('[{"a":"x\ny"}]')],
  ['rows that are no objects', inAnswer('["a","b"]')],
  ['a word that is none', inAnswer('[nul]')],
  ['something behind the answer', `${inAnswer('[{"a":1}]')}{}`],
  ['a broken number beside the list', inAnswer('[{"a":1}],"n":01')],
]
test.for(broken)('%s is a clear error', ([, text]) => {
  const error = failureOf(text)

  expect(error.code).toBe('XDR_BAD_RESPONSE')
  expect(error.message).toMatch(/^the answer /)
  expect(error.hint).toMatch(/try again/)
})

/** The same numbers in every run. */
function dice(seed: number) {
  let state = seed
  return (end: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * end)
  }
}

const texts = [
  '',
  'a',
  'list',
  'data',
  '"',
  '\\',
  ']',
  '}',
  '{"x":[',
  '\n',
  '\u2028',
  '🛰',
  'é\\"',
  '\u0000',
  ',',
  ':',
]
const spaces = ['', '', '', ' ', '\n', '\r\n', '\t ']

/** A random value as JSON text, with white space wherever JSON allows it. */
function randomJson(roll: (end: number) => number, depth: number): string {
  const gap = () => spaces[roll(spaces.length)] ?? ''
  const text = () => JSON.stringify(texts[roll(texts.length)])
  switch (roll(depth > 4 ? 4 : 6)) {
    case 0:
      return text()
    case 1:
      return String(roll(2) === 0 ? roll(1e9) : -roll(1e6) / 7)
    case 2:
      return ['null', 'true', 'false', '73252035284761978', '1e-7'][roll(5)] ?? 'null'
    case 3:
      return text()
    case 4:
      return `[${gap()}${Array.from({ length: roll(4) }, () => randomJson(roll, depth + 1)).join(`${gap()},${gap()}`)}${gap()}]`
    default:
      return randomObject(roll, depth)
  }
}

function randomObject(roll: (end: number) => number, depth: number): string {
  const gap = () => spaces[roll(spaces.length)] ?? ''
  const member = () =>
    `${JSON.stringify(texts[roll(texts.length)])}${gap()}:${gap()}${randomJson(roll, depth + 1)}`
  return `{${gap()}${Array.from({ length: roll(5) }, member).join(`${gap()},${gap()}`)}${gap()}}`
}

function randomAnswer(roll: (end: number) => number): string {
  const rows = Array.from({ length: roll(6) }, () => randomObject(roll, 1)).join(' ,\n')
  const noise = () => `${JSON.stringify(`k${roll(99)}`)}:${randomJson(roll, 2)}`
  return `{${noise()},"data":{"search":{${noise()},"alerts":{"list":[${rows}],${noise()}}}},${noise()}}`
}

function listOf(answer: unknown): unknown[] {
  const at = path.reduce<unknown>((value, name) => Object(value)[name], answer)
  if (!Array.isArray(at)) throw new Error('no list')
  return at
}

test('3,000 random answers give the rows and the rest that a parser gives', () => {
  const roll = dice(7)
  for (let round = 0; round < 3000; round++) {
    const text = randomAnswer(roll)
    const parsed = parseExactJson(text)
    const rows = [...listOf(parsed)]

    const found = split(text)

    expect(found?.lines.map((line) => parseExactJson(line))).toEqual(rows)
    listOf(parsed).length = 0
    expect(found?.envelope).toEqual(parsed)
  }
})

test('3,000 damaged answers are an error, no list, or what a parser makes of them; never a hang', () => {
  const roll = dice(11)
  let refused = 0
  for (let round = 0; round < 3000; round++) {
    const whole = randomAnswer(roll)
    const at = roll(whole.length)
    const damaged = [whole.slice(0, at), whole.slice(0, at) + whole.slice(at + 1)][roll(2)] ?? ''
    // Half a character becomes what a decoder makes of it.
    const text = Buffer.from(damaged).toString()
    let parsed: unknown
    try {
      parsed = parseExactJson(text)
    } catch {
      parsed = undefined
    }
    let found: ReturnType<typeof split>
    try {
      found = split(text)
    } catch (error) {
      // What a parser takes must never be refused.
      expect(parsed).toBeUndefined()
      expect(error).toMatchObject({ code: 'XDR_BAD_RESPONSE' })
      refused++
      continue
    }
    if (parsed !== undefined && found !== undefined) {
      expect(found.lines.map((line) => parseExactJson(line))).toEqual(listOf(parsed))
    }
  }
  expect(refused).toBeGreaterThan(1000)
})
