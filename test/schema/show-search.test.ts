import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { buildSdl } from '../../src/schema/build.js'
import { searchSchema } from '../../src/schema/search.js'
import { showSchema } from '../../src/schema/show.js'
import { SchemaView } from '../../src/schema/view.js'

const schema = buildSdl(readFileSync('src/sandbox/schema.graphql', 'utf8'))
const names = (text: string, limit = 5) => searchSchema(schema, text, limit).map(({ name }) => name)

describe('search', () => {
  test.each<[string, string, string]>([
    ['a query by its name', 'alertsServiceSearch', 'Query.alertsServiceSearch'],
    ['a query by its beginning', 'threatWatch', 'Query.threatWatchlist'],
    ['a type', 'AlertsResponse', 'AlertsResponse'],
    ['whatever the case', 'alertsresponse', 'AlertsResponse'],
    ['a field by type and name', 'Alert2 threat_score_v2', 'Alert2.threat_score_v2'],
    ['a field by its path', 'Alert2.visibility', 'Alert2.visibility'],
    ['an input field', 'searchChildrenTenants', 'InvestigationsV2Arguments.searchChildrenTenants'],
    ['an argument', 'processCreateTime', 'Query.processLineage.processCreateTime'],
    ['a value', 'ENDPOINT_SENTINELONE', 'EndpointTypeV2.ENDPOINT_SENTINELONE'],
    ['a description', 'taegis-magic', 'AuxiliaryEvent.event_data'],
  ])('%s', (_, text, name) => {
    expect(names(text)[0]).toBe(name)
  })

  test('every word must be there', () => {
    expect(names('alert zebra')).toEqual([])
    expect(names('tenant label')).toContain('TenantLabel')
  })

  test('so many as are asked for, what is deprecated last', () => {
    expect(names('tenant_id', 3)).toHaveLength(3)
    const found = searchSchema(schema, 'observation', 50)
    const deprecated = found.map((match) => match.deprecated !== '')
    expect(deprecated.indexOf(true)).toBeGreaterThan(deprecated.lastIndexOf(false))
  })

  test('the parts of the introspection itself are none of the platform’s', () => {
    expect(searchSchema(schema, '__', 50).filter(({ name }) => name.startsWith('__'))).toEqual([])
  })
})

describe('show', () => {
  const shown = (name: string) => {
    const entry = showSchema(schema, name)
    if ('nearest' in entry) throw new TypeError(`nothing of that name: ${entry.nearest}`)
    return new SchemaView(entry)
  }
  const nearest = (name: string) => {
    const entry = showSchema(schema, name)
    return 'nearest' in entry ? entry.nearest : undefined
  }

  test('a type, with its fields and what they hold', () => {
    expect(shown('PageInfoV2').toString()).toBe(
      [
        'type PageInfoV2',
        '  endCursor: String',
        '  startCursor: String',
        '  hasNextPage: Boolean',
        '  hasPreviousPage: Boolean',
        'used by AssetsV2.pageInfo',
      ].join('\n'),
    )
    expect(shown('AssetsV2').toString()).toContain('  pageInfo: PageInfoV2\n    endCursor: String')
  })

  test('a field, with its arguments and what it gives', () => {
    const text = shown('Query.alertsServiceSearch').toString()
    expect(text).toMatch(/^field Query\.alertsServiceSearch: AlertsResponse\n {2}· in: SearchRequestInput\n/)
    expect(text).toContain("see show('SearchRequestInput')")
  })

  test('an enumeration, a union, an input, an argument', () => {
    expect(shown('OrderDir').toString()).toContain('enum OrderDir\n  ASC\n  DESC')
    expect(shown('SubjectIdentity').toString()).toMatch(/^union SubjectIdentity\n {2}TDRUser/)
    expect(shown('PollRequestInput').toString()).toContain(
      '  part_id: Int\n      deprecated: No longer supported',
    )
    expect(shown('Query.tenant.id').toString()).toBe('argument Query.tenant.id: ID!')
  })

  test.each([
    ['AlertsRespons', 'AlertsResponse'],
    ['alertsresponse', 'AlertsResponse'],
    ['Query.alertServiceSearch', 'Query.alertsServiceSearch'],
    ['Alert2.metdata', 'Alert2.metadata'],
    ['Query.tenant.ids', 'Query.tenant.id'],
    ['alertsServiceSearch', 'Query.alertsServiceSearch'],
  ])('%s is unknown, and %s is like it', (name, like) => {
    expect(nearest(name)).toContain(like)
  })

  test('what is like nothing has no names', () => {
    expect(nearest('zzzzzzzzzzzzzz')).toEqual([])
  })

  test('whatever a server says is text', () => {
    const hostile = buildSdl(
      'type Query { "<script>alert(1)</script> \\u001b[31m \\u202e" a(b: String = "<b>"): T @deprecated(reason: "<i>") } type T { c: Int }',
    )
    const entry = showSchema(hostile, 'Query')
    if ('nearest' in entry) throw new TypeError('no Query')
    const view = new SchemaView(entry)
    const html = view.toHTML()
    expect(html).not.toMatch(/<(script|b|i)>/)
    expect(html).toContain('&#60;script&#62;')
    expect(view.toString() + html).not.toMatch(/[\u001b\u202e]/)
  })

  test('the tree is whole markup: what opens closes', () => {
    const html = shown('Alert2').toHTML()
    for (const tag of ['div', 'ul', 'li', 'details', 'summary', 'code']) {
      const count = (pattern: RegExp) => html.match(pattern)?.length
      expect(count(new RegExp(`<${tag}[ >]`, 'g'))).toBe(count(new RegExp(`</${tag}>`, 'g')))
    }
    expect(html).toContain('text-decoration:line-through')
  })
})
