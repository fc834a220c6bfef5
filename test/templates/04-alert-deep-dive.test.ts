import { expect, test } from 'vitest'
import { eventIdsOf, leafPath } from '../../src/sandbox/data/events.js'
import { countChildren } from '../../src/sandbox/data/processes.js'
import { dayMs, type KnownAlert, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate } from '../support/templates.js'

const name = '04-alert-deep-dive'
const world = openKnownWorld()
const alerts = knownAlerts(world)

const openToday = alerts.filter(({ status, ageMs }) => status === 'OPEN' && ageMs <= dayMs)
const mostSevere = Math.max(...openToday.map(({ severity }) => severity))
/** The newest of the most severe ones: what the notebook takes by itself. */
const worst = mustFind(openToday, ({ severity }) => severity === mostSevere)
/** One that somebody is on, without a process, and with a whole day around it. */
const investigated = mustFind(
  alerts,
  ({ row, rule, ageMs }) =>
    world.alerts.investigation[row] !== 0 && rule.eventType === 'auth' && ageMs > 3 * dayMs,
)

function mustFind(from: readonly KnownAlert[], test: (alert: KnownAlert) => boolean): KnownAlert {
  const found = from.find(test)
  if (found === undefined) throw new Error('the sandbox has no such alert')
  return found
}

test.each([
  ...runners.map((runner) => ({ runner, what: 'the worst', alert: worst, days: 30, parameters: {} })),
  ...runners.map((runner) => ({
    runner,
    what: 'a given',
    alert: investigated,
    days: 14,
    parameters: { alertId: investigated.id, earliest: '-14d' },
  })),
])('shows $what alert from all sides, by $runner', async ({ runner, alert, days, parameters }) => {
  const run = await runTemplate(name, { parameters, runner })

  expect(run.textOf('pick')).toContain(alert.id)
  for (const text of [alert.title, alert.status, String(alert.severity), alert.tenant?.name ?? ''])
    expect(run.textOf('alert')).toContain(text)
  const techniques = run.tableOf('techniques').rows.map(({ technique_id }) => technique_id)
  expect(techniques).toEqual(alert.rule.techniques)
  expect(run.tableOf('addresses').total).toBe(1)
  for (const entity of [`hostname:${alert.hostname}`, `userName:${alert.username}`])
    expect(run.textOf('entities')).toContain(entity)

  const eventIds = eventIdsOf(world.alerts, alert.row)
  expect(run.tableOf('events').rows.map(({ id }) => id)).toEqual(eventIds)
  if (alert.rule.eventType === 'auth') {
    expect(run.textOf('processes')).toBe('None of its events is of a process.')
  } else {
    const path = leafPath(world.alerts, alert.row)
    const children = countChildren(world.alerts, { alert: alert.row, path })
    const lines = run.textOf('processes').match(/\.exe {2}/g)
    expect(lines).toHaveLength(path.length + Math.min(50, children))
  }

  const isNear = (other: KnownAlert) => Math.abs(other.ageMs - alert.ageMs) <= dayMs
  const around = alerts.filter(
    (other) =>
      other.id !== alert.id &&
      isNear(other) &&
      (other.hostname === alert.hostname || other.username === alert.username),
  )
  expect(around.length).toBeGreaterThan(0)
  expect(run.tableOf('around').total).toBe(around.length)
  const [nearest] = around.toSorted(
    (a, b) => Math.abs(a.ageMs - alert.ageMs) - Math.abs(b.ageMs - alert.ageMs),
  )
  expect(around.length > 100 ? [nearest?.id] : run.tableOf('around').rows.map(({ id }) => id)).toContain(
    nearest?.id,
  )

  const same = alerts.filter(({ title, ageMs }) => title === alert.title && ageMs <= days * dayMs)
  const here = same.filter(({ hostname }) => hostname === alert.hostname)
  expect(run.tableOf('before-here').rows.map(({ id }) => id)).toEqual(here.map(({ id }) => id))
  const settled = same.filter(({ status }) => status !== 'OPEN')
  const malicious = settled.filter(({ status }) => status === 'TRUE_POSITIVE_MALICIOUS')
  expect(run.textOf('summary')).toContain(
    `Of ${settled.length} settled alerts of this title, ${malicious.length} were malicious.`,
  )

  const investigation = world.investigations[(world.alerts.investigation[alert.row] ?? 0) - 1]
  if (investigation === undefined)
    expect(run.textOf('investigations')).toContain('It is in no investigation.')
  else expect(run.tableOf('investigations').rows).toMatchObject([{ shortId: investigation.shortId }])
})

test('an id that is not there ends the run with a clear error', async () => {
  const parameters = { alertId: 'alert://priv:none:of-this-id' }
  await expect(runTemplate(name, { parameters })).rejects.toThrow(
    /cell alert: .*No alert has the id alert:\/\/priv:none:of-this-id, or none that you may see\./,
  )
})
