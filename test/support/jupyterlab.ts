import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labFolder, venvProgram } from '../../src/cli/python-env.js'
import { removeFolder } from './temp-home.js'

/** A running JupyterLab; ended with its kernels when disposed. */
export interface JupyterLab extends AsyncDisposable {
  /** Address of a notebook in its folder, with the token that lets the browser in. */
  urlOf(notebook: string): string
  /** The same, with nothing else open that was opened before. */
  urlOfAlone(notebook: string): string
  /** The same in Notebook 7, which the same server has. */
  urlInNotebook7(notebook: string): string
}

const startsWithinMs = 90_000
const endsWithinMs = 30_000

/**
 * Starts the lab environment's JupyterLab on a free port of loopback, as if for the first time: it would open what the
 * person, or another test, had open last.
 */
export async function startJupyterLab(folder: string, env: NodeJS.ProcessEnv): Promise<JupyterLab> {
  const own = await mkdtemp(join(tmpdir(), 'xdrlab-jupyter-'))
  const args = [
    '--no-browser',
    '--ip=127.0.0.1',
    '--ServerApp.port=0',
    `--ServerApp.root_dir=${folder}`,
    '--LabApp.extension_manager=readonly',
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ]
  const child = spawn(venvProgram(`${labFolder()}/venv`, 'jupyter-lab'), args, {
    env: {
      ...process.env,
      JUPYTER_PREFER_ENV_PATH: '1',
      JUPYTER_CONFIG_DIR: own,
      JUPYTERLAB_SETTINGS_DIR: join(own, 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: join(own, 'workspaces'),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  const address = await new Promise<URL>((resolve, reject) => {
    let log = ''
    const tooLate = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`JupyterLab gave no address:\n${log}`))
    }, startsWithinMs)
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+\/lab\S*\?token=\w+/.exec(log)?.[0]
      if (found === undefined) return
      clearTimeout(tooLate)
      resolve(new URL(found))
    })
    child.once('exit', (code) => {
      clearTimeout(tooLate)
      reject(new Error(`JupyterLab ended with ${code}:\n${log}`))
    })
  })
  const urlOf = (place: string, notebook: string) =>
    `${address.origin}/${place}/${encodeURIComponent(notebook)}${address.search}`
  return {
    urlOf: (notebook) => urlOf('lab/tree', notebook),
    urlOfAlone: (notebook) => urlOf(`lab/workspaces/${notebook.replace(/\W+/g, '-')}/tree`, notebook),
    urlInNotebook7: (notebook) => urlOf('notebooks', notebook),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      // A server that waits for its kernels longer than this says nothing about them.
      const kill = setTimeout(() => child.kill('SIGKILL'), endsWithinMs)
      await exited
      clearTimeout(kill)
      removeFolder(own)
    },
  }
}
