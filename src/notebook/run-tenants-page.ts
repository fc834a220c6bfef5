import { durationText } from '../duration.js'
import { escapeHtml, plain } from '../text.js'
import { describeFailure, type RunFailure } from './run-report.js'
import type { TenantReport, TenantsSummary } from './run-tenants.js'

const words: Record<TenantReport['status'], string> = {
  ok: 'done',
  error: 'failed',
  timeout: 'out of time',
  interrupted: 'interrupted',
  died: 'kernel died',
  waiting: 'waiting',
  running: 'running',
  'not-run': 'not run',
}

/** The summary of a run over tenants as one HTML file, which needs nothing else and runs nothing. */
export function tenantsPage(summary: TenantsSummary): string {
  const { notebook, tenants, error, parameters } = summary
  const title = safe(notebook, 200)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}: ${tenants.length} ${tenants.length === 1 ? 'tenant' : 'tenants'}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${escapeHtml(countsOf(summary))}</p>
<p>${escapeHtml(timesOf(summary))}</p>
${parameters === undefined ? '' : `<p>Parameters: <code>${safe(JSON.stringify(parameters), 2_000)}</code></p>\n`}${
  error === undefined ? '' : `<p class="error" role="alert">${failureHtml(error)}</p>\n`
}<table>
<caption>One executed notebook for each tenant; those that failed come first.</caption>
<thead><tr><th scope="col">Tenant</th><th scope="col">Result</th><th scope="col" class="number">Cells</th><th scope="col" class="number">Time</th><th scope="col">What happened</th></tr></thead>
<tbody>
${[...tenants].sort(byFailure).map(rowOf).join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`
}

/** `12 of 14 tenants done, 1 failed, 1 running` */
export function countsOf({ tenants }: Pick<TenantsSummary, 'tenants'>): string {
  const done = `${tenants.filter(({ status }) => status === 'ok').length} of ${tenants.length} tenants done`
  const others = (Object.keys(words) as TenantReport['status'][])
    .filter((status) => status !== 'ok')
    .map((status) => [words[status], tenants.filter((report) => report.status === status).length] as const)
    .filter(([, count]) => count > 0)
  return [done, ...others.map(([word, count]) => `${count} ${word}`)].join(', ')
}

/** `Alder Dairy (50611)`, `tenant 50611` */
export function labelOf({ tenant, name }: Pick<TenantReport, 'tenant' | 'name'>): string {
  return name === undefined ? `tenant ${plain(tenant, 80)}` : `${plain(name, 60)} (${plain(tenant, 80)})`
}

function timesOf({ startedAt, endedAt, ms, version }: TenantsSummary): string {
  const at = (time: string) => time.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')
  const end = endedAt === undefined ? 'still running when this was written' : `ended ${at(endedAt)}`
  return `Started ${at(startedAt)}, ${end}, ${durationText(ms)}; xdrlab ${version}.`
}

function byFailure(a: TenantReport, b: TenantReport): number {
  return rankOf(a) - rankOf(b)
}

function rankOf({ status, unsaved }: TenantReport): number {
  if (status === 'ok') return unsaved === undefined ? 2 : 0
  return status === 'waiting' || status === 'running' || status === 'not-run' ? 1 : 0
}

function rowOf(report: TenantReport): string {
  const { status, cells, cellsRun, ms, error, failedCell, unsaved, file } = report
  const label = escapeHtml(labelOf(report))
  const hasFile = status !== 'waiting' && status !== 'not-run'
  // A relative address: the folder can be moved or sent.
  const link = hasFile ? `<a href="./${encodeURIComponent(file)}">${label}</a>` : label
  const cell = failedCell === undefined ? '' : `Cell ${failedCell.index + 1} (${safe(failedCell.title)}): `
  const what = [
    error === undefined ? '' : cell + failureHtml(error),
    unsaved === undefined ? '' : failureHtml(unsaved),
  ]
  const kind = ['failed', 'waiting', 'done'][rankOf(report)]
  return `<tr class="${kind}"><th scope="row">${link}</th><td class="result">${words[status]}</td><td class="number">${
    cells === 0 ? '' : `${cellsRun} of ${cells}`
  }</td><td class="number">${ms === 0 ? '' : durationText(ms)}</td><td>${what.filter((text) => text !== '').join('<br>')}</td></tr>`
}

function failureHtml(failure: RunFailure): string {
  const hint = failure.hint === undefined ? '' : `<br><span class="hint">→ ${safe(failure.hint)}</span>`
  return safe(describeFailure(failure), 1_200) + hint
}

/** Text of cells and servers. */
function safe(text: string, maxLength = 300): string {
  return escapeHtml(plain(text, maxLength))
}

const style = `
:root { color-scheme: light dark; background: Canvas; --aside: light-dark(#595959, #a8a8a8); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
p { margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; margin-top: 1.5rem; }
caption { text-align: left; color: var(--aside); padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); overflow-wrap: anywhere; }
th[scope=row] { font-weight: 500; min-width: 12rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.result { white-space: nowrap; }
.done .result { color: light-dark(#1b6e2a, #7bd88f); }
.error, .failed .result { color: light-dark(#b3261e, #ff8a80); }
.hint { color: var(--aside); }
@media print { main { margin: 0; max-width: none; } }
`
