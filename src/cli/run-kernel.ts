import { rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type KernelClient, startKernel } from '../../kernel/client.js'

export interface RunKernelOptions {
  /** The notebook: its folder is where packages and files are found. */
  notebook: string
  /** As Jupyter names the notebook to its kernel: its tables are kept under this name. */
  name: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
}

/** Starts the kernel of one run; it ends with us, however we end. */
export async function startRunKernel({
  notebook,
  name,
  env,
  signal,
}: RunKernelOptions): Promise<KernelClient> {
  const kernel = await startKernel({
    cwd: dirname(resolve(notebook)),
    signal,
    env: { ...process.env, JPY_SESSION_NAME: name, ...terminalEnv(), ...env },
  })
  endWithUs(kernel)
  return kernel
}

/** A second Ctrl-C ends us at once, and a kernel that a cell blocks would never see that we are gone. */
function endWithUs(kernel: KernelClient): void {
  const end = () => {
    if (kernel.endError !== undefined || kernel.pid === undefined) return
    try {
      process.kill(kernel.pid, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
    rmSync(dirname(kernel.connectionFile), { recursive: true, force: true })
  }
  process.once('exit', end)
  void kernel.exited.then(() => process.off('exit', end))
}

/** The kernel has no terminal of its own to measure. */
function terminalEnv(): NodeJS.ProcessEnv {
  return process.stdout.isTTY ? { COLUMNS: String(process.stdout.columns) } : {}
}
