import { expect, test } from 'vitest'
import { RowScan } from '../../src/results/database-scan.js'
import { isComplete, planColumns } from '../../src/results/database-shape.js'
import { splitRows } from '../../src/results/json-rows.js'
import { rowPattern } from '../../src/results/row-pattern.js'

/** The same numbers in every run. */
function dice(seed: number) {
  let state = seed
  return (end: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * end)
  }
}

type Roll = ReturnType<typeof dice>

const texts = ['', 'a', '"', '\\', '}', ']', ',{"x":[', '\n', 'é', '🛰', '\u0000', '\u2028', 'null', '"}\\"']
const times = [
  '2026-11-22T06:14:42Z',
  '2026-11-30T23:59:59.5Z',
  '2026-02-28T00:00:00.123456Z',
  '2024-02-29T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-12-31T24:00:00Z',
  '0000-01-01T00:00:00Z',
]
const numbers = ['0', '-0', '7', '-1', '999999999999999', '1234567890123456', '9223372036854775808', '1e5']
const decimals = ['0.5', '-1.25', '1E-7', '3.0', '12345678901234567890.5', '1e400']

/** A value as JSON text; `style` says what stands at this place, mostly. */
function valueText(roll: Roll, style: number, depth: number): string {
  if (roll(12) === 0) return 'null'
  switch (roll(40) === 0 ? roll(9) : style) {
    case 0:
      return JSON.stringify(texts[roll(texts.length)])
    case 1:
      return JSON.stringify(times[roll(roll(4) === 0 ? times.length : 3)])
    case 2:
      return numbers[roll(roll(9) === 0 ? numbers.length : 4)] ?? '0'
    case 3:
      return decimals[roll(decimals.length)] ?? '0.5'
    case 4:
      return roll(2) === 0 ? 'true' : 'false'
    case 5:
      return roll(2) === 0 ? '{}' : '[]'
    case 6:
      return `[${Array.from({ length: roll(4) }, () => valueText(roll, roll(9) === 0 ? 0 : 2, depth + 1)).join(',')}]`
    case 7:
      return `[${Array.from({ length: roll(3) }, () => objectOf(roll, ['p', 'q'], depth + 1)).join(',')}]`
    default:
      return depth > 1 ? '{}' : objectOf(roll, ['x', 'y"', 'z.*(', 'é'], depth + 1)
  }
}

function objectOf(roll: Roll, names: readonly string[], depth: number): string {
  const there = names.filter(() => roll(15) > 0)
  // Now and then in another order, and now and then a name that comes twice.
  if (roll(60) === 0) there.reverse()
  if (roll(80) === 0) there.push(...there.slice(0, 1))
  const members = there.map((name) => {
    const style = (name.charCodeAt(0) + name.length + depth) % 9
    return `${JSON.stringify(name)}:${valueText(roll, style, depth)}`
  })
  return `{${members.join(',')}}`
}

function randomRows(roll: Roll): string[] {
  const names = ['id', 'a', 'bb', 'c', 'd', 'e', 'f', 'g', 'h'].slice(0, 1 + roll(9))
  return Array.from({ length: 1 + roll(120) }, () => objectOf(roll, names, 0))
}

function planOf({ shape, longestRow }: RowScan) {
  return {
    columns: planColumns(shape, true),
    texts: planColumns(shape, false),
    isComplete: isComplete(shape),
    longestRow,
  }
}

test('rows that are known by their pattern give the columns that a look at each gives', () => {
  const roll = dice(3)
  for (let round = 0; round < 150; round++) {
    const rows = randomRows(roll)
    const scan = new RowScan()
    const written = scan.scan(Buffer.from(`${rows.join('\n')}\n`))
    // A pattern knows rows without spaces only: these are all looked at.
    const looked = new RowScan()
    looked.scan(Buffer.from(rows.map((row) => `{ ${row.slice(1)}\n`).join('')))

    expect(planOf(scan)).toEqual({ ...planOf(looked), longestRow: looked.longestRow - 1 })
    expect(Buffer.from(written).toString().split('\n')).toHaveLength(rows.length + 1)
  }
})

test('rows that are cut out of answers are the same lines, and give the same columns', () => {
  const roll = dice(5)
  let known = 0
  for (let round = 0; round < 100; round++) {
    const scan = new RowScan()
    const lines = new RowScan()
    for (let page = 0; page < 4; page++) {
      const rows = randomRows(roll)
      const answer = Buffer.from(`{"data":[null,${rows.join(',')}, null],"meta":{"total":9}}`)
      const bytes = Buffer.from(answer)
      const ofPage = scan.look(bytes)
      const found = splitRows(bytes, ['data'], {
        endOf: (start) => {
          const end = ofPage?.endOf(start)
          if (end !== undefined) known++
          return end
        },
        learn: (start, end) => ofPage?.learn(start, end),
      })

      const plain = splitRows(Buffer.from(answer), ['data'])
      expect(Buffer.from(found?.ndjson ?? []).toString()).toBe(Buffer.from(plain?.ndjson ?? []).toString())
      expect(found).toMatchObject({ count: rows.length, nulls: 2, envelope: plain?.envelope })
      lines.scan(Buffer.from(`${rows.join('\n')}\n`))
    }
    expect(planOf(scan)).toEqual(planOf(lines))
  }
  expect(known).toBeGreaterThan(1000)
})

test('a page with a name that comes twice in a row is left to whoever reads the lines', () => {
  const scan = new RowScan()
  const seen = ['{"a":1}', '{"a":1,"a":2}', '{"a" 1}'].map((row) => {
    const bytes = Buffer.from(`[${row}]`)
    const look = scan.look(bytes)
    splitRows(bytes, [], look)
    return look?.isWhole
  })

  expect(seen).toEqual([true, false, false])
  expect(scan.look(Buffer.from('["\\ud800"]'))).toBeUndefined()
})

test('a pattern takes time in proportion to a row, whatever the row holds', () => {
  const scan = new RowScan()
  const row = (text: string, end: string) =>
    `{"a":${JSON.stringify(text)},"b":[${Array.from({ length: 500 }, () => '{"c":[1,2,3],"d":"x"}').join(',')}]${end}`
  scan.scan(Buffer.from(`${row('x', '}')}\n{"a":"y"}\n`))
  const pattern = rowPattern(scan.shape)
  expect(pattern?.test(row('x"\\'.repeat(1000), '}'))).toBe(true)

  // What fails at its very end is tried in all ways that there are.
  const began = process.cpuUsage()
  for (const text of ['\\"'.repeat(20_000), '"'.repeat(20_000), 'x'.repeat(40_000)]) {
    if (pattern !== undefined) pattern.lastIndex = 0
    expect(pattern?.test(row(text, ',"z":1}'))).toBe(false)
  }
  expect(process.cpuUsage(began).user).toBeLessThan(2_000_000)
})

test('no pattern is made for what is too large or too odd for one', () => {
  const shapeOf = (...rows: object[]) => {
    const scan = new RowScan()
    scan.scan(Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')))
    return scan.shape
  }
  const columns = (count: number, from = 0) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${from + i}`, i]))

  expect(rowPattern(shapeOf(columns(300)))).toBeInstanceOf(RegExp)
  expect(rowPattern(shapeOf(columns(5_000)))).toBeUndefined()
  expect(rowPattern(shapeOf(columns(100), columns(100, 100)))).toBeUndefined()
  expect(rowPattern(shapeOf({}))).toBeUndefined()
  expect(rowPattern(shapeOf({ map: columns(600) }, { map: columns(600, 600) }))).toBeUndefined()
})
