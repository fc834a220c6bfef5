import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { systemClock } from '../clock.js'

/** Longer than a renewal takes with its timeout: an older lock was left behind. */
const longestHoldMs = 45_000
const retryMs = 50

/**
 * Runs `work` while no other process does so with the same lock file. Where no lock can be made or had, `work` runs
 * without: a renewal too many is better than none.
 *
 * @throws XdrError `XDR_ABORTED` while waiting, or what `work` throws
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const release = await acquire(path, signal)
  try {
    return await work()
  } finally {
    release()
  }
}

async function acquire(path: string, signal: AbortSignal | undefined): Promise<() => void> {
  const mine = `${hostname()} ${process.pid}`
  const giveUpAtMs = performance.now() + longestHoldMs
  while (performance.now() < giveUpAtMs) {
    try {
      // `wx` makes the file or fails, in one step.
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 })
      return () => {
        if (readHolder(path) === mine) rmSync(path, { force: true })
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) break
    }
    if (isLeftBehind(path)) rmSync(path, { force: true })
    else await systemClock.sleep(retryMs, signal)
  }
  return () => {}
}

/** Its process is gone, or it is too old (a process on another computer cannot be asked). */
function isLeftBehind(path: string): boolean {
  const [host, pid] = readHolder(path)?.split(' ') ?? []
  if (host === hostname() && !isRunning(Number(pid))) return true
  try {
    return Date.now() - statSync(path).mtimeMs > longestHoldMs
  } catch {
    return false
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function readHolder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
