import { parseHTML } from 'linkedom'
import { afterEach, describe, expect, test } from 'vitest'
import { tableView } from '../../src/results/table.js'
import { table } from '../../src/results/table-function.js'

const savedZone = process.env.TZ

afterEach(() => {
  if (savedZone === undefined) delete process.env.TZ
  else process.env.TZ = savedZone
})

/** What is shown of a value in a column, and its moment in UTC. */
function shown(value: unknown, timeZone: string, name = 'v') {
  const { document } = parseHTML(table([{ [name]: value }], { timeZone }).toHTML())
  const cell = document.querySelector('tbody td')
  const time = cell?.querySelector('time')
  return { text: cell?.textContent, utc: time?.getAttribute('datetime'), hover: time?.getAttribute('title') }
}

// Offsets by the rules of the zones: Berlin is UTC+1 in winter and +2 in summer, Kolkata +5:30, Chatham +12:45.
const times: [name: string, value: unknown, zone: string, local: string, utc: string][] = [
  ['RFC 3339', '2026-01-15T12:00:00Z', 'Europe/Berlin', '2026-01-15 13:00:00', '2026-01-15T12:00:00Z'],
  ['in summer', '2026-07-15T12:00:00Z', 'Europe/Berlin', '2026-07-15 14:00:00', '2026-07-15T12:00:00Z'],
  ['with an offset', '2026-01-15T12:00:00+02:00', 'UTC', '2026-01-15 10:00:00', '2026-01-15T10:00:00Z'],
  [
    'with an offset without colon',
    '2026-01-15T12:00:00-0500',
    'UTC',
    '2026-01-15 17:00:00',
    '2026-01-15T17:00:00Z',
  ],
  ['with a blank', '2026-01-15 12:00:00Z', 'UTC', '2026-01-15 12:00:00', '2026-01-15T12:00:00Z'],
  ['without seconds', '2026-01-15T12:00Z', 'UTC', '2026-01-15 12:00:00', '2026-01-15T12:00:00Z'],
  [
    'with microseconds',
    '2026-01-15T12:00:00.123456Z',
    'Asia/Kolkata',
    '2026-01-15 17:30:00.123456',
    '2026-01-15T12:00:00.123456Z',
  ],
  [
    'with nanoseconds',
    '2026-01-15T12:00:00.000000001Z',
    'UTC',
    '2026-01-15 12:00:00.000000001',
    '2026-01-15T12:00:00.000000001Z',
  ],
  ['over midnight', '2026-12-31T23:30:00Z', 'Pacific/Chatham', '2027-01-01 13:15:00', '2026-12-31T23:30:00Z'],
  [
    'the hour before the clock goes back',
    '2026-10-25T00:30:00Z',
    'Europe/Berlin',
    '2026-10-25 02:30:00',
    '2026-10-25T00:30:00Z',
  ],
  ['the hour after', '2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25 02:30:00', '2026-10-25T01:30:00Z'],
  ['before 1970', '1969-12-31T23:59:59.5Z', 'UTC', '1969-12-31 23:59:59.5', '1969-12-31T23:59:59.5Z'],
  [
    'a date object',
    new Date(Date.UTC(2026, 0, 15, 12, 0, 0, 7)),
    'UTC',
    '2026-01-15 12:00:00.007',
    '2026-01-15T12:00:00.007Z',
  ],
  [
    'a timestamp object',
    { seconds: 1768478400, nanos: 120000000 },
    'Europe/Berlin',
    '2026-01-15 13:00:00.120',
    '2026-01-15T12:00:00.120Z',
  ],
  [
    'a timestamp of long integers',
    { seconds: 1768478400n, nanos: null, __typename: 'Timestamp' },
    'UTC',
    '2026-01-15 12:00:00',
    '2026-01-15T12:00:00Z',
  ],
]

test.for(times)('%s', ([, value, zone, local, utc]) => {
  expect(shown(value, zone)).toEqual({ text: local, utc, hover: utc })
})

const named: [name: string, value: number | bigint, local: string | undefined][] = [
  ['event_time_usec', 1768478400123456, '2026-01-15 12:00:00.123456'],
  ['eventTimeUsec', 1768478400000001n, '2026-01-15 12:00:00.000001'],
  ['created_ms', 1768478400120, '2026-01-15 12:00:00.120'],
  ['timeMillis', 1768478400000, '2026-01-15 12:00:00'],
  ['duration_ms', 5000, undefined],
  ['lineage.processCreationTime', 1768478400123456, '2026-01-15 12:00:00.123456'],
  ['processTimeWindow', 1768478400123456, undefined],
  ['event_time_usec', -1, undefined],
  ['event_time_usec', 0, undefined],
  ['count', 1768478400123456, undefined],
]

test.for(named)('a number in %s, %s, is the time %s', ([name, value, local]) => {
  const { text, utc } = shown(value, 'UTC', name)
  expect(text).toBe(local ?? String(value))
  expect(utc === undefined).toBe(local === undefined)
})

test.for([
  '2026-01-15T12:00:00',
  '2026-01-15',
  '2026-13-45T12:00:00Z',
  '2026-01-15T12:00:00Z and more',
  '12:00:00Z',
  'Z',
])('%s is no moment, and stays a text', (value) => {
  expect(shown(value, 'Europe/Berlin')).toEqual({ text: value, utc: undefined, hover: undefined })
})

describe('a timestamp that is none', () => {
  test.for([
    [{ seconds: 5 }, ['v.seconds']],
    [{ seconds: 1768478400, nanos: 1e9 }, ['v.seconds', 'v.nanos']],
    [{ seconds: 1768478400, other: 1 }, ['v.seconds', 'v.other']],
    [{ seconds: 'soon' }, ['v.seconds']],
  ] as const)('%j is an object', ([value, columns]) => {
    expect(table([{ v: value }]).columns).toEqual(columns)
  })

  test('among others that are is a value of their column', () => {
    const made = table(
      [{ at: { seconds: 1768478400, nanos: 0 } }, { at: { seconds: 0, nanos: 0 } }, { at: null }],
      {
        timeZone: 'UTC',
      },
    )
    expect(made.columns).toEqual(['at'])
    expect(made.toString().split('\n').slice(2, 5)).toEqual([
      '2026-01-15 12:00:00',
      '{"seconds":0,"nanos":0}',
      'null',
    ])
  })
})

test('without a zone, that of the process is taken, and named', () => {
  const row = { at: '2026-01-15T12:00:00Z' }
  process.env.TZ = 'America/New_York'
  expect(tableView([row])?.text).toContain('2026-01-15 07:00:00')
  expect(tableView([row])?.text).toContain('(1 row, times in America/New_York)')
  expect(tableView([row])?.html).toContain('times in America/New_York (UTC on hover)')
  process.env.TZ = 'Asia/Tokyo'
  expect(tableView([row])?.text).toContain('2026-01-15 21:00:00')
  expect(tableView([{ a: 1 }])?.html).not.toContain('times in')
})
