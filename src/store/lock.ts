import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { systemClock } from '../clock.js'
import type { CutOff } from './profile.js'

/** Longer than a renewal takes with its timeout: a holder that is stopped, not dead, is not waited for any longer. */
const longestWaitMs = 60_000
/** The first wait for another holder, doubled up to the longest. */
const firstRetryMs = 5
const longestRetryMs = 40
/** How long somebody who has just begun is left alone; the lock itself is asked after that. */
const leftAloneMs = 2_000

interface LockWait<T> {
  signal?: AbortSignal | undefined
  /** Told, in a sentence, when the work runs without a lock. */
  onProblem?: ((message: string) => void) | undefined
  /**
   * Asked again and again while another process is at work: what that has got may be all that is needed, and ends the
   * waiting.
   */
  meanwhile?: (() => T | undefined | Promise<T | undefined>) | undefined
}

/**
 * Runs `work` while no other process does so with the same lock file. The lock is the kernel's: it ends with its
 * holder, however that ends. Where no lock can be made or had, `work` runs without, and says so: a renewal too many is
 * better than none.
 *
 * @returns what `work` gives, or what `wait.meanwhile` gave first
 * @throws XdrError `XDR_ABORTED` while waiting, or what `work` throws
 */
export async function withLock<T>(
  path: string,
  work: (before?: CutOff) => Promise<T>,
  wait: LockWait<T> = {},
): Promise<T> {
  const isFirst = wait.meanwhile !== undefined && makeFile(path)
  const got = (isFirst ? undefined : await waitForFirst(path, wait)) ?? (await acquire(path, wait, isFirst))
  if ('result' in got) return got.result
  try {
    return await work(got.before)
  } finally {
    got.release()
  }
}

interface Held {
  release: () => void
  before?: CutOff
}

interface Given<T> {
  result: T
}

/**
 * Many processes find an expired token at the same moment, and one of them will renew it. The first to make the lock
 * file is left alone for a while; the others look for what it gets, and need no lock: to load what locks would take all
 * of them longer than it takes the first to get a token. Nobody holds anything by that file, so nothing rests on it.
 */
async function waitForFirst<T>(
  path: string,
  { signal, meanwhile }: LockWait<T>,
): Promise<Given<T> | undefined> {
  if (meanwhile === undefined) return undefined
  const untilMs = performance.now() + leftAloneMs
  for (let retryMs = firstRetryMs; isFresh(path) && performance.now() < untilMs; ) {
    await sleepAbout(retryMs, signal)
    const result = await meanwhile()
    if (result !== undefined) return { result }
    retryMs = Math.min(retryMs * 2, longestRetryMs / 2)
  }
  return undefined
}

/** @returns whether there was none before */
function makeFile(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600))
    return true
  } catch {
    return false
  }
}

/** Whether somebody has begun just now; a file of an older time was left behind. */
function isFresh(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false })
  return file !== undefined && Math.abs(Date.now() - file.mtimeMs) < leftAloneMs
}

async function acquire<T>(
  path: string,
  { signal, onProblem, meanwhile }: LockWait<T>,
  isFirst: boolean,
): Promise<Held | Given<T>> {
  const goWithout = (why: string): Held => ({
    ...unlocked(onProblem, why),
    // Those who leave the first alone see that it is done.
    release: () => {
      if (isFirst) rmSync(path, { force: true })
    },
  })
  const giveUpAtMs = performance.now() + longestWaitMs
  let tryLock: (fd: number) => boolean
  try {
    // Loaded when first used: most commands renew nothing.
    tryLock = (await import('fs-native-extensions')).tryLock
  } catch {
    return goWithout('this system has no file locks')
  }
  let retryMs = firstRetryMs
  for (;;) {
    let fd: number | undefined
    try {
      fd = openSync(path, 'a', 0o600)
      // Not waitForLock: it holds a thread of libuv until the lock is there, and no signal ends it.
      if (tryLock(fd)) {
        if (isStill(path, fd)) {
          const held = fd
          return { release: () => letGo(path, held), ...markBegun(held) }
        }
        // Its last holder has taken the file away between our opening and our locking.
        closeSync(fd)
        continue
      }
      closeSync(fd)
    } catch (error) {
      if (fd !== undefined) closeSync(fd)
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
      return goWithout(`${path} cannot be locked (${code})`)
    }
    if (performance.now() > giveUpAtMs) {
      return unlocked(onProblem, `another process has held ${path} for ${longestWaitMs / 1000} s`)
    }
    await sleepAbout(retryMs, signal)
    const result = await meanwhile?.()
    if (result !== undefined) return { result }
    retryMs = Math.min(retryMs * 2, longestRetryMs)
  }
}

/** With jitter, so that many that wait for one do not come back at the same moment. */
function sleepAbout(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  return systemClock.sleep(waitMs * (0.5 + Math.random() / 2), signal)
}

function unlocked(onProblem: LockWait<unknown>['onProblem'], why: string): Held {
  onProblem?.(`${why}: sign-ins are renewed without a lock, so do not renew one from two places at once`)
  return { release: () => {} }
}

/** A holder's mark stands in its lock file until it is done: one that is found belongs to a process that was ended. */
function markBegun(fd: number): Pick<Held, 'before'> {
  try {
    const { size, mtimeMs } = fstatSync(fd)
    ftruncateSync(fd)
    writeSync(fd, `${process.pid}\n`)
    return size === 0 ? {} : { before: { beganAt: mtimeMs } }
  } catch {
    // A full disk: the lock holds without a mark.
    return {}
  }
}

/** Whether the file that is open is the one that others will find under the name. */
function isStill(path: string, fd: number): boolean {
  const open = fstatSync(fd, { bigint: true })
  const named = statSync(path, { bigint: true, throwIfNoEntry: false })
  return named !== undefined && named.ino === open.ino && named.dev === open.dev
}

/** The name goes first, while the lock is still ours: nobody can hold a lock on a file that others no longer find. */
function letGo(path: string, fd: number): void {
  try {
    ftruncateSync(fd)
    rmSync(path, { force: true })
  } catch {
    // Windows keeps a file that another process has open; it is empty, and the next holder takes it over.
  }
  closeSync(fd)
}
