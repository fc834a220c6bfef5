import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, openHome } from '../support/cli.js'
import { startTaegis, type TaegisServer } from '../support/taegis-server.js'

const noting = new URL('../support/loaded-modules.mjs', import.meta.url).href

let server: TaegisServer
let home: CliHome

beforeAll(async () => {
  server = await startTaegis({ intervalS: 1 })
  home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_REGION: 'sandbox' })
  const login = home.startInTerminal(['login', '-u', server.sandbox.user.username])
  await login.until(/Waiting for the browser/)
  await server.approve()
  expect((await login.exited).status).toBe(0)
  home.write('query.graphql', 'query { currentTDRUser { email } }')
})

afterAll(async () => {
  await home[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

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
    packages: [...new Set(files.map((file) => file.split('/')[0] ?? ''))].sort(),
    files,
    node: after('NativeModule '),
  }
}

/** Node's own fetch is an undici of its own, and as slow to load. */
const fetchOfNode = 'internal/deps/undici/undici'

test('whoami loads what reads a file, and nothing that asks a server or parses a command line', async () => {
  const { own, packages, node } = await loadedBy(['whoami'])
  expect(own).toContain('cli/whoami.js')
  expect(packages).toEqual(['env-paths'])
  expect(own.filter((file) => /^(client|providers|results|screen|sandbox)\/|^http\.js/.test(file))).toEqual(
    [],
  )
  for (const name of ['http', 'https', 'tls', 'crypto', 'child_process', fetchOfNode]) {
    expect(node).not.toContain(name)
  }
})

test('a query with a stored token loads no client for many requests, no view, no store to write, no sign-in', async () => {
  const { own, packages, files, node } = await loadedBy(['query', 'query.graphql'])
  expect(own).toContain('node-wire.js')
  expect(packages).toEqual(['commander', 'env-paths', 'graphql', 'lossless-json'])
  // Of graphql the parser alone.
  expect(files.filter((file) => /^graphql\/(?!language\/|error\/|jsutils\/)/.test(file))).toEqual([])
  expect(files).not.toContain('graphql/language/index.js')
  expect(
    own.filter((file) =>
      /^(undici-wire|results\/table|store\/keyring|auth\/(grants|sign-in|sign-in-view|.*-dialect))\.js$/.test(
        file,
      ),
    ),
  ).toEqual(['auth/device-dialect.js'])
  // The server here speaks plain HTTP.
  for (const name of ['https', fetchOfNode]) expect(node).not.toContain(name)
})

test('what may take many requests goes by undici, and so does all where XDRLAB_HTTP says so', async () => {
  const rows = { meta: { start: 0, size: 1, total: 1 }, data: [{ name: 'one' }] }
  server.proxy.fail('/rows', { kind: 'answer', status: 200, body: JSON.stringify(rows) })
  const pages = await loadedBy(['get', '/rows', '--pages'])
  expect(pages.packages).toContain('undici')
  expect(pages.own).not.toContain('node-wire.js')
  const query = await loadedBy(['query', 'query.graphql'], { XDRLAB_HTTP: 'undici' })
  expect(query.packages).toContain('undici')
  expect(query.own).not.toContain('node-wire.js')
  const one = await loadedBy(['get', '/assets/version'])
  expect(one.packages).not.toContain('undici')
  expect(one.own).toContain('node-wire.js')
})
