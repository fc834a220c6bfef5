import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { abortedError, XdrError } from '../errors.js'
import { packageRoot } from '../package.js'
import { homeFolder } from '../paths.js'
import { startProgress } from './progress.js'

/** What JupyterLab needs; nbclient and nbconvert come with it. */
const requirements = ['jupyterlab>=4.2,<5']
const isWindows = process.platform === 'win32'

/**
 * Where JupyterLab and its notebooks live: beside the sources in a checkout, in the person's own folder when
 * installed.
 */
export function labFolder(): string {
  return packageRoot.includes(`${sep}node_modules${sep}`)
    ? join(homeFolder(), 'lab')
    : join(packageRoot, '.lab')
}

/** A program of a Python environment. */
export function venvProgram(venv: string, name: string): string {
  return join(venv, isWindows ? 'Scripts' : 'bin', isWindows ? `${name}.exe` : name)
}

/**
 * The Python environment with JupyterLab in it, made on first use.
 *
 * @throws XdrError `XDR_NOTEBOOK` without Python ≥ 3.10 or when the packages cannot be had
 */
export async function prepareVenv(signal: AbortSignal): Promise<string> {
  const venv = join(labFolder(), 'venv')
  if (existsSync(venvProgram(venv, 'jupyter-lab'))) return venv
  const python = await findPython(signal)
  if (python === undefined) {
    throw new XdrError('XDR_NOTEBOOK', 'JupyterLab needs Python 3.10 or later, and none was found', {
      hint: 'install Python, or use "xdrlab run", which needs none',
    })
  }
  process.stderr.write('Making a Python environment with JupyterLab; once, about a minute.\n')
  const stopProgress = startProgress('installing JupyterLab')
  try {
    await mustRun(python, ['-m', 'venv', venv], signal, 'install python3-venv, then run this again')
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements]
    await mustRun(
      venvProgram(venv, 'python'),
      pip,
      signal,
      'check the network and pip’s package index, then try again',
    )
    quietNews(venv)
  } finally {
    stopProgress()
  }
  return venv
}

/** JupyterLab asks at its first start whether to fetch news from its makers: in this environment it does not. */
function quietNews(venv: string): void {
  const folder = join(venv, 'share', 'jupyter', 'lab', 'settings')
  mkdirSync(folder, { recursive: true })
  const settings = {
    '@jupyterlab/apputils-extension:notification': { checkForUpdates: false, fetchNews: 'false' },
  }
  writeFileSync(join(folder, 'overrides.json'), `${JSON.stringify(settings)}\n`)
}

/** The first Python ≥ 3.10 on the path. */
async function findPython(signal: AbortSignal): Promise<string | undefined> {
  const check = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)'
  for (const name of ['python3', 'python']) {
    if ((await runProgram(name, ['-c', check], { signal, shown: false })) === 0) return name
  }
  return undefined
}

async function mustRun(program: string, args: string[], signal: AbortSignal, hint: string): Promise<void> {
  const status = await runProgram(program, args, { signal, shown: true })
  if (signal.aborted) throw abortedError('the preparation')
  if (status !== 0)
    throw new XdrError('XDR_NOTEBOOK', `${program} ${args.slice(0, 3).join(' ')} failed (${status})`, {
      hint,
    })
}

/** Runs a program to its end; it is ended with us. Gives its exit code, `undefined` when it could not be started. */
export function runProgram(
  program: string,
  args: string[],
  options: { signal: AbortSignal; shown: boolean; env?: NodeJS.ProcessEnv; cwd?: string },
): Promise<number | null | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: options.shown ? 'inherit' : 'ignore',
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const stop = () => void child.kill('SIGTERM')
    options.signal.addEventListener('abort', stop, { once: true })
    child.once('error', () => resolve(undefined))
    child.once('exit', (code) => {
      options.signal.removeEventListener('abort', stop)
      resolve(code)
    })
  })
}
