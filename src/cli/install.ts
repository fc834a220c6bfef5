import { resolve } from 'node:path'
import { installKernelSpec, uninstallKernelSpec } from '../../kernel/install.js'
import { XdrError } from '../errors.js'
import {
  installTranslator,
  type Papermill,
  papermillIn,
  papermillOnPath,
  removeTranslator,
} from './papermill-translator.js'

interface InstallOptions {
  user?: boolean
  sysPrefix?: boolean
  prefix?: string
  papermill?: boolean
  json?: boolean
}

function whereOf(options: InstallOptions) {
  if (options.prefix !== undefined) return { kind: 'prefix', prefix: options.prefix } as const
  return options.sysPrefix === true ? ({ kind: 'sys-prefix' } as const) : ({ kind: 'user' } as const)
}

/** `xdrlab install` */
export async function install(options: InstallOptions): Promise<void> {
  const asked = await askedPapermill(options)
  const { dir } = await installKernelSpec({ where: whereOf(options) })
  const papermill = asked ?? (await papermillOfEnvironment(options, dir))
  if (papermill !== undefined) await installTranslator(papermill)
  if (options.json) {
    const added = papermill === undefined ? {} : { papermill: papermill.folder }
    process.stdout.write(`${JSON.stringify({ dir, ...added })}\n`)
    return
  }
  process.stdout.write(
    `The kernel "TypeScript (xdrlab)" is installed in ${dir}\nOpen JupyterLab and choose it for a new notebook.\n`,
  )
  if (papermill !== undefined) {
    process.stdout.write(
      `papermill ${papermill.version} can set parameters of its notebooks (a module in ${papermill.folder}).\n`,
    )
  } else if (await isPapermillNear(options)) {
    process.stdout.write('For parameters by papermill, add a module to it: xdrlab install --papermill\n')
  }
}

/** `xdrlab uninstall` */
export async function uninstall(options: InstallOptions): Promise<void> {
  const asked = await askedPapermill(options)
  const { dir, removed } = await uninstallKernelSpec({ where: whereOf(options) })
  const papermill = asked ?? (await papermillOfEnvironment(options, dir))
  const isPapermillRid = papermill !== undefined && (await removeTranslator(papermill))
  if (options.json) {
    const also = isPapermillRid ? { papermill: papermill.folder } : {}
    process.stdout.write(`${JSON.stringify({ dir, removed, ...also })}\n`)
    return
  }
  process.stdout.write(removed ? `The kernel was removed from ${dir}\n` : `There was no kernel in ${dir}\n`)
  if (isPapermillRid) process.stdout.write(`The module for papermill was removed from ${papermill.folder}\n`)
}

/** Of an environment that the person has named, its papermill; others are left alone until they are asked for. */
async function papermillOfEnvironment(options: InstallOptions, dir: string): Promise<Papermill | undefined> {
  // The kernel lies in share/jupyter/kernels/xdrlab of it.
  return whereOf(options).kind === 'user' ? undefined : papermillIn(resolve(dir, '..', '..', '..', '..'))
}

/** With `--papermill`, the one on the path: before anything is written, since there may be none. */
async function askedPapermill(options: InstallOptions): Promise<Papermill | undefined> {
  if (options.papermill !== true) return undefined
  const found = await papermillOnPath()
  if (found !== undefined) return found
  throw new XdrError('XDR_KERNEL', 'no papermill ≥ 2.3 was found on the path', {
    hint: 'activate its environment, or name it with --prefix',
  })
}

async function isPapermillNear(options: InstallOptions): Promise<boolean> {
  return whereOf(options).kind === 'user' && (await papermillOnPath()) !== undefined
}
