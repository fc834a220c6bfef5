import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { XdrError } from '../src/errors.js'
import { packageRoot } from '../src/package.js'
import { isRecord } from './json.js'

/** Where Jupyter is to find the kernel. */
export type InstallPlace =
  /** In the person's own Jupyter folder. */
  | { kind: 'user' }
  /** In the active Python environment: `VIRTUAL_ENV`, `CONDA_PREFIX`, else what `python3` says. */
  | { kind: 'sys-prefix'; prefix?: string }
  | { kind: 'prefix'; prefix: string }

/** What {@link installKernelSpec} and {@link uninstallKernelSpec} take. */
export interface InstallOptions {
  where: InstallPlace
  /** Name of the kernel's folder; default `xdrlab`. */
  name?: string
  /** Default `process.env`. */
  env?: NodeJS.ProcessEnv
}

const kernelProgram = join(packageRoot, 'dist', 'kernel', 'main.js')
const assets = join(packageRoot, 'kernel', 'assets')
const logos = ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg']

/**
 * Writes the kernelspec that makes `TypeScript (xdrlab)` appear in Jupyter; writing it again renews it.
 *
 * @throws XdrError `XDR_KERNEL` where the folder cannot be written
 */
export async function installKernelSpec(options: InstallOptions): Promise<{ dir: string }> {
  const dir = await specFolder(options)
  const spec = {
    argv: [process.execPath, kernelProgram, '{connection_file}'],
    display_name: 'TypeScript (xdrlab)',
    language: 'typescript',
    interrupt_mode: 'message',
    metadata: { debugger: false },
  }
  await orExplain(dir, async () => {
    await mkdir(dir, { recursive: true })
    await writeFile(join(dir, 'kernel.json'), `${JSON.stringify(spec, undefined, 2)}\n`)
    for (const logo of logos) await copyFile(join(assets, logo), join(dir, logo))
  })
  return { dir }
}

/**
 * Removes the kernelspec, if it is ours.
 *
 * @returns `removed: false` where there was none
 * @throws XdrError `XDR_KERNEL` where another kernel has this name, or the folder cannot be removed
 */
export async function uninstallKernelSpec(
  options: InstallOptions,
): Promise<{ dir: string; removed: boolean }> {
  const dir = await specFolder(options)
  if (!existsSync(join(dir, 'kernel.json'))) return { dir, removed: false }
  if (!(await isOurs(dir))) {
    throw new XdrError('XDR_KERNEL', `the kernel in ${dir} is not ours`, {
      hint: 'remove it with `jupyter kernelspec uninstall` if you mean to',
    })
  }
  await orExplain(dir, () => rm(dir, { recursive: true }))
  return { dir, removed: true }
}

async function specFolder({ where, name = 'xdrlab', env = process.env }: InstallOptions): Promise<string> {
  // Jupyter's own rule for kernel names; it also keeps the path inside the folder.
  if (!/^[a-z0-9_][a-z0-9_.-]*$/i.test(name)) {
    throw new XdrError('XDR_BAD_OPTION', 'the kernel name may hold letters, digits, "_", "-" and "." only', {
      hint: 'choose another name, or leave it out',
    })
  }
  return join(await dataFolder(where, env), 'kernels', name)
}

async function dataFolder(where: InstallPlace, env: NodeJS.ProcessEnv): Promise<string> {
  switch (where.kind) {
    case 'user':
      return userDataFolder(env)
    case 'prefix':
      return join(where.prefix, 'share', 'jupyter')
    case 'sys-prefix':
      return join(where.prefix ?? (await pythonPrefix(env)), 'share', 'jupyter')
  }
}

/** As `jupyter --paths` has it. */
function userDataFolder(env: NodeJS.ProcessEnv): string {
  const set = env.JUPYTER_DATA_DIR
  if (set) return set
  const home = env.HOME ?? homedir()
  switch (process.platform) {
    case 'darwin':
      return join(home, 'Library', 'Jupyter')
    case 'win32':
      return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'jupyter')
    default:
      return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'jupyter')
  }
}

async function pythonPrefix(env: NodeJS.ProcessEnv): Promise<string> {
  const active = env.VIRTUAL_ENV || env.CONDA_PREFIX
  if (active) return active
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', 'import sys; print(sys.prefix)'], {
      env,
      timeout: 10_000,
    })
    return stdout.trim()
  } catch {
    throw new XdrError('XDR_KERNEL', 'no Python environment was found', {
      hint: 'activate one, or install with --user or --prefix',
    })
  }
}

async function isOurs(dir: string): Promise<boolean> {
  try {
    const spec: unknown = JSON.parse(await readFile(join(dir, 'kernel.json'), 'utf8'))
    const argv = isRecord(spec) && Array.isArray(spec.argv) ? spec.argv : []
    return argv.some(
      (part) => typeof part === 'string' && /xdrlab|[\\/]dist[\\/]kernel[\\/]main\.js$/.test(part),
    )
  } catch {
    return false
  }
}

async function orExplain(dir: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new XdrError('XDR_KERNEL', `cannot write ${dir}${code}`, {
      hint: 'use --user for your own folder, or --prefix with a folder that you may write',
    })
  }
}
