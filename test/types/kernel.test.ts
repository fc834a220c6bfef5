import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'
import { sandboxVariables } from '../../src/sandbox/platforms.js'
import { type LanguageSession, openLanguage } from '../support/language-session.js'
import { tempFolder } from '../support/temp-home.js'

const alertsQuery = `query alerts($in: SearchRequestInput!) {
  alertsServiceSearch(in: $in) { reason alerts { list { ...short tenant_id } total_results } }
} \${short}`

const cells = [
  "import { connect, gql, taegis } from 'xdrlab'\nconst xdr = await connect(taegis, { region: 'sandbox', method: 'client' })",
  'const short = gql`fragment short on Alert2 { id status metadata { title severity } }`',
  `const alerts = gql\`${alertsQuery}\`\nconst data = await xdr.query(alerts, { in: { cql_query: 'FROM alert', limit: 3 } })`,
  'const me = await xdr.query(gql`{ currentSubject { identity { __typename ... on TDRUser { email } ... on Client { clientID } } } }`)',
]

let sandbox: Sandbox
let home: ReturnType<typeof tempFolder>
let language: LanguageSession
beforeAll(async () => {
  sandbox = await startSandbox({ alerts: 100 })
  home = tempFolder()
  const { id, secret } = sandbox.clients.taegis
  language = await openLanguage(cells, {
    env: { XDRLAB_HOME: home.path, XDRLAB_SANDBOX_URL: sandbox.origin, CLIENT_ID: id, CLIENT_SECRET: secret },
  })
})
afterAll(async () => {
  await language[Symbol.asyncDispose]()
  await sandbox.close()
  home[Symbol.dispose]()
})

/** Without what every object has, which is offered where the value is there already. */
async function membersOf(marked: string): Promise<string[]> {
  const { names } = await language.complete(marked)
  return names.filter((name) => !(name in Object.prototype)).sort()
}

describe('completion', () => {
  const queryHere =
    'const here = await xdr.query(gql`{ tenants(tenantsQuery: {}) { tenants { id name } } }`)\n'
  test.each([
    ['the data of an earlier cell', 'data.|', ['alertsServiceSearch']],
    [
      'what lies within, fragments included',
      'data.alertsServiceSearch?.alerts?.list?.[0]?.|',
      ['id', 'metadata', 'status', 'tenant_id'],
    ],
    [
      'the members of an alias of the type',
      'const [first] = data.alertsServiceSearch?.alerts?.list ?? []\nfirst?.metadata?.|',
      ['severity', 'title'],
    ],
    ['the data of the same cell', `${queryHere}here.tenants?.tenants?.[0]?.|`, ['id', 'name']],
    [
      'a row',
      'for await (const row of xdr.rows(alerts, { in: {} })) row.|',
      ['id', 'metadata', 'status', 'tenant_id'],
    ],
    [
      'a message',
      'for await (const message of xdr.subscribe(gql`subscription { eventPage(id: 1) { queryId } }`)) message.eventPage?.|',
      ['queryId'],
    ],
    [
      'a member of a union, once it is told which',
      "const who = me.currentSubject?.identity\nif (who?.__typename === 'TDRUser') who.|",
      ['__typename', 'email'],
    ],
    [
      'the results of many tenants',
      'const each = await xdr.forTenants([]).query(alerts, { in: {} })\neach.results[0]?.data.|',
      ['alertsServiceSearch'],
    ],
    ['variables', 'xdr.query(alerts, { | })', ['in']],
    [
      'members of an input',
      'xdr.query(alerts, { in: { limit: 3, | } })',
      ['cql_query', 'locale', 'metadata', 'offset', 'search_id', 'tenant_service_filters'],
    ],
  ])('gives %s', async (_, marked, names) => {
    expect(await membersOf(marked)).toEqual(names)
  })

  test('gives the values of an enum', async () => {
    expect(await membersOf("xdr.query(alerts, { in: { locale: '|' } })")).toEqual(
      expect.arrayContaining(['de', 'en', 'zh_CN']),
    )
  })

  test('says what is deprecated, and why', async () => {
    const { matches } = await language.complete('data.alertsServiceSearch?.alerts?.list?.[0]?.tenant_i|')
    expect(matches).toMatchObject([{ text: 'tenant_id', deprecated: true }])
  })
})

describe('the notebooks that ship', () => {
  test.each(['01-getting-started', '02-every-platform'])('%s is right in every cell', async (name) => {
    const text = readFileSync(join(packageRoot, 'notebooks', `${name}.ipynb`), 'utf8')
    const { cells }: { cells: { cell_type: string; source: string[] }[] } = JSON.parse(text)
    const { id, secret } = sandbox.clients.taegis
    const credentials = { CLIENT_ID: id, CLIENT_SECRET: secret, ...sandboxVariables(sandbox) }
    using home = tempFolder()
    const env = { XDRLAB_HOME: home.path, XDRLAB_SANDBOX_URL: sandbox.origin, ...credentials }
    await using own = await openLanguage([], { env })
    for (const { cell_type, source } of cells) {
      if (cell_type !== 'code') continue
      // Nobody is there to sign in: what a cell is refused at run time is not the question here.
      const code = source
        .join('')
        .replace(/(?<!const )region: 'sandbox'(, method: 'device')?/, "region: 'sandbox', method: 'client'")
      expect(await own.problems(code), code).toEqual([])
    }
  })
})

describe('hover', () => {
  test('shows what is in the data, not a name for it', async () => {
    const { text = '' } = (await language.inspect('me|')) ?? {}
    expect(text.replace(/\s+/g, ' ')).toContain(
      "const me: { currentSubject: { identity: { __typename: 'TDRUser'; email: ",
    )
    expect(text).not.toContain('$documents')
  })

  test('calls enums and inputs as the schema does, and shows variables as they are', async () => {
    const rows = await language.inspect('const some = xdr.rows(alerts, { in: {} })\nsom|e')
    expect(rows?.text).toMatch(/^const some: Rows<\{\s+id: string;\s+status: ResolutionStatus \| null;/)
    const small =
      'gql`query ($in: AuditSearchInput!) { searchAudits(auditSearchInput: $in) { totalResults } }`'
    const call = await language.inspect(`xdr.quer|y(${small}, { in: {} })`)
    expect(call?.text).toMatch(/>, variables: \{\s+in: AuditSearchInput;\s+\}, options\?/)
  })

  test('shows the type of a field, with the schema’s words for it', async () => {
    const hover = await language.inspect('data.alertsServiceSearch?.alerts?.list?.[0]?.tenant_i|d')
    expect(hover?.text).toContain('tenant_id: string | null')
    expect(hover?.markdown).toContain('being replaced with Tenant field')
  })
})

describe('diagnostics', () => {
  const find = 'xdr.query(alerts, '
  test.each([
    [
      'a field that is not asked for',
      'data.alertsServiceSearch?.reasons',
      '1:27',
      "Property 'reasons' does not exist",
    ],
    [
      'one of a row',
      'for await (const row of xdr.rows(alerts, { in: {} })) row.name',
      '1:59',
      "Property 'name' does not exist",
    ],
    [
      'what can be null',
      'data.alertsServiceSearch.reason',
      '1:1',
      "'data.alertsServiceSearch' is possibly 'null'",
    ],
    ['missing variables', 'await xdr.query(alerts)', '1:17', 'the document needs variables'],
    ['a wrong variable', `${find}{ in: { cql: 'FROM alert' } })`, '1:27', "'cql' does not exist in type"],
    [
      'one of a wrong type',
      `${find}{ in: { limit: '3' } })`,
      '1:27',
      "Type 'string' is not assignable to type 'number'",
    ],
    [
      'a field of the same cell',
      'const { currentTDRUser } = await xdr.query(gql`{ currentTDRUser { email } }`)\ncurrentTDRUser?.mail',
      '2:17',
      "Property 'mail' does not exist",
    ],
  ])('find %s, at its place', async (_, code, place, message) => {
    expect(await language.problems(code)).toMatchObject([
      { place, message: expect.stringContaining(message) },
    ])
  })

  test('say of a wrong document what GraphQL says, and nothing of what comes of it', async () => {
    const code =
      'const wrong = await xdr.query(gql`{ currentTDRUser { mail } }`)\nwrong.currentTDRUser?.mail.length'
    expect(await language.warnings(code)).toMatchObject([
      { place: '1:54', message: expect.stringContaining('Cannot query field "mail"') },
    ])
  })

  test('find nothing in what is right, which runs', async () => {
    const code = `// @types strict
const severities = data.alertsServiceSearch?.alerts?.list?.map(({ metadata }) => metadata?.severity ?? 0) ?? []
const titles: (string | null | undefined)[] = (await xdr.rows(alerts, { in: { cql_query: 'FROM alert' } }).take(2).toArray()).map((row) => row.metadata?.title)
severities.length + titles.length`
    const { status, text, error } = await language.kernel.run(code)
    expect({ status, error }).toEqual({ status: 'ok', error: undefined })
    expect(text).toBe('5')
  })
})
