import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { packageRoot } from '../../src/package.js'
import { openHome } from '../support/cli.js'
import { readmeCells } from '../support/readme.js'
import { client, plainRoutes } from '../support/vendor-routes.js'
import { startVendor } from '../support/vendor-server.js'

const start = promisify(execFile)

/** The tree that a person works in, without what is built. */
function copySources(to: string): void {
  for (const part of ['src', 'kernel', 'package.json', 'tsconfig.json']) {
    cpSync(join(packageRoot, part), join(to, part), { recursive: true })
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(to, 'node_modules'))
}

function edit(path: string, change: (text: string) => string): void {
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${path} is not as the README says`)
  writeFileSync(path, after)
}

// Longer than other tests: the whole tree is compiled.
const limitMs = 240_000

test(
  'the README’s platform of 20 lines, put where it says, is built, signed in to and asked',
  async () => {
    const code = readmeCells().find((cell) => cell.includes('satisfies Provider')) ?? ''
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(20)
    await using home = openHome()
    const tree = home.path('tree')
    mkdirSync(tree)
    copySources(tree)
    writeFileSync(join(tree, 'src', 'providers', 'acme.ts'), code)
    edit(
      join(tree, 'src', 'providers', 'shipped.ts'),
      (text) =>
        `import { acme } from './acme.js'\n${text.replace(/(: readonly Provider\[\] = \[.*)\]/, '$1, acme]')}`,
    )
    await start(process.execPath, [join(tree, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', tree])

    await using vendor = await startVendor(plainRoutes(), systemClock)
    const built = join(tree, 'dist', 'src', 'cli', 'main.js')
    const env = {
      ...home.env,
      XDRLAB_CA_CERTS: vendor.authority,
      XDRLAB_ACME_URL: vendor.origin,
      XDRLAB_ACME_CLIENT_ID: client.id,
      XDRLAB_ACME_CLIENT_SECRET: client.secret,
    }
    const run = async (...args: string[]) =>
      JSON.parse((await start(process.execPath, [built, ...args], { env })).stdout)
    expect(await run('login', 'acme', '--json')).toMatchObject({
      provider: 'acme',
      origin: vendor.origin,
    })
    expect(await run('get', '--provider', 'acme', 'people')).toEqual({ people: [] })
    expect(vendor.violations).toEqual([])
  },
  limitMs,
)
