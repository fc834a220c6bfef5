import { constants, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { installKernelSpec, removeKernel, uninstallKernelSpec } from '../../kernel/install.js'
import { findKernels, noteKernel, tidyNotes } from '../../kernel/installed-kernels.js'
import type { InstallPlace } from '../../kernel/jupyter-folders.js'
import { type InstalledKernel, readKernel } from '../../kernel/kernel-spec.js'
import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import {
  addToPapermill,
  askedPapermill,
  isPapermillNear,
  removeBesideKernel,
  removeFromPapermill,
} from './install-papermill.js'
import { interruptSignal } from './interrupt.js'
import { startProgress } from './progress.js'

interface PlaceOptions {
  user?: boolean
  sysPrefix?: boolean
  system?: boolean
  prefix?: string
  name?: string
  papermill?: boolean
  json?: boolean
}

function placeOf(options: PlaceOptions): { where: InstallPlace; name?: string } {
  const { prefix, sysPrefix, system, name } = options
  const where: InstallPlace =
    prefix !== undefined
      ? { kind: 'prefix', prefix }
      : { kind: sysPrefix === true ? 'sys-prefix' : system === true ? 'system' : 'user' }
  return { where, ...(name === undefined ? {} : { name }) }
}

/** `xdrlab install` */
export async function install(options: PlaceOptions & { displayName?: string }): Promise<void> {
  const { displayName: wanted, system, json } = options
  const asked = await askedPapermill(options.papermill === true)
  const stopProgress = startProgress('installing the kernel')
  const { dir, displayName, copied } = await installKernelSpec({
    ...placeOf(options),
    ...(wanted === undefined ? {} : { displayName: wanted }),
    signal: interruptSignal(),
  }).finally(stopProgress)
  noteKernel(dir)
  const place = placeOf(options).where
  const papermill = await addToPapermill(asked, place, dir)
  const kernel = readKernel(dir)
  const hidden = system === true && typeof kernel === 'object' ? findHidden([kernel.node, kernel.main]) : []
  for (const path of hidden) {
    process.stderr.write(
      `! other people on this machine cannot read ${path}: put Node.js and xdrlab elsewhere\n`,
    )
  }
  const added = papermill === undefined ? {} : { papermill: papermill.folder }
  if (json) process.stdout.write(`${JSON.stringify({ dir, displayName, copied, ...added })}\n`)
  else {
    const lines = [
      `The kernel "${plain(displayName, 80)}" is installed in ${dir}`,
      ...(copied
        ? ['The package was copied there as well, since the cache that it ran from is cleared at times.']
        : []),
      'Open JupyterLab and choose it for a new notebook.',
      ...(papermill !== undefined
        ? [
            `papermill ${papermill.version} can set parameters of its notebooks (a module in ${papermill.folder}).`,
          ]
        : (await isPapermillNear(place))
          ? ['For parameters by papermill, add a module to it: xdrlab install --papermill']
          : []),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}

/** The paths that not everybody can read, for a kernel that everybody is to start. */
function findHidden(paths: readonly string[]): string[] {
  if (process.platform === 'win32') return []
  return paths.filter((path) => {
    if (!allows(path, constants.S_IROTH)) return true
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      if (!allows(folder, constants.S_IXOTH)) return true
    }
    return false
  })
}

function allows(path: string, mode: number): boolean {
  const stats: Stats | undefined = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && (stats.mode & mode) !== 0
}

/** `xdrlab uninstall` */
export async function uninstall(options: PlaceOptions & { all?: boolean }): Promise<void> {
  if (options.all === true) return uninstallAll(options.json === true)
  const asked = await askedPapermill(options.papermill === true)
  const { dir, removed } = await uninstallKernelSpec(placeOf(options))
  const place = placeOf(options).where
  const papermill = await removeFromPapermill(asked, place, dir)
  tidyNotes()
  if (options.json) {
    const also = papermill === undefined ? {} : { papermill: papermill.folder }
    process.stdout.write(`${JSON.stringify({ dir, removed, ...also })}\n`)
    return
  }
  const others = findKernels()
  const lines = [
    removed ? `The kernel was removed from ${dir}` : `There was no kernel in ${dir}`,
    ...(papermill === undefined ? [] : [`The module for papermill was removed from ${papermill.folder}`]),
    ...others.map((kernel) => `Still there: ${describe(kernel)}`),
    ...(others.length > 0 ? ['"xdrlab uninstall --all" removes every one.'] : []),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Every kernel of ours that can be found; exit code 1 where one could not be removed. */
async function uninstallAll(asJson: boolean): Promise<void> {
  const removed: InstalledKernel[] = []
  const failed: { dir: string; error: XdrError }[] = []
  for (const kernel of findKernels()) {
    try {
      await removeKernel(kernel)
      await removeBesideKernel(kernel.dir)
      removed.push(kernel)
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      failed.push({ dir: kernel.dir, error })
    }
  }
  tidyNotes()
  if (failed.length > 0) process.exitCode = 1
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ removed: removed.map(({ dir }) => dir), failed })}\n`)
    return
  }
  if (removed.length + failed.length === 0) process.stdout.write('There was no kernel of ours anywhere\n')
  for (const kernel of removed) process.stdout.write(`Removed: ${describe(kernel)}\n`)
  for (const { dir, error } of failed) process.stderr.write(`! not removed: ${dir} (${error.message})\n`)
}

function describe({ dir, displayName, version }: InstalledKernel): string {
  return `${dir} (${plain(displayName, 80)}${version === undefined ? '' : `, version ${plain(version, 40)}`})`
}
