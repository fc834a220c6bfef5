import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findKernels } from '../../../kernel/installed-kernels.js'
import { knownDataFolders, userDataFolder } from '../../../kernel/jupyter-folders.js'
import { type InstalledKernel, listKernels } from '../../../kernel/kernel-spec.js'
import { fleetingModules } from '../../../kernel/package-copy.js'
import { version } from '../../package.js'
import { isRecord } from '../../record.js'
import { plain } from '../../text.js'
import { findProgram } from '../programs.js'
import { type Check, type CheckContext, type Finding, findingsOf } from './finding.js'

const jupyter = findingsOf('jupyter', 'Jupyter')
const kernels = findingsOf('kernelspec', 'Kernelspec')

/** Whether there is a Jupyter, and whether each kernelspec of ours can start what it names. */
export const jupyterCheck: Check = {
  id: 'jupyter',
  title: 'Jupyter',
  run: async (context) => {
    const program = findJupyter(context.env)
    if (program === undefined) {
      return [
        jupyter.warning(
          'not found on the path, nor in an active environment',
          'pip install jupyterlab, or "xdrlab lab", which makes its own; "xdrlab run" and VS Code need none',
        ),
        ...kernelFindings(findKernels(context.env), knownDataFolders(context.env), context.env),
      ]
    }
    const folders = await askForFolders(program, context)
    if (folders === undefined) {
      return [
        jupyter.broken(`${program} does not answer`, 'run "jupyter --paths" and mend what it says'),
        ...kernelFindings(findKernels(context.env), knownDataFolders(context.env), context.env),
      ]
    }
    const found = new Map(
      [...folders.flatMap((folder) => listKernels(folder)), ...findKernels(context.env)].map((kernel) => [
        kernel.dir,
        kernel,
      ]),
    )
    return [jupyter.ok(program), ...kernelFindings([...found.values()], folders, context.env)]
  },
}

function kernelFindings(
  found: readonly InstalledKernel[],
  folders: readonly string[],
  env: NodeJS.ProcessEnv,
): Finding[] {
  const isSeen = ({ dir }: InstalledKernel) =>
    folders.some((folder) => dir.startsWith(join(folder, 'kernels')))
  const findings = found.map((kernel) => judge(kernel, env))
  if (found.some(isSeen)) return findings
  const into = env.VIRTUAL_ENV || env.CONDA_PREFIX ? 'xdrlab install --sys-prefix' : 'xdrlab install'
  const what = found.length === 0 ? 'none is installed' : 'none where this Jupyter looks'
  return [...findings, kernels.warning(what, `run "${into}"`)]
}

/** Whether the kernel of a kernelspec would start, and would be this version. */
function judge(kernel: InstalledKernel, env: NodeJS.ProcessEnv): Finding {
  const { dir, node, main, start, findsNode } = kernel
  const again = `run "${installCommand(dir, env)}"`
  const gone = [main, ...(findsNode ? [start] : [node])].find((path) => !isThere(path))
  if (gone !== undefined)
    return kernels.broken(`${dir}: ${gone} is gone`, `${again}, or "xdrlab uninstall --all"`)
  if (!isThere(node)) {
    return kernels.warning(`${dir}: its Node.js ${node} is gone; it looks for another at its start`, again)
  }
  if (kernel.version !== version) {
    const other = kernel.version === undefined ? 'an earlier version' : `version ${plain(kernel.version, 40)}`
    return kernels.warning(`${dir}: of ${other}; this is ${version}`, again)
  }
  if (fleetingModules(main) !== undefined) {
    return kernels.warning(`${dir}: ${main} lies in a cache that is cleared at times`, again)
  }
  return kernels.ok(`${dir} (${plain(kernel.displayName, 80)}, version ${version})`)
}

/** What writes the kernelspec of a folder anew. */
function installCommand(dir: string, env: NodeJS.ProcessEnv): string {
  const data = dirname(dirname(dir))
  const name = basename(dir) === 'xdrlab' ? '' : ` --name ${basename(dir)}`
  if (data === userDataFolder(env) || basename(dirname(data)) !== 'share') return `xdrlab install${name}`
  return `xdrlab install --prefix ${dirname(dirname(data))}${name}`
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** The one that a shell would start, in the active environment first. */
function findJupyter(env: NodeJS.ProcessEnv): string | undefined {
  const scripts = process.platform === 'win32' ? 'Scripts' : 'bin'
  const active = [env.VIRTUAL_ENV, env.CONDA_PREFIX].flatMap((prefix) =>
    prefix ? [join(prefix, scripts)] : [],
  )
  return findProgram(['jupyter'], { env, before: active })
}

/** Where this Jupyter looks for kernels: the folders of its data, in its order. */
async function askForFolders(program: string, { env, signal }: CheckContext): Promise<string[] | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--paths', '--json'], { env, signal })
    const paths: unknown = JSON.parse(stdout)
    if (!isRecord(paths) || !Array.isArray(paths.data)) return undefined
    return paths.data.filter((path) => typeof path === 'string')
  } catch (error) {
    if (signal.aborted) throw error
    return undefined
  }
}
