import { expect, test } from 'vitest'
import { Audits } from '../../src/sandbox/data/audits.js'
import { countBy, dayMs, openKnownWorld } from '../support/known-world.js'
import { runners, runTemplate } from '../support/templates.js'

const name = '12-access-audit'
const world = openKnownWorld()
const audits = [0, 1000].flatMap(
  (offset) => new Audits(world).search({ offset, limit: 1000 }, () => true).audits,
)
const at = 'sandbox.example'

const defaults = { unusedDays: 30, secretDays: 90, auditDays: 7 }
const others = { unusedDays: 60, secretDays: 60, auditDays: 2 }

/** By the parameters: who and what is to be tidied up, as the seeds have it. */
const findings = [
  {
    given: defaults,
    people: [
      [`olu.adeyemi@${at}`, 'has never signed in'],
      [`pia.kern@${at}`, 'has not signed in for 34 days'],
      [`mara.voss@${at}`, 'has not signed in for 160 days'],
    ],
    programs: [
      ['ticket-sync', 'delete: not used for 41 days'],
      ['asset-export', 'delete: was never used'],
    ],
  },
  {
    given: others,
    people: [
      [`olu.adeyemi@${at}`, 'has never signed in'],
      [`mara.voss@${at}`, 'has not signed in for 160 days'],
      [`pia.kern@${at}`, 'role ends soon'],
    ],
    programs: [
      ['asset-export', 'delete: was never used'],
      ['ticket-sync', 'rotate: its secret is 70 days old'],
    ],
  },
]
const [usual, other] = findings

test.each([
  ...runners.map((runner) => ({ runner, wanted: usual, parameters: {} })),
  ...runners.map((runner) => ({ runner, wanted: other, parameters: { ...others } })),
])(
  'finds access that nobody uses, within $wanted.given.unusedDays days, by $runner',
  async ({ runner, wanted, parameters }) => {
    const run = await runTemplate(name, { parameters, runner })

    const people = run.tableOf('people').rows
    expect(people.map(({ email }) => email).toSorted()).toEqual(
      world.directory.map(({ email }) => email).toSorted(),
    )
    const roles = countBy(world.directory, ({ role_assignments: [role] }) =>
      role?.deactivated ? '' : (role?.role_display_name ?? ''),
    )
    expect(countBy(people, (person) => String(person.roles ?? ''))).toEqual(roles)
    const idle = run.tableOf('unused-people').rows
    expect(idle.map(({ email, why }) => [email, why])).toEqual(wanted?.people)

    const programs = run.tableOf('programs').rows
    expect(
      programs.map((program) => [
        program.name,
        program.secretAge,
        program.tokens,
        program.daysUnused ?? null,
      ]),
    ).toEqual([
      ['asset-export', 110, 0, null],
      ['ticket-sync', 70, 168, 41],
      ['nightly-report', 30, 30, 0],
    ])
    const due = run.tableOf('program-findings').rows
    expect(due.map((program) => [program.name, program.do])).toEqual(wanted?.programs)

    const days = wanted?.given.auditDays ?? 0
    const lately = audits.filter(({ timestamp }) => world.now - Date.parse(timestamp) <= days * dayMs)
    expect(lately.length).toBeGreaterThan(70)
    const events = run.tableOf('by-event').rows
    expect(new Map(events.map(({ event, times }) => [String(event), Number(times)]))).toEqual(
      countBy(lately, ({ eventName }) => eventName),
    )
    const refused = run.tableOf('refused').rows
    expect(new Map(refused.map((row) => [String(row.email), Number(row.refused)]))).toEqual(
      countBy(
        lately.filter(({ responseCode }) => responseCode >= 400),
        ({ email }) => email,
      ),
    )
    const changes = lately.filter(({ application }) => ['clients', 'rules'].includes(application))
    expect(run.tableOf('changes').total).toBe(changes.length)

    const active = new Set(lately.map(({ email }) => email))
    const silent = world.directory.filter(
      ({ email, status }) => status !== 'Deactivated' && !active.has(email),
    )
    expect(
      run
        .tableOf('silent')
        .rows.map(({ email }) => email)
        .toSorted(),
    ).toEqual(silent.map(({ email }) => email).toSorted())
  },
)
