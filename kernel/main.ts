import { describeError, XdrError } from '../src/errors.js'
import { bindChannels, readConnection } from './connection.js'
import { log } from './log.js'
import { Wire } from './message.js'
import { letRedactorSleep } from './redact.js'
import { Server } from './server.js'
import { rememberServerTokens } from './server-tokens.js'
import { Watchdog } from './watchdog.js'

// Kept before cells are: their process.exit() is an error.
const exit = process.exit.bind(process)

try {
  // Taken away, so that cells are not led to the file with the key.
  const [path] = process.argv.splice(2)
  if (path === undefined) {
    throw new XdrError('XDR_KERNEL', 'no connection file was given', {
      hint: 'a kernel is started by Jupyter or `xdrlab run`; see `xdrlab install`',
    })
  }
  letRedactorSleep()
  rememberServerTokens()
  const connection = readConnection(path)
  const channels = await bindChannels(connection)
  const watchdog = new Watchdog(connection, watchedParent(), {
    control: (frames) => server.receiveControl(frames),
    interrupt: () => server.interrupt(),
    flushText: () => server.flushText(),
    orphaned: () => void watchdog.close().then(() => exit(0)),
    failed(message) {
      log(message)
      void watchdog.close().then(() => exit(1))
    },
  })
  const server = new Server(channels, new Wire(connection.key), process.cwd(), watchdog)
  process.on('SIGINT', () => watchdog.receiveSigint())
  await server.run()
  exit(0)
} catch (error) {
  log(error instanceof XdrError ? describeError(error).replace(/\s*\n\s*/g, ' ') : String(error))
  exit(1)
}

/** A Jupyter server that is killed cannot stop its kernels; it tells them its process id to watch. */
function watchedParent(): number | undefined {
  const parent = Number(process.env.JPY_PARENT_PID)
  return process.ppid === parent ? parent : undefined
}
