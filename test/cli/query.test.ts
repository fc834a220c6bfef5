import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CliHome, findLeaks, guardedSecrets, openHome, shownText } from '../support/cli.js'
import { openSignedInHome, type SignedInHome } from '../support/signed-in-home.js'
import { type TaegisServer, taegisPaths } from '../support/taegis-server.js'

const alerts = `query Alerts($in: SearchRequestInput) {
  alertsServiceSearch(in: $in) { alerts { total_results list { id metadata { title severity } } } }
}`
const search = { in: { cql_query: 'FROM alert EARLIEST=-30d', limit: 3 } }
const long = '73252035284761978'

let signedIn: SignedInHome
let server: TaegisServer
let home: CliHome

beforeAll(async () => {
  signedIn = await openSignedInHome()
  ;({ server, home } = signedIn)
})

afterAll(async () => {
  await signedIn[Symbol.asyncDispose]()
  expect(guardedSecrets()).toEqual(expect.arrayContaining(['a device code', 'an access token']))
  expect(findLeaks()).toEqual([])
})

const rowsOf = (text: string) => JSON.parse(text).alertsServiceSearch.alerts.list
const sentVariables = () => JSON.parse(server.proxy.to(taegisPaths.graphql).at(-1)?.body ?? '{}').variables

/** Runs a query that is answered with this body in the platform's place. */
async function withAnswer(body: string, args: string[], options: { input: string }) {
  server.proxy.fail(taegisPaths.graphql, { kind: 'answer', status: 200, body })
  const result = await home.run(args, options)
  return { ...result, sent: server.proxy.to(taegisPaths.graphql).at(-1)?.body ?? '' }
}

describe('a signed-in query', () => {
  test('takes a file, variables as JSON, and prints one line of JSON into a pipe', async () => {
    const file = home.write('alerts.graphql', alerts)
    const { status, stdout, stderr, ms } = await home.run(['query', file, '-v', JSON.stringify(search)])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.match(/\n/g)).toHaveLength(1)
    expect(rowsOf(stdout)).toHaveLength(3)
    // No connection that is kept open holds the command back.
    expect(ms).toBeLessThan(10_000)
  })

  test('takes standard input, and variables from a file', async () => {
    home.write('variables.json', JSON.stringify({ in: { ...search.in, limit: 2 } }))
    const { status, stdout } = await home.run(['query', '-', '-v', '@variables.json', '--json'], {
      input: alerts,
    })
    expect(status).toBe(0)
    expect(rowsOf(stdout)).toHaveLength(2)
    expect(sentVariables()).toEqual({ in: { ...search.in, limit: 2 } })
  })

  test('sends and prints whole numbers beyond 2^53 with every digit', async () => {
    const body = `{"data":{"id":${long},"low":-9223372036854775808,"small":1}}`
    const exact = await withAnswer(body, ['query', '-', '-v', `{"id": ${long}, "n": 9007199254740993}`], {
      input: 'query ($id: Int64) { id(id: $id) }',
    })
    expect(exact).toMatchObject({ status: 0, stderr: '' })
    expect(exact.stdout).toBe(`{"id":${long},"low":-9223372036854775808,"small":1}\n`)
    expect(exact.sent).toContain(`"variables":{"id":${long},"n":9007199254740993}`)
  })

  test('prints a table in a terminal, cut to its width, and JSON with --json', async () => {
    const file = home.write('alerts.graphql', alerts)
    const variables = JSON.stringify(search)
    const shown = await home.startInTerminal(['query', file, '-v', variables]).exited
    expect(shown.status).toBe(0)
    const lines = shownText(shown.stdout).trimEnd().split('\n')
    expect(lines[0]).toMatch(/^id +metadata\.title +metadata\.severity$/)
    expect(lines.at(-1)).toBe('(3 rows)')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
    const asJson = await home.startInTerminal(['query', file, '-v', variables, '--json']).exited
    expect(rowsOf(shownText(asJson.stdout))).toHaveLength(3)
  })

  test('prints what arrived of a partial result, and ends with 1; --strict prints only the error', async () => {
    const body = JSON.stringify({
      data: { here: 1, gone: null },
      errors: [{ message: 'gone is out of reach', path: ['gone'] }],
    })
    const input = '{ here gone }'
    const partial = await withAnswer(body, ['query', '-'], { input })
    expect(partial.status).toBe(1)
    expect(JSON.parse(partial.stdout)).toEqual({ here: 1, gone: null })
    expect(partial.stderr).toContain('gone is out of reach')
    const strict = await withAnswer(body, ['query', '-', '--strict'], { input })
    expect({ status: strict.status, stdout: strict.stdout }).toEqual({ status: 1, stdout: '' })
    expect(strict.stderr).toMatch(/^GraphQLFailure \[XDR_GRAPHQL\]: /)
    const asJson = await withAnswer(
      `{"data":null,"errors":[{"message":"no","extensions":{"row":${long}}}]}`,
      ['query', '-', '--json'],
      { input },
    )
    expect(asJson.status).toBe(1)
    expect(asJson.stderr).toContain(`"extensions":{"row":${long}}`)
    expect(asJson.stderr.match(/\n/g)).toHaveLength(1)
  })

  test('--operation chooses of several, and without it the choice is asked for', async () => {
    const input = 'query One { currentTDRUser { email } } query Two { currentTDRUser { id } }'
    const two = await home.run(['query', '-', '--operation', 'Two'], { input })
    expect(Object.keys(JSON.parse(two.stdout).currentTDRUser)).toEqual(['id'])
    const none = await home.run(['query', '-'], { input })
    expect(none.status).toBe(1)
    expect(none.stderr).toContain('the document holds 2 operations: One, Two')
    const wrong = await home.run(['query', '-', '-o', 'Three'], { input })
    expect(wrong.stderr).toContain('no operation "Three", only One, Two')
  })

  test('--timeout ends a query that is not answered, and Ctrl-C does so with 130', async () => {
    server.proxy.fail(taegisPaths.graphql, { kind: 'hold' })
    const late = await home.run(['query', '-', '--timeout', '0.3'], { input: '{ currentTDRUser { email } }' })
    expect(late).toMatchObject({ status: 1, stdout: '' })
    expect(late.stderr).toContain('XDR_TIMEOUT')
    server.proxy.fail(taegisPaths.graphql, { kind: 'hold' })
    const before = server.proxy.to(taegisPaths.graphql).length
    const file = home.write('me.graphql', '{ currentTDRUser { email } }')
    const held = home.startInTerminal(['query', file])
    await server.proxy.arrived(taegisPaths.graphql, before + 1)
    const pressed = performance.now()
    held.type('\u0003')
    expect((await held.exited).status).toBe(130)
    expect(performance.now() - pressed).toBeLessThan(2_000)
  })

  test('no colours are in anything that is piped, or where NO_COLOR is set', async () => {
    const file = home.write('alerts.graphql', alerts)
    const args = ['query', file, '-v', JSON.stringify(search)]
    const piped = await home.run(args, { env: { FORCE_COLOR: '1' } })
    expect(piped.stdout + piped.stderr).not.toContain('\u001b')
    const terminal = home.startInTerminal(args, { env: { NO_COLOR: '1' } })
    expect((await terminal.exited).stdout).not.toMatch(/\u001b\[[\d;]*m/)
  })
})

describe('without a sign-in', () => {
  test('and without a terminal, a query ends at once and says what to do', async () => {
    await using nobody = openHome({ XDRLAB_SANDBOX_URL: server.origin })
    const { status, stdout, stderr } = await nobody.run(['query', '-', '-r', 'sandbox'], { input: '{ a }' })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toBe(
      'XdrError [XDR_SIGN_IN_NEEDED]: a sign-in to Taegis XDR is needed and nobody is there\n' +
        '  → set XDRLAB_TAEGIS_CLIENT_ID and XDRLAB_TAEGIS_CLIENT_SECRET, or CLIENT_ID and CLIENT_SECRET, ' +
        'or run "xdrlab login --region sandbox" in a terminal first; the sign-in is then found here\n',
    )
  })

  test('a document that cannot run is refused with line and caret before anybody is asked', async () => {
    await using nobody = openHome({ XDRLAB_SANDBOX_URL: server.origin })
    const input = 'query {\n  alerts { id }\n  broken { }\n}'
    const { status, stdout, stderr } = await nobody.run(['query', '-', '-r', 'sandbox'], { input })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('GraphQL syntax error at 3:12: ')
    expect(stderr).toContain(`\n    broken { }\n  ${' '.repeat(11)}^\n`)
    expect(stderr).toContain('nothing was sent')
  })

  test.each([
    ['a file that is not there', ['query', 'missing.graphql'], 'missing.graphql cannot be read (ENOENT)'],
    ['variables that are no JSON', ['query', '-', '-v', '{limit: 1}'], '--variables is not a JSON object'],
    ['variables that are a list', ['query', '-', '-v', '[1]'], '--variables is not a JSON object'],
    [
      'a variables file that is not there',
      ['query', '-', '-v', '@no.json'],
      'no.json cannot be read (ENOENT)',
    ],
  ])('%s are asked for wrongly: exit code 2 and one JSON object', async (_name, args, why) => {
    await using nobody = openHome()
    const { status, stdout, stderr } = await nobody.run([...args, '--json'], { input: '{ a }' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(JSON.parse(stderr).error).toEqual({
      name: 'XdrError',
      code: 'XDR_BAD_OPTION',
      message: why,
      hint: expect.any(String),
    })
  })
})

describe('a mutation', () => {
  const make = 'mutation { createInvestigationV2(input: { title: "From a pipe" }) { title } }'
  const sent = () => server.proxy.to(taegisPaths.graphql).length

  test('in a pipe is sent with --yes alone, and --dry-run shows it', async () => {
    const before = sent()
    const refused = await home.run(['query', '-'], { input: make })
    expect(refused.status).toBe(1)
    expect(refused.stdout).toBe('')
    expect(refused.stderr).toMatch(/XDR_CONFIRM_NEEDED.*nothing was changed[\s\S]*--yes/)
    const planned = await home.run(['query', '-', '--dry-run'], { input: make })
    expect(planned.status).toBe(0)
    expect(JSON.parse(planned.stdout)).toMatchObject({ dryRun: true, change: 'createInvestigationV2' })
    expect(sent()).toBe(before)

    const done = await home.run(['query', '-', '--yes'], { input: make })
    expect(done.status).toBe(0)
    expect(JSON.parse(done.stdout)).toEqual({ createInvestigationV2: { title: 'From a pipe' } })
    expect(done.stderr).toMatch(/^createInvestigationV2 was done on Taegis XDR sandbox\n$/)
    expect(sent()).toBe(before + 1)
  })

  test('in a terminal is shown, asked about, and sent after yes', async () => {
    const file = home.write('make.graphql', make)
    const before = sent()
    const cli = home.startInTerminal(['query', file])
    await cli.until(/request: createInvestigationV2[\s\S]*Type yes/)
    expect(sent()).toBe(before)
    cli.type('yes\r')
    const { status, stdout } = await cli.exited
    expect(status).toBe(0)
    expect(shownText(stdout)).toContain('From a pipe')
    expect(sent()).toBe(before + 1)
  })
})

test('a server that is not there is an error with its next step', async () => {
  const nothing = createServer()
  nothing.listen(0, '127.0.0.1')
  await once(nothing, 'listening')
  const { port } = nothing.address() as AddressInfo
  nothing.close()
  await once(nothing, 'close')
  await using alone = openHome()
  const login = alone.startInTerminal(['login', '--url', `http://127.0.0.1:${port}`, '-u', 'someone'])
  const { status, stdout } = await login.exited
  expect(status).toBe(1)
  expect(shownText(stdout)).toMatch(/^✗ Not signed in .+\nXdrError \[XDR_NETWORK\]: .+\n {2}→ .+/)
})
