import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Those of `PATHEXT` that start by themselves: Node.js starts no `.bat` and no `.cmd` without a shell. */
const startable = ['.com', '.exe']

/**
 * The first program of one of these names, as a shell of this system finds it.
 *
 * @param names without the endings that Windows gives them; the first one that is anywhere wins
 * @param before folders to look in before those of the path
 * @example
 * findProgram(['python3', 'python'], { env: process.env })
 */
export function findProgram(
  names: readonly string[],
  { env, before = [] }: { env: NodeJS.ProcessEnv; before?: readonly string[] },
): string | undefined {
  const folders = [...before, ...pathOf(env).split(delimiter)].filter((folder) => folder !== '')
  const endings = endingsOf(env)
  return names
    .flatMap((name) => folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))))
    .find(isProgram)
}

/** Windows writes `Path`, and only `process.env` itself looks away from capitals. */
function pathOf(env: NodeJS.ProcessEnv): string {
  if (env.PATH !== undefined || process.platform !== 'win32') return env.PATH ?? ''
  return Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? ''
}

function endingsOf({ PATHEXT }: NodeJS.ProcessEnv): string[] {
  if (process.platform !== 'win32') return ['']
  return (PATHEXT || '.COM;.EXE').split(';').filter((ending) => startable.includes(ending.toLowerCase()))
}

/** Whether there is a file that this account may run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
