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

const running = new Set<KernelClient>()

/** A second Ctrl-C ends us at once, and a kernel that a cell blocks would never see that we are gone. */
function endWithUs(kernel: KernelClient): void {
  if (running.size === 0) process.on('exit', endAll)
  running.add(kernel)
  void kernel.exited.then(() => {
    running.delete(kernel)
    if (running.size === 0) process.off('exit', endAll)
  })
}

function endAll(): void {
  for (const kernel of running) {
    if (kernel.endError !== undefined || kernel.pid === undefined) continue
    try {
      process.kill(kernel.pid, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
    rmSync(dirname(kernel.connectionFile), { recursive: true, force: true })
  }
}

/** The kernel has no terminal of its own to measure. */
function terminalEnv(): NodeJS.ProcessEnv {
  return process.stdout.isTTY ? { COLUMNS: String(process.stdout.columns) } : {}
}
