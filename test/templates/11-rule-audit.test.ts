import { expect, test } from 'vitest'
import { detectionRules } from '../../src/sandbox/data/catalog.js'
import {
  createRules,
  createSuppressionRules,
  ruleOwners,
  suppressionsOf,
} from '../../src/sandbox/data/rules.js'
import { countBy, dayMs, type KnownAlert, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate } from '../support/templates.js'

const name = '11-rule-audit'
const world = openKnownWorld()
const alerts = knownAlerts(world)
const owners = ruleOwners(world.directory)
const rules = createRules(world.now, owners)
const suppressions = createSuppressionRules(world.now, owners)
const personOf = (id: string) => world.directory.find((person) => person.id === id)
const nothing = ['FALSE_POSITIVE', 'NOT_ACTIONABLE', 'TRUE_POSITIVE_BENIGN']
const catchAll = [
  'Repeated sign-in failures',
  'Traffic to a watchlisted address',
  'Message with a look-alike sender domain',
].map((title) => `Known and accepted: ${title}`)

const namesIn = (rows: readonly { name?: unknown; rule?: unknown }[]) =>
  rows.map((row) => String(row.name ?? row.rule)).toSorted()

/** What was hidden by each suppression, by its name; by its id where it is gone. */
function hiddenBy(lately: readonly KnownAlert[]): Map<string, number> {
  const ids = lately.flatMap(({ rule, status }) =>
    status === 'SUPPRESSED' ? suppressionsOf(detectionRules.indexOf(rule)) : [],
  )
  const nameOf = (id: string) =>
    suppressions.find((rule) => rule.id === id)?.name ?? `a rule that is gone: ${id}`
  const counts = countBy(ids, nameOf)
  for (const rule of suppressions) if (!counts.has(rule.name)) counts.set(rule.name, 0)
  return counts
}

const defaults = { days: 14, fewest: 20, oldDays: 180 }
const others = { days: 3, fewest: 30, oldDays: 300 }

test.each([
  ...runners.map((runner) => ({ runner, given: defaults, parameters: {} })),
  ...runners.map((runner) => ({ runner, given: others, parameters: { ...others } })),
])('finds what has rotted within $given.days day(s), by $runner', async ({ runner, given, parameters }) => {
  const run = await runTemplate(name, { parameters, runner })

  const lately = alerts.filter(({ ageMs }) => ageMs <= given.days * dayMs)
  const fired = new Set(lately.map(({ title }) => title))
  expect(run.textOf('rules')).toContain(`${rules.length} rules, ${suppressions.length} suppressions`)

  const disabled = rules.filter(({ enabled }) => !enabled)
  expect(disabled.map((rule) => rule.name)).toEqual([
    'Telnet between inside hosts',
    'Domain trust list asked for',
  ])
  expect(namesIn(run.tableOf('disabled').rows)).toEqual(namesIn(disabled))

  const quiet = rules.filter((rule) => rule.enabled && !fired.has(rule.name))
  expect(quiet).toHaveLength(3)
  expect(namesIn(run.tableOf('quiet').rows)).toEqual(namesIn(quiet))

  const noisy = [...fired].flatMap((title) => {
    const own = lately.filter((alert) => alert.title === title)
    const forNothing = own.filter(({ status }) => nothing.includes(status)).length
    const malicious = own.filter(({ status }) => status === 'TRUE_POSITIVE_MALICIOUS').length
    const settled = forNothing + malicious
    return settled < given.fewest ? [] : [{ rule: title, alerts: own.length, settled, forNothing, malicious }]
  })
  const shown = run.tableOf('noise')
  expect(noisy.length).toBeGreaterThan(5)
  expect(shown.total).toBe(noisy.length)
  const worst = noisy.sort((a, b) => b.forNothing - a.forNothing || (a.rule < b.rule ? -1 : 1)).slice(0, 15)
  expect(
    shown.rows.map(({ 'for nothing': forNothing, 'for nothing %': _share, ...row }) => ({
      ...row,
      forNothing,
    })),
  ).toEqual(worst.map(({ forNothing, ...row }) => ({ ...row, forNothing })))

  const severe = suppressions.filter(({ severity }) => severity >= 0.6).map((rule) => rule.name)
  expect(namesIn(run.tableOf('broad').rows)).toEqual([...severe, ...catchAll].toSorted())
  const hidden = run.tableOf('hidden')
  const wanted = hiddenBy(lately)
  expect(hidden.total).toBe(wanted.size)
  for (const row of hidden.rows)
    expect([row.suppression, row.hidden]).toEqual([row.suppression, wanted.get(String(row.suppression))])
  expect(hidden.rows.map((row) => row.hidden)).toEqual(
    [...wanted.values()].sort((a, b) => b - a).slice(0, 15),
  )

  const old = suppressions.filter(
    ({ createdAt }) => world.now - Date.parse(createdAt) > given.oldDays * dayMs,
  )
  expect(old.length).toBeGreaterThan(0)
  const ages = run.tableOf('age').rows
  expect(namesIn(ages)).toEqual(namesIn(old))

  const orphans = [...rules, ...suppressions].filter(
    ({ userID }) => personOf(userID)?.status !== 'Registered',
  )
  expect(orphans.map(({ userID }) => personOf(userID)?.email)).toContain('nils.berg@sandbox.example')
  expect(run.tableOf('owners').rows[0]).toMatchObject({ status: 'Deactivated', rules: orphans.length })
  expect(run.tableOf('worklist').total).toBe(
    disabled.length + quiet.length + severe.length + catchAll.length + old.length + orphans.length,
  )
})
