import { expect, test } from 'vitest'
import { countBy, dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate, type TemplateRunner } from '../support/templates.js'

const name = '01-getting-started'
const alerts = knownAlerts(openKnownWorld())

/** Age of the oldest alert, least severity, who runs it, and what is given; without, it is the default. */
type Case = [days: number, minSeverity: number, runner: TemplateRunner, given: Record<string, unknown>]

const cases: Case[] = runners.flatMap((runner): Case[] => [
  [1, 0.6, runner, {}],
  [7, 0.9, runner, { earliest: '-7d', minSeverity: 0.9 }],
])

test.each(cases)('shows and counts the alerts of %s days from %s on, by %s', async (...given) => {
  const [days, minSeverity, runner, parameters] = given
  const since = alerts.filter(({ ageMs }) => ageMs <= days * dayMs)
  const severe = since.filter(({ severity }) => severity >= minSeverity).slice(0, 10)
  const run = await runTemplate(name, { parameters, runner })

  expect(run.textOf('sign-in')).toContain('Signed in as analyst@sandbox.example')
  expect(run.textOf('who')).toContain("email: 'analyst@sandbox.example'")
  expect(run.tableOf('alerts')).toMatchObject({
    columns: ['metadata.title', 'metadata.severity', 'status', 'sensor_types', 'id'],
    total: severe.length,
  })
  expect(run.tableOf('alerts').rows.map(({ id }) => id)).toEqual(severe.map(({ id }) => id))
  const counts = [...countBy(since, ({ title }) => title)]
  expect(run.tableOf('counts').rows).toEqual(counts.slice(0, 10).map(([title, count]) => ({ title, count })))
  const worst = severe.toSorted((a, b) => b.severity - a.severity)[0]
  expect(run.textOf('typescript')).toContain(`The worst of them: ${worst?.title} (${worst?.severity})`)
})
