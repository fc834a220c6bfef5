import { describe, expect, test } from 'vitest'
import { homeTenantId } from '../../src/sandbox/data/tenants.js'
import { knownAssets } from '../support/known-assets.js'
import { countBy, dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { type ExecutedTemplate, runners, runTemplate } from '../support/templates.js'

const name = '10-tenant-review'
const world = openKnownWorld()
const alerts = knownAlerts(world)
const assets = knownAssets(world)
const openStatuses = ['OPEN', 'ACTIVE', 'AWAITING_ACTION', 'SUSPENDED']
const switchedOff = world.tenants.filter(({ enabled }) => !enabled)
const customers = world.tenants.filter(({ id, enabled }) => enabled && id !== homeTenantId)

/** One line of the review, counted in the data itself. */
function lineOf(tenantId: string, days: number, silentDays: number) {
  const row = world.tenantRow(tenantId)
  const own = alerts.filter(({ tenant }) => tenant?.id === tenantId)
  const lately = own.filter(({ ageMs }) => ageMs <= days * dayMs)
  const open = (from: number, to: number) =>
    lately.filter(({ status, severity }) => status === 'OPEN' && severity >= from && severity < to).length
  const machines = assets.filter(({ tenant }) => tenant === row)
  return {
    tenant: world.tenants[row]?.name,
    critical: open(0.8, 2),
    high: open(0.6, 0.8),
    medium: open(0.4, 0.6),
    low: open(0, 0.4),
    alerts: lately.length,
    before: own.filter(({ ageMs }) => ageMs >= days * dayMs && ageMs <= 2 * days * dayMs).length,
    investigations: world.investigations.filter(
      ({ tenant, status }) => tenant === row && openStatuses.includes(status),
    ).length,
    assets: machines.length,
    silent: machines.filter((machine) => machine.silentDays >= silentDays).length,
  }
}

/** How many tenants and alerts there are of each title, open and urgent. */
function urgentOf(tenantIds: readonly string[], days: number) {
  const urgent = alerts.filter(
    ({ tenant, status, severity, ageMs }) =>
      tenantIds.includes(tenant?.id ?? '') && status === 'OPEN' && severity >= 0.6 && ageMs <= days * dayMs,
  )
  return [...countBy(urgent, ({ title }) => title)].map(([title, count]) => {
    const places = new Set(urgent.filter((alert) => alert.title === title).map(({ tenant }) => tenant?.id))
    return { title, tenants: places.size, alerts: count }
  })
}

const byTitle = (a: { title: unknown }, b: { title: unknown }) => (String(a.title) < String(b.title) ? -1 : 1)

function expectReview(run: ExecutedTemplate, tenantIds: readonly string[], days: number, silentDays: number) {
  const wanted = tenantIds
    .map((id) => lineOf(id, days, silentDays))
    .sort((a, b) => b.critical - a.critical || b.high - a.high || (`${a.tenant}` < `${b.tenant}` ? -1 : 1))
  expect(run.tableOf('overview').rows).toEqual(wanted)
  const quiet = wanted.filter((line) => line.alerts === 0 || line.silent > line.assets / 10)
  if (quiet.length === 0) expect(run.textOf('quiet')).toContain('nine of ten assets')
  else {
    const shown = run.tableOf('quiet').rows.map(({ tenant }) => tenant)
    expect(shown.toSorted()).toEqual(quiet.map(({ tenant }) => tenant).toSorted())
  }
  const urgent = run.tableOf('spread-table').rows.map(({ title, tenants, alerts: count }) => ({
    title,
    tenants,
    alerts: count,
  }))
  expect(urgent.toSorted(byTitle)).toEqual(urgentOf(tenantIds, days).toSorted(byTitle))
}

describe('a review of many tenants', () => {
  test.each(runners)('compares all below yours, and names those that refuse, by %s', async (runner) => {
    const run = await runTemplate(name, { runner })

    expect(run.textOf('tenants')).toContain('39 of 40 tenants are reviewed')
    expect(customers).toHaveLength(37)
    expectReview(
      run,
      customers.map(({ id }) => id),
      7,
      7,
    )
    const refused = run.tableOf('refused').rows.map(({ tenant, id }) => ({ name: tenant, id }))
    expect(refused).toEqual(switchedOff.map((tenant) => ({ name: tenant.name, id: tenant.id })))
    expect(run.tableOf('refused').rows[0]?.problem).toContain('switched off')
    // What has refused once is not asked again.
    expect(run.textOf('spread')).not.toContain('failed')
  })

  test.each(runners)('takes named tenants and another time, by %s', async (runner) => {
    const tenants = customers.slice(3, 6).map(({ id }) => id)
    const parameters = { tenants: [...tenants, '99999'], days: 2, silentDays: 20 }
    const run = await runTemplate(name, { parameters, runner })

    expectReview(run, tenants, 2, 20)
    expect(run.tableOf('refused').rows.map(({ id }) => id)).toEqual(['99999'])
    expect(run.tableOf('change').rows).toHaveLength(3)
  })
})
