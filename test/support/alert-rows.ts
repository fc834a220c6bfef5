import { expect } from 'vitest'
import { parseExactJson } from '../../src/json.js'
import type { Row } from '../../src/results/table.js'
import type { SignedIn } from './taegis-client.js'

/** A search as it is pasted from somewhere else. */
export const pasted =
  '{ alertsServiceSearch(in: {cql_query: "FROM alert", limit: 100}) { alerts { list { id status } } } }'

/** Every alert's id, newest first, by one query of its own. */
export async function idsOf(it: SignedIn, cql = 'FROM alert'): Promise<unknown[]> {
  const data: unknown = await it.xdr.query(
    'query ($in: SearchRequestInput) { alertsServiceSearch(in: $in) { alerts { list { id } } } }',
    { in: { cql_query: cql, limit: 10_000 } },
  )
  return Object(data).alertsServiceSearch.alerts.list.map((row: Row) => row.id)
}

/** What was asked for. */
export const requests = (it: SignedIn) =>
  it.queries().map(({ body }) => parseExactJson(body)) as { query: string; variables: Row }[]

/** The lines of a reading, which are as many as it says. */
export async function textsOf(
  lines: AsyncIterable<{ ndjson: Uint8Array; count: number }>,
): Promise<string[]> {
  const texts: string[] = []
  for await (const { ndjson, count } of lines) {
    const found = Buffer.from(ndjson).toString().split('\n').slice(0, -1)
    expect(found).toHaveLength(count)
    texts.push(...found)
  }
  return texts
}
