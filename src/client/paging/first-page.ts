import { type Row, tableView } from '../../results/table.js'
import { escapeHtml } from '../../text.js'
import type { PagedList, ReadOptions } from './list.js'
import { objectReader } from './readers.js'

/** Rows that a notebook shows of a list. */
const mostShownRows = 100

/** The first page of a list as a table, with a line that says how much there is. */
export async function showFirstPage(list: PagedList, options: ReadOptions): Promise<Record<string, unknown>> {
  const limit = Math.min(options.limit ?? mostShownRows, mostShownRows)
  const pageSize = Math.min(options.pageSize ?? mostShownRows, mostShownRows)
  const read = { ...options, limit, pageSize, progress: false }
  for await (const { batch, facts } of list.read(objectReader, read)) {
    const total = Math.min(facts.total ?? Number.POSITIVE_INFINITY, options.limit ?? Number.POSITIVE_INFINITY)
    return showRows(batch, describePart(batch.length, total, facts.more))
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
  return showRows(shown, describePart(shown.length, total, rows.length > shown.length))
}

function showRows(rows: readonly Row[], line: string | undefined): Record<string, unknown> {
  const view = tableView(rows)
  if (view === undefined) return { 'text/plain': '(no rows)' }
  const text = line === undefined ? view.text : `${view.text}\n${line}`
  const html =
    view.html === undefined || line === undefined ? view.html : `${view.html}<div>${escapeHtml(line)}</div>`
  return { ...view.data, 'text/plain': text, ...(html === undefined ? {} : { 'text/html': html }) }
}

function describePart(shown: number, total: number, more: boolean | undefined): string | undefined {
  const all = 'for await and toArray() read all'
  if (Number.isFinite(total)) {
    return shown < total
      ? `first ${shown} of ${total.toLocaleString('en')} rows were fetched; ${all}`
      : undefined
  }
  return more === false ? undefined : `first ${shown} rows, and there may be more; ${all}`
}
