import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everyField, rootFields } from './every-field.js'
import { SignedIn } from './signed-in.js'

let me: SignedIn
/** Arguments for the root fields that need some, made of what the sandbox has. */
let given: Record<string, string>

interface Seen {
  id: string
  tenant: { id: string }
  event_ids: { id: string; event_data: Record<string, unknown> }[]
}

beforeAll(async () => {
  me = await SignedIn.start({ alerts: 2000 })
  const { search_id, alerts } = await me.ask<{ search_id: string; alerts: { list: Seen[] } }>(
    `{ alertsServiceSearch(in: { cql_query: "FROM alert WHERE attack_technique_ids = 'T1059.001'", limit: 50 }) {
      search_id alerts { list { id tenant { id } event_ids { id event_data } } } } }`,
  )
  const [alert] = alerts.list
  const event = alert?.event_ids[0]
  const { investigations } = await me.ask<{ investigations: { id: string }[] }>(
    '{ investigationsV2(arguments: { perPage: 1 }) { investigations { id } } }',
  )
  const [client] = await me.ask<{ id: string }[]>('{ clients { id } }')
  const link = await me.ask<{ id: string }>(
    'mutation { createShareLink(input: { linkType: "alertId", linkRef: "a" }) { id } }',
  )
  const [publication] = await me.ask<{ id: string }[]>(
    '{ threatLatestPublications(from: 0, size: 1) { id } }',
  )
  const [indicator] = await me.ask<{ id: string }[]>(
    `{ threatPublicationsIndicators(ID: ["${publication?.id}"]) { id } }`,
  )
  const user = await me.ask<{ id: string }>('{ currentTDRUser { id } }')
  const { process_correlation_id, parent_process_correlation_id, host_id } = event?.event_data ?? {}
  const process = `tenantID: "${alert?.tenant.id}", hostID: "${host_id}"`
  given = {
    alertsServiceSearch: 'in: { cql_query: "FROM alert EARLIEST=-7d", limit: 20 }',
    alertsServicePoll: `in: { search_id: "${search_id}", part_id: 1 }`,
    alertsServiceRetrieveAlertsById: `in: { iDs: ["${alert?.id}"] }`,
    alertsCountByTenant: 'in: { ql_query: "FROM alert" }',
    events: `ids: ["${event?.id}"]`,
    eventQuery: 'id: "event-query-1"',
    validateEventQuery: 'query: "FROM process EARLIEST=-1d"',
    investigationV2: `arguments: { id: "${investigations[0]?.id}" }`,
    investigationsV2: 'arguments: { page: 1, perPage: 5 }',
    cases: 'arguments: {}',
    assetsV2: 'first: 5, orderBy: hostname_asc',
    tenants: 'tenantsQuery: { count: 5 }',
    tenant: 'id: "50530"',
    tdruser: `id: "${user.id}"`,
    tdrUsersSearch: 'filters: { status: "Registered" }',
    client: `id: "${client?.id}"`,
    rule: 'id: "rule-1"',
    searchRules: 'query: { query: "powershell" }',
    filterKeys: 'eventType: process',
    threatPublications: 'text: "ransomware"',
    threatLatestPublications: 'from: 0, size: 3',
    threatIndicators: `ids: ["${indicator?.id}"]`,
    threatPublicationsIndicators: `ID: ["${publication?.id}"]`,
    threatWatchlist: 'type: IP',
    shareLinkById: `id: "${link.id}"`,
    qlQueries: 'input: {}',
    nlSearchV2: 'in: { query: "high severity powershell of the last 3 days" }',
    searchAudits: 'auditSearchInput: { limit: 5 }',
    processLineage: `${process}, processCorrelationID: "${process_correlation_id}"`,
    processChildren: `${process}, processCorrelationID: "${process_correlation_id}"`,
    processParent: `${process}, parentProcessCorrelationID: "${parent_process_correlation_id}"`,
  }
})
afterAll(() => me.sandbox.close())

/** True where an answer holds something: an empty list or object would be a stub. */
function hasContent(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => item !== null)
  return (
    value !== null &&
    value !== undefined &&
    (typeof value !== 'object' || Object.values(value).some(hasContent))
  )
}

describe('every root query answers with every field, at its own path', () => {
  test.each(rootFields('Query'))('$name at $path', async ({ name, path, type }) => {
    const args = given[name]
    const query = `{ ${name}${args === undefined ? '' : `(${args})`} ${everyField(type)} }`
    // The third time the query is compiled: that must give the same.
    const answers = []
    for (let time = 0; time < 4; time++) answers.push(await me.send(query, { path }))
    const [first] = answers
    expect(first?.body).not.toHaveProperty('errors')
    expect(hasContent(JSON.parse(first?.text ?? '{}').data[name])).toBe(true)
    const stable = (text: string) => text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}/g, '')
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(stable(answer.text)).toBe(stable(first?.text ?? ''))
    }
  })

  test('and not at another path', async () => {
    for (const [query, path] of [
      ['{ events(ids: []) { id } }', '/graphql'],
      ['{ currentTDRUser { id } }', '/events/query'],
      ['{ events(ids: []) { id } }', '/cql-metadata/query'],
    ] as const) {
      const { body } = await me.send(query, { path })
      expect(body).toMatchObject({ errors: [{ message: expect.stringContaining('Cannot query field') }] })
    }
  })
})

describe('64-bit integers', () => {
  test('are bare and exact on the wire, in Int64 fields and inside JSON', async () => {
    for (let time = 0; time < 4; time++) {
      const lineage = await me.send(
        `{ processLineage(${given.processLineage}) { lineage { processTimeWindow } } }`,
      )
      const [digits] = /"processTimeWindow":(\d+)/.exec(lineage.text)?.slice(1) ?? []
      expect(BigInt(digits ?? 0)).toBeGreaterThan(2n ** 53n)

      const event = await me.send(`{ events(${given.events}) { values } }`, { path: '/events/query' })
      expect(event.text).toContain(`"process_time_window":${digits},`)
    }
  })

  test('come through when a double would change them', async () => {
    const { alerts } = await me.ask<{ alerts: { list: Seen[] } }>(
      `{ alertsServiceSearch(in: { cql_query: "FROM alert WHERE attack_technique_ids = 'T1059.001'", limit: 40 }) {
        alerts { list { id tenant { id } event_ids { id event_data } } } } }`,
    )
    const ids = alerts.list.flatMap(({ event_ids }) => event_ids.map(({ id }) => id))
    const { text } = await me.send(`{ events(ids: ${JSON.stringify(ids)}) { values } }`, {
      path: '/events/query',
    })
    const windows = [...text.matchAll(/"process_time_window":(\d+)/g)].map(([, digits]) => digits ?? '')
    expect(windows.length).toBe(ids.length)
    expect(windows.some((digits) => String(BigInt(Number(digits))) !== digits)).toBe(true)
  })

  test('can be given as a bare literal or as text, not as a fraction', async () => {
    const ask = (value: string) =>
      me.send(`{ processLineage(${given.processLineage}, processCreateTime: ${value}) { depth } }`)
    expect((await ask('73252035284761978')).body).not.toHaveProperty('errors')
    expect((await ask('"73252035284761978"')).body).not.toHaveProperty('errors')
    expect((await ask('1.5')).status).toBe(400)
    expect((await ask('99999999999999999999')).status).toBe(400)
  })
})

describe('paging', () => {
  test('asset cursors walk every asset once, forwards and backwards', async () => {
    interface Page {
      totalCount: number
      assets: { id: string; hostnames: { hostname: string }[] }[]
      pageInfo: { endCursor: string; startCursor: string; hasNextPage: boolean; hasPreviousPage: boolean }
    }
    const select =
      'totalCount assets { id hostnames { hostname } } pageInfo { endCursor startCursor hasNextPage hasPreviousPage }'
    const ids: string[] = []
    let after = ''
    let page: Page
    do {
      page = await me.ask<Page>(`{ assetsV2(first: 900, orderBy: hostname_desc${after}) { ${select} } }`)
      ids.push(...page.assets.map(({ id }) => id))
      after = `, after: "${page.pageInfo.endCursor}"`
    } while (page.pageInfo.hasNextPage)
    expect(page.totalCount).toBe(5000)
    expect(new Set(ids).size).toBe(5000)
    expect(ids).toHaveLength(5000)
    const back = await me.ask<Page>(
      `{ assetsV2(last: 3, before: "${page.pageInfo.startCursor}", orderBy: hostname_desc) { ${select} } }`,
    )
    const start = 5000 - page.assets.length
    expect(back.assets.map(({ id }) => id)).toEqual(ids.slice(start - 3, start))
  })

  test('asset filters narrow, and combine with and, or and not', async () => {
    const count = async (where: string) =>
      (
        await me.ask<{ totalCount: number }>(
          `{ assetsV2(first: 1, filter: { where: ${where} }) { totalCount } }`,
        )
      ).totalCount
    const linux = await count('{ osFamily: "Linux" }')
    const london = await count('{ hostname_contains: "lon-" }')
    const both = await count('{ and: [{ osFamily: "Linux" }, { hostname_contains: "lon-" }] }')
    const either = await count('{ or: [{ osFamily: "Linux" }, { hostname_contains: "lon-" }] }')
    expect(Math.min(linux, london, both)).toBeGreaterThan(0)
    expect(either).toBe(linux + london - both)
    expect(await count('{ not: { osFamily: "Linux" } }')).toBe(5000 - linux)
  })

  test('tenant cursors walk all 40, and a cursor that is made up is an error', async () => {
    const ids: string[] = []
    let cursor = ''
    let more = true
    while (more) {
      const page = await me.ask<{
        cursorPos: string
        hasMore: boolean
        totalCount: number
        tenants: { id: string }[]
      }>(
        `{ tenants(tenantsQuery: { count: 7, orderBy: NAME${cursor} }) { cursorPos hasMore totalCount tenants { id } } }`,
      )
      expect(page.totalCount).toBe(40)
      ids.push(...page.tenants.map(({ id }) => id))
      cursor = `, afterCursor: "${page.cursorPos}"`
      more = page.hasMore
    }
    expect(new Set(ids).size).toBe(40)
    const { body } = await me.send('{ tenants(tenantsQuery: { afterCursor: "made-up" }) { count } }')
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })

  test('processChildren gives each child once, in pages', async () => {
    const pids: string[] = []
    let token = ''
    let total = 0
    for (;;) {
      const page = await me.ask<{
        childrenCount: number
        nextToken: string | null
        processList: { processCorrelationID: string; parentProcessCorrelationID: string }[]
      }>(
        `{ processChildren(${given.processChildren}, pageSize: 2${token}) { childrenCount nextToken processList { processCorrelationID parentProcessCorrelationID } } }`,
      )
      total = page.childrenCount
      pids.push(...page.processList.map(({ processCorrelationID }) => processCorrelationID))
      if (page.nextToken === null) break
      token = `, nextToken: "${page.nextToken}"`
    }
    expect(total).toBeGreaterThan(2)
    expect(new Set(pids).size).toBe(total)
    expect(pids).toHaveLength(total)
  })

  test('a process tree hangs together: lineage, parent and child name each other', async () => {
    interface Process {
      processCorrelationID: string
      parentProcessCorrelationID: string | null
    }
    const { lineage } = await me.ask<{ lineage: Process[] }>(
      `{ processLineage(${given.processLineage}) { lineage { processCorrelationID parentProcessCorrelationID } } }`,
    )
    expect(lineage[0]?.parentProcessCorrelationID).toBeNull()
    for (const [i, process] of lineage.entries()) {
      if (i > 0) expect(process.parentProcessCorrelationID).toBe(lineage[i - 1]?.processCorrelationID)
    }
    const parent = await me.ask<Process>(`{ processParent(${given.processParent}) { processCorrelationID } }`)
    expect(parent.processCorrelationID).toBe(lineage.at(-2)?.processCorrelationID)
  })
})

describe('GraphQL', () => {
  test('introspection is on and does not show our own marker', async () => {
    const { body, text } = await me.send('{ __schema { queryType { fields { name } } directives { name } } }')
    expect(body).not.toHaveProperty('errors')
    expect(text).toContain('alertsServiceSearch')
    expect(text).not.toContain('gateway')
  })

  test('an unknown field is an error with its place', async () => {
    const { body } = await me.send('{ nope }')
    expect(body).toMatchObject({
      errors: [
        { message: 'Cannot query field "nope" on type "Query".', locations: [{ line: 1, column: 3 }] },
      ],
    })
  })

  test('data and errors come together, with the path of what failed', async () => {
    const { status, body } = await me.send('{ good: tenant(id: "50530") { id } bad: tenant(id: "1") { id } }')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      data: { good: { id: '50530' }, bad: null },
      errors: [{ message: 'tenant 1 not found', path: ['bad'], extensions: { code: 'NOT_FOUND' } }],
    })
  })

  test('a query that is too deep, and a body that is too large, are refused', async () => {
    const deep = `{ alertsServiceSearch(in: {}) { alerts { list ${'{ tenant '.repeat(40)}{ id }${' }'.repeat(40)} } } }`
    expect((await me.send(deep)).status).toBe(400)
    const { status } = await me.send(`{ tenant(id: "${'x'.repeat(1_100_000)}") { id } }`)
    expect(status).toBe(413)
  })

  // The third time a query is compiled, which would never come to an end for a filter that holds filters.
  test('a filter that holds filters can be a variable, however often it is asked for', async () => {
    const query = 'query ($filter: AssetFilter) { assetsV2(first: 1, filter: $filter) { totalCount } }'
    const variables = { filter: { where: { not: { or: [{ osFamily: 'Linux' }, { osFamily: 'macOS' }] } } } }
    const asked = [1, 2, 3, 4].map(() => me.ask<{ totalCount: number }>(query, { variables }))
    const counts = (await Promise.all(asked)).map(({ totalCount }) => totalCount)
    expect(new Set(counts).size).toBe(1)
    expect(counts[0]).toBeGreaterThan(0)
  })

  test('a subscription over HTTP is a clear error', async () => {
    const { body } = await me.send('subscription { eventQuery(query: "FROM process") { queryId } }', {
      path: '/events/query',
    })
    expect(body).toMatchObject({ errors: [{ message: expect.stringContaining('WebSocket') }] })
  })
})

describe('the search for people', () => {
  interface Found {
    total_count: number
    total_unfiltered_count: number
    has_next_page: boolean
    cursor_pos: string
    results: { email: string; status: string }[]
  }
  const search = (filters: string, tenant?: string) =>
    me.ask<Found>(
      `{ tdrUsersSearch(filters: ${filters}) {
        total_count total_unfiltered_count has_next_page cursor_pos results { email status } } }`,
      tenant === undefined ? {} : { tenant },
    )
  const emails = async (filters: string) => (await search(filters)).results.map(({ email }) => email)

  test('finds by address, by a part of it, by name, status and role', async () => {
    expect(await emails('{ email: "bea.novak@sandbox.example" }')).toEqual(['bea.novak@sandbox.example'])
    expect(await emails('{ email: "%NOVAK%" }')).toEqual(['bea.novak@sandbox.example'])
    expect(await emails('{ email: "novak" }')).toEqual([])
    expect(await emails('{ name: "mara v" }')).toEqual(['mara.voss@sandbox.example'])
    expect(await emails('{ status: "Deactivated" }')).toEqual(['nils.berg@sandbox.example'])
    const administrators = await emails('{ role_IDs: ["ba0fdcbd-e87d-4bdd-ae7d-ca6118b25068"] }')
    expect(administrators).toEqual(['bea.novak@sandbox.example', 'mara.voss@sandbox.example'])
    expect(await emails('{ tenant_IDs: ["50611"] }')).toEqual([])
  })

  test('walks everybody once by its cursor, and by the number of a page', async () => {
    const seen: string[] = []
    let cursor = ''
    for (;;) {
      const page = await search(`{ perPage: 5${cursor} }`)
      expect([page.total_count, page.total_unfiltered_count]).toEqual([16, 16])
      seen.push(...page.results.map(({ email }) => email))
      if (!page.has_next_page) break
      cursor = `, cursorPos: "${page.cursor_pos}"`
    }
    expect(new Set(seen).size).toBe(16)
    expect(await emails('{ perPage: 5, pageOffset: 2 }')).toEqual(seen.slice(10, 15))
  })

  test('shows a customer none of those who work at home', async () => {
    expect((await search('{}', '50611')).total_count).toBe(0)
  })
})
