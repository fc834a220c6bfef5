import { expect, test } from 'vitest'
import { eventSources, fieldsOf, otherSources, valuesOf } from '../../../kernel/language/graphql/cql-names.js'
import { GraphQLIntelligence } from '../../../kernel/language/graphql/intelligence.js'
import { SignedIn } from '../../sandbox/signed-in.js'
import { cellAt } from '../../support/cell-cursor.js'

const graphql = new GraphQLIntelligence()

function complete(marked: string) {
  const { cell, cursor } = cellAt(marked)
  const found = graphql.complete(cell, cursor)
  return (
    found && {
      names: found.proposals.map(({ text }) => text),
      replaced: cell.code.slice(found.start, found.end),
    }
  )
}

test.each<[string, string, string[]]>([
  ['the beginning', "xdr.alerts('¦')", ['FROM']],
  ['a source of alerts', "xdr.alerts('FROM ¦')", ['alert']],
  ['a source of investigations', "xdr.investigations('from ¦')", ['investigation']],
  ['a source of events', "xdr.events('FROM pro¦')", ['process', 'process_module']],
  ['a second source', "xdr.events('FROM process, dn¦')", ['dnsquery']],
  ['what follows the source', "xdr.alerts('FROM alert W¦')", ['WHERE']],
  ['a time', "xdr.alerts('FROM alert EARL¦')", ['EARLIEST=']],
  ['the value of a time', "xdr.alerts('FROM alert EARLIEST=¦')", ['-1h', '-1d', '-7d', '-30d', 'now']],
  ['the value of a time that is begun', "xdr.alerts('FROM alert EARLIEST=-7¦')", ['-7d']],
  ['a field', "xdr.alerts('FROM alert WHERE sev¦')", ['severity']],
  ['a dotted field', "xdr.alerts('FROM alert WHERE metadata.ti¦')", ['metadata.title']],
  ['a field of the type of event', "xdr.events('FROM process WHERE comm¦')", ['commandline']],
  ['a field of one of two types', "xdr.events('FROM process, dnsquery WHERE query_n¦')", ['query_name']],
  ['no field of another type', "xdr.events('FROM dnsquery WHERE comm¦')", []],
  ['a name for all fields of a kind', "xdr.events('FROM process WHERE @ha¦')", ['@hash']],
  ['a field in parentheses', "xdr.alerts('FROM alert WHERE (hostn¦')", ['hostname']],
  ['an operator', "xdr.alerts('FROM alert WHERE title C¦')", ['CONTAINS']],
  ['a value of a severity', "xdr.alerts('FROM alert WHERE severity >= h¦')", ['high']],
  ['what follows a condition', "xdr.alerts('FROM alert WHERE severity >= 0.6 A¦')", ['AND']],
  ['what follows a quoted value', 'xdr.alerts("FROM alert WHERE title = \'a b\' O¦")', ['OR']],
  ['a field behind AND', "xdr.alerts('FROM alert WHERE severity > 0.5 AND hostn¦')", ['hostname']],
  ['a time is given once', "xdr.alerts('FROM alert EARLIEST=-1d EAR¦')", []],
  ['a pipe', "xdr.alerts('FROM alert | ag¦')", ['aggregate count by']],
  [
    'the fields of a pipe',
    "xdr.alerts('FROM alert | aggregate count by sensor_t¦')",
    ['sensor_type', 'sensor_types'],
  ],
  ['a direction', "xdr.alerts('FROM alert | sort by severity d¦')", ['desc']],
  ['a quoted value: nothing', 'xdr.alerts("FROM alert WHERE title = \'se¦")', []],
  ['with emoji before', "const s = '🚨'; xdr.alerts('FROM alert WHERE sev¦')", ['severity']],
  ['with type arguments', "xdr.events<Row>('FROM process WHERE comm¦')", ['commandline']],
  ['over lines', 'xdr.alerts(`\n  FROM alert\n  WHERE sev¦\n`)', ['severity']],
  ['without an end', "await xdr.alerts('FROM alert WHERE sev¦", ['severity']],
  [
    'in a document',
    'gql`{ alertsServiceSearch(in: { cql_query: "FROM alert WHERE sev¦" }) { reason } }`',
    ['severity'],
  ],
  [
    'in a block string',
    'gql`{ alertsServiceSearch(in: { cql_query: """FROM alert WHERE sev¦""" }) { reason } }`',
    ['severity'],
  ],
  ['in variables', "xdr.query(search, { in: { cql_query: 'FROM alert WHERE sev¦' } })", ['severity']],
  [
    'in a document behind another string',
    'gql`{ tenant(id: "1") { id } alertsServiceSearch(in: { cql_query: "FROM alert WHERE sev¦',
    ['severity'],
  ],
])('%s', (_, marked, names) => {
  expect(complete(marked)?.names).toEqual(names)
})

test('the word in the middle is replaced whole', () => {
  expect(complete("xdr.alerts('FROM alert WHERE sever¦ity > 1')")).toEqual({
    names: ['severity'],
    replaced: 'severity',
  })
})

test.each(["xdr.other('FROM ¦')", "const cql = 'FROM ¦'", "alerts('FROM ¦')"])('%s is no CQL', (marked) => {
  expect(complete(marked)).toBeUndefined()
})

test('the platform takes every name that is proposed', async () => {
  await using signedIn = await SignedIn.start()
  const errorsOf = async (query: string) => {
    const text = 'query($query: String!) { validateEventQuery(query: $query) { errors { description } } }'
    const options = { path: '/cql-metadata/query', variables: { query } }
    return (await signedIn.ask<{ errors: { description: string }[] }>(text, options)).errors
  }
  for (const source of [...otherSources, ...eventSources]) {
    const fields = fieldsOf(source)
    expect(fields.length).toBeGreaterThan(3)
    expect(await errorsOf(`FROM ${source} | aggregate count by ${fields.join(', ')}`)).toEqual([])
  }
  for (const field of ['severity', 'status']) {
    for (const value of valuesOf('alert', field)) {
      expect(await errorsOf(`FROM alert WHERE ${field} = ${value}`)).toEqual([])
    }
  }
})
