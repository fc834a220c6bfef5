import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataNow, SignedIn } from './signed-in.js'

let me: SignedIn
beforeAll(async () => {
  me = await SignedIn.start({ alerts: 1000 })
})
afterAll(() => me.sandbox.close())

interface Found {
  alerts: { total_results: number; list: { id: string }[] }
}

const findAlerts = (cql: string, limit = 10) =>
  me.ask<Found>(
    `query ($in: SearchRequestInput) { alertsServiceSearch(in: $in) { alerts { total_results list { id } } } }`,
    { variables: { in: { cql_query: cql, limit } } },
  )

describe('alerts', () => {
  test('take a resolution, with its reason and history, and are found by it', async () => {
    const before = await findAlerts("FROM alert WHERE status = 'OPEN'", 2)
    const ids = before.alerts.list.map(({ id }) => id)
    const update = `mutation ($in: UpdateResolutionRequestInput) {
      alertsServiceUpdateResolutionInfo(in: $in) { reason resolution_status } }`
    const variables = { in: { alert_ids: ids, reason: 'a drill', resolution_status: 'TRUE_POSITIVE_BENIGN' } }
    expect(await me.ask(update, { variables })).toEqual({ reason: 'a drill', resolution_status: 'SUCCESS' })

    const after = await findAlerts("FROM alert WHERE status = 'OPEN'")
    expect(after.alerts.total_results).toBe(before.alerts.total_results - 2)
    const { alerts } = await me.ask<{ alerts: { list: object[] } }>(
      `{ alertsServiceRetrieveAlertsById(in: { iDs: ${JSON.stringify(ids)} }) { alerts { list {
        id status resolution_reason resolution_history { reason status num_alerts_affected timestamp { seconds } } } } } }`,
    )
    expect(alerts.list).toEqual(
      ids.map((id) => ({
        id,
        status: 'TRUE_POSITIVE_BENIGN',
        resolution_reason: 'a drill',
        resolution_history: [
          {
            reason: 'a drill',
            status: 'TRUE_POSITIVE_BENIGN',
            num_alerts_affected: 2,
            timestamp: { seconds: expect.any(Number) },
          },
        ],
      })),
    )
  })

  test('change all together or not at all', async () => {
    const [known] = (await findAlerts("FROM alert WHERE status = 'OPEN'", 1)).alerts.list
    const answer = await me.ask(
      `mutation { alertsServiceUpdateResolutionInfo(in: { alert_ids: ["${known?.id}", "alert://nobody"], resolution_status: OTHER }) { resolution_status } }`,
    )
    expect(answer).toEqual({ resolution_status: 'FAILED' })
    expect(
      (await findAlerts(`FROM alert WHERE id = '${known?.id}' AND status = 'OPEN'`)).alerts.total_results,
    ).toBe(1)
  })
})

describe('an investigation', () => {
  const shown =
    'id shortId title priority status tags closeReason alerts assets alertsEvidenceCount commentsCount { total } createdAt createdBySubject { name } tenant { id }'

  test('is created, changed, filled, commented on and closed with its alerts', async () => {
    const [first, second] = (await findAlerts("FROM alert WHERE status = 'OPEN'", 2)).alerts.list
    const created = await me.ask<{ id: string }>(
      `mutation { createInvestigationV2(input: { title: "A drill", priority: 3, alerts: ["${first?.id}"], tags: ["drill"] }) { ${shown} } }`,
    )
    expect(created).toMatchObject({
      title: 'A drill',
      priority: 3,
      status: 'OPEN',
      tags: ['drill'],
      alerts: [first?.id],
      assets: [expect.any(String)],
      createdBySubject: { name: me.sandbox.user.username },
      tenant: { id: '50530' },
    })
    const input = `investigationId: "${created.id}"`
    await me.ask(`mutation { updateInvestigationV2(input: { id: "${created.id}", status: ACTIVE }) { id } }`)
    await me.ask(
      `mutation { addEvidenceToInvestigation(input: { ${input}, alertsSearchQuery: "FROM alert WHERE id = '${second?.id}'" }) { alerts } }`,
    )
    await me.ask(
      `mutation { addCommentToInvestigation(input: { ${input}, comment: "Looks fine" }) { comment authorSubject { name } } }`,
    )
    expect(
      await me.ask(`{ investigationV2(arguments: { id: "${created.id}" }) { ${shown} } }`),
    ).toMatchObject({ status: 'ACTIVE', alerts: [first?.id, second?.id], commentsCount: { total: 1 } })

    const investigationsOf = (id: string | undefined) =>
      me.ask(
        `{ alertsServiceRetrieveAlertsById(in: { iDs: ["${id}"] }) { alerts { list { investigation_ids { id } } } } }`,
      )
    const linked = { alerts: { list: [{ investigation_ids: [{ id: created.id }] }] } }
    expect(await investigationsOf(second?.id)).toEqual(linked)
    expect(await investigationsOf(first?.id)).toEqual(linked)

    const found = await me.ask(
      `{ investigationsV2(arguments: { cql: "FROM investigation WHERE title = 'A drill' AND status = 'ACTIVE'" }) { totalCount investigations { id } } }`,
    )
    expect(found).toEqual({ totalCount: 1, investigations: [{ id: created.id }] })

    await me.ask(
      `mutation { removeEvidenceFromInvestigation(input: { ${input}, alerts: ["${first?.id}"] }) { alerts } }`,
    )
    expect(await investigationsOf(first?.id)).toEqual({ alerts: { list: [{ investigation_ids: [] }] } })
    const closed = await me.ask(
      `mutation { closeInvestigation(input: { id: "${created.id}", reason: "done", status: CLOSED_INFORMATIONAL, alertsResolutionStatus: NOT_ACTIONABLE }) { ${shown} } }`,
    )
    expect(closed).toMatchObject({
      status: 'CLOSED_INFORMATIONAL',
      closeReason: 'done',
      alerts: [second?.id],
    })
    const settled = await findAlerts(`FROM alert WHERE id = '${second?.id}' AND status = 'NOT_ACTIONABLE'`)
    expect(settled.alerts.total_results).toBe(1)
    const untouched = await findAlerts(`FROM alert WHERE id = '${first?.id}' AND status = 'OPEN'`)
    expect(untouched.alerts.total_results).toBe(1)
  })

  test('needs a title, a priority from 1 to 4, and to be there', async () => {
    for (const [mutation, code] of [
      ['createInvestigationV2(input: { title: " " }) { id }', 'BAD_USER_INPUT'],
      ['createInvestigationV2(input: { title: "x", priority: 9 }) { id }', 'BAD_USER_INPUT'],
      ['updateInvestigationV2(input: { id: "nobody" }) { id }', 'NOT_FOUND'],
      [
        'createInvestigationV2(input: { title: "x", alertsSearchQuery: "FROM nowhere" }) { id }',
        'INVALID_QUERY',
      ],
    ] as const) {
      const { body } = await me.send(`mutation { ${mutation} }`)
      expect(body).toMatchObject({ errors: [{ extensions: { code } }] })
    }
  })

  test('belongs to the tenant of the call', async () => {
    const { id } = await me.ask<{ id: string }>(
      'mutation { createInvestigationV2(input: { title: "Theirs" }) { id } }',
      { tenant: '50611' },
    )
    const query = `{ investigationV2(arguments: { id: "${id}" }) { tenantId } }`
    expect(await me.ask(query)).toEqual({ tenantId: '50611' })
    expect((await me.send(query, { tenant: '50648' })).body).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    })
  })
})

test('a case is created, filled and found', async () => {
  const [alert] = (await findAlerts('FROM alert', 1)).alerts.list
  const { id } = await me.ask<{ id: string }>(
    'mutation { createCase(input: { title: "A case", severity: 4, tags: ["drill"] }) { id } }',
  )
  await me.ask(
    `mutation { addEvidenceToCase(input: { caseId: "${id}", detectionIds: ["${alert?.id}"], hostIds: ["h1"] }) { caseId } }`,
  )
  expect(
    await me.ask(
      `{ cases(arguments: { query: "FROM case WHERE title = 'A case'" }) { totalCount cases { id detectionsCount assetsCount } } }`,
    ),
  ).toEqual({ totalCount: 1, cases: [{ id, detectionsCount: 1, assetsCount: 1 }] })
})

test('a client is created once a name, with a secret, and deleted by either of its ids', async () => {
  const create =
    'mutation { createClient(name: "my-robot") { client { id client_id name roles } client_secret } }'
  const made = await me.ask<{ client: { id: string; client_id: string }; client_secret: string }>(create)
  expect(made.client_secret).toMatch(/^[\w-]{40}$/)
  const again = await me.send(create)
  expect([again.status, again.body]).toEqual([200, { error: ['Existing client in tenant'] }])
  expect(await me.ask('{ clientsSearch(filters: { name: "my-robot" }) { totalCount } }')).toEqual({
    totalCount: 1,
  })
  await me.ask(`mutation { deleteClient(id: "${made.client.client_id}") { id } }`)
  expect(await me.ask('{ clientsSearch(filters: { name: "my-robot" }) { totalCount } }')).toEqual({
    totalCount: 0,
  })
  expect((await me.send(create)).body).not.toHaveProperty('error')
})

test('share links and saved queries are there after they were made', async () => {
  const link = await me.ask<{ id: string }>(
    'mutation { createShareLink(input: { linkType: "alertId", linkRef: "a1", extraParameters: [{ key: "k", value: "<b>" }] }) { id } }',
  )
  expect(
    await me.ask(`{ shareLinkById(id: "${link.id}") { linkRef tenantId extraParameters { key value } } }`),
  ).toEqual({
    linkRef: 'a1',
    tenantId: '50530',
    extraParameters: [{ key: 'k', value: '<b>' }],
  })
  const saved = await me.ask<{ rn: string }>(
    'mutation { createSavedQLQuery(input: { qlQuery: { name: "mine", rawQuery: "FROM alert", metadata: { big: 1 } } }) { rn } }',
  )
  expect(
    await me.ask(
      `{ qlQueries(input: { rns: ["${saved.rn}"] }) { queries { savedName rawQuery metadata } } }`,
    ),
  ).toEqual({
    queries: [{ savedName: 'mine', rawQuery: 'FROM alert', metadata: { big: 1 } }],
  })
})

test('the hosted notebook starts, stops and goes', async () => {
  expect(await me.ask('mutation { startNotebook { status } }')).toEqual({ status: 'RUNNING' })
  expect(await me.ask('{ notebook { status } }')).toEqual({ status: 'RUNNING' })
  expect(await me.ask('mutation { shutdownNotebook { status } }')).toEqual({ status: 'STOPPED' })
  expect(await me.ask('mutation { deleteNotebook { status } }')).toEqual({ status: 'DELETED' })
  expect(await me.ask('{ notebook { status } }')).toBeNull()
  expect((await me.send('mutation { startNotebook { id } }')).body).toMatchObject({
    errors: [{ path: ['startNotebook'] }],
  })
  expect(await me.ask('mutation { createNotebook { status } }')).toEqual({ status: 'RUNNING' })
})

test('a past event query can be deleted once', async () => {
  const remove = () =>
    me.send('mutation { deleteEventQuery(id: "event-query-2") }', { path: '/events/query' })
  expect((await remove()).body).toEqual({ data: { deleteEventQuery: true } })
  expect((await remove()).body).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
})

describe('the data', () => {
  const dump = async (options: { seed?: number; now?: number; alerts?: number }) => {
    await using one = await SignedIn.start({ alerts: 1000, ...options })
    const texts = []
    for (const query of [
      '{ alertsServiceSearch(in: { cql_query: "FROM alert EARLIEST=-7d", limit: 1000 }) { alerts { total_results list { id status tags metadata { title severity created_at { seconds nanos } } event_ids { id event_data } investigation_ids { id } } } } }',
      '{ assetsV2(first: 50) { assets { id hostnames { hostname } ipAddresses { ip } lastSeenAt } } }',
      '{ investigationsV2(arguments: { perPage: 50 }) { totalCount investigations { id shortId title createdAt alerts } } }',
      '{ tenants(tenantsQuery: {}) { tenants { id name createdAt } } }',
      '{ threatLatestPublications(from: 0, size: 20) { id Name Published } }',
      '{ searchAudits(auditSearchInput: { limit: 50 }) { audits { id timestamp eventName } } }',
    ]) {
      texts.push((await one.send(query)).text)
    }
    return texts
  }
  const idsIn = (text: string | undefined) => (text ?? '').match(/alert:\/\/[\w:-]+/g)

  test('is the same, byte for byte, for the same seed and time', async () => {
    const first = await dump({})
    expect(first.join().length).toBeGreaterThan(50_000)
    expect(await dump({})).toEqual(first)
  })

  test('is the same rows, moved in time, for the same seed at another time', async () => {
    const [now] = await dump({})
    const [later] = await dump({ now: dataNow + 123_456_789 })
    expect(idsIn(later)).toEqual(idsIn(now))
    expect(later).not.toBe(now)
  })

  test('is other data for another seed', async () => {
    const [one] = await dump({ seed: 1 })
    const [two] = await dump({ seed: 2 })
    const ids = new Set(idsIn(one))
    expect(ids.size).toBeGreaterThan(100)
    expect(idsIn(two)?.filter((id) => ids.has(id))).toEqual([])
  })
})

test('100,000 alerts start in seconds, and a search over all of them takes well under one', async () => {
  const startedAt = performance.now()
  await using full = await SignedIn.start({ alerts: 100_000 })
  expect(performance.now() - startedAt).toBeLessThan(6000)
  const search = `{ alertsServiceSearch(in: { cql_query: "FROM alert WHERE severity >= 0.3 AND hostname CONTAINS '1' AND title CONTAINS 'a'", limit: 5 }) { alerts { total_results } } }`
  await full.ask(search)
  const searchedAt = performance.now()
  const { alerts } = await full.ask<Found>(search)
  expect(performance.now() - searchedAt).toBeLessThan(1000)
  expect(alerts.total_results).toBeGreaterThan(1000)
})
