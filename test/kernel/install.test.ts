import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { installKernelSpec, uninstallKernelSpec } from '../../kernel/install.js'
import { dataFolder } from '../../kernel/jupyter-folders.js'
import { launcherScript } from '../../kernel/kernel-launcher.js'
import { packageRoot, version } from '../../src/package.js'
import { startSpec } from '../support/spec-kernel.js'
import { removeFolder } from '../support/temp-home.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'xdrlab-install-'))
})
afterEach(() => {
  removeFolder(root)
})

describe('installKernelSpec', () => {
  test('writes a kernelspec that starts this kernel, with its logos, as often as it is asked', async () => {
    const where = { kind: 'prefix', prefix: root } as const
    await installKernelSpec({ where })
    const { dir } = await installKernelSpec({ where })
    expect(dir).toBe(join(root, 'share/jupyter/kernels/xdrlab'))
    expect(readdirSync(dir).sort()).toEqual([
      'kernel.json',
      'logo-32x32.png',
      'logo-64x64.png',
      'logo-svg.svg',
      'start.sh',
    ])
    const spec = JSON.parse(readFileSync(join(dir, 'kernel.json'), 'utf8'))
    expect(spec).toEqual({
      argv: ['/bin/sh', join(dir, 'start.sh'), '{connection_file}'],
      display_name: 'TypeScript (xdrlab)',
      language: 'typescript',
      interrupt_mode: 'message',
      metadata: {
        debugger: false,
        xdrlab: {
          version,
          node: process.execPath,
          main: join(packageRoot, 'dist/kernel/main.js'),
          made: join(root, 'share'),
        },
      },
    })
  })

  test.each([
    [
      'JUPYTER_DATA_DIR',
      { kind: 'user' },
      (at: string) => ({ JUPYTER_DATA_DIR: join(at, 'data') }),
      'data/kernels/xdrlab',
    ],
    [
      'VIRTUAL_ENV',
      { kind: 'sys-prefix' },
      (at: string) => ({ VIRTUAL_ENV: at }),
      'share/jupyter/kernels/xdrlab',
    ],
    [
      'CONDA_PREFIX',
      { kind: 'sys-prefix' },
      (at: string) => ({ CONDA_PREFIX: at }),
      'share/jupyter/kernels/xdrlab',
    ],
  ] as const)('finds the place by %s', async (_name, where, env, expected) => {
    const { dir } = await installKernelSpec({ where, env: env(root) })
    expect(dir).toBe(join(root, expected))
  })

  test.runIf(process.platform === 'linux').each([
    ['XDG_DATA_HOME', (at: string) => ({ XDG_DATA_HOME: join(at, 'xdg') }), 'xdg/jupyter/kernels/xdrlab'],
    ['HOME', (at: string) => ({ HOME: at }), '.local/share/jupyter/kernels/xdrlab'],
  ] as const)('finds the person’s own place by %s', async (_name, env, expected) => {
    expect((await installKernelSpec({ where: { kind: 'user' }, env: env(root) })).dir).toBe(
      join(root, expected),
    )
  })

  test.runIf(process.platform !== 'win32')('everybody’s place is where Jupyter itself installs', async () => {
    expect(await dataFolder({ kind: 'system' }, {})).toBe('/usr/local/share/jupyter')
  })

  test('asks python3 where no environment is active', async () => {
    const bin = join(root, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'python3'), `#!/bin/sh\necho ${root}/py\n`)
    chmodSync(join(bin, 'python3'), 0o755)
    const { dir } = await installKernelSpec({ where: { kind: 'sys-prefix' }, env: { PATH: bin } })
    expect(dir).toBe(join(root, 'py/share/jupyter/kernels/xdrlab'))
  })

  test('says which folder cannot be written, and what to do', async () => {
    writeFileSync(join(root, 'share'), 'a file where a folder should be')
    const installing = installKernelSpec({ where: { kind: 'prefix', prefix: root } })
    await expect(installing).rejects.toMatchObject({
      code: 'XDR_KERNEL',
      message: expect.stringContaining(root),
      hint: expect.stringContaining('--user'),
    })
  })

  test.each(['../escape', '', 'a/b', '.hidden'])('refuses the name %j', async (name) => {
    const installing = installKernelSpec({ where: { kind: 'prefix', prefix: root }, name })
    await expect(installing).rejects.toMatchObject({ code: 'XDR_BAD_OPTION' })
  })
})

describe('uninstallKernelSpec', () => {
  test('removes what was installed, and says when there was nothing', async () => {
    const where = { kind: 'prefix', prefix: root } as const
    const { dir } = await installKernelSpec({ where })
    expect(await uninstallKernelSpec({ where })).toEqual({ dir, removed: true })
    expect(existsSync(dir)).toBe(false)
    expect(await uninstallKernelSpec({ where })).toEqual({ dir, removed: false })
  })

  test('takes away the folders that install made, and no other', async () => {
    const where = { kind: 'prefix', prefix: join(root, 'env') } as const
    mkdirSync(join(root, 'env', 'share'), { recursive: true })
    await installKernelSpec({ where })
    // Written again: what the first time made is still known.
    await installKernelSpec({ where })
    await uninstallKernelSpec({ where })
    expect(readdirSync(join(root, 'env'), { recursive: true })).toEqual(['share'])

    await installKernelSpec({ where })
    await installKernelSpec({ where, name: 'xdrlab-next', displayName: 'TypeScript (next)' })
    await uninstallKernelSpec({ where })
    expect(readdirSync(join(root, 'env/share/jupyter/kernels'))).toEqual(['xdrlab-next'])
  })

  test('knows a kernelspec that an earlier version wrote', async () => {
    const dir = writeSpec('xdrlab', {
      argv: ['/usr/bin/node', '/opt/xdrlab/dist/kernel/main.js', '{connection_file}'],
      display_name: 'TypeScript (xdrlab)',
      language: 'typescript',
      interrupt_mode: 'message',
      metadata: { debugger: false },
    })
    const where = { kind: 'prefix', prefix: root } as const
    expect(await uninstallKernelSpec({ where })).toEqual({ dir, removed: true })
  })

  test.each([
    ['of that name', ['python3', '-m', 'ipykernel_launcher', '-f', '{connection_file}']],
    [
      'whose path has our name in it',
      ['/home/me/xdrlab/.venv/bin/python', '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
    ],
    ['that is made as ours is', ['/usr/bin/node', '/opt/other/dist/kernel/main.js', '{connection_file}']],
  ])('another kernel %s is left alone, by install as well', async (_name, argv) => {
    const dir = writeSpec('xdrlab', { argv, display_name: 'Another', language: 'python' })
    const where = { kind: 'prefix', prefix: root } as const
    await expect(uninstallKernelSpec({ where })).rejects.toMatchObject({ code: 'XDR_KERNEL' })
    await expect(installKernelSpec({ where })).rejects.toMatchObject({
      code: 'XDR_KERNEL',
      hint: expect.stringContaining('--name'),
    })
    expect(JSON.parse(readFileSync(join(dir, 'kernel.json'), 'utf8')).argv).toEqual(argv)
  })
})

describe.runIf(process.platform === 'linux')('the kernel that Jupyter starts', () => {
  const where = () => ({ kind: 'prefix', prefix: root }) as const

  test('is the process itself, so that signals reach it', async () => {
    const { dir } = await installKernelSpec({ where: where() })
    await using kernel = startSpec(dir)
    expect(await kernel.answer()).toBe('kernel_info_reply')
    expect(readFileSync(`/proc/${kernel.child.pid}/cmdline`, 'utf8')).toContain(process.execPath)
    expect(kernel.stderr).toBe('')
  })

  test('takes another Node.js where its own is gone, and says so', async () => {
    const { dir, gone } = await installWithout('node')
    const enough = `${root}/versions/v99/bin/node`
    fakeNode(`${root}/versions/v1/bin/node`, 'exit 1')
    fakeNode(enough, `exec ${process.execPath} "$@"`)
    await using kernel = startSpec(dir, { PATH: '/nowhere' })
    expect(await kernel.answer()).toBe('kernel_info_reply')
    expect(kernel.stderr).toContain(`${gone} is gone, so ${enough} is used`)
  })

  test('takes the Node.js of the path first', async () => {
    const { dir } = await installWithout('node')
    fakeNode(`${root}/bin/node`, `exec ${process.execPath} "$@"`)
    fakeNode(`${root}/versions/v99/bin/node`, 'exit 1')
    await using kernel = startSpec(dir, { PATH: `${root}/bin` })
    expect(await kernel.answer()).toBe('kernel_info_reply')
    expect(kernel.stderr).toContain(`${root}/bin/node is used`)
  })

  test('says what to do where the package is gone', async () => {
    const { dir, gone } = await installWithout('main')
    await using kernel = startSpec(dir)
    expect(await kernel.exited).toBe(1)
    expect(kernel.stderr).toBe(`xdrlab: ${gone} is gone; install xdrlab again, then run: xdrlab install\n`)
  })

  /** An installation whose Node.js, or program, has been taken away since. */
  async function installWithout(part: 'node' | 'main'): Promise<{ dir: string; gone: string }> {
    const { dir } = await installKernelSpec({ where: where() })
    const gone = part === 'node' ? `${root}/versions/v20's/bin/node` : `${root}/package/dist/kernel/main.js`
    const now = {
      node: process.execPath,
      main: join(packageRoot, 'dist', 'kernel', 'main.js'),
      [part]: gone,
    }
    writeFileSync(join(dir, 'start.sh'), launcherScript(now.node, now.main))
    return { dir, gone }
  }
})

function fakeNode(path: string, script: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

function writeSpec(name: string, spec: object): string {
  const dir = join(root, 'share/jupyter/kernels', name)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'kernel.json'), JSON.stringify(spec))
  return dir
}
