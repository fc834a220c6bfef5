import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, findLeaks } from '../support/cli.js'
import { openSignedInHome, type SignedInHome } from '../support/signed-in-home.js'

let signedIn: SignedInHome
let home: CliHome

beforeAll(async () => {
  signedIn = await openSignedInHome()
  home = signedIn.home
  home.write('me.graphql', '{ currentTDRUser { email } }')
  home.write('create.graphql', 'mutation { createClient(name: "x") { client { id } } }')
  home.write('wrong.graphql', '{ nonsense }')
  const cells = [
    {
      cell_type: 'code',
      source: "console.log('\\u001b[31mred\\u001b[39m')",
      metadata: {},
      outputs: [],
      execution_count: null,
    },
  ]
  home.write('cells.ipynb', JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }))
  home.write(
    'found.ipynb',
    JSON.stringify({
      cells: [{ ...cells[0], source: "'10.20.30.40 of ana@corp.com'" }],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    }),
  )
})

afterAll(async () => {
  await signedIn[Symbol.asyncDispose]()
  expect(findLeaks()).toEqual([])
})

/** Whoever set this wants colours also in a pipe; JSON has none all the same. */
const env = { FORCE_COLOR: '1' }

test.each([
  [0, ['whoami', '--json']],
  [0, ['whoami', '--explain', '--json']],
  [0, ['query', 'me.graphql', '--json']],
  [0, ['query', 'me.graphql']],
  [0, ['query', 'create.graphql', '--dry-run', '--json']],
  [1, ['query', '--check', 'wrong.graphql', '--json']],
  [0, ['get', '/assets/version', '--json']],
  [0, ['clients', 'list', '--json']],
  [0, ['cache', 'ls', '--json']],
  [0, ['cache', 'rm', '--all', '--json']],
  [1, ['share', 'check', 'found.ipynb', '--json']],
  [0, ['run', 'cells.ipynb', '--json']],
  [0, ['install', '--prefix', 'env', '--json']],
  [0, ['doctor', 'node', 'store', 'proxy', '--json']],
  [0, ['uninstall', '--prefix', 'env', '--json']],
  [0, ['uninstall', '--all', '--json']],
] as const)('exit code %i: %j prints one JSON document and nothing else', async (code, args) => {
  const { status, stdout, stderr } = await home.run(args, { env })
  expect({ status, stderr }).toEqual({ status: code, stderr: '' })
  expect(stdout).toMatch(/^[[{].*[\]}]\n$/)
  expect(stdout).not.toContain('\u001b')
  expect(typeof JSON.parse(stdout)).toBe('object')
})

test('a whole list is a JSON document a line', async () => {
  const rows = { meta: { start: 0, size: 2, total: 2 }, data: [{ name: 'one' }, { name: 'two' }] }
  signedIn.server.proxy.fail('/rows', { kind: 'answer', status: 200, body: JSON.stringify(rows) })
  const { stdout } = await home.run(['get', '/rows', '--pages'], { env })
  expect(stdout).toBe('{"name":"one"}\n{"name":"two"}\n')
})

test.each([
  ['whoami'],
  ['doctor node store browser'],
  ['cache ls'],
  ['run cells.ipynb'],
  ['query me.graphql'],
])('%s: words for people have no colours in a pipe', async (line) => {
  const { stdout, stderr } = await home.run(line.split(' '))
  // What a cell itself prints in colours is its own.
  expect((stdout + stderr).replace('\u001b[31mred\u001b[39m', '')).not.toContain('\u001b')
})
