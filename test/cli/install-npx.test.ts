import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fleetingModules } from '../../kernel/package-copy.js'
import { type CliHome, openHome } from '../support/cli.js'
import { copyPackage } from '../support/package-copy.js'
import { startSpec } from '../support/spec-kernel.js'
import { removeFolder } from '../support/temp-home.js'

test.each([
  ['npx', '/home/me/.npm/_npx/2f1c/node_modules/xdrlab', '/home/me/.npm/_npx/2f1c/node_modules'],
  [
    'pnpm dlx',
    '/home/me/.cache/pnpm/dlx/9a/18f/node_modules/.pnpm/xdrlab@0.1.0/node_modules/xdrlab',
    '/home/me/.cache/pnpm/dlx/9a/18f/node_modules',
  ],
  ['npm install -g', '/usr/lib/node_modules/xdrlab', undefined],
  ['a checkout', '/home/me/src/xdrlab', undefined],
  ['a checkout in a folder of that name', '/home/me/dlx/xdrlab', undefined],
])('%s: whether the package runs from a cache', (_name, root, expected) => {
  expect(fleetingModules(root)).toBe(expected)
})

function installFrom(home: CliHome, program: string, prefix: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'install', '--prefix', prefix], {
    cwd: home.folder,
    env: home.env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('installed from npx’s cache, the kernel outlives it; uninstall takes all of it away', async () => {
  await using home = openHome()
  const prefix = home.path('env')
  const dir = join(prefix, 'share', 'jupyter', 'kernels', 'xdrlab')
  const copies = () => readdirSync(dir).filter((name) => name.startsWith('package-'))
  const first = installFrom(home, copyPackage(home.path('_npx/a1/node_modules')), prefix)
  expect(first).toMatchObject({ status: 0, stderr: '' })
  expect(first.stdout).toContain('copied there as well')
  const [older] = copies()
  // A newer version in another cache: its copy takes the place of the first.
  expect(installFrom(home, copyPackage(home.path('_npx/b2/node_modules')), prefix)).toMatchObject({
    status: 0,
    stderr: '',
  })
  expect(copies()).toEqual([expect.not.stringMatching(`^${older}$`)])
  removeFolder(home.path('_npx'))

  const { main } = JSON.parse(readFileSync(join(dir, 'kernel.json'), 'utf8')).metadata.xdrlab
  expect(main).toContain(join(dir, 'package-'))
  await using kernel = startSpec(dir)
  expect(await kernel.answer()).toBe('kernel_info_reply')
  expect(readFileSync(`/proc/${kernel.child.pid}/cmdline`, 'utf8').split('\0')).toContain(main)

  expect((await home.run(['uninstall', '--prefix', prefix])).status).toBe(0)
  expect(existsSync(prefix)).toBe(false)
  expect(readdirSync(home.home)).toEqual([])
})
