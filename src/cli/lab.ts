import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { installKernelSpec } from '../../kernel/install.js'
import { canOpenBrowser } from '../auth/browser.js'
import { XdrError } from '../errors.js'
import { packageRoot } from '../package.js'
import { homeFolder } from '../paths.js'
import { interruptSignal } from './interrupt.js'
import { startProgress } from './progress.js'
import { describeSandbox, openSandbox } from './sandbox.js'

/** `xdrlab lab`: JupyterLab in a Python environment of its own, made on first use. */
export async function lab(options: { port: number; browser: boolean }): Promise<void> {
  const signal = interruptSignal()
  const folder = labFolder()
  const venv = await prepareVenv(join(folder, 'venv'), signal)
  await installKernelSpec({ where: { kind: 'prefix', prefix: venv } })
  const notebooks = copyTemplates(join(folder, 'notebooks'))
  await using sandbox = await openSandbox({})
  process.stdout.write(`${describeSandbox(sandbox.server)}\n`)
  const args = [
    'lab',
    join(notebooks, '01-getting-started.ipynb'),
    '--ip=127.0.0.1',
    `--port=${options.port}`,
  ]
  if (!options.browser || !canOpenBrowser()) args.push('--no-browser')
  // Jupyter refuses root without this; containers have no one else.
  if (process.getuid?.() === 0) args.push('--allow-root')
  const status = await runProgram(join(venv, binFolder, 'jupyter'), args, {
    signal,
    // The kernel of this environment wins over one that the person has installed elsewhere.
    env: { ...process.env, JUPYTER_PREFER_ENV_PATH: '1', XDRLAB_SANDBOX_URL: sandbox.server.origin },
    cwd: notebooks,
    shown: true,
  })
  if (status !== 0 && !signal.aborted) {
    throw new XdrError('XDR_NOTEBOOK', `JupyterLab ended with exit code ${status}`, {
      hint: `its own messages stand above; delete ${folder} to have it made anew`,
    })
  }
}

const binFolder = process.platform === 'win32' ? 'Scripts' : 'bin'

/** Beside the sources in a checkout, in the person's own folder when installed. */
function labFolder(): string {
  return packageRoot.includes(`${sep}node_modules${sep}`)
    ? join(homeFolder(), 'lab')
    : join(packageRoot, '.lab')
}

/**
 * The Python environment with JupyterLab in it.
 *
 * @throws XdrError `XDR_NOTEBOOK` without Python ≥ 3.10 or when the packages cannot be had
 */
async function prepareVenv(venv: string, signal: AbortSignal): Promise<string> {
  const jupyter = join(venv, binFolder, process.platform === 'win32' ? 'jupyter-lab.exe' : 'jupyter-lab')
  if (existsSync(jupyter)) return venv
  const python = await findPython(signal)
  process.stderr.write('Making a Python environment with JupyterLab; once, about a minute.\n')
  const stopProgress = startProgress('installing JupyterLab')
  try {
    await mustRun(python, ['-m', 'venv', venv], signal, 'install python3-venv, then run this again')
    await mustRun(
      join(venv, binFolder, 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'jupyterlab>=4.2,<5'],
      signal,
      'check the network and the package index of pip, then run this again',
    )
  } finally {
    stopProgress()
  }
  return venv
}

async function findPython(signal: AbortSignal): Promise<string> {
  const check = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)'
  for (const name of ['python3', 'python']) {
    if ((await runProgram(name, ['-c', check], { signal, shown: false })) === 0) return name
  }
  throw new XdrError('XDR_NOTEBOOK', 'JupyterLab needs Python 3.10 or later, and none was found', {
    hint: 'install Python, or use "xdrlab run", which needs none',
  })
}

async function mustRun(program: string, args: string[], signal: AbortSignal, hint: string): Promise<void> {
  const status = await runProgram(program, args, { signal, shown: true })
  if (status !== 0) {
    throw new XdrError(
      signal.aborted ? 'XDR_ABORTED' : 'XDR_NOTEBOOK',
      signal.aborted
        ? 'the preparation was cancelled'
        : `${program} ${args.slice(0, 3).join(' ')} failed (${status})`,
      { hint },
    )
  }
}

/** Its exit code; `undefined` when it could not be started. Ended with us. */
function runProgram(
  program: string,
  args: string[],
  options: { signal: AbortSignal; shown: boolean; env?: NodeJS.ProcessEnv; cwd?: string },
): Promise<number | null | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: options.shown ? ['inherit', 'inherit', 'inherit'] : 'ignore',
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

/** The person works on copies: a template stays as it came, and work is never overwritten. */
function copyTemplates(to: string): string {
  mkdirSync(to, { recursive: true })
  const from = join(packageRoot, 'notebooks')
  for (const name of readdirSync(from)) {
    if (name.endsWith('.ipynb') && !name.includes('.executed.') && !existsSync(join(to, name))) {
      copyFileSync(join(from, name), join(to, name))
    }
  }
  return to
}
