import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openHome } from '../support/cli.js'

const kernel = join('kernels', 'xdrlab')

test.each([
  ['--prefix', (at: string) => ['--prefix', at], () => ({}), join('share', 'jupyter', kernel)],
  [
    '--user with HOME',
    () => ['--user'],
    (at: string) => ({ HOME: at }),
    join('.local/share/jupyter', kernel),
  ],
  [
    'nothing, as --user',
    () => [],
    (at: string) => ({ JUPYTER_DATA_DIR: join(at, 'data') }),
    join('data', kernel),
  ],
  [
    '--sys-prefix with VIRTUAL_ENV',
    () => ['--sys-prefix'],
    (at: string) => ({ VIRTUAL_ENV: at }),
    join('share', 'jupyter', kernel),
  ],
])('%s: install puts the kernel there, uninstall takes it away', async (_name, where, envOf, folder) => {
  await using home = openHome()
  const env: Record<string, string> = envOf(home.folder)
  const args = where(home.folder)
  const dir = join(home.folder, folder)
  const installed = await home.run(['install', ...args], { env })
  expect(installed).toMatchObject({ status: 0, stderr: '' })
  expect(installed.stdout).toContain(`"TypeScript (xdrlab)" is installed in ${dir}\n`)
  const { argv } = JSON.parse(readFileSync(join(dir, 'kernel.json'), 'utf8'))
  expect(argv).toEqual([process.execPath, expect.stringMatching(/kernel[\\/]main\.js$/), '{connection_file}'])
  expect(existsSync(argv[1])).toBe(true)
  const again = await home.run(['install', ...args, '--json'], { env })
  expect({ ...again, stdout: JSON.parse(again.stdout) }).toMatchObject({ status: 0, stdout: { dir } })

  const removed = await home.run(['uninstall', ...args], { env })
  expect(removed).toMatchObject({ status: 0, stdout: `The kernel was removed from ${dir}\n`, stderr: '' })
  expect(existsSync(dir)).toBe(false)
  const nothing = await home.run(['uninstall', ...args, '--json'], { env })
  expect(JSON.parse(nothing.stdout)).toEqual({ dir, removed: false })
})

test('a place that cannot be written is an error with 1 and its next step', async () => {
  await using home = openHome()
  const { status, stdout, stderr } = await home.run(['install', '--prefix', '/dev/null', '--json'])
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(JSON.parse(stderr).error).toMatchObject({
    code: 'XDR_KERNEL',
    hint: expect.stringMatching(/--user/),
  })
})

test.each([
  [['--user', '--sys-prefix']],
  [['--user', '--prefix', 'somewhere']],
  [['--sys-prefix', '--prefix', 'somewhere']],
  [['--papermill', '--prefix', 'somewhere']],
])('install %j is a contradiction: exit code 2, and nothing is written', async (args) => {
  await using home = openHome()
  const { status, stdout, stderr } = await home.run(['install', ...args])
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain('cannot be used with option')
  expect([...readdirSync(home.folder), ...readdirSync(home.home)]).toEqual([])
})

test.each(['install', 'uninstall'])(
  '%s --papermill without one on the path is an error with 1, and nothing is written',
  async (name) => {
    await using home = openHome()
    const { status, stdout, stderr } = await home.run([name, '--papermill'], { env: { PATH: home.folder } })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/no papermill .* on the path\n.*--prefix/)
    expect([...readdirSync(home.folder), ...readdirSync(home.home)]).toEqual([])
  },
)
