import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connect } from '../../src/client/connect.js'
import type { ConnectOptions } from '../../src/client/sign-in.js'
import { describeError, type XdrError, type XdrErrorCode } from '../../src/errors.js'
import type { Provider } from '../../src/providers/provider.js'
import { taegis } from '../../src/providers/taegis.js'
import { answer, type Fault } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'
import { setEnv } from '../support/temp-home.js'
import { startSelfSignedServer } from '../support/tls-server.js'

/** What every error owes the person: a code, what to do next, and no inside of ours. */
function expectHelpful(error: XdrError, code: XdrErrorCode, says: RegExp, hint: RegExp) {
  expect(error.code).toBe(code)
  expect(error.message).toMatch(says)
  expect(error.hint).toMatch(hint)
  const shown = describeError(error)
  expect(shown).toContain(code)
  expect(shown).toContain(error.hint)
  expect(shown).not.toMatch(/^\s+at .*[:(]/m)
  expect(shown).not.toMatch(/Bearer|ey[A-Za-z0-9_-]{20}/)
}

const signIns: {
  name: string
  options: Pick<ConnectOptions, 'region' | 'url' | 'tenant'>
  code: XdrErrorCode
  says: RegExp
  hint: RegExp
}[] = [
  {
    name: 'an unknown region',
    options: { region: 'mars' },
    code: 'XDR_UNKNOWN_REGION',
    says: /no region "mars"/,
    hint: /us1 \(charlie, production\).*universal/,
  },
  {
    name: 'no URL',
    options: { url: 'nowhere' },
    code: 'XDR_BAD_URL',
    says: /Taegis XDR URL is not a URL: nowhere/,
    hint: /https:\/\//,
  },
  {
    name: 'http beyond loopback',
    options: { url: 'http://api.example.com' },
    code: 'XDR_BAD_URL',
    says: /must use https/,
    hint: /localhost/,
  },
  {
    name: 'another scheme',
    options: { url: 'ftp://api.example.com' },
    code: 'XDR_BAD_URL',
    says: /must use https/,
    hint: /https:\/\//,
  },
  {
    name: 'an unknown host',
    options: { url: 'https://no-such-host.invalid' },
    code: 'XDR_NETWORK',
    says: /host name (is unknown|could not be looked up)/,
    hint: /network/,
  },
  {
    name: 'a tenant with a line break',
    options: { url: 'http://127.0.0.1:9', tenant: '1\r\nX-Evil: 1' },
    code: 'XDR_BAD_OPTION',
    says: /no tenant id/,
    hint: /as the platform writes it/,
  },
  {
    name: 'no sandbox',
    options: { region: 'sandbox' },
    code: 'XDR_SANDBOX',
    says: /no sandbox runs/,
    hint: /xdrlab sandbox/,
  },
]

describe('connect', () => {
  test.for(signIns)('$name is an error with its next step', async ({ options, code, says, hint }) => {
    using _home = isolatedHome()
    const screen = recordingScreen({ answers: ['ana'] })

    const error = await failureOf(connectWith<Provider>(taegis, { ...options, screen }))

    expectHelpful(error, code, says, hint)
    expect(screen.displays).toEqual([])
  })

  test('a URL with credentials is refused, and the password is not repeated', async () => {
    using _home = isolatedHome()

    const error = await failureOf(connectWith(taegis, { url: 'https://ana:hunter2-secret@api.example.com' }))

    expectHelpful(error, 'XDR_BAD_URL', /user name or password in it/, /without credentials/)
    expect(JSON.stringify(error) + error.stack).not.toContain('hunter2')
  })

  test('a certificate that nobody vouches for is an error about the certificate', async () => {
    using _home = isolatedHome()
    await using server = await startSelfSignedServer()

    const error = await failureOf(connectWith(taegis, { url: server.origin, username: 'ana' }))

    expectHelpful(
      error,
      'XDR_TLS',
      /certificate of https:\/\/localhost:\d+.* is not trusted/,
      /NODE_EXTRA_CA_CERTS/,
    )
    expect(server.requests).toBe(0)
  })

  test('a port where nothing listens', async () => {
    using _home = isolatedHome()
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const address = probe.address()
    const port = typeof address === 'object' ? address?.port : undefined
    probe.close()
    await once(probe, 'close')

    const error = await failureOf(connectWith(taegis, { url: `http://127.0.0.1:${port}`, username: 'ana' }))

    expectHelpful(error, 'XDR_NETWORK', /connection refused/, /network, the VPN/)
  })

  test('a server that speaks no HTTP', async () => {
    using _home = isolatedHome()
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.resume()
      socket.end('220 mail.example.com ESMTP\r\n')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    try {
      const error = await failureOf(connectWith(taegis, { url: `http://127.0.0.1:${port}`, username: 'ana' }))
      expectHelpful(error, 'XDR_NETWORK', /failed: /, /network/)
    } finally {
      server.close()
      await once(server, 'close')
    }
  })

  test('a store that cannot be written', async () => {
    using home = isolatedHome()
    writeFileSync(join(home.path, 'file'), '')
    using _env = setEnv({ XDRLAB_HOME: join(home.path, 'file', 'x') })

    const error = await failureOf(
      connect(taegis, { region: 'us1', username: 'ana', screen: recordingScreen() }),
    )

    expectHelpful(error, 'XDR_STORE_UNWRITABLE', /cannot be kept in .*\(ENOTDIR\)/, /store: 'memory'/)
  })
})

const answers: { name: string; fault: Fault; code: XdrErrorCode; says: RegExp; hint: RegExp }[] = [
  {
    name: 'HTML in place of JSON',
    fault: { kind: 'answer', status: 200, body: '<!doctype html><p>Sign in' },
    code: 'XDR_BAD_RESPONSE',
    says: /web page in place of JSON/,
    hint: /proxy or a sign-in page/,
  },
  {
    name: 'an empty body',
    fault: { kind: 'answer', status: 200, body: '' },
    code: 'XDR_BAD_RESPONSE',
    says: /with nothing \(HTTP 200\)/,
    hint: /region/,
  },
  {
    name: 'HTTP 204',
    fault: { kind: 'answer', status: 204 },
    code: 'XDR_BAD_RESPONSE',
    says: /with nothing \(HTTP 204\)/,
    hint: /region/,
  },
  {
    name: 'JSON that is cut',
    fault: { kind: 'edit', text: (body) => body.slice(0, -9) },
    code: 'XDR_BAD_RESPONSE',
    says: /what is not JSON/,
    hint: /region/,
  },
  {
    name: 'JSON with a long number that is cut',
    fault: { kind: 'answer', status: 200, body: '{"data":{"n":73252035284761978' },
    code: 'XDR_BAD_RESPONSE',
    says: /what is not JSON/,
    hint: /region/,
  },
  {
    name: 'JSON without data',
    fault: answer(200, { result: 1 }),
    code: 'XDR_BAD_RESPONSE',
    says: /JSON without data or errors/,
    hint: /region/,
  },
  {
    name: 'a JSON list',
    fault: { kind: 'answer', status: 200, body: '[{"data":{}}]' },
    code: 'XDR_BAD_RESPONSE',
    says: /what is not JSON|without data/,
    hint: /region/,
  },
  {
    name: 'data that is a list',
    fault: { kind: 'answer', status: 200, body: '{"data":[1]}' },
    code: 'XDR_BAD_RESPONSE',
    says: /without data/,
    hint: /region/,
  },
  {
    name: 'HTTP 404',
    fault: { kind: 'answer', status: 404, body: 'Not Found' },
    code: 'XDR_HTTP',
    says: /HTTP 404/,
    hint: /region and the URL/,
  },
  {
    name: 'HTTP 500',
    fault: { kind: 'answer', status: 500, body: 'oops' },
    code: 'XDR_HTTP',
    says: /HTTP 500/,
    hint: /try again later/,
  },
  {
    name: 'HTTP 403 without words',
    fault: { kind: 'answer', status: 403, body: '' },
    code: 'XDR_UNAUTHORIZED',
    says: /HTTP 403/,
    hint: /tenant and your role/,
  },
]

const me = '{ currentTDRUser { email } }'

test.for(answers)(
  '$name from the API is an error with its next step',
  async ({ fault, code, says, hint }) => {
    await using it = await signedIn()
    it.server.proxy.fail(taegisPaths.graphql, fault)

    const error = await failureOf(it.xdr.query(me))

    expectHelpful(error, code, says, hint)
    expect(error.message).toContain(`POST ${it.server.origin}/graphql`)
    expect(it.queries()).toHaveLength(1)
  },
)

const documents: { name: string; document: string; operationName?: string; says: RegExp; hint: RegExp }[] = [
  {
    name: 'a missing brace',
    document: 'query {\n  alerts { id\n}',
    says: /syntax error at 3:2: Expected Name.*\n {2}\}\n {3}\^$/s,
    hint: /nothing was sent/,
  },
  {
    name: 'a stray sign',
    document: 'query { a ? b }',
    says: /at 1:11: .*\n {2}query \{ a \? b \}\n {12}\^$/s,
    hint: /nothing was sent/,
  },
  { name: 'an empty text', document: '', says: /at 1:1/, hint: /nothing was sent/ },
  {
    name: 'an open string',
    document: 'query { a(b: "c) }',
    says: /Unterminated string/,
    hint: /nothing was sent/,
  },
  {
    name: 'only a fragment',
    document: 'fragment f on T { id }',
    says: /holds no query/,
    hint: /write query/,
  },
  {
    name: 'two operations without name',
    document: 'query A { a } query B { b }',
    says: /2 operations: A, B/,
    hint: /operationName/,
  },
  {
    name: 'two nameless operations',
    document: '{ a } { b }',
    says: /\(unnamed\), \(unnamed\)/,
    hint: /operationName/,
  },
  {
    name: 'a name that is not there',
    document: 'query A { a }',
    operationName: 'B',
    says: /no operation "B", only A/,
    hint: /operationName/,
  },
]

test.for(documents)('a document with $name is refused before it is sent', async (row) => {
  await using it = await signedIn()
  const options = row.operationName === undefined ? {} : { operationName: row.operationName }

  const error = await failureOf(it.xdr.query(row.document, undefined, options))

  expectHelpful(error, 'XDR_QUERY_SYNTAX', row.says, row.hint)
  expect(it.queries()).toEqual([])
})

test('what is no document at all is refused in words', async () => {
  await using it = await signedIn()
  const ask = (document: unknown) => Reflect.apply(it.xdr.query, it.xdr, [document])

  for (const document of [undefined, null, 7, {}, { source: 7 }]) {
    expectHelpful(await failureOf(ask(document)), 'XDR_BAD_OPTION', /needs a GraphQL document/, /gql/)
  }
  expect(it.queries()).toEqual([])
})

test.for(['1\r\nX-Evil: 1', 'アナ', '', 'a b'])(
  'the tenant %j of a query is refused before it is sent',
  async (tenant) => {
    await using it = await signedIn()

    const error = await failureOf(it.xdr.query(me, undefined, { tenant }))

    expectHelpful(error, 'XDR_BAD_OPTION', /is no tenant id/, /digits and dashes/)
    expect(it.queries()).toEqual([])
  },
)

async function failOf(it: SignedIn, document: string, variables: object): Promise<XdrError> {
  return failureOf(it.xdr.query(document, { ...variables }))
}

test('an unknown field and a wrong variable are told in the platform’s words', async () => {
  await using it = await signedIn()

  const field = await failOf(it, '{ currentTDRUser { emial } }', {})
  const variable = await failOf(it, 'query ($n: Int) { rules(count: $n) { id } }', { n: 'ten' })

  expectHelpful(field, 'XDR_GRAPHQL', /emial/, /correct the query/)
  expectHelpful(variable, 'XDR_GRAPHQL', /\$n/, /correct the query/)
})
