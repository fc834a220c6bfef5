import type { XdrError } from '../errors.js'

/** Exit codes: 1 what was asked for failed, 2 it was asked for wrongly, 130 interrupted (as shells count SIGINT). */
const exitFailed = 1
const exitUsage = 2
const exitInterrupted = 130

let outputFailed = false
let isGuarded = false

/**
 * Runs a command to its end and says in the exit code how that was; an error of ours is told in words on stderr.
 *
 * @param command `false` where it was asked for wrongly, and has said so
 */
export async function runToEnd(command: () => Promise<boolean>): Promise<void> {
  const exitCode = await exitCodeOf(command)
  process.exitCode = outputFailed ? exitFailed : exitCode
}

async function exitCodeOf(command: () => Promise<boolean>): Promise<number> {
  try {
    return (await command()) ? Number(process.exitCode ?? 0) : exitUsage
  } catch (error) {
    // Loaded where something fails: this file itself is to cost nothing.
    const { XdrError } = await import('../errors.js')
    if (!(error instanceof XdrError)) throw error
    await tellError(error)
    if (error.code === 'XDR_ABORTED') return exitInterrupted
    return error.code === 'XDR_BAD_OPTION' || error.code === 'XDR_UNKNOWN_REGION' ? exitUsage : exitFailed
  }
}

/** Says on stderr what is wrong and what to do next; as JSON where that was asked for. */
export async function tellError(error: XdrError): Promise<void> {
  const { describeError } = await import('../errors.js')
  guardOutputs()
  const asJson = process.argv.includes('--json')
  process.stderr.write(`${asJson ? await toJson(error) : describeError(error)}\n`)
}

/** What a server says beside its errors may hold integers of 64 bits. */
async function toJson(error: Error): Promise<string> {
  return (await import('../json.js')).stringifyExactJson({ error })
}

/**
 * Before anything is written to the streams of the process: a reader that has seen enough (`| head`) ends neither a run
 * nor a sandbox; a full disk is a failure.
 */
export function guardOutputs(): void {
  if (isGuarded) return
  isGuarded = true
  process.stdout.on('error', onOutputError)
  process.stderr.on('error', () => {})
}

/**
 * Ends the process as soon as all is written: it need not take down what the system takes with it, such as idle
 * connections and its own memory. Only where nothing is under way any more.
 */
export async function endNow(): Promise<void> {
  if (isGuarded) await Promise.all([process.stdout, process.stderr].map(flushed))
  process.exit()
}

/** In either case: a stream that failed has said so to its own listener. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}

function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || outputFailed) return
  outputFailed = true
  process.exitCode = exitFailed
  process.stderr.write(`the output cannot be written (${error.code ?? error.message})\n`)
}
