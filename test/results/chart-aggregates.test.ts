import { expect, test } from 'vitest'
import { chart } from '../../src/results/charts/chart.js'
import { chartValues } from '../support/chart-parts.js'

const rows = [
  { status: 'OPEN', host: 'a', bytes: 10, at: '2026-05-01T10:05:00Z' },
  { status: 'OPEN', host: 'b', bytes: 30, at: '2026-05-01T10:55:00Z' },
  { status: 'CLOSED', host: 'a', bytes: 5, at: '2026-05-01T12:30:00Z' },
  { status: 'OPEN', host: 'a', bytes: null, at: '2026-05-01T12:45:00Z' },
]

test('without a number rows are counted, the most first', async () => {
  expect(await chartValues(chart.bar(rows, { x: 'status' }))).toEqual([
    { at: 'OPEN', from: 0, to: 3, series: '', shown: '3' },
    { at: 'CLOSED', from: 0, to: 1, series: '', shown: '1' },
  ])
})

const aggregates: ['sum' | 'mean' | 'median' | 'min' | 'max' | 'distinct' | 'count', number, string][] = [
  ['sum', 40, 'sum of bytes'],
  ['mean', 20, 'mean of bytes'],
  ['median', 20, 'median of bytes'],
  ['min', 10, 'min of bytes'],
  ['max', 30, 'max of bytes'],
  ['distinct', 2, 'different bytes'],
  ['count', 3, 'rows'],
]

test.for(aggregates)('%s leaves out what is no number', async ([aggregate, value, title]) => {
  const bars = chart.bar(rows, { x: 'status', y: 'bytes', aggregate })
  const open = (await chartValues(bars)).find(({ at }) => at === 'OPEN')
  expect(open?.to).toBe(value)
  expect(JSON.stringify(await bars.spec())).toContain(`"title":"${title}"`)
})

test('the median of an odd number of values is the one in the middle', async () => {
  const odd = [3, 100, 7].map((n) => ({ all: 'x', n }))
  const [only] = await chartValues(chart.bar(odd, { x: 'all', y: 'n', aggregate: 'median' }))
  expect(only?.to).toBe(7)
})

test('parts of a bar stand upon one another, negative ones below zero', async () => {
  const parts = [
    { day: 'mon', kind: 'in', n: 4 },
    { day: 'mon', kind: 'out', n: 3 },
    { day: 'mon', kind: 'back', n: -2 },
    { day: 'mon', kind: 'lost', n: -1 },
  ]
  const values = await chartValues(chart.bar(parts, { x: 'day', y: 'n', color: 'kind' }))
  const ranges = Object.fromEntries(values.map(({ series, from, to }) => [series, [from, to]]))
  const up = [ranges.in, ranges.out].sort((a, b) => a[0] - b[0])
  const down = [ranges.back, ranges.lost].sort((a, b) => b[0] - a[0])
  expect(up.map(([from]) => from)).toEqual([0, up[0][1]])
  expect(up[1][1]).toBe(7)
  expect(down[0][0]).toBe(0)
  expect(down[1][1]).toBe(-3)
})

test('beyond the limit the rest is one bar, with its count', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ({ name: `n${i}` }))
  many.push({ name: 'n7' }, { name: 'n7' }, { name: 'n8' })
  const bars = chart.bar(many, { x: 'name', limit: 2 })
  expect((await chartValues(bars)).map(({ at, to }) => [at, to])).toEqual([
    ['n7', 3],
    ['n8', 2],
    ['other (9,998)', 9998],
  ])
  expect(await bars.text()).toContain('9,998 more are "other"')
})

test('a mean of the rest is taken over its rows', async () => {
  const means = [
    { name: 'a', n: 100 },
    { name: 'b', n: 1 },
    { name: 'b', n: 1 },
    { name: 'c', n: 4 },
  ]
  const values = await chartValues(chart.bar(means, { x: 'name', y: 'n', aggregate: 'mean', limit: 1 }))
  expect(values.map(({ at, to }) => [at, to])).toEqual([
    ['a', 100],
    ['other (2)', 2],
  ])
})

test('names can be sorted as people count, or left as they come', async () => {
  const names = ['n10', 'n2', 'n2', 'n1'].map((name) => ({ name }))
  const order = async (sort: 'value' | 'name' | 'none') =>
    (await chartValues(chart.bar(names, { x: 'name', sort }))).map(({ at }) => at)
  expect(await order('value')).toEqual(['n2', 'n1', 'n10'])
  expect(await order('name')).toEqual(['n1', 'n2', 'n10'])
  expect(await order('none')).toEqual(['n10', 'n2', 'n1'])
})

test('a list counts under each of its members', async () => {
  const tagged = [{ tags: ['a', 'b'] }, { tags: ['b'] }, { tags: [] }]
  const values = await chartValues(chart.bar(tagged, { x: 'tags' }))
  expect(Object.fromEntries(values.map(({ at, to }) => [at, to]))).toEqual({ b: 2, a: 1, '(none)': 1 })
})

test('severities from 0 to 1 are put into the levels of the platform', async () => {
  const severities = [0, 0.19, 0.2, 0.39, 0.4, 0.6, 0.79, 0.8, 1].map((severity) => ({
    metadata: { severity },
  }))
  const values = await chartValues(chart.bar(severities, { x: 'metadata.severity' }))
  expect(values.map(({ at, to }) => [at, to])).toEqual([
    ['informational', 2],
    ['low', 2],
    ['medium', 1],
    ['high', 2],
    ['critical', 2],
  ])
})

test('many numbers are put into ranges that miss none', async () => {
  const numbers = Array.from({ length: 1000 }, (_, i) => ({ n: i / 10 - 20 }))
  const values = await chartValues(chart.bar(numbers, { x: 'n' }))
  expect(values.reduce((sum, { to }) => sum + to, 0)).toBe(1000)
  expect(values[0]).toMatchObject({ low: -20, high: -15, to: 50 })
  for (const { low, high } of values) expect(high - low).toBe(5)
})

test('integers beyond 2^53 are summed exactly, and the data stays JSON', async () => {
  const big = [{ n: 9_007_199_254_740_993n }, { n: 2n }].map((row) => ({ ...row, who: 'x' }))
  const [only] = await chartValues(chart.bar(big, { x: 'who', y: 'n' }))
  expect(only?.shown).toBe('9,007,199,254,740,995')
  expect(typeof only?.to).toBe('number')
})

test('on a logarithmic scale what is not above zero is left out, and that is said', async () => {
  const mixed = [
    { who: 'a', n: 1000 },
    { who: 'b', n: 0 },
    { who: 'c', n: -5 },
  ]
  const bars = chart.bar(mixed, { log: true })
  expect(await chartValues(bars)).toEqual([{ at: 'a', from: 100, to: 1000, series: '', shown: '1,000' }])
  expect(await bars.text()).toContain('2 bars of 0 or less left out')
})

test('what reads the same is one: a number, an exact integer, its digits', async () => {
  const mixed = [{ v: 1 }, { v: '1' }, { v: 1n }, { v: null }, {}, { v: '' }, { v: true }]
  const values = await chartValues(chart.bar(mixed, { x: 'v', bin: false }))
  expect(Object.fromEntries(values.map(({ at, to }) => [at, to]))).toEqual({
    '1': 3,
    '(none)': 2,
    '(empty)': 1,
    true: 1,
  })
})

test('names that are alike once cut stay apart', async () => {
  const long = 'x'.repeat(200)
  const values = await chartValues(chart.bar([{ v: `${long}a` }, { v: `${long}b` }], { x: 'v' }))
  expect(values).toHaveLength(2)
  expect(new Set(values.map(({ at }) => at)).size).toBe(2)
})

test('heat maps count pairs; hours and weekdays are those of the zone', async () => {
  const pairs = chart.heatmap(rows, { x: 'status', y: 'host' })
  expect(await chartValues(pairs)).toEqual([
    { column: 'OPEN', row: 'a', value: 2, shown: '2' },
    { column: 'OPEN', row: 'b', value: 1, shown: '1' },
    { column: 'CLOSED', row: 'a', value: 1, shown: '1' },
  ])
  // 1 May 2026 is a Friday; in Auckland its noon is Saturday's midnight.
  const clock = chart.heatmap(rows, { time: 'at', timeZone: 'Pacific/Auckland' })
  expect((await chartValues(clock)).map(({ column, row, value }) => [column, row, value])).toEqual([
    ['00', 'Saturday', 2],
    ['22', 'Friday', 2],
  ])
})

test('a million rows give as many bars as they have names', async () => {
  const million = Array.from({ length: 1_000_000 }, (_, i) => ({ k: `k${i % 3}`, n: 1 }))
  const values = await chartValues(chart.bar(million, { x: 'k', y: 'n' }))
  expect(values.map(({ to }) => to)).toEqual([333_334, 333_333, 333_333])
})
