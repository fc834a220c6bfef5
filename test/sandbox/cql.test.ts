import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataNow, SignedIn } from './signed-in.js'

interface Alert {
  id: string
  status: string
  suppressed: boolean
  tags: string[]
  sensor_types: string[]
  attack_technique_ids: string[]
  tenant: { id: string }
  key_entities: { entity: string }[]
  metadata: {
    title: string
    severity: number
    confidence: number
    created_at: { seconds: number; nanos: number }
    creator: { detector: { detector_id: string } }
  }
}

interface Found {
  search_id: string
  alerts: {
    list: Alert[]
    total_results: number
    total_parts: number
    part: number
    next_offset: number | null
    group_by: { value: number; keys: { key: string; value: string }[] }[]
  }
}

const fields = `search_id alerts { total_results total_parts part next_offset group_by { value keys { key value } } list {
  id status suppressed tags sensor_types attack_technique_ids tenant { id } key_entities { entity }
  metadata { title severity confidence created_at { seconds nanos } creator { detector { detector_id } } } } }`
const searchDocument = `query ($in: SearchRequestInput) { alertsServiceSearch(in: $in) { ${fields} } }`
const pollDocument = `query ($in: PollRequestInput) { alertsServicePoll(in: $in) { status reason ${fields} } }`

const count = 3000
const dayMs = 86_400_000
let me: SignedIn
let all: Alert[]
beforeAll(async () => {
  me = await SignedIn.start({ alerts: count })
  all = (await search('FROM alert', { limit: 10_000 })).alerts.list
})
afterAll(() => me.sandbox.close())

const search = (cql_query: string, input: { limit?: number; offset?: number } = {}) =>
  me.ask<Found>(searchDocument, { variables: { in: { cql_query, ...input } } })

const idsOf = (alerts: readonly Alert[]) => alerts.map(({ id }) => id)
const timeOf = ({ metadata }: Alert) => metadata.created_at.seconds * 1000 + metadata.created_at.nanos / 1e6
const hostOf = (alert: Alert) => entityOf(alert, 'hostname:')
const userOf = (alert: Alert) => entityOf(alert, 'userName:')
const entityOf = ({ key_entities }: Alert, kind: string) =>
  key_entities.find(({ entity }) => entity.startsWith(kind))?.entity.slice(kind.length) ?? ''
const detectorOf = ({ metadata }: Alert) => metadata.creator.detector.detector_id

test('the whole dump is newest first and within 30 days of now', () => {
  expect(all).toHaveLength(count)
  expect(new Set(idsOf(all)).size).toBe(count)
  const times = all.map(timeOf)
  expect(times).toEqual([...times].sort((a, b) => b - a))
  expect(Math.max(...times)).toBeLessThanOrEqual(dataNow)
  expect(Math.min(...times)).toBeGreaterThan(dataNow - 30 * dayMs)
})

describe('a query finds what the same condition finds in the dump', () => {
  const since = (days: number) => (alert: Alert) => timeOf(alert) >= dataNow - days * dayMs
  const cases: [string, (alert: Alert) => boolean][] = [
    ['FROM alert', () => true],
    ['from alert where severity >= 0.6', (a) => a.metadata.severity >= 0.6],
    ['FROM alert WHERE severity > 0.6', (a) => a.metadata.severity > 0.6],
    ['FROM alert WHERE severity <= 0.25', (a) => a.metadata.severity <= 0.25],
    ['FROM alert WHERE severity < 0.25', (a) => a.metadata.severity < 0.25],
    ['FROM alert WHERE metadata.severity = 0.5', (a) => a.metadata.severity === 0.5],
    ['FROM alert WHERE severity != 0.5', (a) => a.metadata.severity !== 0.5],
    ['FROM alert WHERE severity = high', (a) => a.metadata.severity >= 0.6 && a.metadata.severity < 0.8],
    ["FROM alert WHERE severity >= 'HIGH'", (a) => a.metadata.severity >= 0.6],
    ["FROM alert WHERE severity > 'high'", (a) => a.metadata.severity >= 0.8],
    ["FROM alert WHERE severity < 'low'", (a) => a.metadata.severity < 0.2],
    ["FROM alert WHERE severity <= 'low'", (a) => a.metadata.severity < 0.4],
    ['FROM alert WHERE severity IN (0.5, 0.51)', (a) => [0.5, 0.51].includes(a.metadata.severity)],
    ['FROM alert WHERE severity !IN (0.5, 0.51)', (a) => ![0.5, 0.51].includes(a.metadata.severity)],
    ['FROM alert WHERE confidence>=0.75', (a) => a.metadata.confidence >= 0.75],
    ["FROM alert WHERE status = 'OPEN'", (a) => a.status === 'OPEN'],
    ['FROM alert WHERE status = open', (a) => a.status === 'OPEN'],
    ['FROM alert WHERE status != OPEN', (a) => a.status !== 'OPEN'],
    ["FROM alert WHERE status IN ('OPEN', 'OTHER')", (a) => ['OPEN', 'OTHER'].includes(a.status)],
    ['FROM alert WHERE status !IN (OPEN, OTHER)', (a) => !['OPEN', 'OTHER'].includes(a.status)],
    ['FROM alert WHERE status NOT IN (OPEN, OTHER)', (a) => !['OPEN', 'OTHER'].includes(a.status)],
    ["FROM alert WHERE title CONTAINS 'powershell'", (a) => /powershell/i.test(a.metadata.title)],
    ["FROM alert WHERE metadata.title !CONTAINS 'sign-in'", (a) => !/sign-in/i.test(a.metadata.title)],
    ['FROM alert WHERE title = "Event log cleared"', (a) => a.metadata.title === 'Event log cleared'],
    ["FROM alert WHERE detector = 'app:detect:phishing'", (a) => detectorOf(a) === 'app:detect:phishing'],
    [
      'FROM alert WHERE metadata.creator.detector.detector_id CONTAINS phish',
      (a) => detectorOf(a).includes('phish'),
    ],
    ["FROM alert WHERE sensor_types = 'OKTA'", (a) => a.sensor_types.includes('OKTA')],
    [
      "FROM alert WHERE sensor_type CONTAINS 'ENDPOINT_'",
      (a) => a.sensor_types.some((s) => s.includes('ENDPOINT_')),
    ],
    [
      "FROM alert WHERE attack_technique_ids = 'T1059.001'",
      (a) => a.attack_technique_ids.includes('T1059.001'),
    ],
    [
      "FROM alert WHERE attack_technique_ids !CONTAINS 'T1059'",
      (a) => !a.attack_technique_ids.some((t) => t.includes('T1059')),
    ],
    ["FROM alert WHERE tags = 'vip'", (a) => a.tags.includes('vip')],
    ["FROM alert WHERE tags != 'vip'", (a) => !a.tags.includes('vip')],
    ['FROM alert WHERE suppressed = true', (a) => a.suppressed],
    ["FROM alert WHERE tenant_id = '50530'", (a) => a.tenant.id === '50530'],
    ["FROM alert WHERE hostname CONTAINS '-SRV-'", (a) => hostOf(a).includes('-SRV-')],
    ["FROM alert WHERE username CONTAINS 'mei.'", (a) => userOf(a).includes('mei.')],
    [
      "FROM alert WHERE severity >= 0.4 AND status = 'OPEN' OR tags = 'vip'",
      (a) => (a.metadata.severity >= 0.4 && a.status === 'OPEN') || a.tags.includes('vip'),
    ],
    [
      "FROM alert WHERE severity >= 0.4 AND (status = 'OPEN' OR tags = 'vip')",
      (a) => a.metadata.severity >= 0.4 && (a.status === 'OPEN' || a.tags.includes('vip')),
    ],
    [
      "FROM alert WHERE NOT status = 'OPEN' AND severity > 0.7",
      (a) => a.status !== 'OPEN' && a.metadata.severity > 0.7,
    ],
    [
      "FROM alert WHERE NOT (status = 'OPEN' OR severity > 0.7)",
      (a) => a.status !== 'OPEN' && a.metadata.severity <= 0.7,
    ],
    ['FROM alert EARLIEST=-1d', since(1)],
    ['FROM alert EARLIEST=-36h', since(1.5)],
    ['FROM alert EARLIEST=-90m', since(1.5 / 24)],
    ['FROM alert EARLIEST=-1w', since(7)],
    ['FROM alert EARLIEST=-7d LATEST=-2d', (a) => since(7)(a) && timeOf(a) <= dataNow - 2 * dayMs],
    ['FROM alert EARLIEST=-3d WHERE severity >= 0.5', (a) => since(3)(a) && a.metadata.severity >= 0.5],
    ['FROM alert WHERE severity >= 0.5 AND EARLIEST=-3d', (a) => since(3)(a) && a.metadata.severity >= 0.5],
    ['FROM alert WHERE severity >= 0.5\n  EARLIEST=-3d', (a) => since(3)(a) && a.metadata.severity >= 0.5],
    ['FROM alert EARLIEST=2026-01-30T12:00:00Z', since(1)],
    [
      "FROM alert EARLIEST='2026-01-24' LATEST=2026-01-30T12:00:00Z",
      (a) => timeOf(a) >= Date.UTC(2026, 0, 24) && timeOf(a) <= dataNow - dayMs,
    ],
    ['FROM alert WHERE created_at >= -2d', since(2)],
  ]

  test.each(cases)('%s', async (cql, wanted) => {
    const expected = idsOf(all.filter(wanted))
    const { alerts } = await search(cql, { limit: 10_000 })
    expect(idsOf(alerts.list)).toEqual(expected)
    expect(alerts.total_results).toBe(expected.length)
    expect(expected.length).toBeGreaterThan(0)
  })
})

describe('pipes', () => {
  test('head and tail cut the answer', async () => {
    expect(idsOf((await search('FROM alert | head 7')).alerts.list)).toEqual(idsOf(all.slice(0, 7)))
    expect(idsOf((await search('FROM alert | tail 3')).alerts.list)).toEqual(idsOf(all.slice(-3)))
    expect((await search('FROM alert | head 7')).alerts.total_results).toBe(7)
  })

  test('sort by orders by each field in turn', async () => {
    const { alerts } = await search('FROM alert | sort by severity desc, title', { limit: 10_000 })
    const expected = [...all].sort(
      (a, b) =>
        b.metadata.severity - a.metadata.severity ||
        (a.metadata.title < b.metadata.title ? -1 : a.metadata.title > b.metadata.title ? 1 : 0),
    )
    expect(idsOf(alerts.list)).toEqual(idsOf(expected))
  })

  test('aggregate counts each combination, the largest first', async () => {
    const { alerts } = await search('FROM alert WHERE severity > 0.3 | aggregate count by status, tenant_id')
    const counts = new Map<string, number>()
    for (const { metadata, status, tenant } of all) {
      if (metadata.severity <= 0.3) continue
      const key = `${status}/${tenant.id}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const given = alerts.group_by.map(({ keys, value }) => {
      expect(keys.map(({ key }) => key)).toEqual(['status', 'tenant_id'])
      return [keys.map((key) => key.value).join('/'), value] as const
    })
    expect(new Map(given)).toEqual(counts)
    const values = given.map(([, value]) => value)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    expect(alerts.list).toEqual([])
  })

  test('aggregate counts a row for each of its values, and all rows where no field is named', async () => {
    const { alerts } = await search('FROM alert | aggregate count by attack_technique_ids')
    const technique = alerts.group_by.find(({ keys }) => keys[0]?.value === 'T1027')
    expect(technique?.value).toBe(all.filter((a) => a.attack_technique_ids.includes('T1027')).length)
    const total = await search('FROM alert | aggregate count')
    expect(total.alerts.group_by).toEqual([{ keys: [], value: count }])
  })

  test('head after aggregate keeps the largest groups', async () => {
    const whole = await search('FROM alert | aggregate count by title')
    const two = await search('FROM alert | aggregate count by title | head 2')
    expect(two.alerts.group_by).toEqual(whole.alerts.group_by.slice(0, 2))
  })
})

describe('parts', () => {
  test('search and poll together give every row exactly once', async () => {
    const first = await search('FROM alert WHERE severity >= 0.2', { limit: 250 })
    const ids = idsOf(first.alerts.list)
    expect(first.alerts.total_parts).toBe(Math.ceil(first.alerts.total_results / 250))
    for (let part_id = 2; part_id <= first.alerts.total_parts; part_id++) {
      const variables = { in: { search_id: first.search_id, part_id } }
      const page = await me.ask<Found>(pollDocument, { variables })
      expect(page.alerts.part).toBe(part_id)
      ids.push(...idsOf(page.alerts.list))
    }
    expect(ids).toEqual(idsOf(all.filter(({ metadata }) => metadata.severity >= 0.2)))
  })

  test('offset and next_offset walk the same rows', async () => {
    const ids: string[] = []
    let offset: number | null = 0
    while (offset !== null) {
      const { alerts }: Found = await search('FROM alert', { limit: 700, offset })
      ids.push(...idsOf(alerts.list))
      offset = alerts.next_offset
    }
    expect(ids).toEqual(idsOf(all))
  })

  test('a page has 100 rows where no limit is given', async () => {
    expect((await search('FROM alert')).alerts.list).toHaveLength(100)
  })

  test('a search or a part that is not there is an invalid request', async () => {
    const { search_id } = await search('FROM alert | head 5')
    for (const input of [
      { search_id: 'nobody', part_id: 1 },
      { search_id, part_id: 2 },
      { search_id, part_id: 0 },
    ]) {
      const answer = await me.ask(pollDocument, { variables: { in: input } })
      expect(answer).toMatchObject({ status: 'INVALID_REQUEST', alerts: null })
    }
  })

  test('a search belongs to its tenant', async () => {
    const { search_id } = await search('FROM alert')
    const variables = { in: { search_id, part_id: 1 } }
    expect(await me.ask(pollDocument, { variables, tenant: '50611' })).toMatchObject({
      status: 'INVALID_REQUEST',
    })
  })
})

describe('a wrong query', () => {
  const cases: [string, string][] = [
    ['', 'line 1:0 unexpected the end, expecting FROM'],
    ['alert', "line 1:0 unexpected 'alert', expecting FROM"],
    ['FROM', 'line 1:4 unexpected the end, expecting a source such as alert'],
    ['FROM alert WHERE', 'line 1:16 unexpected the end, expecting a field'],
    ['FROM alert WHERE severity >=', 'line 1:28 unexpected the end, expecting a value'],
    [
      'FROM alert WHERE severity 0.5',
      "line 1:26 unexpected '0.5', expecting a comparison such as = or CONTAINS",
    ],
    ['FROM alert WHERE wrong_field = 1', "line 1:17 unknown field 'wrong_field'"],
    ['FROM alert WHERE\n  severity >= 0.1 AND\n  nope = 2', "line 3:2 unknown field 'nope'"],
    ["FROM alert WHERE severity = 'much'", "line 1:28 'much' is not a number, which 'severity' needs"],
    ['FROM alert WHERE title > 5', "line 1:23 > does not work on the text 'title'"],
    ['FROM alert WHERE severity CONTAINS 5', "line 1:26 CONTAINS does not work on the number 'severity'"],
    ["FROM alert WHERE title = 'open", 'line 1:25 the string has no end'],
    ['FROM alert WHERE (severity > 0.5', "line 1:32 unexpected the end, expecting ')'"],
    [
      'FROM alert WHERE severity > 0.5)',
      "line 1:31 unexpected ')', expecting WHERE, EARLIEST, LATEST, | or the end",
    ],
    ['FROM alert WHERE status IN OPEN', "line 1:27 unexpected 'OPEN', expecting '('"],
    ['FROM alert EARLIEST=-7y', "line 1:20 '-7y' is not a time such as -7d or 2026-01-31T12:00:00Z"],
    ['FROM alert EARLIEST=-1d EARLIEST=-2d', "line 1:24 unexpected 'EARLIEST', expecting one EARLIEST only"],
    ['FROM alert | head many', "line 1:18 unexpected 'many', expecting a whole number"],
    ['FROM alert | explode', "line 1:13 unexpected 'explode', expecting head, tail, sort or aggregate"],
    ['FROM alert | sort by nothing', "line 1:21 unknown field 'nothing'"],
    ['FROM alert | aggregate count by nothing', "line 1:32 unknown field 'nothing'"],
    ['FROM alert WHERE a ~ 1', "line 1:19 unexpected character '~'"],
    ['FROM process', "line 1:5 only 'FROM alert' can be searched here"],
    [`FROM alert WHERE ${'('.repeat(5000)}`, 'line 1:117 unexpected'],
  ]

  test.each(cases)('%s', async (cql, message) => {
    const { status, body } = await me.send(searchDocument, { variables: { in: { cql_query: cql } } })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      data: { alertsServiceSearch: null },
      errors: [
        { message: expect.stringContaining(`invalid query: ${message}`), path: ['alertsServiceSearch'] },
      ],
    })
  })
})

describe('validateEventQuery', () => {
  const check = (query: string) =>
    me.ask(
      'query ($q: String!) { validateEventQuery(query: $q) { types errors { description startLine stopLine startColumn stopColumn } warnings { description } } }',
      { path: '/cql-metadata/query', variables: { q: query } },
    )

  test.each([
    ["FROM process WHERE commandline CONTAINS 'powershell' EARLIEST=-1d", ['process']],
    [
      'FROM netflow WHERE destination_port = 443 EARLIEST=-1h | aggregate count by source_address',
      ['netflow'],
    ],
    ["FROM auth, cloudaudit WHERE source_address = '203.0.113.7' EARLIEST=-1d", ['auth', 'cloudaudit']],
    ['FROM alert WHERE severity > 0.5 EARLIEST=-1d', ['alert']],
    ["FROM investigation WHERE status = 'OPEN' EARLIEST=-1d", ['investigation']],
  ])('accepts %s', async (query, types) => {
    expect(await check(query)).toEqual({ types, errors: [], warnings: [] })
  })

  test('tells the place of what is wrong', async () => {
    expect(await check("FROM process WHERE\n  comandline = 'x'")).toMatchObject({
      errors: [
        {
          description: "unknown field 'comandline'",
          startLine: 2,
          stopLine: 2,
          startColumn: 2,
          stopColumn: 11,
        },
      ],
    })
    expect(await check('FROM nothing')).toMatchObject({
      errors: [{ description: "unknown source 'nothing'", startColumn: 5, stopColumn: 11 }],
    })
  })

  test('warns of a query without a time range', async () => {
    expect(await check('FROM process')).toMatchObject({
      errors: [],
      warnings: [{ description: expect.stringContaining('EARLIEST') }],
    })
  })
})
