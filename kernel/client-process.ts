import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../src/package.js'
import { type Connection, endpoint } from './connection.js'
import { BadMessage, type Message, type Outgoing, Wire } from './message.js'
import { Sender } from './sender.js'
import { Dealer, Subscriber } from './zeromq.js'

/** The program that a kernel process runs. */
const kernelProgram = join(packageRoot, 'dist', 'kernel', 'main.js')

/** A Unix socket's path has room for this many bytes on every platform. */
const longestSocketPath = 100
/** How much of a kernel's stderr is kept for the message about its death, characters. */
const keptStderr = 2_000

/** How a kernel process ended. */
export interface KernelExit {
  code: number | null
  signal: NodeJS.Signals | null
}

interface Listeners {
  reply(message: Message): void
  broadcast(message: Message): void
  question(message: Message): void
}

/** A kernel process and the client's sockets to it. */
export interface KernelProcess {
  readonly pid: number | undefined
  readonly connectionFile: string
  readonly exited: Promise<KernelExit>
  /** Begins to deliver messages. */
  listen(listeners: Listeners): void
  /** Sends, and returns the message's id. */
  send(channel: 'shell' | 'control' | 'stdin', message: Outgoing): string
  /** The end of what it wrote to stderr. */
  lastWords(): string
  /** Ends it at once; without effect when it has ended. */
  kill(): void
}

/** Starts a kernel process on fresh addresses that only this user can reach. */
export async function spawnKernel(options: {
  cwd: string
  env?: NodeJS.ProcessEnv
  nodeArgs?: readonly string[]
}): Promise<KernelProcess> {
  // mkdtemp makes it 0700: with ipc, the folder also guards the sockets.
  const folder = await mkdtemp(join(tmpdir(), 'xdrlab-'))
  const connection = await chooseConnection(folder)
  const connectionFile = join(folder, 'connection.json')
  writeFileSync(connectionFile, JSON.stringify({ ...connection, signature_scheme: 'hmac-sha256' }), {
    mode: 0o600,
  })

  const sockets = connect(connection)
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), kernelProgram, connectionFile], {
    cwd: options.cwd,
    // A program's cells are nothing that a person typed and will look for, and nobody reads what is said of
    // their types, unless it is asked for.
    env: {
      XDRLAB_HISTORY: 'off',
      XDRLAB_TYPES: 'off',
      ...(options.env ?? process.env),
      JPY_PARENT_PID: String(process.pid),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-keptStderr)
  })
  child.once('error', (error) => {
    stderr += error.message
  })
  const exited = exitOf(child).finally(() => {
    for (const socket of Object.values(sockets)) socket.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const wire = new Wire(connection.key, 'xdrlab', false)
  const senders = {
    shell: new Sender(sockets.shell),
    control: new Sender(sockets.control),
    stdin: new Sender(sockets.stdin),
  }
  return {
    pid: child.pid,
    connectionFile,
    exited,
    listen({ reply, broadcast, question }) {
      void deliver(sockets.shell, wire, reply)
      void deliver(sockets.control, wire, reply)
      void deliver(sockets.iopub, wire, broadcast)
      void deliver(sockets.stdin, wire, question)
    },
    send(channel, message) {
      const { id, frames } = wire.encode(message)
      senders[channel].send(frames)
      return id
    },
    lastWords: () => stderr.trim(),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** ipc where it exists: no port can be taken by another process between choosing and binding. */
async function chooseConnection(folder: string): Promise<Connection> {
  const key = randomBytes(32).toString('hex')
  const ip = join(folder, 'k')
  const useIpc = process.platform !== 'win32' && Buffer.byteLength(ip) + 2 <= longestSocketPath
  const [shell, iopub, stdin, control, hb] = useIpc ? [1, 2, 3, 4, 5] : await freePorts(5)
  return {
    transport: useIpc ? 'ipc' : 'tcp',
    ip: useIpc ? ip : '127.0.0.1',
    key,
    shell_port: shell ?? 0,
    iopub_port: iopub ?? 0,
    stdin_port: stdin ?? 0,
    control_port: control ?? 0,
    hb_port: hb ?? 0,
  }
}

/** Held open together, so that they differ from each other. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

function connect(connection: Connection) {
  // One identity for all: a question goes to the stdin socket of whoever sent the cell.
  const options = { routingId: randomUUID(), linger: 0, reconnectInterval: 5, receiveHighWaterMark: 0 }
  const shell = new Dealer(options)
  const control = new Dealer(options)
  const stdin = new Dealer(options)
  const iopub = new Subscriber({ linger: 0, reconnectInterval: 5, receiveHighWaterMark: 0 })
  iopub.subscribe()
  iopub.connect(endpoint(connection, 'iopub_port'))
  shell.connect(endpoint(connection, 'shell_port'))
  control.connect(endpoint(connection, 'control_port'))
  stdin.connect(endpoint(connection, 'stdin_port'))
  return { shell, control, stdin, iopub }
}

async function deliver(
  socket: Dealer | Subscriber,
  wire: Wire,
  to: (message: Message) => void,
): Promise<void> {
  for await (const frames of socket) {
    try {
      to(wire.decode(frames))
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error
    }
  }
}

function exitOf(child: ChildProcess): Promise<KernelExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      // What it wrote last may still be on its way; a child of its own may hold the pipe open for ever.
      child.stderr?.once('close', () => resolve({ code, signal }))
      setTimeout(() => resolve({ code, signal }), 200)
    })
    child.once('error', () => resolve({ code: null, signal: null }))
  })
}
