import { readFileSync } from 'node:fs'
import { describeValue } from '../../kernel/display.js'
import { describeProblems } from '../../kernel/type-warnings.js'
import { countdownView, endView, pendingView } from '../../src/auth/sign-in-view.js'
import { describeResults } from '../../src/client/tenant-table.js'
import { XdrError } from '../../src/errors.js'
import { chart } from '../../src/results/charts/chart.js'
import { tableView } from '../../src/results/table.js'
import { table } from '../../src/results/table-function.js'
import { buildSdl } from '../../src/schema/build.js'
import { showSchema } from '../../src/schema/show.js'
import { SchemaView } from '../../src/schema/view.js'
import { Secret } from '../../src/secrets.js'
import { makeAlerts } from './chart-rows.js'

export const userCode = 'WXYZ-1234'
export const signInUrl = `https://id.example.com/device?user_code=${userCode}`

/** What a notebook shows while a person signs in. */
const pendingSignIn = pendingView({
  title: 'Taegis XDR',
  host: 'api.example.com',
  account: 'analyst@example.com',
  browserOpened: true,
  code: {
    deviceCode: new Secret('a device code that is not shown'),
    userCode,
    verificationUri: 'https://id.example.com/device',
    verificationUriComplete: signInUrl,
    intervalS: 5,
    expiresInS: 600,
  },
})
const countdown = countdownView(595_000)

const rows = Array.from({ length: 130 }, (_, i) => ({
  id: i,
  at: '2026-01-15T12:00:00Z',
  title: 'Beacon with a regular interval',
  empty: i % 2 === 0 ? null : undefined,
  long: 'a value that is much longer than a cell '.repeat(10),
  nested: { list: [{ host: 'host-7' }, { host: 'host-8' }] },
}))
const wide = [Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`column_${i}`, `value ${i}`]))]

/** Every kind of HTML that a cell shows, by a name. Whatever the product shows next belongs here. */
export async function htmlOutputs(): Promise<Record<string, string>> {
  const bundles = {
    'sign-in': { 'text/html': pendingSignIn.html },
    countdown: { 'text/html': countdown.html },
    'signed-in': { 'text/html': endView(true, 'Signed in as analyst@example.com').html },
    'not-signed-in': { 'text/html': endView(false, 'Not signed in: the code expired').html },
    table: tableView(rows)?.bundle(),
    'table-with-title': await describeValue(
      table(rows, { title: 'Alerts', limit: 3, timeZone: 'Asia/Tokyo' }),
    ),
    'table-wide': tableView(wide)?.bundle(),
    'table-empty': await describeValue(table([], { title: 'Nothing' })),
    tenants: describeResults({
      results: [{ tenant: '50530', name: 'Alder Dairy', data: rows.slice(0, 2) }],
      failures: [
        { tenant: '50611', name: 'Birch', error: new XdrError('XDR_NETWORK', 'no answer', { hint: 'wait' }) },
      ],
    }),
    'schema-type': await describeValue(schemaView('Alert2')),
    'schema-field': await describeValue(schemaView('Query.alertsServiceSearch')),
    'type-warning': describeProblems('const a: string = 1\nunknown()', [
      {
        start: 6,
        end: 7,
        severity: 'error',
        source: 'typescript',
        code: '2322',
        message: "Type 'number' is not assignable to type 'string'.",
      },
      {
        start: 20,
        end: 27,
        severity: 'error',
        source: 'typescript',
        code: '2304',
        message: "Cannot find name 'unknown'.",
      },
    ]),
    plot: await describeValue(
      await chart.plot((plot) =>
        plot.plot({
          color: { legend: true },
          title: 'Levels',
          marks: [
            plot.dot(
              [
                { x: 1, y: 2, level: 'high' },
                { x: 2, y: 1, level: 'low' },
              ],
              { x: 'x', y: 'y', stroke: 'level' },
            ),
          ],
        }),
      ),
    ),
    ...(await chartImages()),
  }
  return Object.fromEntries(
    Object.entries(bundles).map(([name, bundle]) => [name, String(Object(bundle)['text/html'])]),
  )
}

/** The drawings, as a page shows them that has them in its markup. */
async function chartImages(): Promise<Record<string, { 'text/html': string }>> {
  const charts = {
    'chart-bar': chart.bar(makeAlerts(80), { x: 'metadata.title', color: 'status' }),
    'chart-network': chart.network(makeAlerts(40)),
  }
  const drawn = await Promise.all(
    Object.entries(charts).map(async ([name, each]) => [name, { 'text/html': await each.svg() }] as const),
  )
  return Object.fromEntries(drawn)
}

function schemaView(name: string): SchemaView {
  const schema = buildSdl(readFileSync('src/sandbox/schema.graphql', 'utf8'))
  const entry = showSchema(schema, name)
  if ('nearest' in entry) throw new Error(`the sandbox has no ${name}`)
  return new SchemaView(entry)
}
