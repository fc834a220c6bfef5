import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Keyring } from '../../src/store/keyring.js'
import { tempFolder } from './temp-home.js'

export interface SecretService extends AsyncDisposable {
  /** Variables with which a process finds it. */
  readonly env: Record<string, string>
  /** Ends the daemon and starts it anew, with the keyring closed and nobody to open it. */
  lock(): Promise<void>
}

const longestStartMs = 20_000

/** A real session bus with a real keyring (GNOME's), open and empty, in folders of its own. */
export async function startSecretService(): Promise<SecretService> {
  const folder = tempFolder()
  const home = join(folder.path, 'home')
  const runtime = join(folder.path, 'run')
  for (const path of [home, runtime]) mkdirSync(path, { mode: 0o700 })
  const own = { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: runtime, LANG: 'C.UTF-8' }
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    env: own,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = await once(bus.stdout, 'data', { signal: AbortSignal.timeout(longestStartMs) })
  const env = { ...own, DBUS_SESSION_BUS_ADDRESS: String(line).trim() }
  const startDaemon = (options: string[], password: string) => {
    const child = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...options], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.stdin.end(password)
    return child
  }
  let daemon = startDaemon(['--unlock'], '\n')
  const end = async (child: ReturnType<typeof spawn>) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  const service: SecretService = {
    env,
    lock: async () => {
      await end(daemon)
      daemon = startDaemon([], '')
    },
    [Symbol.asyncDispose]: async () => {
      await end(daemon)
      await end(bus)
      folder[Symbol.dispose]()
    },
  }
  const giveUpAtMs = performance.now() + longestStartMs
  for (;;) {
    // Each remembers what it has found.
    const why = await new Keyring({ env }).probe()
    if (why === undefined) return service
    if (performance.now() > giveUpAtMs) {
      await service[Symbol.asyncDispose]()
      throw new Error(`the keyring did not start: ${why}`)
    }
  }
}

/** A session bus that takes connections and never says a word; or, with `hangsUp`, ends them at once. */
export async function startSilentBus(
  hangsUp = false,
): Promise<AsyncDisposable & { env: Record<string, string>; readonly open: number }> {
  const folder = tempFolder()
  const path = join(folder.path, 'bus')
  const sockets = new Set<{ destroy(): unknown }>()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (hangsUp) {
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.resume()
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    env: { PATH: process.env.PATH ?? '', DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` },
    get open() {
      return sockets.size
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
      folder[Symbol.dispose]()
    },
  }
}
