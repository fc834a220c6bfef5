import { describe, expect, test } from 'vitest'
import { AlertRow } from '../../src/sandbox/alert-row.js'
import { parseCql } from '../../src/sandbox/cql.js'
import { runCql, type Source } from '../../src/sandbox/cql-run.js'
import { Intelligence } from '../../src/sandbox/data/intelligence.js'
import { groups, type Trace, traceOf, traces } from '../../src/sandbox/data/traces.js'
import { eventSource } from '../../src/sandbox/event-source.js'
import { distinct, knownEvents } from '../support/known-events.js'
import { openKnownWorld } from '../support/known-world.js'

const world = openKnownWorld({ alerts: 20_000 })
const { alerts } = world
const all = 31

function search(cql: string, source: Source): number[] {
  return [...runCql(parseCql(cql), source, world.now, () => true).rows]
}

/** The ids of the events of one type that a condition finds. */
function idsOf(type: string, condition: string): unknown[] {
  const { source, values } = eventSource(world, type)
  return search(`FROM ${type} WHERE ${condition}`, source).map((row) => values(row).id)
}

/** What the group of a number leaves behind. */
function traceOfGroup(group: number): Trace {
  const trace = traces[group]
  if (trace === undefined) throw new Error(`there is no group ${group}`)
  return trace
}

const { address, domain, sha256 } = traceOfGroup(6)
const host = alerts.hosts.hostname(0)

const conditions: [
  type: string,
  condition: string,
  isWanted: (values: Record<string, unknown>) => boolean,
][] = [
  ['netflow', `@ip = '${address}'`, (values) => values.destination_address === address],
  ['auth', `@ip = '${address}'`, (values) => values.source_address === address],
  ['dnsquery', `@ip = '${address}'`, ({ resolved }) => Array.isArray(resolved) && resolved.includes(address)],
  ['dnsquery', `@domain = '${domain.toUpperCase()}'`, (values) => values.query_name === domain],
  ['process', `@hash = '${sha256}'`, (values) => Object(values.program_hash).sha256 === sha256],
  ['process', `program_hash.sha256 = '${sha256}'`, (values) => Object(values.program_hash).sha256 === sha256],
  ['filemod', `@hash = '${sha256}'`, (values) => Object(values.process_file_hash).sha256 === sha256],
  ['http', `@host = '${host}'`, (values) => values.hostname === host],
  ['auth', "@user CONTAINS 'costa'", (values) => String(values.target_user_name).includes('costa')],
]

describe('a logical type stands for the fields of its kind', () => {
  test.each(conditions)('FROM %s WHERE %s', (type, condition, isWanted) => {
    const wanted = knownEvents(world, [type], all).filter(({ values }) => isWanted(values))
    expect(wanted.length).toBeGreaterThan(0)
    expect(idsOf(type, condition).toSorted()).toEqual(wanted.map(({ values }) => values.id).toSorted())
  })

  test('of events that have no such field it finds none', () => {
    expect(idsOf('http', `@hash = '${sha256}'`)).toEqual([])
  })

  test('mail addresses are no addresses', () => {
    expect(idsOf('email', "@ip CONTAINS '@'")).toEqual([])
  })

  test.each([
    [`@ip = '${address}'`, `ipAddress:${address}`],
    [`@domain = '${domain}'`, `domainName:${domain}`],
    [`@hash = '${sha256}'`, `sha256:${sha256}`],
    [`@host = '${host}'`, `hostname:${host}`],
    ["@user = 'elif.rossi'", 'userName:elif.rossi'],
  ])('of alerts it is their entities: %s', (condition, entity) => {
    const wanted = Array.from({ length: alerts.count }, (_, row) => row).filter((row) =>
      new AlertRow(world, row).entities.entities.includes(entity),
    )
    expect(wanted.length).toBeGreaterThan(0)
    const found = search(`FROM alert WHERE ${condition}`, world.alertSource)
    expect(found.toSorted((a, b) => a - b)).toEqual(wanted)
  })
})

test('every group has been in some tenants, none in all of them', () => {
  for (const trace of traces) {
    const visited = Array.from({ length: alerts.count }, (_, row) => row)
      .filter((row) => traceOf(alerts, row) === trace)
      .map((row) => alerts.tenantRow(row))
    expect(distinct(visited)).toBeGreaterThan(1)
    expect(distinct(visited)).toBeLessThan(world.tenants.length / 2)
  }
})

test('a report about a group names what the group leaves behind', () => {
  const intelligence = new Intelligence(world.seed, world.now)
  for (const [i, [group]] of groups.entries()) {
    const { address, domain, sha256 } = traceOfGroup(i)
    for (const { id } of intelligence.search(group)) {
      const indicators = intelligence.indicatorsOf([id])
      expect(indicators.map(({ name }) => name)).toEqual(expect.arrayContaining([address, domain, sha256]))
      expect(indicators.map(({ ipv4 }) => ipv4)).not.toContain(domain)
      expect(indicators.every(({ name, pattern }) => pattern.includes(`'${name}'`))).toBe(true)
    }
  }
})
