import { describe, expect, it } from 'vitest'
import { gql } from '../../src/client/document.js'
import { stringifyExactJson } from '../../src/json.js'
import { cachedSource } from '../../src/results/cache.js'
import { openDatabase } from '../../src/results/database.js'
import { loadInto } from '../../src/results/database-load.js'
import type { RowSource } from '../../src/results/row-source.js'
import { sql } from '../../src/results/sql.js'
import type { Row } from '../../src/results/table.js'
import { signedIn } from '../support/taegis-client.js'

const document = gql<
  { alertsServiceSearch: { alerts: { list: Row[] } } },
  { offset: number }
>`query ($offset: Int) {
  alertsServiceSearch(in: { cql_query: "FROM alert EARLIEST=-30d", offset: $offset, limit: 500 }) {
    alerts { list {
      id status priority { value } metadata { title severity confidence created_at { seconds nanos } }
      entities { entities } attack_technique_ids
    } }
  }
}`

describe("the platform's own rows", () => {
  it('are the same in the cache, and answer in SQL', async () => {
    await using platform = await signedIn({ sandbox: { alerts: 2_000 } })
    const given: Row[] = []
    async function* pages() {
      for (let offset = 0; offset < 1_500; offset += 500) {
        const { alertsServiceSearch } = await platform.xdr.query(document, { offset })
        given.push(...alertsServiceSearch.alerts.list)
        yield alertsServiceSearch.alerts.list
      }
    }
    const { provider, region, origin } = platform.xdr.target
    const source: RowSource = {
      provenance: { provider, region, origin, tenant: undefined, query: document.source, variables: {} },
      rows: pages,
      async *lines() {
        for await (const rows of pages()) {
          const ndjson = Buffer.from(rows.map((row) => `${stringifyExactJson(row)}\n`).join(''))
          yield { ndjson, count: rows.length }
        }
      },
    }
    const { screen } = platform
    await using database = await openDatabase({ path: ':memory:', screen })
    await loadInto(cachedSource(source, '1h', { screen }), 'alerts', { database, screen })
    expect(given).toHaveLength(1_500)
    const queries = platform.queries().length
    const kept: Row[] = []
    for await (const rows of cachedSource(source, '1h', { screen }).rows()) kept.push(...rows)
    expect(kept).toStrictEqual(JSON.parse(stringifyExactJson(given)))
    expect(platform.queries()).toHaveLength(queries)
    const q = sql.on(database)
    expect(await q`from alerts`).toEqual(kept)
    const severe = given.filter(({ metadata }) => Number(Reflect.get(Object(metadata), 'severity')) >= 0.6)
    expect(await q`select count(*) as n from alerts where metadata.severity >= ${0.6}`).toEqual([
      { n: severe.length },
    ])
  })
})
