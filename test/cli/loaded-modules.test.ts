import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, openHome, program } from '../support/cli.js'
import { openSignedInHome, type SignedInHome } from '../support/signed-in-home.js'
import type { TaegisServer } from '../support/taegis-server.js'

const noting = new URL('../support/loaded-modules.mjs', import.meta.url).href

const alerts = `query {
  alertsServiceSearch(in: { cql_query: "FROM alert EARLIEST=-30d", limit: 1 }) { alerts { list { id metadata { title } } } }
}`

let signedIn: SignedInHome
let server: TaegisServer
let home: CliHome

beforeAll(async () => {
  signedIn = await openSignedInHome()
  ;({ server, home } = signedIn)
  home.write('query.graphql', 'query { currentTDRUser { email } }')
})

afterAll(() => signedIn[Symbol.asyncDispose]())

/** What a command loads: packages by name, our own files and packages' files by path, and parts of Node itself. */
async function loadedBy(args: readonly string[], env: Record<string, string> = {}) {
  const list = home.write(`modules-${args[0]}.txt`, '')
  const { status, stderr } = await home.run(args, {
    env: { ...env, XDRLAB_TEST_MODULES: list, NODE_OPTIONS: `--import=${noting}` },
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const modules = readFileSync(list, 'utf8').trim().split('\n')
  const after = (mark: string) =>
    [
      ...new Set(modules.filter((each) => each.includes(mark)).map((each) => each.split(mark).at(-1) ?? '')),
    ].sort()
  const files = after('/node_modules/')
  return {
    own: after('/dist/src/'),
    bundle: after('/dist/bin/'),
    packages: [...new Set(files.map((file) => file.split('/')[0] ?? ''))].sort(),
    files,
    node: after('NativeModule '),
  }
}

/** Node's own fetch is an undici of its own, and as slow to load. */
const fetchOfNode = 'internal/deps/undici/undici'

test('whoami loads what reads a file, and nothing that asks a server or parses a command line', async () => {
  const { own, bundle, packages, node } = await loadedBy(['whoami'])
  expect({ own, packages }).toEqual({ own: [], packages: [] })
  expect(bundle).toEqual(['xdrlab.cjs'])
  for (const name of ['http', 'https', 'tls', 'crypto', 'child_process', fetchOfNode]) {
    expect(node).not.toContain(name)
  }
})

test('what starts every command is little: the query has not got into its file', () => {
  const text = readFileSync(program, 'utf8')
  expect(text.length).toBeLessThan(30_000)
  for (const name of ['Commander', 'GraphQLError', 'node:http', 'node:net']) expect(text).not.toContain(name)
})

test('a query with a stored token loads no client for many requests, no view, no store to write, no sign-in', async () => {
  const { own, bundle, packages, node } = await loadedBy(['query', 'query.graphql'])
  // All of ours from the bundle, nothing of it a second time as an ES module.
  expect({ own, packages }).toEqual({ own: [], packages: [] })
  expect(bundle).toEqual(['query.cjs', 'xdrlab.cjs'])
  // The server here speaks plain HTTP.
  for (const name of ['https', 'crypto', 'child_process', fetchOfNode]) expect(node).not.toContain(name)
  const text = readFileSync(join(dirname(program), 'query.cjs'), 'utf8')
  // Neither what makes a whole client, nor what reads every command line.
  for (const name of ['class XdrClient', 'class Rows', 'class TenantGroup', 'class Command ']) {
    expect(text).not.toContain(name)
  }
})

test('a query that needs more takes that from the bundle as well, and every other command from the ES modules', async () => {
  const list = home.write('modules-sign-in.txt', '')
  const nobody = await home.run(['query', 'query.graphql', '--username', 'somebody@else'], {
    env: { XDRLAB_TEST_MODULES: list, NODE_OPTIONS: `--import=${noting}` },
  })
  expect(nobody.stderr).toContain('XDR_SIGN_IN_NEEDED')
  expect(readFileSync(list, 'utf8')).not.toContain('/dist/src/')
  // A mistake in the command line is commander's to tell.
  const wrong = await home.run(['query', 'query.graphql', '--timeout', 'soon'], {
    env: { XDRLAB_TEST_MODULES: home.write('modules-wrong.txt', ''), NODE_OPTIONS: `--import=${noting}` },
  })
  expect(wrong).toMatchObject({ status: 2, stdout: '' })
  expect(wrong.stderr).toContain("option '--timeout <seconds>' argument 'soon' is invalid")
  expect(readFileSync(home.path('modules-wrong.txt'), 'utf8')).not.toContain('query.cjs')
  const { own, bundle } = await loadedBy(['get', '/assets/version'])
  expect(own).toContain('cli/main.js')
  expect(bundle).toEqual(['xdrlab.cjs'])
})

test('a query signs a person in from the bundle, and shows rows as a table', async () => {
  await using fresh = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_REGION: 'sandbox' })
  const file = fresh.write('alerts.graphql', alerts)
  const query = fresh.startInTerminal(['query', file, '-u', server.sandbox.user.username])
  await query.until(/Waiting for the browser/)
  await server.approve()
  const { status, stdout } = await query.exited
  expect(status).toBe(0)
  expect(stdout).toContain('(1 row)')
  // What writes it comes from outside the bundle.
  expect(readdirSync(fresh.profiles)).toHaveLength(1)
  expect(stdout).not.toContain('as long as this process')
})

test('what may take many requests goes by undici, and so does all where XDRLAB_HTTP says so', async () => {
  const rows = { meta: { start: 0, size: 1, total: 1 }, data: [{ name: 'one' }] }
  server.proxy.fail('/rows', { kind: 'answer', status: 200, body: JSON.stringify(rows) })
  const pages = await loadedBy(['get', '/rows', '--pages'])
  expect(pages.packages).toContain('undici')
  expect(pages.own).not.toContain('node-wire.js')
  const query = await loadedBy(['query', 'query.graphql'], { XDRLAB_HTTP: 'undici' })
  expect(query.packages).toContain('undici')
  expect(query.bundle).toContain('undici-wire.cjs')
  const one = await loadedBy(['get', '/assets/version'])
  expect(one.packages).not.toContain('undici')
  expect(one.own).toContain('node-wire.js')
})
