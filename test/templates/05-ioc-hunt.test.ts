import { createHash } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createTenants } from '../../src/sandbox/data/tenants.js'
import { traceOf, traces } from '../../src/sandbox/data/traces.js'
import { openHome } from '../support/cli.js'
import { distinct, holds, huntedTypes, type KnownEvent, knownEvents } from '../support/known-events.js'
import { dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate, templatePath } from '../support/templates.js'

const world = openKnownWorld()
const nameOf = new Map(createTenants(0).map(({ id, name }) => [id, name]))
const timeOf = (value: unknown) => Date.parse(String(value))

/** What a line of the summary says of an indicator, without the moments: these move with the clock. */
function summaryOf(indicator: string, kind: string, events: readonly KnownEvent[]) {
  const seen = events.filter((event) => holds(event, indicator))
  return {
    indicator,
    kind,
    sightings: seen.length,
    tenants: distinct(seen.map(({ tenant }) => tenant)),
    hosts: distinct(seen.map(({ values }) => values.hostname)),
  }
}

test.each(runners)('finds what a week of all tenants has seen of the default list, by %s', async (runner) => {
  const run = await runTemplate('05-ioc-hunt', { runner })
  const events = knownEvents(world, huntedTypes, 7)
  const address = '192.0.2.44'
  const hash = 'f71953dc73d86041d2980e9edee5f5df30621c89dff72519923497f116b50369'
  const domain = 'update.night-orchard.example'
  const expected = [
    summaryOf(address, '@ip', events),
    summaryOf(hash, '@hash', events),
    summaryOf(domain, '@domain', events),
    summaryOf('never-seen.example', '@domain', events),
  ]
  expect(expected.map(({ sightings }) => sightings > 0)).toEqual([true, true, true, false])
  const { rows } = run.tableOf('summary')
  expect(rows).toHaveLength(expected.length)
  for (const line of expected) expect(rows).toContainEqual(expect.objectContaining(line))

  const [first] = rows
  const times = events.filter((event) => holds(event, address)).map(({ time }) => time)
  expect(first?.indicator).toBe(address)
  expect(timeOf(first?.last_seen) - timeOf(first?.first_seen)).toBe(Math.max(...times) - Math.min(...times))

  const pairs = new Set(
    [address, hash, domain].flatMap((wanted) =>
      events.filter((event) => holds(event, wanted)).map(({ tenant }) => `${nameOf.get(tenant)} ${wanted}`),
    ),
  )
  const shown = run.tableOf('by-tenant').rows.map(({ tenant, indicator }) => `${tenant} ${indicator}`)
  expect(new Set(shown)).toEqual(pairs)
  expect(shown).toHaveLength(pairs.size)

  const alerts = knownAlerts(world).filter(({ row, ageMs }) => {
    const trace = traceOf(world.alerts, row)
    const left = trace === undefined ? [] : [trace.address, trace.domain, trace.sha256]
    return ageMs <= 7 * dayMs && [address, hash, domain].some((wanted) => left.includes(wanted))
  })
  expect(run.tableOf('alerts').total).toBe(alerts.length)
  expect(run.chartOf('matrix')).toBeDefined()
  expect(run.textOf('failures')).toContain('Every tenant answered in full.')
})

test.each(runners)(
  'takes chosen tenants and another time, and names who cannot be asked, by %s',
  async (runner) => {
    const address = '192.0.2.61'
    const run = await runTemplate('05-ioc-hunt', {
      runner,
      parameters: {
        indicators: [address, 'not an indicator'],
        tenants: ['50611', '50648', '99999'],
        earliest: '-30d',
      },
    })
    const events = knownEvents(world, huntedTypes, 30).filter(
      ({ tenant }) => tenant === '50611' || tenant === '50648',
    )
    expect(run.tableOf('summary').rows).toContainEqual(
      expect.objectContaining(summaryOf(address, '@ip', events)),
    )
    expect(run.tableOf('sort').rows).toContainEqual({
      indicator: 'not an indicator',
      kind: 'not understood, left out',
    })
    expect(run.tableOf('failures').rows.map(({ tenant }) => tenant)).toEqual(['99999', '99999'])
  },
)

// One run for both: papermill where there is one.
test.each(runners.slice(-1))('says so where nobody has seen anything, by %s', async (runner) => {
  const run = await runTemplate('05-ioc-hunt', {
    runner,
    parameters: { indicators: ['never[.]seen[.]example'], tenants: ['50611'], earliest: '-1d' },
  })
  expect(run.tableOf('summary').rows).toEqual([
    expect.objectContaining({ indicator: 'never.seen.example', kind: '@domain', sightings: 0, tenants: 0 }),
  ])
  expect(run.textOf('matrix')).toContain('No tenant has seen any of these indicators in this time.')
  expect(run.tableOf('alerts').total).toBe(0)
})

test.each(runners.slice(-1))(
  'divides a list of five hundred, and marks what each has found, by %s',
  async (runner) => {
    // What groups leave behind stands far apart, so that no search has all of it.
    const left = traces.flatMap(({ address, domain, sha256 }) => [
      { indicator: address, kind: '@ip' },
      { indicator: domain, kind: '@domain' },
      { indicator: sha256, kind: '@hash' },
    ])
    const indicators = Array.from({ length: 500 }, (_, at) => {
      const known = at % 20 === 7 ? left[Math.floor(at / 20)] : undefined
      if (known !== undefined) return known.indicator
      return at % 2 === 0
        ? `host-${at}.never-seen.example`
        : createHash('sha256').update(`${at}`).digest('hex')
    })
    const run = await runTemplate('05-ioc-hunt', { runner, parameters: { indicators, earliest: '-3d' } })
    const searches = Number(/^500 indicators in (\d+) searches/m.exec(run.textOf('conditions'))?.[1])
    expect(searches).toBeGreaterThan(3)
    // Quoted and with a comma, they do not fit into fewer.
    expect(searches).toBeGreaterThanOrEqual(Math.ceil((indicators.join('').length + 4 * 500) / 4000))
    expect(run.textOf('conditions').length).toBeLessThan(4200)

    const events = knownEvents(world, huntedTypes, 3)
    const seen = left
      .map(({ indicator, kind }) => summaryOf(indicator, kind, events))
      .filter(({ sightings }) => sightings > 0)
    expect(seen.length).toBeGreaterThan(5)
    const { rows, total } = run.tableOf('summary')
    expect(total).toBe(500)
    expect(rows.filter(({ sightings }) => sightings !== 0)).toHaveLength(seen.length)
    for (const line of seen) expect(rows).toContainEqual(expect.objectContaining(line))
    expect(run.textOf('failures')).toContain('Every tenant answered in full.')
  },
)

test('stops at an empty list, and says which parameter is to be set', async () => {
  await using home = openHome()
  copyFileSync(templatePath('05-ioc-hunt'), home.path('hunt.ipynb'))
  const { status, stdout } = await home.run(['run', 'hunt.ipynb', '--sandbox', '-p', 'indicators=[]'])
  expect(status).toBe(1)
  expect(stdout).toContain('There is no indicator to hunt for: set the parameter "indicators"')
})
