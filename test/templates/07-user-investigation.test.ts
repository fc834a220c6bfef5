import { expect, test } from 'vitest'
import { usualAddressOf } from '../../src/sandbox/data/events.js'
import { userCount, usernameOf } from '../../src/sandbox/data/hosts.js'
import { distinct, knownEvents } from '../support/known-events.js'
import { countBy, dayMs, knownAlerts, openKnownWorld } from '../support/known-world.js'
import { byBoth, type ExecutedTemplate, runners, runTemplate } from '../support/templates.js'

const hourMs = 3_600_000
const someNow = Date.UTC(2026, 0, 15, 12)

/** The sign-ins of a person, the newest first, with the clock of the world at `now`. */
function signInsOf(user: string, days: number, now: number) {
  return knownEvents(openKnownWorld({ now }), ['auth'], days)
    .filter(({ values }) => values.target_user_name === user)
    .map(({ time, values }) => ({
      time,
      isSuccess: values.result === 'success',
      address: String(values.source_address),
      host: String(values.hostname),
    }))
}

/** The sandbox's own "now": the rest of its data is fixed, but hours of the day move with it. */
function nowOf(run: ExecutedTemplate, user: string, days: number): number {
  const shown = run.tableOf('hosts').rows.map(({ last_seen }) => Date.parse(String(last_seen)))
  const [newest] = signInsOf(user, days, someNow)
  return someNow + Math.max(...shown) - (newest?.time ?? 0)
}

/** At a weekend, or outside of these hours, in a zone that is so many hours before UTC. */
function isOdd(time: number, offsetHours: number, [from, to]: readonly [number, number]): boolean {
  const there = new Date(time + offsetHours * hourMs)
  const [day, hour] = [there.getUTCDay(), there.getUTCHours()]
  return day === 0 || day === 6 || hour < from || hour >= to
}

const cases = [
  { user: 'noah.evans', days: 30, zone: 'UTC', offset: 0, workday: [7, 19], parameters: {} },
  {
    user: 'bea.fischer',
    days: 14,
    zone: 'Asia/Kolkata',
    offset: 5.5,
    workday: [9, 17],
    parameters: { user: 'bea.fischer', earliest: '-14d', timeZone: 'Asia/Kolkata', workday: [9, 17] },
  },
] as const

test.each(byBoth(cases))(
  'tells when, from where and to which hosts $user signs in, by $runner',
  async (one) => {
    const { user, days, zone, offset, workday, parameters, runner } = one
    const run = await runTemplate('07-user-investigation', { parameters, runner })
    const now = nowOf(run, user, days)
    const signIns = signInsOf(user, days, now)
    expect(signIns.length).toBeGreaterThan(30)

    expect(run.textOf('logons')).toContain(`${signIns.length} sign-ins`)
    const odd = signIns.filter(({ time }) => isOdd(time, offset, workday))
    expect(run.textOf('odd-hours')).toContain(`${odd.length} of ${signIns.length} sign-ins outside`)
    expect(run.tableOf('odd-hours').total).toBe(odd.length)

    const addresses = run.tableOf('addresses').rows
    const shown = new Map(addresses.map((row) => [String(row.source_address), Number(row.sign_ins)]))
    expect(shown).toEqual(countBy(signIns, ({ address }) => address))
    const person = Array.from({ length: userCount }, (_, row) => row).find((row) => usernameOf(row) === user)
    expect(addresses[0]?.source_address).toBe(usualAddressOf(openKnownWorld().alerts, person ?? -1))

    const hosts = run
      .tableOf('hosts')
      .rows.map((row) => [String(row.hostname), Number(row.sign_ins)] as const)
    expect(new Map(hosts)).toEqual(countBy(signIns, ({ host }) => host))

    const guessed = signIns.filter(
      ({ isSuccess, time }) =>
        isSuccess &&
        signIns.filter((bad) => !bad.isSuccess && bad.time <= time && bad.time >= time - hourMs / 2).length >=
          2,
    )
    expect(guessed.length).toBeGreaterThan(0)
    expect(run.tableOf('guessed').total).toBe(guessed.length)

    const alerts = knownAlerts(openKnownWorld()).filter(
      ({ username, ageMs }) => username === user && ageMs <= days * dayMs,
    )
    const open = alerts.filter(({ status }) => status === 'OPEN').length
    expect(run.tableOf('alerts').total).toBe(alerts.length)
    const failed = signIns.filter(({ isSuccess }) => !isSuccess).length
    const summary = run.textOf('summary')
    expect(summary).toContain(
      `${signIns.length} sign-ins, ${failed} of them failed, ${odd.length} at odd hours (${zone})`,
    )
    expect(summary).toContain(
      `from ${distinct(signIns.map(({ address }) => address))} addresses to ${hosts.length} hosts`,
    )
    expect(summary).toContain(`${alerts.length} alerts, ${open} of them open`)
  },
)

// One run for both: papermill where there is one.
test.each(runners.slice(-1))('says so where nobody has that name, by %s', async (runner) => {
  const run = await runTemplate('07-user-investigation', { runner, parameters: { user: 'no.body' } })
  expect(run.textOf('logons')).toContain('Nobody signed in as "no.body" in this time.')
  expect(run.tableOf('odd-hours').total).toBe(0)
  expect(run.textOf('guessed')).toContain('No success followed upon failures.')
  expect(run.tableOf('alerts').total).toBe(0)
})
