import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** A path as a person writes it: `~` is their home, the rest is taken from the notebook's folder. */
export function resolvePath(path: string): string {
  return /^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : resolve(path)
}
