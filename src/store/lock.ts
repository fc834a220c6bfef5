import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { systemClock } from '../clock.js'
import type { CutOff } from './profile.js'

/** Longer than a renewal takes with its timeout: a holder that is stopped, not dead, is not waited for any longer. */
const longestWaitMs = 60_000
/** The first wait for another holder, doubled up to the longest. */
const firstRetryMs = 5
const longestRetryMs = 40

interface LockWait {
  signal?: AbortSignal | undefined
  /** Told, in a sentence, when the work runs without a lock. */
  onProblem?: ((message: string) => void) | undefined
}

/**
 * Runs `work` while no other process does so with the same lock file. The lock is the kernel's: it ends with its
 * holder, however that ends. Where no lock can be made or had, `work` runs without, and says so: a renewal too many is
 * better than none.
 *
 * @throws XdrError `XDR_ABORTED` while waiting, or what `work` throws
 */
export async function withLock<T>(
  path: string,
  work: (before?: CutOff) => Promise<T>,
  wait: LockWait = {},
): Promise<T> {
  const { release, before } = await acquire(path, wait)
  try {
    return await work(before)
  } finally {
    release()
  }
}

interface Held {
  release: () => void
  before?: CutOff
}

async function acquire(path: string, { signal, onProblem }: LockWait): Promise<Held> {
  const giveUpAtMs = performance.now() + longestWaitMs
  let tryLock: (fd: number) => boolean
  try {
    // Loaded when first used: most commands renew nothing.
    tryLock = (await import('fs-native-extensions')).tryLock
  } catch {
    return unlocked(onProblem, 'this system has no file locks')
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
      return unlocked(onProblem, `${path} cannot be locked (${code})`)
    }
    if (performance.now() > giveUpAtMs) {
      return unlocked(onProblem, `another process has held ${path} for ${longestWaitMs / 1000} s`)
    }
    // Jitter, so that many that wait for one do not come back at the same moment.
    await systemClock.sleep(retryMs * (0.5 + Math.random() / 2), signal)
    retryMs = Math.min(retryMs * 2, longestRetryMs)
  }
}

function unlocked(onProblem: LockWait['onProblem'], why: string): Held {
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
