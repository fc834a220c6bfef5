import { type Row, tableView } from '../../results/table.js'
import type { PagedList, ReadOptions } from './list.js'
import { objectReader } from './readers.js'

/** Rows that a notebook shows of a list. */
const mostShownRows = 100

/** The first page of a list as a table that says how much there is. */
export async function showFirstPage(list: PagedList, options: ReadOptions): Promise<Record<string, unknown>> {
  const limit = Math.min(options.limit ?? mostShownRows, mostShownRows)
  const pageSize = Math.min(options.pageSize ?? mostShownRows, mostShownRows)
  const read = { ...options, limit, pageSize, progress: false }
  for await (const { batch, facts } of list.read(objectReader, read)) {
    const total = Math.min(facts.total ?? Number.POSITIVE_INFINITY, options.limit ?? Number.POSITIVE_INFINITY)
    return showRows(batch, facts.more === false ? batch.length : total)
  }
  return { 'text/plain': '(no rows)' }
}

/**
 * The same of rows that come in batches of any size.
 *
 * @param total of all rows, where it is known
 */
export async function showFirstRows(
  batches: AsyncIterable<readonly Row[]>,
  total = Number.POSITIVE_INFINITY,
): Promise<Record<string, unknown>> {
  const rows: Row[] = []
  for await (const batch of batches) {
    rows.push(...batch.slice(0, mostShownRows + 1 - rows.length))
    if (rows.length > mostShownRows) break
  }
  const shown = rows.slice(0, mostShownRows)
  return showRows(shown, rows.length > shown.length ? total : shown.length)
}

/** @param total infinite where nobody knows */
function showRows(rows: readonly Row[], total: number): Record<string, unknown> {
  const totalRows = Number.isFinite(total) ? Math.max(total, rows.length) : undefined
  const view = tableView(rows, undefined, { totalRows, hint: 'for await and toArray() read all' })
  return view?.bundle() ?? { 'text/plain': '(no rows)' }
}
