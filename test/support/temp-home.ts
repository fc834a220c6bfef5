import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TempFolder extends Disposable {
  readonly path: string
}

/** Removes a folder for good, also where a process that is just ending still writes a file into it. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
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
