import { findRows, type Row, tableView } from '../results/table.js'
import { escapeHtml, plain } from '../text.js'
import { markRow } from './tenant-mark.js'
import type { TenantResults } from './tenant-results.js'

/** The rows of all tenants as one table, and what failed as another. */
export function describeResults<T>({ results, failures }: TenantResults<T>): Record<string, string> {
  const rows = results.flatMap(({ tenant, data }) => rowsOf(data).map((row) => markRow(row, tenant)))
  const failed = failures.map(({ tenant, name, error }) => ({
    tenant,
    name,
    failed: error.message,
    next: error.hint,
  }))
  const parts = [
    rows.length === 0 ? { text: '(no rows)', html: '<div>no rows</div>' } : tableView(rows),
    failed.length === 0 ? undefined : failureView(failed),
  ].filter((part) => part !== undefined)
  return {
    'text/plain': parts.map(({ text }) => text).join('\n\n'),
    'text/html': parts.map(({ html }) => html).join(''),
  }
}

function failureView(failed: readonly Row[]): { text: string; html: string } | undefined {
  const view = tableView(failed)
  if (view === undefined) return undefined
  const title = `${failed.length === 1 ? '1 tenant' : `${failed.length} tenants`} failed`
  return {
    text: `${title}\n${view.text}`,
    html: `<div style="margin-top:.8em"><strong>${escapeHtml(plain(title))}</strong></div>${view.html ?? ''}`,
  }
}

function rowsOf(data: unknown): readonly Row[] {
  if (typeof data !== 'object' || data === null) return [{ value: data }]
  const rows = Array.isArray(data) ? data : findRows(data)
  return rows ?? [{ ...data }]
}
