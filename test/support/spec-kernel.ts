import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RawSocket } from './kernel-wire.js'
import { removeFolder } from './temp-home.js'

/** A kernel as Jupyter starts it: by the command of its kernelspec. */
export interface SpecKernel extends AsyncDisposable {
  readonly child: ChildProcess
  readonly stderr: string
  readonly exited: Promise<number | null>
  /** The type of its answer to the first question that front ends ask; fails when it ends without. */
  answer(): Promise<string>
}

/** Starts the kernel of a kernelspec's folder. */
export function startSpec(dir: string, env: NodeJS.ProcessEnv = process.env): SpecKernel {
  const { argv } = JSON.parse(readFileSync(join(dir, 'kernel.json'), 'utf8')) as { argv: string[] }
  const folder = mkdtempSync(join(tmpdir(), 'xdrlab-spec-'))
  const connectionFile = join(folder, 'connection.json')
  const connection = {
    transport: 'ipc',
    ip: join(folder, 'k'),
    key: 'spec-test',
    signature_scheme: 'hmac-sha256',
    ...{ shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 },
  }
  writeFileSync(connectionFile, JSON.stringify(connection))
  const [command = '', ...args] = argv.map((part) => part.replace('{connection_file}', connectionFile))
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  let ended = false
  const exited = once(child, 'close').then(([code]) => {
    ended = true
    return code as number | null
  })
  return {
    child,
    get stderr() {
      return stderr
    },
    exited,
    async answer() {
      using shell = new RawSocket(connectionFile)
      await shell.send(shell.frames({ type: 'kernel_info_request', content: {} }))
      const end = performance.now() + 30_000
      while (!ended && performance.now() < end) {
        const frames = await shell.receive(200)
        if (frames !== undefined) return shell.decode(frames).header.msg_type
      }
      throw new Error(`no answer: ${stderr}`)
    },
    async [Symbol.asyncDispose]() {
      if (!ended) child.kill('SIGKILL')
      await exited
      removeFolder(folder)
    },
  }
}
