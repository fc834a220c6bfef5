import { installKernelSpec, uninstallKernelSpec } from '../../kernel/install.js'

interface InstallOptions {
  user?: boolean
  sysPrefix?: boolean
  prefix?: string
  json?: boolean
}

function whereOf(options: InstallOptions) {
  if (options.prefix !== undefined) return { kind: 'prefix', prefix: options.prefix } as const
  return options.sysPrefix === true ? ({ kind: 'sys-prefix' } as const) : ({ kind: 'user' } as const)
}

/** `xdrlab install` */
export async function install(options: InstallOptions): Promise<void> {
  const { dir } = await installKernelSpec({ where: whereOf(options) })
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ dir })}\n`
      : `The kernel "TypeScript (xdrlab)" is installed in ${dir}\nOpen JupyterLab and choose it for a new notebook.\n`,
  )
}

/** `xdrlab uninstall` */
export async function uninstall(options: InstallOptions): Promise<void> {
  const { dir, removed } = await uninstallKernelSpec({ where: whereOf(options) })
  if (options.json) process.stdout.write(`${JSON.stringify({ dir, removed })}\n`)
  else
    process.stdout.write(removed ? `The kernel was removed from ${dir}\n` : `There was no kernel in ${dir}\n`)
}
