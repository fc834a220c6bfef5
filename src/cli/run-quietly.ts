import { spawn } from 'node:child_process'
import { abortedError, XdrError } from '../errors.js'
import { plain } from '../text.js'

export interface Ended {
  status: number | null
  /** Standard output. */
  output: string
  /** The last that it said on standard error, in one line. */
  said: string
}

const mostKept = 1_000_000
const saidLength = 300
/** Programs that start others, as browsers do, end with all of them. */
const inGroup = process.platform !== 'win32'

/**
 * Runs a program to its end, without a shell, and keeps what it says.
 *
 * @throws XdrError `XDR_ABORTED`, `XDR_TIMEOUT`, or `XDR_FILE` where it cannot be started
 */
export function runQuietly(
  program: string,
  args: readonly string[],
  options: { signal: AbortSignal; timeoutMs: number; cwd?: string; env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  const { signal, timeoutMs, cwd, env = process.env } = options
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortedError(program))
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: inGroup,
      env,
      ...(cwd === undefined ? {} : { cwd }),
    })
    const texts = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] = (texts[name] + text).slice(-mostKept)
      })
    }
    let isLate = false
    const stop = () => end(child.pid)
    const timer = setTimeout(() => {
      isLate = true
      stop()
    }, timeoutMs)
    signal.addEventListener('abort', stop, { once: true })
    const finish = (then: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      then()
    }
    child.once('error', (error: NodeJS.ErrnoException) =>
      finish(() =>
        reject(
          new XdrError('XDR_FILE', `${program} cannot be started (${error.code ?? 'unknown reason'})`, {
            hint: 'install it, or check the path',
          }),
        ),
      ),
    )
    child.once('close', (status) =>
      finish(() => {
        if (signal.aborted) reject(abortedError(program))
        else if (isLate) reject(lateError(program, timeoutMs))
        else
          resolve({
            status,
            output: texts.stdout,
            said: plain(lastLines(texts.stderr), saidLength),
          })
      }),
    )
  })
}

/** Where programs come to the point. */
function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-2).join(' · ')
}

function end(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(inGroup ? -pid : pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}

function lateError(program: string, timeoutMs: number): XdrError {
  return new XdrError('XDR_TIMEOUT', `${program} did not end within ${timeoutMs / 1000} s`, {
    hint: 'try again when the machine has less to do',
  })
}
