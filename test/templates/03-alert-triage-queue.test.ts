import { expect, test } from 'vitest'
import {
  countBy,
  dayMs,
  groupBy,
  type KnownAlert,
  knownAlerts,
  openKnownWorld,
} from '../support/known-world.js'
import { runners, runTemplate } from '../support/templates.js'

const name = '03-alert-triage-queue'
const alerts = knownAlerts(openKnownWorld())

interface Given {
  earliest: string
  minSeverity: number
  queueLength: number
  importantTags: string[]
}

const defaults: Given = {
  earliest: '-1d',
  minSeverity: 0.6,
  queueLength: 20,
  importantTags: ['crown-jewel', 'vip', 'internet-facing'],
}
const others: Given = {
  earliest: '-7d',
  minSeverity: 0.9,
  queueLength: 7,
  importantTags: ['pci', 'red-team'],
}

/** What belongs together, and how it is ranked, as the notebook's text says it. */
function casesOf(open: readonly KnownAlert[], { importantTags }: Given) {
  const groups = groupBy(open, ({ title, hostname, tenant }) => `${title} ${hostname} ${tenant?.id}`)
  const perHost = countBy([...groups.values()], ([first]) => `${first?.hostname} ${first?.tenant?.id}`)
  return [...groups.values()]
    .map((members) => {
      const [first] = members
      const others = (perHost.get(`${first?.hostname} ${first?.tenant?.id}`) ?? 0) - 1
      const threat = Math.max(...members.map(({ severity, confidence }) => severity * confidence))
      const isImportant = members.some(({ tags }) => tags.some((tag) => importantTags.includes(tag)))
      return {
        score: Math.round(100 * threat) + Math.min(20, 5 * others) + (isImportant ? 10 : 0),
        title: first?.title,
        host: first?.hostname,
        tenant: first?.tenant?.name,
        alerts: members.length,
        severity: Math.max(...members.map(({ severity }) => severity)),
        important: isImportant,
        ageMs: Math.min(...members.map(({ ageMs }) => ageMs)),
      }
    })
    .sort((a, b) => b.score - a.score || a.ageMs - b.ageMs)
}

test.each([
  ...runners.map((runner) => ({ runner, days: 1, given: defaults, parameters: {} })),
  ...runners.map((runner) => ({ runner, days: 7, given: others, parameters: { ...others } })),
])('ranks the open alerts of $days day(s), by $runner', async ({ runner, days, given, parameters }) => {
  const since = alerts.filter(({ ageMs, severity }) => ageMs <= days * dayMs && severity >= given.minSeverity)
  const open = since.filter(({ status }) => status === 'OPEN')
  const cases = casesOf(open, given)
  expect(cases.length).toBeGreaterThan(given.queueLength)

  const run = await runTemplate(name, { parameters, runner })

  const counts = run.tableOf('volume').rows.map(({ status, count }) => [status, count])
  expect(new Map(counts as [string, number][])).toEqual(countBy(since, ({ status }) => status))
  expect(run.textOf('cases')).toContain(`${open.length} open alerts are ${cases.length} cases.`)

  const queue = run.tableOf('queue')
  expect(queue.rows).toHaveLength(given.queueLength)
  expect(queue.rows.map(({ last_seen: _seen, worst_alert: _worst, ...row }) => row)).toEqual(
    cases.slice(0, given.queueLength).map(({ ageMs: _age, ...row }) => row),
  )
  const byId = new Map(open.map((alert) => [alert.id, alert]))
  for (const { worst_alert, title, host, severity } of queue.rows) {
    expect(byId.get(String(worst_alert))).toMatchObject({ title, hostname: host, severity })
  }
  expect(run.textOf('first')).toContain(String(queue.rows[0]?.worst_alert))

  const detections = countBy(cases, ({ host, tenant }) => `${host} ${tenant}`)
  const several = [...detections.values()].filter((count) => count > 1)
  expect(run.tableOf('hosts').rows.map((row) => row.detections)).toEqual(several.slice(0, 15))

  const settled = alerts.filter(
    ({ severity, status, ageMs }) =>
      severity >= given.minSeverity && status !== 'OPEN' && ageMs <= 30 * dayMs,
  )
  const history = run.tableOf('history').rows
  expect(new Set(history.map(({ title }) => title))).toEqual(new Set(cases.map(({ title }) => title)))
  for (const { title, settled: count, malicious_percent } of history) {
    const same = settled.filter((alert) => alert.title === title)
    const bad = same.filter(({ status }) => status === 'TRUE_POSITIVE_MALICIOUS')
    expect([title, count, malicious_percent]).toEqual([
      title,
      same.length,
      Math.round((100 * bad.length) / same.length),
    ])
  }
})

test('a night without open alerts is told, and no cell fails', async () => {
  const run = await runTemplate(name, { parameters: { minSeverity: 1 } })
  expect(run.textOf('fetch')).toContain('Nothing is open')
  expect(run.textOf('cases')).toContain('0 open alerts are 0 cases.')
  expect(run.textOf('first')).toContain('Nothing to start with')
  for (const cell of ['queue', 'hosts', 'history']) expect(run.textOf(cell), cell).toContain('(0 rows of ')
})
