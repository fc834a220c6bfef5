// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of cells
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Proposal } from '../../../kernel/language/answers.js'
import { GraphQLIntelligence } from '../../../kernel/language/graphql/intelligence.js'
import { cellAt } from '../../support/cell-cursor.js'

const graphql = new GraphQLIntelligence()
graphql.useSchema(readFileSync('src/sandbox/schema.graphql', 'utf8'))

function complete(marked: string, ...earlier: string[]) {
  const { cell, cursor } = cellAt(marked, ...earlier)
  const found = graphql.complete(cell, cursor)
  if (found === undefined) throw new TypeError('the cursor is in no literal')
  return {
    ...found,
    names: found.proposals.map(({ text }) => text),
    replaced: cell.code.slice(found.start, found.end),
  }
}

function proposal(name: string, marked: string): Proposal | undefined {
  return complete(marked).proposals.find(({ text }) => text === name)
}

describe('the names at a place', () => {
  test.each<[string, string, string[]]>([
    ['of what a document begins with', 'gql`¦`', ['query', 'mutation', 'subscription', 'fragment']],
    ['of a key word that is begun', 'gql`mu¦`', ['mutation']],
    ['behind a first operation', 'gql`query a { notebook { id } } sub¦`', ['subscription']],
    ['of queries', 'gql`{ threatW¦ }`', ['threatWatchlist']],
    ['of mutations', 'gql`mutation { closeI¦ }`', ['closeInvestigation']],
    ['of subscriptions', 'gql`subscription { eventP¦ }`', ['eventPage']],
    [
      'of fields',
      'gql`{ alertsServiceSearch { ¦ } }`',
      ['status', 'reason', 'search_id', 'queryId', 'alerts', '__typename'],
    ],
    ['of nested fields', 'gql`{ alertsServiceSearch { alerts { first¦ } } }`', ['first_offset']],
    ['of fields behind an alias', 'gql`{ alertsServiceSearch { found: al¦ } }`', ['alerts']],
    ['within an aliased field', 'gql`{ found: alertsServiceSearch { al¦ } }`', ['alerts']],
    [
      'within an inline fragment',
      'gql`{ currentSubject { identity { ... on TDRUser { given¦ } } } }`',
      ['given_name'],
    ],
    ['behind another field', 'gql`{ tenant(id: 1) { id parentT¦ } }`', ['parentTenantID']],
    ['on a line of their own', 'gql`{\n  tenant(id: 1) {\n    id\n    parentT¦\n  }\n}`', ['parentTenantID']],
    ['whatever the case', 'gql`{ tenant(id: 1) { PARENTt¦ } }`', ['parentTenantID']],
    ['of the fields of a fragment', 'gql`fragment f on Rule { qlF¦ }`', ['qlFilter']],
    ['of a name with a slip', 'gql`{ alertsServiceSerch¦ }`', ['alertsServiceSearch']],
    ['of the introspection', 'gql`{ __s¦ }`', ['__schema']],
    ['of arguments', 'gql`{ tenant(¦ }`', ['id']],
    ['of further arguments', 'gql`{ assetsV2(first: 1, o¦ }`', ['orderBy']],
    ['of the arguments of an aliased field', 'gql`{ all: assetsV2(aft¦ }`', ['after']],
    ['of input fields', 'gql`{ investigationV2(arguments: { ¦ }) }`', ['id']],
    ['of further input fields', 'gql`{ alertsServiceSearch(in: { limit: 1, off¦ }) }`', ['offset']],
    ['of nested input fields', 'gql`{ assetsV2(filter: { where: { macA¦ } }) }`', ['macAddress']],
    ['of an enumeration', 'gql`{ assetsV2(orderBy: hostname_¦) }`', ['hostname_asc', 'hostname_desc']],
    [
      'of an enumeration in an input field',
      'gql`{ alertsServiceSearch(in: { locale: zh¦ }) }`',
      ['zh_CN', 'zh_TW'],
    ],
    [
      'of an enumeration in a list',
      'gql`{ assetsV2(filter: { endpointTypes: [ENDPOINT_SE¦ }) }`',
      ['ENDPOINT_SENTINELONE'],
    ],
    ['of booleans', 'gql`{ assetsV2 @include(if: t¦) }`', ['true']],
    ['of variables', 'gql`query($cql: String) { alertsServiceSearch(in: { cql_query: ¦ }) }`', ['$cql']],
    [
      'of variables behind the dollar',
      'gql`query($cql: String) { alertsServiceSearch(in: { cql_query: $¦ }) }`',
      ['$cql'],
    ],
    [
      'of variables that are begun',
      'gql`query($cql: String, $n: Int) { alertsServiceSearch(in: { cql_query: $c¦ }) }`',
      ['$cql'],
    ],
    [
      'of variables of the right type only',
      'gql`query($cql: String, $n: Int) { alertsServiceSearch(in: { limit: $¦ }) }`',
      ['$n'],
    ],
    ['of the types of variables', 'gql`query($in: SearchRe¦) { notebook { id } }`', ['SearchRequestInput']],
    ['of the types of lists', 'gql`query($in: [EndpointT¦`', ['EndpointTypeV2']],
    ['of the types of fragments', 'gql`fragment f on InvestigationV¦`', ['InvestigationV2']],
    ['of the types that fit', 'gql`{ currentSubject { identity { ... on ¦ } } }`', ['TDRUser', 'Client']],
    ['of fragments', 'gql`{ rule(id: 1) { ...f¦ } } fragment fine on Rule { id }`', ['fine']],
    [
      'of fragments that fit only',
      'gql`{ rule(id: 1) { ...f¦ } } fragment fa on Rule { id } fragment fb on Tag { id }`',
      ['fa'],
    ],
    ['of what follows the dots', 'gql`{ rule(id: 1) { ...¦ } }`', ['on']],
    ['of directives', 'gql`{ rule(id: 1) { id @¦ } }`', ['include', 'skip']],
    ['of the arguments of directives', 'gql`{ rule(id: 1) { id @skip(¦ } }`', ['if']],
    ['within a comment: none', 'gql`{ # al¦\n }`', []],
    ['within a string: none', 'gql`{ tenant(id: "al¦") }`', []],
  ])('%s', (_, marked, names) => {
    expect(complete(marked).names).toEqual(names)
  })
})

describe('in every state of a cell', () => {
  test.each<[string, string]>([
    ['with emoji before', 'const siren = "🚨🚨"; gql`{ alertsServiceSe¦ }`'],
    ['with emoji in the document', 'gql`{ a: tenant(id: "🚨") { id } alertsServiceSe¦ }`'],
    ['with CRLF', 'let a = 1\r\ngql`{\r\n  notebook { id }\r\n  alertsServiceSe¦\r\n}`'],
    ['without an end', 'await xdr.query(gql`{ alertsServiceSe¦'],
    ['with a syntax error before', 'const = ) ; let x: = {{\ngql`{ alertsServiceSe¦ }`'],
    ['with a syntax error behind', 'gql`{ alertsServiceSe¦ }`\nconst = = {{{'],
    ['with an error in the document before', 'gql`query($x: ) { nope( } { alertsServiceSe¦ }`'],
    ['within a nested template', 'print(`${await xdr.query(gql`{ alertsServiceSe¦ }`)}`)'],
    [
      'in a literal within a hole',
      'gql`{ rule(id: 1) { ...f } } ${gql`fragment f on Query { alertsServiceSe¦ }`}`',
    ],
    ['behind a hole', 'gql`${fields} { alertsServiceSe¦ }`'],
    ['with type arguments', 'gql<{ a: string }>`{ alertsServiceSe¦ }`'],
    ['behind the comment of others', 'xdr.query(/* GraphQL */ `{ alertsServiceSe¦ }`)'],
    ['with a block string', 'gql`{ tenant(id: """a\n"b" """) { id } alertsServiceSe¦ }`'],
    ['with an escaped backtick', 'gql`{ # \\` \n alertsServiceSe¦ }`'],
  ])('%s', (_, marked) => {
    const found = complete(marked)
    expect(found.names).toEqual(['alertsServiceSearch'])
    expect(found.replaced).toBe('alertsServiceSe')
  })

  test('in the middle of a name the whole name is replaced', () => {
    expect(complete('gql`{ alertsServ¦iceSearch }`')).toMatchObject({ replaced: 'alertsServiceSearch' })
  })

  test('a variable is replaced with its dollar', () => {
    expect(
      complete('gql`query($cql: String) { alertsServiceSearch(in: { cql_query: $c¦ql }) }`').replaced,
    ).toBe('$cql')
  })

  test('outside of the literals nothing is said', () => {
    for (const marked of ['al¦erts', 'gql¦`{ a }`', 'gql`{ a }`¦', 'gql`{ ${al¦erts} }`', '"gql`{ a¦ }`"']) {
      const { cell, cursor } = cellAt(marked)
      expect(graphql.complete(cell, cursor)).toBeUndefined()
    }
  })
})

describe('fragments of other cells', () => {
  const fragment = 'const fields = gql`fragment alertFields on Alert2 { id }`'
  const spread = 'gql`{ alertsServiceSearch { alerts { list { ...al¦ } } } } ${fields}`'

  test.each<[string, string, string[], string[]]>([
    ['of an earlier cell', spread, [fragment], ['alertFields']],
    ['of this cell', `${fragment}\n${spread}`, [], ['alertFields']],
    [
      'the latest wins',
      spread,
      [fragment, 'const fields = gql`fragment alertsLater on Alert2 { id }`'],
      ['alertsLater'],
    ],
    [
      'this cell wins',
      `${fragment}\n${spread}`,
      ['const fields = gql`fragment alertsEarlier on Alert2 { id }`'],
      ['alertFields'],
    ],
    ['another value has taken the name', spread, [fragment, 'const fields = 1'], ['on']],
    [
      'with a fragment of its own',
      spread,
      [
        'const base = gql`fragment alertBase on Alert2 { id }`',
        'const fields = gql`fragment alertFields on Alert2 { ...alertBase } ${base}`',
      ],
      ['alertFields', 'alertBase'],
    ],
    [
      'as it was when its cell ran',
      spread,
      [
        'const base = gql`fragment alertBase on Alert2 { id }`',
        'const fields = gql`fragment alertFields on Alert2 { id } ${base}`',
        'const base = 1',
      ],
      ['alertFields', 'alertBase'],
    ],
    [
      'that puts itself in',
      spread,
      ['const fields = gql`fragment alertFields on Alert2 { id } ${fields}`'],
      ['on'],
    ],
    [
      'put in before',
      'gql`${fields} { alertsServiceSearch { alerts { list { ...al¦ } } } }`',
      [fragment],
      ['alertFields'],
    ],
    ['not put in', 'gql`{ alertsServiceSearch { alerts { list { ...al¦ } } } }`', [fragment], ['on']],
  ])('%s', (_, marked, earlier, names) => {
    const found = complete(marked, ...earlier)
    expect(found.names.filter((name) => name !== 'on')).toEqual(names.filter((name) => name !== 'on'))
  })
})

describe('what is said of a name', () => {
  test.each<[string, string, Partial<Proposal>]>([
    ['alerts', 'gql`{ alertsServiceSearch { ¦ } }`', { kind: 'field', signature: 'alerts: AlertsList' }],
    ['tenant', 'gql`{ ¦ }`', { kind: 'field', signature: 'tenant(id: ID!): TenantV4' }],
    ['limit', 'gql`{ alertsServiceSearch(in: { ¦ }) }`', { kind: 'input field', signature: 'limit: Int' }],
    ['in', 'gql`{ alertsServiceSearch(¦) }`', { kind: 'argument', signature: 'in: SearchRequestInput' }],
    ['fr', 'gql`{ alertsServiceSearch(in: { locale: ¦ }) }`', { kind: 'enum', signature: 'Locale.fr' }],
    [
      '$q',
      'gql`query($q: String) { searchRules(query: { query: ¦ }) }`',
      { kind: 'variable', signature: '$q: String' },
    ],
    [
      'f',
      'gql`{ rule(id: 1) { ...¦ } } fragment f on Rule { id }`',
      { kind: 'fragment', signature: 'fragment f on Rule' },
    ],
    ['skip', 'gql`{ notebook @¦ }`', { kind: 'directive', signature: '@skip(if: Boolean!)' }],
    ['Rule', 'gql`fragment f on R¦`', { kind: 'type', signature: 'type Rule' }],
    [
      'event_data',
      'gql`fragment f on AuxiliaryEvent { ¦ }`',
      { documentation: 'federated: the raw event; requested by taegis-magic, not in generated SDK types' },
    ],
    [
      'observation',
      'gql`fragment f on Alert2 { ¦ }`',
      { isDeprecated: true, documentation: '**Deprecated**: use threat_score_v2 value instead' },
    ],
    [
      'part_id',
      'gql`{ alertsServicePoll(in: { ¦ }) }`',
      { isDeprecated: true, documentation: '**Deprecated**: No longer supported' },
    ],
  ])('%s in %s', (name, marked, expected) => {
    expect(proposal(name, marked)).toMatchObject(expected)
  })

  test('what is deprecated comes last', () => {
    const { proposals } = complete('gql`fragment f on Alert2 { ¦ }`')
    const deprecated = proposals.map(({ isDeprecated }) => isDeprecated === true)
    expect(deprecated.indexOf(true)).toBe(deprecated.filter((is) => !is).length)
  })
})

describe('any schema', () => {
  test('without one there are no names', () => {
    const { cell, cursor } = cellAt('gql`{ ¦ }`')
    expect(new GraphQLIntelligence().complete(cell, cursor)).toEqual({
      proposals: [],
      start: cursor,
      end: cursor,
    })
  })

  test('a text that is none costs the names only', () => {
    const broken = new GraphQLIntelligence()
    broken.useSchema('type Query { a: ')
    const { cell, cursor } = cellAt('gql`{ ¦ }`')
    expect(broken.complete(cell, cursor)?.proposals).toEqual([])
    expect(broken.diagnose(cell)).toEqual([])
    broken.useSchema('type Query { alive: Int }')
    expect(broken.complete(cell, cursor)?.proposals[0]?.text).toBe('alive')
  })

  test('its descriptions hold no markup, links or controls that would be obeyed', () => {
    const hostile = new GraphQLIntelligence()
    hostile.useSchema(
      'type Query { "<img src=x> [a](http://evil) `ok` ![b](http://evil) \\u001b[31m" a: Int }',
    )
    const { cell, cursor } = cellAt('gql`{ ¦ }`')
    const documentation = hostile.complete(cell, cursor)?.proposals[0]?.documentation
    expect(documentation).toBe('\\<img src=x\\> \\[a\\](http://evil) `ok` \\!\\[b\\](http://evil) \\[31m')
  })
})
