import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { installKernelSpec } from '../../kernel/install.js'
import { canOpenBrowser } from '../auth/browser.js'
import { XdrError } from '../errors.js'
import { packageRoot } from '../package.js'
import { sandboxVariables } from '../sandbox/platforms.js'
import { interruptSignal } from './interrupt.js'
import { labFolder, prepareVenv, runProgram, venvProgram } from './python-env.js'
import { describeSandbox, openSandbox } from './sandbox.js'

/** `xdrlab lab`: JupyterLab in a Python environment of its own, made on first use. */
export async function lab(options: { port: number; browser: boolean }): Promise<void> {
  const signal = interruptSignal()
  const venv = await prepareVenv(signal)
  await installKernelSpec({ where: { kind: 'prefix', prefix: venv } })
  const notebooks = copyTemplates(join(labFolder(), 'notebooks'))
  await using sandbox = await openSandbox({})
  process.stdout.write(`${describeSandbox(sandbox.server)}\n`)
  const args = [
    `--ServerApp.root_dir=${notebooks}`,
    // Also in the address that is printed, for whoever opens it by hand.
    '--LabApp.default_url=/lab/tree/01-getting-started.ipynb',
    '--ip=127.0.0.1',
    `--port=${options.port}`,
  ]
  if (!options.browser || !canOpenBrowser()) args.push('--no-browser')
  // Jupyter refuses root without this; a container has no one else.
  if (process.getuid?.() === 0) args.push('--allow-root')
  const { status, isInterrupted } = await runProgram(venvProgram(venv, 'jupyter-lab'), args, {
    signal,
    env: { ...labEnvironment(), ...sandboxVariables(sandbox.server) },
    cwd: notebooks,
    shown: true,
  })
  if (status !== 0 && !isInterrupted) {
    throw new XdrError('XDR_NOTEBOOK', `JupyterLab ended with exit code ${status}`, {
      hint: `its own messages stand above; delete ${labFolder()} to have it made anew`,
    })
  }
}

function labEnvironment(): NodeJS.ProcessEnv {
  // What it imports is kept compiled, in its own folder, so that it starts in half the time from then on.
  const { PYTHONDONTWRITEBYTECODE: _, ...env } = process.env
  // The kernel of this environment wins over one that the person has installed elsewhere.
  return { ...env, JUPYTER_PREFER_ENV_PATH: '1' }
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
