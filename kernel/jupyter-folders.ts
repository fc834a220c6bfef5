import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { XdrError } from '../src/errors.js'

/** Where Jupyter is to find the kernel. */
export type InstallPlace =
  /** In the person's own Jupyter folder. */
  | { kind: 'user' }
  /** In the active Python environment: `VIRTUAL_ENV`, `CONDA_PREFIX`, else what `python3` says. */
  | { kind: 'sys-prefix'; prefix?: string }
  | { kind: 'prefix'; prefix: string }
  /** For everybody on this machine. */
  | { kind: 'system' }

/**
 * The folder of Jupyter's data that a place means; kernels stand in `kernels` below it.
 *
 * @throws XdrError `XDR_KERNEL` for `sys-prefix` where there is no Python
 */
export async function dataFolder(where: InstallPlace, env: NodeJS.ProcessEnv): Promise<string> {
  switch (where.kind) {
    case 'user':
      return userDataFolder(env)
    case 'prefix':
      return dataOfPrefix(where.prefix)
    case 'sys-prefix':
      return dataOfPrefix(where.prefix ?? (await pythonPrefix(env)))
    case 'system':
      return systemDataFolders(env)[0]
  }
}

/** Every folder of Jupyter's data that can be known without asking Jupyter, in the order in which Jupyter looks. */
export function knownDataFolders(env: NodeJS.ProcessEnv): string[] {
  const active = [env.VIRTUAL_ENV, env.CONDA_PREFIX, ...condaEnvironments(env)]
  return [
    ...new Set([
      ...(env.JUPYTER_PATH ?? '').split(delimiter).filter((path) => path !== ''),
      userDataFolder(env),
      ...active.flatMap((prefix) => (prefix ? [dataOfPrefix(prefix)] : [])),
      ...systemDataFolders(env),
    ]),
  ]
}

function dataOfPrefix(prefix: string): string {
  return join(prefix, 'share', 'jupyter')
}

/** As `jupyter --paths` has it. */
export function userDataFolder(env: NodeJS.ProcessEnv): string {
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

/** As `jupyter_core.paths.SYSTEM_JUPYTER_PATH` has them; the first is where `jupyter kernelspec install` writes. */
function systemDataFolders(env: NodeJS.ProcessEnv): [string, ...string[]] {
  if (process.platform === 'win32') return [join(env.PROGRAMDATA ?? 'C:\\ProgramData', 'jupyter')]
  return ['/usr/local/share/jupyter', '/usr/share/jupyter']
}

/** Conda keeps a list of every environment that it has made. */
function condaEnvironments(env: NodeJS.ProcessEnv): string[] {
  try {
    const text = readFileSync(join(env.HOME ?? homedir(), '.conda', 'environments.txt'), 'utf8')
    return text.split(/\r?\n/).filter((line) => line.trim() !== '')
  } catch {
    return []
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
