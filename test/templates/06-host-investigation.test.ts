import { expect, test } from 'vitest'
import { leafPath } from '../../src/sandbox/data/events.js'
import { countChildren } from '../../src/sandbox/data/processes.js'
import { distinct, knownEvents } from '../support/known-events.js'
import { countBy, dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate } from '../support/templates.js'

const world = openKnownWorld()
const types = ['process', 'filemod', 'netflow', 'dnsquery', 'http', 'auth', 'cloudaudit', 'email']
const mostChildren = 100

/** What the seeded data says of a host. */
function factsOf(host: string, days: number) {
  const alerts = knownAlerts(world).filter(
    ({ hostname, ageMs }) => hostname === host && ageMs <= days * dayMs,
  )
  const events = knownEvents(world, types, days).filter(({ values }) => values.hostname === host)
  const [newest] = events.filter(({ type }) => type === 'process' || type === 'filemod')
  if (newest === undefined) throw new Error(`no event of ${host} names a process`)
  const path = leafPath(world.alerts, newest.place.alert)
  const children = countChildren(world.alerts, { alert: newest.place.alert, path })
  return { alerts, events, depth: path.length, children: Math.min(mostChildren, children) }
}

const cases = [
  { host: 'BER-LT-0118', days: 7, os: 'Windows 10 Enterprise', parameters: {} },
  {
    host: 'SIN-LNX-0004',
    days: 2,
    os: 'Ubuntu 22.04',
    parameters: { host: 'SIN-LNX-0004', earliest: '-2d' },
  },
]

test.each(cases)('follows $host from its alerts to its processes', async ({ host, days, os, parameters }) => {
  const run = await runTemplate('06-host-investigation', { parameters })
  const { alerts, events, depth, children } = factsOf(host, days)
  expect(alerts.length).toBeGreaterThan(0)

  const [asset] = run.tableOf('asset').rows
  expect(asset?.osVersion).toBe(os)
  expect(run.tableOf('alerts').total).toBe(alerts.length)
  expect(run.textOf('alerts')).toContain(`${alerts.length} alerts`)
  expect(run.textOf('events')).toContain(`${events.length} events`)
  const people = countBy(events, ({ values }) => String(values.username))
  const shown = run.tableOf('people').rows.map(({ username, events: count }) => [username, count])
  expect(new Map(shown as [string, number][])).toEqual(people)

  expect(run.tableOf('lineage').rows).toHaveLength(depth)
  expect(run.textOf('children')).toContain(`${children} processes were started by it`)
  expect(run.textOf('tree')).toContain('wininit.exe')
  const open = alerts.filter(({ status }) => status === 'OPEN').length
  const summary = run.textOf('summary')
  expect(summary).toContain(`${host} (${os}, NOT_ISOLATED)`)
  expect(summary).toContain(`${alerts.length} alerts since -${days}d, ${open} of them open`)
  expect(summary).toContain(
    `${events.length} events by ${distinct(events.map(({ values }) => values.username))} accounts`,
  )
})

test('follows the process that is asked for', async () => {
  const chosen = knownEvents(world, ['process', 'filemod'], 7)
    .filter(({ values }) => values.hostname === 'BER-LT-0118')
    .at(-1)
  const processId = String(chosen?.values.process_correlation_id)
  const run = await runTemplate('06-host-investigation', { parameters: { processId } })
  const path = leafPath(world.alerts, chosen?.place.alert ?? -1)
  const children = countChildren(world.alerts, { alert: chosen?.place.alert ?? -1, path })
  expect(run.tableOf('lineage').rows).toHaveLength(path.length)
  expect(run.textOf('children')).toContain(`${children} processes were started by it`)
})

test.each(runners)('says what is missing for a host that nobody knows, by %s', async (runner) => {
  const run = await runTemplate('06-host-investigation', { runner, parameters: { host: 'NO-SUCH-HOST' } })
  expect(run.textOf('asset')).toContain('No asset is called "NO-SUCH-HOST"')
  expect(run.tableOf('alerts').total).toBe(0)
  expect(run.textOf('events-chart')).toContain('There is nothing to draw')
  expect(run.textOf('lineage')).toContain('There is no process to follow.')
  expect(run.textOf('summary')).toContain('0 alerts since -7d, 0 of them open')
})
