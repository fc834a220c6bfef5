import { expect, test } from 'vitest'
import { eventIdsOf } from '../../src/sandbox/data/events.js'
import { countBy, dayMs, type KnownAlert, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate } from '../support/templates.js'

const name = '09-investigation-builder'
const world = openKnownWorld()
const alerts = knownAlerts(world)

const openSince = (days: number, minSeverity: number) =>
  alerts.filter(
    ({ status, severity, ageMs }) => status === 'OPEN' && severity >= minSeverity && ageMs <= days * dayMs,
  )
const isFree = ({ row }: KnownAlert) => world.alerts.investigation[row] === 0
const byHost = countBy(openSince(1, 0.6), ({ hostname }) => hostname)
const [busiest = ''] = byHost.keys()
/** Another host, with several alerts in a week. */
const [, , quieter = ''] = countBy(openSince(7, 0.5), ({ hostname }) => hostname).keys()

test.each(runners)('by default it shows what would be sent and sends nothing, by %s', async (runner) => {
  const open = openSince(1, 0.6).filter(({ hostname }) => hostname === busiest)
  const free = open.filter(isFree)
  expect(free.length).toBeLessThan(open.length)

  const run = await runTemplate(name, { runner })

  const hosts = run.tableOf('hosts').rows.map(({ hostname, count }) => [hostname, count])
  expect(hosts[0]).toEqual([busiest, byHost.get(busiest)])
  expect(hosts.map(([, count]) => count)).toEqual([...byHost.values()].slice(0, 10))
  expect(run.tableOf('evidence').rows.map(({ id }) => id)).toEqual(open.map(({ id }) => id))
  expect(run.textOf('free')).toContain(
    `${free.length} of ${open.length} open alerts are in no investigation yet.`,
  )
  const shown = run.textOf('create')
  expect(shown).toMatch(/^Dry run: nothing was sent\nrequest: createInvestigationV2\n/)
  for (const { id, row } of free)
    for (const sent of [id, ...eventIdsOf(world.alerts, row)]) expect(shown).toContain(`"${sent}"`)
  for (const { id } of open.filter((alert) => !isFree(alert))) expect(shown).not.toContain(id)
  expect(run.textOf('check')).toContain('Nothing was made')
})

test.each(runners)(
  'when it is told to, it opens an investigation with the evidence, by %s',
  async (runner) => {
    const open = openSince(7, 0.5).filter(({ hostname }) => hostname === quieter)
    const free = open.filter(isFree)
    expect(free.length).toBeGreaterThan(2)
    const events = free.flatMap(({ row }) => eventIdsOf(world.alerts, row))
    const parameters = {
      host: quieter,
      earliest: '-7d',
      minSeverity: 0.5,
      priority: 4,
      title: 'What is it with "this" host?',
      dryRun: false,
      confirmed: true,
    }

    const run = await runTemplate(name, { parameters, runner })

    const made = {
      // The next number after those that there are.
      shortId: `INV${10_001 + world.investigations.length}`,
      title: parameters.title,
      status: 'OPEN',
      priority: 4,
    }
    for (const value of Object.values(made)) expect(run.textOf('create')).toContain(String(value))
    const shown = run.textOf('check')
    for (const value of Object.values(made)) expect(shown).toContain(String(value))
    for (const [field, count] of [
      ['alertsEvidenceCount', free.length],
      ['eventsEvidenceCount', events.length],
      ['assetsEvidenceCount', 1],
    ]) {
      expect(shown).toMatch(new RegExp(`^${field} +${count}$`, 'm'))
    }
    const evidence = run.tableOf('check-alerts').rows.map(({ alertId }) => alertId)
    expect(new Set(evidence)).toEqual(new Set(free.map(({ id }) => id)))
    const findings = run.textOf('findings')
    for (const { title, severity } of free) expect(findings).toContain(`${title} (${severity})`)
  },
)

test('where nobody can be asked, the change has to be confirmed by the parameter', async () => {
  await expect(runTemplate(name, { parameters: { dryRun: false } })).rejects.toThrow(
    /cell create: .*nobody can be asked; nothing was changed/,
  )
})

test('without evidence nothing is sent, whatever the parameters say', async () => {
  const parameters = { minSeverity: 1, dryRun: false, confirmed: true }
  const run = await runTemplate(name, { parameters })
  expect(run.textOf('hosts')).toContain('there is nothing to investigate')
  expect(run.textOf('create')).toContain('There is no evidence, so nothing is sent.')
  expect(run.textOf('check')).toContain('Nothing was made')
})
