// A small Jupyter client on raw ZeroMQ sockets, over tcp: what every kernel understands, and the same for all of them.
import { spawn, spawnSync } from 'node:child_process'
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Dealer, Subscriber } from 'zeromq'

const delimiter = Buffer.from('<IDS|MSG>')
const ports = ['shell_port', 'iopub_port', 'stdin_port', 'control_port', 'hb_port']

/** @typedef {{ name: string, argv: string[], env?: Record<string, string>, cwd: string }} Launch */
/** @typedef {{ ms: number, status: string, lines: number, linesAtIdle: number, displays: number, error: string, content: Record<string, unknown> }} CellRun */

/** Starts a kernel; `startMs` is the time from its spawn to its first `kernel_info_reply`. */
export async function startKernel(/** @type {Launch} */ launch, timeoutMs = 60_000) {
  const folder = mkdtempSync(join(tmpdir(), 'xdrlab-bench-'))
  const file = join(folder, 'connection.json')
  const key = randomBytes(16).toString('hex')
  const numbers = await freePorts(ports.length)
  const connection = Object.fromEntries(ports.map((name, i) => [name, numbers[i] ?? 0]))
  const fields = { transport: 'tcp', ip: '127.0.0.1', key, signature_scheme: 'hmac-sha256', kernel_name: '' }
  writeFileSync(file, JSON.stringify({ ...fields, ...connection }), { mode: 0o600 })

  const options = { linger: 0, reconnectInterval: 5, receiveHighWaterMark: 0, sendHighWaterMark: 0 }
  const shell = new Dealer({ ...options, routingId: randomUUID() })
  const control = new Dealer({ ...options, routingId: randomUUID() })
  const iopub = new Subscriber({ linger: 0, reconnectInterval: 5, receiveHighWaterMark: 0 })
  iopub.subscribe()

  const argv = launch.argv.map((part) => part.replaceAll('{connection_file}', file))
  const [program = '', ...args] = argv
  const session = randomUUID()
  /** @type {Map<string, (channel: string, type: string, content: Record<string, unknown>) => void>} */
  const listeners = new Map()

  const started = performance.now()
  const child = spawn(program, args, {
    cwd: launch.cwd,
    env: { ...process.env, ...launch.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-2_000)
  })
  const died = new Promise((_resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`${launch.name} ended (${code ?? signal}) ${stderr}`)),
    )
  })
  died.catch(() => undefined)
  shell.connect(`tcp://127.0.0.1:${connection.shell_port}`)
  control.connect(`tcp://127.0.0.1:${connection.control_port}`)
  iopub.connect(`tcp://127.0.0.1:${connection.iopub_port}`)
  for (const [channel, socket] of Object.entries({ shell, control, iopub })) void read(channel, socket)

  let startMs = 0
  try {
    await request(shell, 'kernel_info_request', {}, { iopub: false }, timeoutMs)
    startMs = performance.now() - started
    await untilSubscribed()
  } catch (error) {
    await stop()
    throw error
  }

  async function read(channel, socket) {
    for await (const frames of socket) {
      const at = frames.findIndex((frame) => frame.equals(delimiter))
      if (at < 0) continue
      const [header, parent, , content] = frames.slice(at + 2, at + 6)
      const { msg_id: id = '' } = JSON.parse(String(parent ?? '{}'))
      const listener = listeners.get(id)
      listener?.(channel, JSON.parse(String(header)).msg_type, JSON.parse(String(content)))
    }
  }

  /** Sends a request and waits for its reply and, unless told otherwise, its idle state and as many printed lines. */
  async function request(socket, type, content, wants = { iopub: true }, withinMs = 30_000) {
    const id = randomUUID()
    const header = { msg_id: id, msg_type: type, session, username: 'bench', date: now(), version: '5.3' }
    const parts = [header, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)))
    const hmac = createHmac('sha256', key)
    for (const part of parts) hmac.update(part)
    /** @type {CellRun} */
    const run = { ms: 0, status: 'timeout', lines: 0, linesAtIdle: 0, displays: 0, error: '', content: {} }
    const { promise, resolve } = deferred()
    let replied = false
    let idle = !wants.iopub
    const { lines: wantedLines = 0, displays: wantedDisplays = 0 } = wants
    listeners.set(id, (channel, messageType, body) => {
      if (channel === 'iopub') {
        if (messageType === 'stream') run.lines += countLines(String(body.text))
        if (messageType === 'display_data') run.displays++
        if (messageType === 'error') run.error = `${body.ename}: ${body.evalue}`
        if (messageType === 'status' && body.execution_state === 'idle') {
          idle = true
          run.linesAtIdle = run.lines
        }
      } else {
        replied = true
        run.content = body
        run.status = String(body.status ?? 'ok')
        if (run.status === 'error') run.error ||= `${body.ename}: ${body.evalue}`
      }
      if (replied && idle && run.lines >= wantedLines && run.displays >= wantedDisplays) resolve(undefined)
    })
    const timer = setTimeout(() => resolve('timeout'), withinMs)
    const from = performance.now()
    await socket.send([delimiter, Buffer.from(hmac.digest('hex')), ...parts])
    const ended = await Promise.race([promise, died])
    run.ms = performance.now() - from
    clearTimeout(timer)
    listeners.delete(id)
    if (ended === 'timeout') {
      if (wants.iopub && type === 'kernel_info_request') return { ...run, status: 'unheard' }
      if (type === 'kernel_info_request') throw new Error(`no answer within ${withinMs} ms`)
      // A cell that failed is one that failed, however many lines it was to print.
      if (run.status !== 'error') run.status = 'timeout'
      run.error ||= `no ${replied ? (idle ? 'more lines' : 'idle state') : 'reply'} within ${withinMs} ms`
    }
    return run
  }

  async function untilSubscribed() {
    for (let tries = 0; tries < 100; tries++) {
      const { status } = await request(shell, 'kernel_info_request', {}, { iopub: true }, 300)
      if (status !== 'unheard') return
    }
    throw new Error('nothing was heard on iopub')
  }

  return {
    startMs,
    /** From the spawn until now. */
    sinceSpawnMs: () => performance.now() - started,
    /** @returns {Promise<CellRun>} */
    execute: (code, { withinMs = 30_000, lines = 0, displays = 0 } = {}) =>
      request(
        shell,
        'execute_request',
        {
          code,
          silent: false,
          store_history: true,
          user_expressions: {},
          allow_stdin: false,
          stop_on_error: true,
        },
        { iopub: true, lines, displays },
        withinMs,
      ),
    /** Any other request of the shell channel, until its reply. */
    ask: (type, content, withinMs = 60_000) => request(shell, type, content, { iopub: false }, withinMs),
    /** What the process and all that it has started have taken of the processors, ms. */
    cpuMs: () => cpuOf(descendants(child.pid ?? 0).map(({ pid }) => pid)),
    /** The processes, itself first, MB each. */
    processes: () => descendants(child.pid ?? 0).map(({ pid, rssKb }) => ({ pid, mb: rssKb / 1024 })),
    /** Resident memory of the process and of all that it has started, MB. */
    memory() {
      const tree = descendants(child.pid ?? 0)
      const [own] = tree
      return { own: (own?.rssKb ?? 0) / 1024, tree: tree.reduce((sum, { rssKb }) => sum + rssKb, 0) / 1024 }
    },
    stop,
  }

  /** Asks it to end, then makes it. */
  async function stop() {
    const family = child.pid === undefined ? [] : descendants(child.pid)
    request(control, 'shutdown_request', { restart: false }, { iopub: false }, 1_000).catch(() => undefined)
    await Promise.race([died.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 1_000))])
    for (const { pid } of family) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {}
    }
    await died.catch(() => undefined)
    for (const socket of [shell, control, iopub]) socket.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A process and its descendants, itself first. */
function descendants(root) {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
  const all = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, ppid = 0, rssKb = 0]) => ({ pid, ppid, rssKb }))
  const found = all.filter(({ pid }) => pid === root)
  for (const parent of found) found.push(...all.filter(({ ppid }) => ppid === parent.pid))
  return found
}

/** In steps of 10 ms; Linux only. */
function cpuOf(pids) {
  let ticks = 0
  for (const pid of pids) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      ticks += Number(fields[11]) + Number(fields[12])
    } catch {}
  }
  return ticks * 10
}

/** Held open together, so that they differ from each other. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const numbers = servers.map((server) => Number(Object(server.address()).port))
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return numbers
}

function countLines(text) {
  return text.split('\n').length - 1
}

function deferred() {
  /** @type {(value: unknown) => void} */
  let resolve = () => {}
  const promise = new Promise((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function now() {
  return new Date().toISOString()
}
