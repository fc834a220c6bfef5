import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { abortedError, XdrError } from '../errors.js'
import { packageRoot } from '../package.js'
import { homeFolder } from '../paths.js'
import { startProgress } from './progress.js'
import { runQuietly } from './run-quietly.js'

/**
 * What JupyterLab needs; nbclient and nbconvert come with it. From 4.25 on jsonschema reads a grammar whenever it is
 * loaded: that is two thirds of the time in which JupyterLab starts.
 */
const requirements = ['jupyterlab>=4.2,<5', 'jsonschema<4.25']
/** Older ones take twice as long to find what is to be installed. */
const leastPip = 25
const settingsFile = 'overrides.json'
const longestAskMs = 60_000
/** How long after a program’s end our own Ctrl-C is waited for, milliseconds. */
const ownSignalMs = 50
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
 * The Python environment with JupyterLab in it, made on first use. One that was only begun is made anew.
 *
 * @throws XdrError `XDR_NOTEBOOK` without Python ≥ 3.10 or when the packages cannot be had
 */
export async function prepareVenv(signal: AbortSignal): Promise<string> {
  const venv = join(labFolder(), 'venv')
  if (isWhole(venv)) return venv
  const python = await findPython(signal)
  if (python === undefined) {
    throw new XdrError('XDR_NOTEBOOK', 'JupyterLab needs Python 3.10 or later, and none was found', {
      hint: 'install Python, or use "xdrlab run", which needs none',
    })
  }
  process.stderr.write('Making a Python environment with JupyterLab; once, about half a minute.\n')
  const stopProgress = startProgress('installing JupyterLab')
  try {
    rmSync(venv, { recursive: true, force: true })
    await makeVenv(python, venv, signal)
    await installPackages(venvProgram(venv, 'python'), signal)
    quietNews(venv)
  } finally {
    stopProgress()
  }
  return venv
}

/** The settings are what is written last. */
function isWhole(venv: string): boolean {
  return existsSync(venvProgram(venv, 'jupyter-lab')) && existsSync(join(settingsFolder(venv), settingsFile))
}

/**
 * An environment with pip. Python's own way runs pip from an archive to install pip, and compiles all of it: unpacking
 * that archive does as well, in a tenth of the time.
 */
async function makeVenv(python: string, venv: string, signal: AbortSignal): Promise<void> {
  const hint = 'install python3-venv, then run this again'
  await mustRun(python, ['-m', 'venv', '--without-pip', venv], signal, hint)
  const own = venvProgram(venv, 'python')
  const [packages = '', wheel = ''] = await askPlaces(own, signal)
  if (wheel === '') return mustRun(python, ['-m', 'venv', venv], signal, hint)
  await mustRun(own, ['-m', 'zipfile', '-e', wheel, packages], signal, hint)
}

/** The folder of a Python's packages; the archive of pip that came with it, where there is one. */
async function askPlaces(python: string, signal: AbortSignal): Promise<string[]> {
  const ask = [
    'import ensurepip, glob, os, sysconfig',
    'own = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")',
    // Distributions that keep it elsewhere say so.
    'folders = [sysconfig.get_config_var("WHEEL_PKG_DIR") or own, own]',
    'wheels = [each for folder in folders for each in glob.glob(os.path.join(folder, "pip-*.whl"))]',
    'print(sysconfig.get_path("purelib"), *wheels, sep="\\n")',
  ]
  const { status, output } = await runQuietly(python, ['-c', ask.join('\n')], {
    signal,
    timeoutMs: longestAskMs,
  })
  return status === 0 ? output.trim().split(/\r?\n/) : []
}

async function installPackages(python: string, signal: AbortSignal): Promise<void> {
  // Compiled when first imported: most of it never is.
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile']
  const isOld = `import sys, pip; sys.exit(int(pip.__version__.split(".")[0]) < ${leastPip})`
  if ((await runStep(python, ['-c', isOld], { signal, shown: false })) !== 0) {
    // An index without it is no reason to give up: the old one does as well.
    await runStep(python, [...pip, '--upgrade', 'pip'], { signal, shown: false })
  }
  const hint = 'check the network and pip’s package index, then try again'
  await mustRun(python, [...pip, ...requirements], signal, hint)
}

/** JupyterLab asks at its first start whether to fetch news from its makers: in this environment it does not. */
function quietNews(venv: string): void {
  const folder = settingsFolder(venv)
  mkdirSync(folder, { recursive: true })
  const settings = {
    '@jupyterlab/apputils-extension:notification': { checkForUpdates: false, fetchNews: 'false' },
  }
  writeFileSync(join(folder, settingsFile), `${JSON.stringify(settings)}\n`)
}

function settingsFolder(venv: string): string {
  return join(venv, 'share', 'jupyter', 'lab', 'settings')
}

/** The first Python ≥ 3.10 on the path. */
async function findPython(signal: AbortSignal): Promise<string | undefined> {
  const check = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)'
  for (const name of ['python3', 'python']) {
    if ((await runStep(name, ['-c', check], { signal, shown: false })) === 0) return name
  }
  return undefined
}

async function mustRun(program: string, args: string[], signal: AbortSignal, hint: string): Promise<void> {
  const status = await runStep(program, args, { signal, shown: true })
  if (status !== 0)
    throw new XdrError('XDR_NOTEBOOK', `${program} ${args.slice(0, 3).join(' ')} failed (${status})`, {
      hint,
    })
}

/** A part of the preparation: the next one is not begun when this one was interrupted. */
async function runStep(
  program: string,
  args: string[],
  options: ProgramOptions,
): Promise<number | null | undefined> {
  const { status, isInterrupted } = await runProgram(program, args, options)
  if (isInterrupted) throw abortedError('the preparation')
  return status
}

interface ProgramOptions {
  signal: AbortSignal
  /** Whether it reads and writes where we do. */
  shown: boolean
  env?: NodeJS.ProcessEnv
  cwd?: string
}

/**
 * Runs a program to its end; it is ended with us.
 *
 * @returns its exit code, `undefined` when it could not be started; whether a Ctrl-C has ended it
 */
export async function runProgram(
  program: string,
  args: string[],
  { signal, shown, env = process.env, cwd }: ProgramOptions,
): Promise<{ status: number | null | undefined; isInterrupted: boolean }> {
  const child = spawn(program, args, {
    stdio: shown ? 'inherit' : 'ignore',
    env,
    ...(cwd === undefined ? {} : { cwd }),
  })
  const stop = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  const [status, endedBy] = await new Promise<[number | null | undefined, NodeJS.Signals | null]>(
    (resolve) => {
      child.once('error', () => resolve([undefined, null]))
      child.once('exit', (code, name) => resolve([code, name]))
    },
  )
  signal.removeEventListener('abort', stop)
  // A terminal's Ctrl-C reaches it as well, and its end may be seen before our own signal.
  if (status !== 0 && status !== undefined && !signal.aborted) await setTimeout(ownSignalMs)
  return { status, isInterrupted: signal.aborted || endedBy === 'SIGINT' }
}
