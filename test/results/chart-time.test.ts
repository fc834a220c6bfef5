import { expect, test } from 'vitest'
import { chart } from '../../src/results/charts/chart.js'
import { chartValues } from '../support/chart-parts.js'

const noon = Date.UTC(2026, 4, 1, 12)

const forms: [string, string, unknown][] = [
  ['a Date', 'when', new Date(noon)],
  ['ISO text', 'when', '2026-05-01T12:00:00Z'],
  ['ISO text with a zone', 'when', '2026-05-01T14:00:00+02:00'],
  ['ISO text without a zone', 'when', '2026-05-01T12:00:00'],
  ['a database text', 'when', '2026-05-01 12:00:00.000000'],
  ['a database text with a short zone', 'when', '2026-05-01 14:00:00+02'],
  ['a protobuf timestamp', 'when', { seconds: noon / 1000, nanos: 0 }],
  ['a database value', 'when', { micros: BigInt(noon) * 1000n }],
  ['seconds', 'created_at', noon / 1000],
  ['milliseconds', 'created_at', noon],
  ['microseconds', 'event_time_usec', noon * 1000],
  ['exact microseconds', 'event_time_usec', BigInt(noon) * 1000n],
  ['nanoseconds', 'created_at', BigInt(noon) * 1_000_000n],
]

test.for(forms)('a time may be %s', async ([, name, value]) => {
  const [only] = await chartValues(chart.line([{ [name]: value }], { bin: 'hour', timeZone: 'UTC' }))
  expect(only).toMatchObject({ at: '2026-05-01 12:00', place: noon, value: 1 })
})

test('what is no time, or the zero of a language, is left out and counted', async () => {
  const rows = [
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '2026-05-01T12:00:00Z' },
    { at: '0001-01-01T00:00:00Z' },
    { at: new Date(Number.NaN) },
    { at: null },
  ]
  const line = chart.line(rows)
  expect(await chartValues(line)).toHaveLength(1)
  expect(await line.text()).toContain('3 without a time in at left out')
})

const ranges: [string, number, string][] = [
  ['a minute', 60_000, 'per second'],
  ['an hour', 3_600_000, 'per minute'],
  ['ten hours', 36_000_000, 'per 10 minutes'],
  ['three days', 3 * 86_400_000, 'per hour'],
  ['ninety days', 90 * 86_400_000, 'per day'],
  ['a year', 365 * 86_400_000, 'per week'],
  ['eight years', 8 * 365 * 86_400_000, 'per month'],
  ['sixty years', 60 * 365 * 86_400_000, 'per year'],
]

test.for(ranges)('the step is chosen from the range: %s', async ([, length, step]) => {
  const line = chart.line([{ at: new Date(noon) }, { at: new Date(noon + length) }], { timeZone: 'UTC' })
  expect(await line.text()).toContain(`at (UTC), ${step}\n`.trimEnd())
  expect((await chartValues(line)).length).toBeLessThanOrEqual(110)
})

test('a step in which nothing happened is 0 where rows are counted', async () => {
  const at = ['2026-05-01T10:00:00Z', '2026-05-01T10:30:00Z', '2026-05-01T13:00:00Z'].map((text) => ({
    at: text,
  }))
  const values = await chartValues(chart.line(at, { bin: 'hour', timeZone: 'UTC' }))
  expect(values.map(({ value }) => value)).toEqual([2, 0, 0, 1])
})

test('a step that would be a wall of marks is made coarser, and that is said', async () => {
  const line = chart.line([{ at: new Date(noon) }, { at: new Date(noon + 300 * 86_400_000) }], {
    bin: 'minute',
  })
  expect((await chartValues(line)).length).toBeLessThanOrEqual(5000)
  expect(await line.text()).toContain('per minute would be too many')
})

test('days begin at midnight of the zone, also where its clocks are changed', async () => {
  // On 29 March 2026 Amsterdam's day has 23 hours: from 23:00 UTC to 22:00 UTC.
  const at = [
    '2026-03-28T22:59:59Z',
    '2026-03-28T23:00:00Z',
    '2026-03-29T21:59:59Z',
    '2026-03-29T22:00:00Z',
  ].map((text) => ({ at: text }))
  const values = await chartValues(chart.bar(at, { x: 'at', bin: 'day', timeZone: 'Europe/Amsterdam' }))
  expect(values.map(({ at, to }) => [at, to])).toEqual([
    ['2026-03-28', 1],
    ['2026-03-29', 2],
    ['2026-03-30', 1],
  ])
})

test('a zone of half hours is half an hour off', async () => {
  const line = chart.line([{ at: '2026-05-01T12:00:00Z' }], { bin: 'minute', timeZone: 'Asia/Kolkata' })
  expect((await chartValues(line))[0]?.at).toBe('2026-05-01 17:30')
})

test('lines are drawn by the values of a field', async () => {
  const rows = ['a', 'a', 'b'].map((kind, i) => ({ kind, at: new Date(noon + i * 1000), n: i + 1 }))
  const values = await chartValues(
    chart.line(rows, { color: 'kind', y: 'n', bin: 'second', timeZone: 'UTC' }),
  )
  expect(values.map(({ series, at, value }) => [series, at.slice(-2), value])).toEqual([
    ['a', '00', 1],
    ['a', '01', 2],
    ['b', '02', 3],
  ])
})

test('a timeline has intervals and points; what ends before it begins is a point', async () => {
  const rows = [
    { host: 'a', from: new Date(noon), to: new Date(noon + 5000) },
    { host: 'b', from: new Date(noon), to: null },
    { host: 'b', from: new Date(noon + 1000), to: new Date(noon - 1000) },
  ]
  const timeline = chart.timeline(rows, { end: 'to', timeZone: 'UTC' })
  const values = await chartValues(timeline)
  expect(values.map(({ lane, from, to }) => [lane, from - noon, to - noon])).toEqual([
    ['a', 0, 5000],
    ['b', 0, 0],
    ['b', 1000, 1000],
  ])
  expect(values[0]?.when).toBe('2026-05-01 12:00:00 – 2026-05-01 12:00:05')
  expect(await timeline.text(60)).toMatch(/\na {2}1 {2}━+\n/)
})

test('a hundred thousand points of a timeline stay a drawing, and none is lost', async () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => ({
    host: `h${i % 5}`,
    at: new Date(noon + i * 60_000),
  }))
  const timeline = chart.timeline(rows)
  const values = await chartValues(timeline)
  expect(values.length).toBeLessThanOrEqual(5000)
  expect(values.reduce((sum, { rows: count }) => sum + count, 0)).toBe(100_000)
  expect(await timeline.text()).toContain('drawn as one')
})

test('the alert timeline stacks severities, the worst at the bottom, and tells what a bar is made of', async () => {
  const alert = (hour: number, severity: number, title: string) => ({
    metadata: { title, severity, created_at: { seconds: noon / 1000 + hour * 3600, nanos: 0 } },
  })
  const alerts = [
    alert(0, 0.9, 'Beacon'),
    alert(0, 0.85, 'Beacon'),
    alert(0, 0.1, 'Scan'),
    alert(2, 0.65, 'Spray'),
  ]
  const values = await chartValues(chart.alertTimeline(alerts, { bin: 'hour', timeZone: 'UTC' }))
  expect(values.map(({ at, series, from, to, note }) => [at, series, from, to, note])).toEqual([
    ['2026-05-01 12:00', 'critical', 0, 2, 'Beacon (2)'],
    ['2026-05-01 12:00', 'informational', 2, 3, 'Scan (1)'],
    ['2026-05-01 14:00', 'high', 0, 1, 'Spray (1)'],
  ])
})
