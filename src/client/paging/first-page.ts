import { tableView } from '../../results/table.js'
import { escapeHtml } from '../../text.js'
import type { PagedList, ReadOptions } from './list.js'
import { objectReader } from './readers.js'

/** Rows that a notebook shows of a list. */
const mostShownRows = 100

/** The first page of a list as a table, with a line that says how much there is. */
export async function showFirstPage(list: PagedList, options: ReadOptions): Promise<Record<string, string>> {
  const limit = Math.min(options.limit ?? mostShownRows, mostShownRows)
  const pageSize = Math.min(options.pageSize ?? mostShownRows, mostShownRows)
  for await (const { batch, facts } of list.read(objectReader, {
    ...options,
    limit,
    pageSize,
    progress: false,
  })) {
    const view = tableView(batch)
    if (view === undefined) break
    const total = Math.min(facts.total ?? Number.POSITIVE_INFINITY, options.limit ?? Number.POSITIVE_INFINITY)
    const line = describePart(batch.length, total, facts.more)
    if (line === undefined) return bundle(view.text, view.html)
    return bundle(
      `${view.text}\n${line}`,
      view.html === undefined ? undefined : `${view.html}<div>${escapeHtml(line)}</div>`,
    )
  }
  return { 'text/plain': '(no rows)' }
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

function bundle(text: string, html: string | undefined): Record<string, string> {
  return { 'text/plain': text, ...(html === undefined ? {} : { 'text/html': html }) }
}
