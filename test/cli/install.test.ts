import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { version } from '../../src/package.js'
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
  expect(argv).toEqual(['/bin/sh', join(dir, 'start.sh'), '{connection_file}'])
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
  [['--system', '--user']],
  [['--papermill', '--prefix', 'somewhere']],
])('install %j is a contradiction: exit code 2, and nothing is written', async (args) => {
  await using home = openHome()
  const { status, stdout, stderr } = await home.run(['install', ...args])
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain('cannot be used with option')
  expect([...readdirSync(home.folder), ...readdirSync(home.home)]).toEqual([])
})

test('versions side by side: each has its name, and --all removes what is found and what was noted', async () => {
  await using home = openHome()
  const env = { VIRTUAL_ENV: home.path('venv'), XDRLAB_HOME: home.path('settings') }
  mkdirSync(home.path('conda'))
  const dirs = [
    join(home.home, '.local/share/jupyter', kernel),
    join(home.path('venv'), 'share/jupyter/kernels/xdrlab'),
    // Found by the note alone: no variable names this one.
    join(home.path('conda'), 'share/jupyter/kernels/xdrlab-next'),
  ]
  await home.run(['install'], { env })
  await home.run(['install', '--sys-prefix'], { env })
  const named = ['install', '--prefix', 'conda', '--name', 'xdrlab-next', '--display-name', 'Next "one"']
  const { stdout } = await home.run([...named, '--json'], { env })
  expect(JSON.parse(stdout)).toEqual({ dir: dirs[2], displayName: 'Next "one"', copied: false })
  expect(JSON.parse(readFileSync(join(dirs[2] ?? '', 'kernel.json'), 'utf8')).display_name).toBe('Next "one"')

  // Written again, it keeps what it is called.
  const again = await home.run(['install', '--prefix', 'conda', '--name', 'xdrlab-next', '--json'], { env })
  expect(JSON.parse(again.stdout).displayName).toBe('Next "one"')

  const one = await home.run(['uninstall'], { env })
  expect(one.stdout).toContain(`The kernel was removed from ${dirs[0]}\n`)
  expect(one.stdout).toContain(`Still there: ${dirs[1]} (TypeScript (xdrlab), version ${version})\n`)
  expect(one.stdout).toContain(`Still there: ${dirs[2]} (Next "one", version ${version})\n`)
  await home.run(['install'], { env })

  const { status, stdout: removed } = await home.run(['uninstall', '--all', '--json'], { env })
  expect(status).toBe(0)
  const list = JSON.parse(removed)
  expect([...list.removed].sort()).toEqual([...dirs].sort())
  expect(list.failed).toEqual([])
  // The folders that were there before are all that is left.
  expect(readdirSync(home.folder, { recursive: true })).toEqual(['conda'])
  expect(readdirSync(home.home)).toEqual([])
  const nothing = await home.run(['uninstall', '--all'])
  expect(nothing).toMatchObject({ status: 0, stdout: 'There was no kernel of ours anywhere\n' })
})

test('uninstall leaves a home that is in use, and the notes of other kernels', async () => {
  await using home = openHome()
  await home.run(['install', '--prefix', 'a'])
  await home.run(['install', '--prefix', 'b'])
  mkdirSync(home.profiles)
  await home.run(['uninstall', '--prefix', 'a'])
  expect(JSON.parse(readFileSync(join(home.home, 'kernels.json'), 'utf8')).kernels).toEqual([
    join(home.path('b'), 'share', 'jupyter', kernel),
  ])
  await home.run(['uninstall', '--prefix', 'b'])
  expect(readdirSync(home.home)).toEqual(['profiles'])
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
