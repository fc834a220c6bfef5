import { describeError, XdrError } from '../src/errors.js'
import { bindChannels, readConnection } from './connection.js'
import { log } from './log.js'
import { Wire } from './message.js'
import { Server } from './server.js'

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
  const connection = readConnection(path)
  const server = new Server(await bindChannels(connection), new Wire(connection.key), process.cwd())
  process.on('SIGINT', () => server.interrupt())
  exitWithParent()
  await server.run()
  exit(0)
} catch (error) {
  log(error instanceof XdrError ? describeError(error).replace(/\s*\n\s*/g, ' ') : String(error))
  exit(1)
}

/** A Jupyter server that is killed cannot stop its kernels; it tells them its process id to watch. */
function exitWithParent(): void {
  const parent = Number(process.env.JPY_PARENT_PID)
  if (process.ppid !== parent) return
  setInterval(() => process.ppid !== parent && exit(0), 1_000).unref()
}
