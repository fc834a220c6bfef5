// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of cells
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { GraphQLIntelligence } from '../../../kernel/language/graphql/intelligence.js'
import { cellAt } from '../../support/cell-cursor.js'

const graphql = new GraphQLIntelligence()
graphql.useSchema(readFileSync('src/sandbox/schema.graphql', 'utf8'))

function hover(marked: string, ...earlier: string[]) {
  const { cell, cursor } = cellAt(marked, ...earlier)
  const found = graphql.hover(cell, cursor)
  return found && { ...found, name: cell.code.slice(found.start, found.end) }
}

describe('what is said of', () => {
  test.each<[string, string, string, string]>([
    ['a field of the top', 'gql`{ ten¦ant(id: 1) { id } }`', 'tenant', 'Query.tenant(id: ID!): TenantV4'],
    [
      'a field at its first letter',
      'gql`{ ¦tenant(id: 1) { id } }`',
      'tenant',
      'Query.tenant(id: ID!): TenantV4',
    ],
    [
      'a field at its last letter',
      'gql`{ tenant¦(id: 1) { id } }`',
      'tenant',
      'Query.tenant(id: ID!): TenantV4',
    ],
    [
      'a nested field',
      'gql`{ alertsServiceSearch { ale¦rts { part } } }`',
      'alerts',
      'AlertsResponse.alerts: AlertsList',
    ],
    [
      'the field of an alias',
      'gql`{ a: ten¦ant(id: 1) { id } }`',
      'tenant',
      'Query.tenant(id: ID!): TenantV4',
    ],
    [
      'a field of a mutation',
      'gql`mutation { deleteNote¦book { id } }`',
      'deleteNotebook',
      'Mutation.deleteNotebook: Notebook',
    ],
    ['an argument', 'gql`{ assetsV2(fir¦st: 1) { totalCount } }`', 'first', 'first: Int'],
    ['an input field', 'gql`{ alertsServiceSearch(in: { li¦mit: 1 }) { reason } }`', 'limit', 'limit: Int'],
    [
      'a value of an enumeration',
      'gql`{ alertsServiceSearch(in: { locale: f¦r }) { reason } }`',
      'fr',
      'Locale.fr',
    ],
    [
      'a variable where it is declared',
      'gql`query($ids¦: [ID!]!) { threatIndicators(ids: $ids) { id } }`',
      'ids',
      '$ids: [ID!]!',
    ],
    [
      'a variable where it is used',
      'gql`query($ids: [ID!]!) { threatIndicators(ids: $i¦ds) { id } }`',
      'ids',
      '$ids: [ID!]!',
    ],
    [
      'a directive',
      'gql`{ notebook @sk¦ip(if: true) { id } }`',
      'skip',
      '@skip(if: Boolean!)\n\nDirects the executor to skip this field or fragment when the `if` argument is true.',
    ],
    [
      'a type',
      'gql`fragment f on PageIn¦fo { endCursor }`',
      'PageInfo',
      'type PageInfo {\n  startCursor: String\n  endCursor: String\n  hasNextPage: Boolean\n  hasPreviousPage: Boolean\n}',
    ],
    [
      'an enumeration',
      'gql`query($o: Order¦Dir) { notebook { id } }`',
      'OrderDir',
      'enum OrderDir {\n  ASC\n  DESC\n}',
    ],
    [
      'a union',
      'gql`fragment f on SubjectI¦dentity { __typename }`',
      'SubjectIdentity',
      'union SubjectIdentity = TDRUser | Client',
    ],
    ['a scalar', 'gql`query($t: Ti¦me) { notebook { id } }`', 'Time', 'scalar Time'],
    [
      'a fragment',
      'gql`{ rule(id: 1) { ...al¦l } } fragment all on Rule { id }`',
      'all',
      'fragment all on Rule',
    ],
    [
      'a field with emoji before',
      'const s = "🚨"; gql`{ t: tenant(id: "🚨") { na¦me } }`',
      'name',
      'TenantV4.name: String',
    ],
    [
      'a field with CRLF',
      'let a\r\ngql`{\r\n  tenant(id: 1) {\r\n    na¦me\r\n  }\r\n}`',
      'name',
      'TenantV4.name: String',
    ],
    [
      'a field in a document that is being typed',
      'gql`{ tenant(id: 1) { na¦me',
      'name',
      'TenantV4.name: String',
    ],
    [
      'a field in a nested template',
      'print(`${gql`{ tenant(id: 1) { na¦me } }`}`)',
      'name',
      'TenantV4.name: String',
    ],
  ])('%s', (_, marked, name, text) => {
    expect(hover(marked)).toMatchObject({ name, text })
  })

  test('a fragment of an earlier cell', () => {
    const found = hover('gql`{ rule(id: 1) { ...al¦l } } ${f}`', 'const f = gql`fragment all on Rule { id }`')
    expect(found).toMatchObject({ name: 'all', text: 'fragment all on Rule' })
  })

  test('what is deprecated, with its description', () => {
    const text = 'Alert2.observation: Boolean\n\nDeprecated: use threat_score_v2 value instead'
    expect(hover('gql`fragment f on Alert2 { obser¦vation }`')?.text).toBe(text)
    expect(hover('gql`fragment f on Alert2 { obser¦vation }`')?.markdown).toBe(
      '```graphql\nAlert2.observation: Boolean\n```\n\n**Deprecated**: use threat_score_v2 value instead',
    )
    expect(hover('gql`fragment f on AuxiliaryEvent { event_¦data }`')?.text).toContain(
      'federated: the raw event',
    )
  })
})

test.each([
  ['an unknown field', 'gql`{ no¦pe }`'],
  ['an alias', 'gql`{ al¦ias: notebook { id } }`'],
  ['white space', 'gql`{  ¦  }`'],
  ['a comment', 'gql`{ # ten¦ant\n notebook { id } }`'],
  ['text', 'gql`{ tenant(id: "ten¦ant") { id } }`'],
  ['a hole', 'gql`{ ${ten¦ant} }`'],
  ['what is no literal', 'ten¦ant'],
])('nothing is said of %s', (_, marked) => {
  expect(hover(marked)).toBeUndefined()
})
