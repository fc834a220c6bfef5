import { expect, test } from 'vitest'
import { Intelligence } from '../../src/sandbox/data/intelligence.js'
import { distinct, holds, huntedTypes, knownEvents } from '../support/known-events.js'
import { countBy, openKnownWorld } from '../support/known-world.js'
import { byBoth, runners, runTemplate } from '../support/templates.js'

const world = openKnownWorld()
const intelligence = new Intelligence(world.seed, world.now)

/** Every report with its indicators, and how often each of them occurs in the events. */
function huntOf(reportIds: readonly string[], leastScore: number, days: number) {
  const events = knownEvents(world, huntedTypes, days)
  const indicators = reportIds
    .flatMap((id) => intelligence.indicatorsOf([id]))
    .filter(({ score }) => score >= leastScore)
    .map(({ name, score }) => ({ name, score, seen: events.filter((event) => holds(event, name)) }))
  const unique = [...new Map(indicators.map((one) => [one.name, one])).values()]
  return { indicators, unique, sightings: unique.flatMap(({ seen }) => seen) }
}

const cases = [
  {
    name: 'the reports of a group',
    ids: intelligence
      .search('SALT MARSH')
      .slice(0, 3)
      .map(({ id }) => id),
    leastScore: 0,
    days: 7,
    parameters: {},
  },
  {
    name: 'all reports, in more than one search',
    ids: intelligence.latest(0, 60).map(({ id }) => id),
    leastScore: 0,
    days: 2,
    parameters: { topic: '', reports: 60, earliest: '-2d', mostEvents: 10_000 },
  },
  {
    name: 'the latest reports',
    ids: intelligence.latest(0, 6).map(({ id }) => id),
    leastScore: 60,
    days: 14,
    parameters: { topic: '', reports: 6, leastScore: 60, earliest: '-14d' },
  },
]

test.each(byBoth(cases))('hunts for the indicators of $name, by $runner', async (one) => {
  const { ids, leastScore, days, parameters, runner } = one
  const run = await runTemplate('08-threat-report-hunt', { parameters, runner })
  const { indicators, unique, sightings } = huntOf(ids, leastScore, days)
  expect(sightings.length).toBeGreaterThan(0)
  expect(unique.some(({ seen }) => seen.length === 0)).toBe(true)

  expect(run.tableOf('reports').total).toBe(ids.length)
  expect(run.tableOf('indicators').total).toBe(indicators.length)
  const hosts = distinct(sightings.map(({ values }) => values.hostname))
  expect(run.textOf('sightings')).toContain(`${sightings.length} sightings on ${hosts} hosts`)

  const long = unique.map(({ name }) => name).join('').length + 4 * unique.length > 4000
  expect(/^\d+ indicators in (\d+) searches/m.test(run.textOf('searches'))).toBe(long)

  const shown = run.tableOf('by-report')
  const lines = shown.rows.map((row) => `${row.indicator} ${row.score} ${row.sightings}`)
  const wanted = indicators.map(({ name, score, seen }) => `${name} ${score} ${seen.length}`)
  expect(shown.total).toBe(wanted.length)
  // Of a long table, those with the most sightings are shown.
  expect(lines).toHaveLength(Math.min(100, wanted.length))
  expect(wanted).toEqual(expect.arrayContaining(lines))
  const perHost = countBy(sightings, ({ values }) => String(values.hostname))
  expect(run.tableOf('hosts').total).toBe(hosts)
  for (const row of run.tableOf('hosts').rows) expect(row.sightings).toBe(perHost.get(String(row.hostname)))
})

// One run for both: papermill where there is one.
test.each(runners.slice(-1))('says so where no report has the words, by %s', async (runner) => {
  const run = await runTemplate('08-threat-report-hunt', { runner, parameters: { topic: 'no such words' } })
  expect(run.textOf('reports')).toContain('No report has the words "no such words"')
  expect(run.textOf('hunt')).toContain('There is nothing to hunt for.')
  expect(run.textOf('by-report')).toContain('Nothing of these reports was seen in this time.')
})
