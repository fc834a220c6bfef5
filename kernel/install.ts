import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { abortedError, XdrError } from '../src/errors.js'
import { packageRoot } from '../src/package.js'
import { dataFolder, type InstallPlace } from './jupyter-folders.js'
import { launcherScript } from './kernel-launcher.js'
import { defaultDisplayName, type InstalledKernel, kernelSpec, readKernel } from './kernel-spec.js'
import { copyPackage, fleetingModules, removeCopies } from './package-copy.js'

/** What {@link installKernelSpec} and {@link uninstallKernelSpec} take. */
export interface InstallOptions {
  where: InstallPlace
  /** Name of the kernel's folder, by which notebooks remember it; default `xdrlab`. */
  name?: string
  /** How front ends call it; default as it is called already, else `TypeScript (xdrlab)`. */
  displayName?: string
  /** Default `process.env`. */
  env?: NodeJS.ProcessEnv
  /** Ends a copy of the package. */
  signal?: AbortSignal
}

const kernelProgram = join(packageRoot, 'dist', 'kernel', 'main.js')
const assets = join(packageRoot, 'kernel', 'assets')
const logos = ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg']
const launcher = 'start.sh'

/**
 * Writes the kernelspec that makes `TypeScript (xdrlab)` appear in Jupyter; writing it again renews it. Where
 * the package runs from a cache (`npx`), a copy of it is made beside the kernelspec, and goes with it.
 *
 * @returns where it is; `copied` where a copy was made
 * @throws XdrError `XDR_KERNEL` where the folder cannot be written, or another kernel has this name; `XDR_ABORTED`
 */
export async function installKernelSpec(
  options: InstallOptions,
): Promise<{ dir: string; displayName: string; copied: boolean }> {
  const { where, signal } = options
  const dir = await specFolder(options)
  const before = readKernel(dir)
  if (before === 'other') throw foreignKernel(dir, 'choose another --name, or remove it with')
  const earlier = typeof before === 'object' ? before : undefined
  const displayName = options.displayName ?? earlier?.displayName ?? defaultDisplayName
  const modules = fleetingModules()
  await orExplain(dir, async () => {
    const made = (await mkdir(dir, { recursive: true })) ?? earlier?.made
    const root = modules === undefined ? packageRoot : await copyPackage(modules, dir, signal)
    const main = join(root, relative(packageRoot, kernelProgram))
    for (const logo of logos) await copyFile(join(assets, logo), join(dir, logo))
    const node = process.execPath
    const record = { node, main, ...(made === undefined ? {} : { made }) }
    await writeFiles(dir, displayName, record)
    await removeCopies(dir, root)
    // Whatever the umask of root is, others are to use it.
    if (where.kind === 'system') await makeReadable(dir, made ?? dir)
  })
  return { dir, displayName, copied: modules !== undefined }
}

async function writeFiles(
  dir: string,
  displayName: string,
  record: Parameters<typeof kernelSpec>[2],
): Promise<void> {
  const { node, main } = record
  const hasShell = process.platform !== 'win32'
  if (hasShell) await writeFile(join(dir, launcher), launcherScript(node, main))
  const argv = hasShell ? ['/bin/sh', join(dir, launcher)] : [node, main]
  const text = `${JSON.stringify(kernelSpec(argv, displayName, record), undefined, 2)}\n`
  // Renamed into its place: a Jupyter that looks meanwhile sees the old one or the new one.
  const aside = join(dir, `kernel.json.${process.pid}.part`)
  await writeFile(aside, text)
  await rename(aside, join(dir, 'kernel.json'))
}

async function makeReadable(dir: string, made: string): Promise<void> {
  for (let folder = dir; !relative(made, folder).startsWith('..'); folder = dirname(folder)) {
    await chmod(folder, 0o755)
  }
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    await chmod(join(dir, entry.name), entry.isDirectory() ? 0o755 : 0o644)
  }
}

/**
 * Removes the kernelspec, if it is ours, with the folders that its installation made, as far as they are empty.
 *
 * @returns `removed: false` where there was none
 * @throws XdrError `XDR_KERNEL` where another kernel has this name, or the folder cannot be removed
 */
export async function uninstallKernelSpec(
  options: InstallOptions,
): Promise<{ dir: string; removed: boolean }> {
  const dir = await specFolder(options)
  const kernel = readKernel(dir)
  if (kernel === undefined) return { dir, removed: false }
  if (typeof kernel === 'string') throw foreignKernel(dir, 'if you mean to, remove it with')
  await removeKernel(kernel)
  return { dir, removed: true }
}

/** Removes a kernelspec that was found. @throws XdrError `XDR_KERNEL` */
export async function removeKernel({ dir, made }: InstalledKernel): Promise<void> {
  await orExplain(dir, () => rm(dir, { recursive: true }))
  if (made === undefined || relative(made, dir).startsWith('..')) return
  try {
    for (let folder = dirname(dir); !relative(made, folder).startsWith('..'); folder = dirname(folder)) {
      await rmdir(folder)
    }
  } catch {
    // Something of another's is in it by now.
  }
}

async function specFolder({
  where,
  name = 'xdrlab',
  env = process.env,
}: Pick<InstallOptions, 'where' | 'name' | 'env'>): Promise<string> {
  // Jupyter's own rule for kernel names; it also keeps the path inside the folder.
  if (!/^[a-z0-9_][a-z0-9_.-]*$/i.test(name)) {
    throw new XdrError('XDR_BAD_OPTION', 'the kernel name may hold letters, digits, "_", "-" and "." only', {
      hint: 'choose another name, or leave it out',
    })
  }
  return join(resolve(await dataFolder(where, env)), 'kernels', name)
}

function foreignKernel(dir: string, hint: string): XdrError {
  return new XdrError('XDR_KERNEL', `the kernel in ${dir} is not ours`, {
    hint: `${hint} "jupyter kernelspec uninstall"`,
  })
}

async function orExplain(dir: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw abortedError('the installation')
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new XdrError('XDR_KERNEL', `cannot write ${dir}${code}`, {
      hint: existsSync(dir)
        ? 'use --user for your own folder, or ask whoever installed it there'
        : 'use --user for your own folder, or --prefix with a folder that you may write',
    })
  }
}
