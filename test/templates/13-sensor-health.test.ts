import { expect, test } from 'vitest'
import { type KnownAsset, knownAssets } from '../support/known-assets.js'
import { countBy, dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate } from '../support/templates.js'

const name = '13-sensor-health'
const world = openKnownWorld()
const assets = knownAssets(world)
const alertsOfToday = countBy(
  knownAlerts(world).filter(({ ageMs }) => ageMs <= dayMs),
  ({ hostname }) => hostname,
)

const kinds = ['domain controller', 'server', 'workstation']
/** As the text of the notebook says it: the important ones first, then the longest silence. */
const byImportance = (a: KnownAsset, b: KnownAsset) =>
  kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
  b.silentDays - a.silentDays ||
  (a.hostname < b.hostname ? -1 : 1)

const defaults = { hostname: '', silentDays: 7, versionsBehind: 3 }
const others = { hostname: 'lon-', silentDays: 3, versionsBehind: 5 }

test.each([
  ...runners.map((runner) => ({ runner, given: defaults, parameters: {} })),
  ...runners.map((runner) => ({ runner, given: others, parameters: { ...others } })),
])(
  'finds sensors that say nothing for $given.silentDays days, by $runner',
  async ({ runner, given, parameters }) => {
    const run = await runTemplate(name, { parameters, runner })

    const all = assets.filter(({ hostname }) => hostname.toLowerCase().includes(given.hostname))
    const isSilent = ({ silentDays }: KnownAsset) => silentDays >= given.silentDays
    const silent = all.filter(isSilent).sort(byImportance)
    expect(silent.length).toBeGreaterThan(25)
    expect(run.textOf('totals')).toContain(
      `${all.length} machines, ${silent.length} of them silent for ${given.silentDays} days or more`,
    )

    const sensors = run
      .tableOf('by-sensor')
      .rows.map(({ sensor, machines, silent: count }) => [sensor, machines, count])
    const silentBySensor = countBy(silent, ({ sensor }) => sensor)
    expect(sensors).toHaveLength(5)
    expect(sensors.toSorted()).toEqual(
      [...countBy(all, ({ sensor }) => sensor)]
        .map(([sensor, count]) => [sensor, count, silentBySensor.get(sensor) ?? 0])
        .toSorted(),
    )
    const shown = run.tableOf('silent-hosts')
    expect(shown.total).toBe(silent.length)
    expect(shown.rows.map(({ host, kind, version, days }) => [host, kind, version, days])).toEqual(
      silent
        .slice(0, 25)
        .map((machine) => [machine.hostname, machine.kind, machine.version, machine.silentDays]),
    )

    const alive = silent.filter(({ hostname }) => alertsOfToday.has(hostname))
    const aliveShown = run.tableOf('alive')
    expect(aliveShown.total).toBe(alive.length)
    for (const { host, 'alerts of the last day': count } of aliveShown.rows) {
      expect([host, count]).toEqual([host, alertsOfToday.get(String(host))])
    }

    // Every kind of sensor has machines with the newest release, 3.5.
    const behind = all.filter(({ version }) => 5 - Number(version.split('.')[1]) >= given.versionsBehind)
    expect(run.tableOf('old-versions').total).toBe(behind.length)
    expect(run.tableOf('isolated').total).toBe(all.filter(({ isIsolated }) => isIsolated).length)
    expect(run.textOf('twice')).toContain('No name is there twice.')

    const byTenant = run.tableOf('by-tenant').rows
    for (const { tenant, machines, silent: count } of byTenant) {
      const own = all.filter((machine) => world.tenants[machine.tenant]?.name === tenant)
      expect([tenant, machines, count]).toEqual([tenant, own.length, own.filter(isSilent).length])
    }
    const large = [...countBy(all, (machine) => String(machine.tenant)).values()].filter(
      (count) => count >= 10,
    )
    expect(byTenant).toHaveLength(Math.min(15, large.length))
  },
)

test('says so where there is no such machine', async () => {
  const run = await runTemplate(name, { parameters: { hostname: 'no-such-machine' } })
  expect(run.textOf('totals')).toContain('No machine has "no-such-machine" in its name')
  expect(run.textOf('by-sensor')).toContain('(0 rows of sensor, machines')
  expect(run.textOf('alive')).toContain('No silent machine had an alert')
  expect(run.textOf('old-versions')).toContain('No sensor is 3 minor versions behind the newest')
  expect(run.textOf('by-tenant')).toContain('No tenant has ten machines or more.')
})
