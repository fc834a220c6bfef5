#!/usr/bin/env node
/** Exit codes: 1 what was asked for failed, 2 it was asked for wrongly, 130 interrupted (as shells count SIGINT). */
const exitFailed = 1
const exitUsage = 2
const exitInterrupted = 130

async function main(): Promise<number> {
  try {
    const [command, ...rest] = process.argv.slice(2)
    // Prompts of shells ask this again and again: it goes without the parser of the command line, which costs more.
    if (command === 'whoami' && (rest.length === 0 || (rest.length === 1 && rest[0] === '--json'))) {
      await (await import('./whoami.js')).whoami({ json: rest.length === 1 })
    } else if (!(await (await import('./program.js')).runProgram())) return exitUsage
    return Number(process.exitCode ?? 0)
  } catch (error) {
    // Loaded where something fails: this file itself is to cost nothing.
    const { describeError, XdrError } = await import('../errors.js')
    if (!(error instanceof XdrError)) throw error
    const asJson = process.argv.includes('--json')
    process.stderr.write(`${asJson ? await toJson(error) : describeError(error)}\n`)
    if (error.code === 'XDR_ABORTED') return exitInterrupted
    return error.code === 'XDR_BAD_OPTION' || error.code === 'XDR_UNKNOWN_REGION' ? exitUsage : exitFailed
  }
}

/** What a server says beside its errors may hold integers of 64 bits. */
async function toJson(error: Error): Promise<string> {
  return (await import('../json.js')).stringifyExactJson({ error })
}

let outputFailed = false

/** A reader that has seen enough (`| head`) ends neither a run nor a sandbox; a full disk is a failure. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || outputFailed) return
  outputFailed = true
  process.exitCode = exitFailed
  process.stderr.write(`the output cannot be written (${error.code ?? error.message})\n`)
}

process.stdout.on('error', onOutputError)
process.stderr.on('error', () => {})

const exitCode = await main()
process.exitCode = outputFailed ? exitFailed : exitCode
