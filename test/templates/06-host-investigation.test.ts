import { expect, test } from 'vitest'
import { leafPath, processCorrelationId } from '../../src/sandbox/data/events.js'
import { countChildren } from '../../src/sandbox/data/processes.js'
import { distinct, knownEvents } from '../support/known-events.js'
import { countBy, dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { byBoth, runners, runTemplate } from '../support/templates.js'

const world = openKnownWorld()
const types = ['process', 'filemod', 'netflow', 'dnsquery', 'http', 'auth', 'cloudaudit', 'email']
const mostChildren = 100

/** What the seeded data says of a host; its processes from the newest or the oldest event that names one. */
function factsOf(host: string, days: number, place: 0 | -1) {
  const alerts = knownAlerts(world).filter(
    ({ hostname, ageMs }) => hostname === host && ageMs <= days * dayMs,
  )
  const events = knownEvents(world, types, days).filter(({ values }) => values.hostname === host)
  const start = events.filter(({ type }) => type === 'process' || type === 'filemod').at(place)
  if (start === undefined) throw new Error(`no event of ${host} names a process`)
  const { alert } = start.place
  const path = leafPath(world.alerts, alert)
  const children = Math.min(mostChildren, countChildren(world.alerts, { alert, path }))
  const processId = processCorrelationId(world.alerts, alert, path)
  return { alerts, events, processId, depth: path.length, children }
}

const cases = [
  { host: 'BER-LT-0118', days: 7, os: 'Windows 10 Enterprise', place: 0, parameters: {} },
  {
    host: 'SIN-LNX-0004',
    days: 2,
    os: 'Ubuntu 22.04',
    place: -1,
    parameters: {
      host: 'SIN-LNX-0004',
      earliest: '-2d',
      processId: factsOf('SIN-LNX-0004', 2, -1).processId,
    },
  },
] as const

test.each(byBoth(cases))('follows $host from its alerts to its processes, by $runner', async (one) => {
  const { host, days, os, place, parameters, runner } = one
  const run = await runTemplate('06-host-investigation', { parameters, runner })
  const { alerts, events, depth, children } = factsOf(host, days, place)
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

// One run for both: papermill where there is one.
test.each(runners.slice(-1))('says what is missing for a host that nobody knows, by %s', async (runner) => {
  const run = await runTemplate('06-host-investigation', { runner, parameters: { host: 'NO-SUCH-HOST' } })
  expect(run.textOf('asset')).toContain('No asset is called "NO-SUCH-HOST"')
  expect(run.tableOf('alerts').total).toBe(0)
  expect(run.textOf('events-chart')).toContain('There is nothing to draw')
  expect(run.textOf('lineage')).toContain('There is no process to follow.')
  expect(run.textOf('summary')).toContain('0 alerts since -7d, 0 of them open')
})
