import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compiledPath } from '../../src/cli/compiled.js'
import { packageRoot } from '../../src/package.js'
import { type CliHome, findLeaks, guardSecret, program } from '../support/cli.js'
import { startConnectProxy } from '../support/connect-proxy.js'
import { startPrivateServer } from '../support/private-ca.js'
import { openSignedInHome, type SignedInHome } from '../support/signed-in-home.js'
import { taegisPaths } from '../support/taegis-server.js'

const bundle = join(dirname(program), 'query.cjs')
const me = 'query { currentTDRUser { email } }'

let signedIn: SignedInHome
let home: CliHome

beforeAll(async () => {
  signedIn = await openSignedInHome()
  home = signedIn.home
  home.write('query.graphql', me)
})

afterAll(async () => {
  await signedIn[Symbol.asyncDispose]()
  expect(findLeaks()).toEqual([])
})

/** Whether V8 takes what lies beside a copy of the bundle, asked in a process as the command's own. */
function isTaken(file: string): boolean {
  const script = `
    import { readFileSync } from 'node:fs'
    import { createRequire, Module } from 'node:module'
    import { compiledPath, runScript } from ${JSON.stringify(join(packageRoot, 'dist/src/cli/compiled.js'))}
    const file = ${JSON.stringify(file)}
    const loader = { require: createRequire(file), Module }
    const { script } = runScript(file, loader, readFileSync(compiledPath(file)))
    process.stdout.write(String(script.cachedDataRejected))`
  const args = ['--input-type=module', '-e', script]
  return execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 }) === 'false'
}

test('the build leaves what V8 has made of a query for this Node, and V8 takes it', () => {
  expect(existsSync(compiledPath(bundle))).toBe(true)
  expect(isTaken(bundle)).toBe(true)
  // Made by a query on the builder's machine: nothing of that is in it.
  const bytes = readFileSync(compiledPath(bundle))
  for (const text of ['a-token-of-the-build', 'builder']) expect(bytes.includes(text)).toBe(false)
})

/** The bundle in another place, with or without what V8 has made of it. */
function copyOf(name: string, compiled: Uint8Array | undefined): string {
  const folder = home.folder
  const copied = join(folder, `${name}.cjs`)
  copyFileSync(program, copied)
  copyFileSync(bundle, join(folder, 'query.cjs'))
  const beside = compiledPath(join(folder, 'query.cjs'))
  if (compiled !== undefined) writeFileSync(beside, compiled)
  return copied
}

const query = (copied: string) => home.shell(`${process.execPath} ${copied} query query.graphql`)

test('without it, or with one that is damaged or another Node’s, a query runs all the same', async () => {
  const own = readFileSync(compiledPath(bundle))
  // The version stands in its head.
  const foreign = Buffer.from(own)
  foreign.writeUInt32LE(foreign.readUInt32LE(4) ^ 1, 4)
  const cases = { without: undefined, damaged: own.subarray(0, 5_000), empty: Buffer.alloc(0), foreign }
  for (const [name, compiled] of Object.entries(cases)) {
    const copied = copyOf(name, compiled)
    if (name === 'damaged' || name === 'foreign')
      expect({ name, taken: isTaken(join(home.folder, 'query.cjs')) }).toEqual({ name, taken: false })
    const { status, stdout, stderr } = await query(copied)
    expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toHaveProperty('currentTDRUser.email')
  }
})

test('a process that ends as soon as all is written has written all', async () => {
  const rows = Array.from({ length: 40_000 }, (_row, n) => ({ id: `row ${n}`, text: 'x'.repeat(80) }))
  const body = JSON.stringify({ data: { rows } })
  signedIn.server.proxy.fail(taegisPaths.graphql, { kind: 'answer', status: 200, body })
  const counted = await home.shell('$XDRLAB query query.graphql | wc -c')
  expect(counted).toMatchObject({ status: 0, stderr: '' })
  expect(Number(counted.stdout)).toBe(JSON.stringify({ rows }).length + 1)
  signedIn.server.proxy.fail(taegisPaths.graphql, { kind: 'answer', status: 200, body })
  // A pipe that does not block takes a part at a time.
  const { status, stdout } = await home.run(['query', 'query.graphql'])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ rows })
})

test('an output that cannot be written is a failure, one that nobody reads to the end is none', async () => {
  const full = await home.shell('$XDRLAB query query.graphql > /dev/full')
  expect(full.status).toBe(1)
  expect(full.stderr).toBe('the output cannot be written (ENOSPC)\n')
  const left = await home.shell('set -e; $XDRLAB query query.graphql | true')
  expect(left).toMatchObject({ status: 0, stderr: '' })
})

test('what a query loads from outside the bundle is found: TLS, a private authority, a proxy', async () => {
  await using server = await startPrivateServer(
    ['DNS:localhost', 'DNS:xdr.private.test'],
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"me":{"id":"1"}}}')
    },
  )
  await using proxy = await startConnectProxy({ upstreamPort: server.port })
  const token = 'a-token-for-the-private-server'
  guardSecret('the token of the environment', token)
  const env = { XDRLAB_TOKEN: token, XDRLAB_CA_CERTS: server.authority, XDRLAB_SANDBOX_URL: '' }
  const ask = (origin: string, more: Record<string, string> = {}) =>
    home.run(['query', 'query.graphql', '--url', origin], { env: { ...env, ...more } })

  const direct = await ask(`https://localhost:${server.port}`)
  const proxied = await ask('https://xdr.private.test', { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })

  const expected = { status: 0, stdout: '{"me":{"id":"1"}}\n', stderr: '' }
  expect(direct).toMatchObject(expected)
  expect(proxied).toMatchObject(expected)
  expect(proxy.tunnels.map(({ target }) => target)).toEqual(['xdr.private.test:443'])
  // In the one file that V8 has compiled, nothing else would find a module.
  expect(readFileSync(bundle, 'utf8')).not.toMatch(/\bimport\s*\(/)
})
