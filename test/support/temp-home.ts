import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TempFolder extends Disposable {
  readonly path: string
}

const mostTries = 50
const triedAgainAfterMs = 100

/**
 * Removes a folder for good, also where a process that is just ending still writes a file into it. Node's own retries
 * do not help there: they do not look for new files.
 */
export function removeFolder(path: string): void {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(path, { recursive: true, force: true })
      return
    } catch (error) {
      if (tries === mostTries || !hasCode(error, 'ENOTEMPTY')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, triedAgainAfterMs)
    }
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** A folder that goes with the test. */
export function tempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'xdrlab-test-'))
  return { path, [Symbol.dispose]: () => removeFolder(path) }
}

/** Sets (or, with `undefined`, unsets) variables of the environment until the test ends. */
export function setEnv(values: Record<string, string | undefined>): Disposable {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const)
  const apply = (entries: readonly (readonly [string, string | undefined])[]) => {
    for (const [name, value] of entries) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
  apply(Object.entries(values))
  return { [Symbol.dispose]: () => apply(before) }
}
