import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installKernelSpec } from '../../kernel/install.js'
import { serverProgram } from './gateway-setup.js'
import type { JupyterAddress } from './remote-kernel.js'
import { removeFolder } from './temp-home.js'

export interface RunningGateway extends JupyterAddress, AsyncDisposable {
  /** What it has said so far. */
  readonly log: string
}

/** Variables that a front end may set for its kernels, beside `KERNEL_*`. */
const fromFrontEnd = ['XDRLAB_REGION']

/**
 * Starts `jupyter kernelgateway` with this build's kernel on a free port of loopback.
 *
 * @param env for the gateway and its kernels
 */
export async function startGateway(env: Record<string, string>): Promise<RunningGateway> {
  const own = mkdtempSync(join(tmpdir(), 'xdrlab-gateway-'))
  await installKernelSpec({ where: { kind: 'prefix', prefix: own }, env: { XDRLAB_HOME: join(own, 'home') } })
  const token = 'gateway-token-of-the-test'
  const port = await freePort()
  const passed = Object.keys(env).concat('HOME', 'TMPDIR', 'LANG')
  const args = [
    ...['--KernelGatewayApp.ip=127.0.0.1', `--KernelGatewayApp.port=${port}`],
    `--KernelGatewayApp.env_process_whitelist=${JSON.stringify(passed)}`,
    `--KernelGatewayApp.env_whitelist=${JSON.stringify(fromFrontEnd)}`,
  ]
  const child = spawn(serverProgram('jupyter-kernelgateway'), args, {
    cwd: own,
    env: {
      ...serverEnv(own),
      JUPYTER_PATH: join(own, 'share', 'jupyter'),
      KG_AUTH_TOKEN: token,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const server = watchServer(child, 'the kernel gateway')
  const end = async () => {
    await server.end()
    removeFolder(own)
  }
  try {
    await server.said(/ is available at /)
  } catch (error) {
    await end()
    throw error
  }
  return {
    url: `http://127.0.0.1:${port}/`,
    token,
    get log() {
      return server.log()
    },
    [Symbol.asyncDispose]: end,
  }
}

/** What a server of Jupyter's is started with, and nothing of the person's that runs the tests. */
export function serverEnv(own: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: own,
    TMPDIR: own,
    LANG: 'C.UTF-8',
    JUPYTER_CONFIG_DIR: join(own, 'config'),
    JUPYTER_RUNTIME_DIR: join(own, 'runtime'),
    XDRLAB_STORE: 'file',
    XDRLAB_TYPES: 'off',
  }
}

const startsWithinMs = 90_000
const endsWithinMs = 30_000

/** Follows what a server says on stderr, and ends it. */
export function watchServer(child: ChildProcess, name: string) {
  let log = ''
  let ended = false
  const looks = new Set<() => void>()
  const exited = once(child, 'close').then(() => {
    ended = true
    for (const look of looks) look()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text
    for (const look of looks) look()
  })
  return {
    log: () => log,
    said: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const finish = (then: () => void) => {
          clearTimeout(limit)
          looks.delete(look)
          then()
        }
        const fail = (why: string) => finish(() => reject(new Error(`${name} ${why}:\n${log}`)))
        const look = () => {
          if (pattern.test(log)) finish(resolve)
          else if (ended) fail('ended')
        }
        const limit = setTimeout(() => {
          child.kill('SIGKILL')
          fail(`did not say ${pattern}`)
        }, startsWithinMs)
        looks.add(look)
        look()
      }),
    end: async () => {
      if (!ended) child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), endsWithinMs)
      await exited
      clearTimeout(kill)
    },
  }
}

/** A port that is free now: for servers that do not tell which one they took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
