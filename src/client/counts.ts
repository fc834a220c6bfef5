import { XdrError } from '../errors.js'
import type { ColumnPlan } from '../results/database-shape.js'
import { linesOf } from '../results/row-lines.js'
import type { RowLines } from '../results/row-source.js'
import { type CallOptions, type ClientParts, joinSignals } from './calls.js'
import { provenanceOf } from './paging/options.js'
import { runQuery } from './query.js'
import { Rows } from './rows.js'
import { sourceOrigin } from './rows-origin.js'

/** A row of `xdr.counts()`: a text for each field that is counted by, and how many there are. */
export interface Count {
  [field: string]: string | number
  count: number
}

/** More groups than this nobody reads, and the platform gives no more rows at once either. */
const mostGroups = 10_000

const countsDocument = `query counts($cql: String!, $limit: Int!) {
  alertsServiceSearch(in: {cql_query: $cql, limit: $limit}) {
    alerts { group_by { keys { key value } value } }
  }
}`

/** @throws XdrError `XDR_BAD_OPTION` for a query that counts nothing */
export function openCounts(parts: ClientParts, cql: string, options: CallOptions = {}): Rows<Count> {
  if (typeof cql !== 'string' || !/\|\s*aggregate\s+count\b/i.test(cql)) {
    throw new XdrError('XDR_BAD_OPTION', 'the query counts nothing', {
      hint: 'end it with what is counted: "FROM alert EARLIEST=-7d | aggregate count by status"',
    })
  }
  const variables = { cql, limit: mostGroups }
  const provenance = provenanceOf(parts, countsDocument, variables, options.tenant)
  async function* rows(given?: AbortSignal): AsyncGenerator<readonly Count[], void, undefined> {
    const signal = joinSignals(options.signal, given)
    const call = signal === undefined ? options : { ...options, signal }
    const [answer, { valueAt }] = await Promise.all([
      runQuery(parts, countsDocument, variables, call),
      import('./paging/readers.js'),
    ])
    const groups = valueAt(answer, ['alertsServiceSearch', 'alerts', 'group_by'])
    yield (Array.isArray(groups) ? groups : []).map(readCount)
  }
  async function* lines(signal?: AbortSignal): AsyncGenerator<RowLines, void, undefined> {
    for await (const batch of rows(signal)) yield* linesOf(batch)
  }
  const origin = sourceOrigin('counts', () => ({ provenance, rows, lines }))
  return new Rows<Count>({ ...origin, columns: async () => columnsIn(cql) }, {}, parts)
}

/** A group as the platform tells it; a key without a value counts what has none. */
interface Group {
  keys?: { key?: string | null; value?: string | null }[] | null
  value?: number | null
}

function readCount({ keys, value }: Group): Count {
  const names = shortNames((keys ?? []).map(({ key }) => key ?? ''))
  const fields = (keys ?? []).map((key, i) => [names[i], key.value ?? ''])
  return { ...Object.fromEntries(fields), count: value ?? 0 }
}

/** The last part of each name, `title` for `metadata.title`; the whole name where that tells no apart. */
function shortNames(names: readonly string[]): string[] {
  const short = names.map((name) => name.slice(name.lastIndexOf('.') + 1))
  const isClear = (name: string) => name !== 'count' && short.indexOf(name) === short.lastIndexOf(name)
  return short.map((name, i) => (isClear(name) ? name : (names[i] ?? name)))
}

/** As the query names them, for a table of no rows. */
function columnsIn(cql: string): ColumnPlan[] {
  const by = /\|\s*aggregate\s+count\s+by\s+([^|]+)/i.exec(cql)?.[1] ?? ''
  const names = shortNames(by.split(',').map((name) => name.trim())).filter((name) => name !== '')
  return [
    ...names.map((name) => ({ name, source: name, type: 'VARCHAR' })),
    { name: 'count', source: 'count', type: 'BIGINT' },
  ]
}
