import { expect, test } from 'vitest'
import { dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate } from '../support/templates.js'

const today = knownAlerts(openKnownWorld()).filter(({ ageMs }) => ageMs <= dayMs)

test.each([
  ...runners.map((runner) => ({ runner, minSeverity: 0.8, organizations: 120, parameters: {} })),
  ...runners.map((runner) => ({
    runner,
    minSeverity: 0.97,
    organizations: 60,
    parameters: { minSeverity: 0.97, organizationLimit: 60 },
  })),
])('signs in everywhere, with $organizations organizations, by $runner', async (given) => {
  const { runner, minSeverity, organizations, parameters } = given
  const run = await runTemplate('02-every-platform', { parameters, runner })

  const severe = today.filter(({ severity }) => severity >= minSeverity)
  expect(run.tableOf('taegis').rows.map(({ id }) => id)).toEqual(severe.slice(0, 5).map(({ id }) => id))
  expect(run.textOf('organizations')).toContain(`${organizations} organizations, the first three:`)
  expect(run.tableOf('organizations').total).toBe(3)
  expect(run.tableOf('computers').total).toBe(5)
  const cells = [
    'taegis',
    'client',
    'cisco',
    'cisco-device',
    'organizations',
    'threat-switch',
    'basic',
    'key',
  ]
  for (const cell of cells) expect(run.textOf(cell), cell).toContain('Signed in as')
  for (const text of [run.saved, run.printed]) {
    expect(text).not.toContain('sandbox-only-')
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/)
  }
})
