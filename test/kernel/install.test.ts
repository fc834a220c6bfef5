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
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { installKernelSpec, uninstallKernelSpec } from '../../kernel/install.js'
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
    ])
    const spec = JSON.parse(readFileSync(join(dir, 'kernel.json'), 'utf8'))
    expect(spec).toEqual({
      argv: [process.execPath, expect.stringMatching(/dist[\\/]kernel[\\/]main\.js$/), '{connection_file}'],
      display_name: 'TypeScript (xdrlab)',
      language: 'typescript',
      interrupt_mode: 'message',
      metadata: { debugger: false },
    })
    expect(existsSync(spec.argv[1])).toBe(true)
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

  test('leaves another kernel of that name alone', async () => {
    const dir = join(root, 'share/jupyter/kernels/xdrlab')
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'kernel.json'), JSON.stringify({ argv: ['python3', '-m', 'ipykernel_launcher'] }))
    await expect(uninstallKernelSpec({ where: { kind: 'prefix', prefix: root } })).rejects.toMatchObject({
      code: 'XDR_KERNEL',
    })
    expect(existsSync(dir)).toBe(true)
  })
})
