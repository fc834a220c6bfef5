import { constants, readdirSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { packageRoot } from '../src/package.js'

const copyName = /^package-[0-9a-z]+$/

/**
 * The folder with all packages where this one runs from a cache that is cleared at times (`npx`, `pnpm dlx`);
 * `undefined` where it is installed, or a checkout.
 *
 * @example fleetingModules('/home/me/.npm/_npx/2f1c/node_modules/xdrlab') // '/home/me/.npm/_npx/2f1c/node_modules'
 */
export function fleetingModules(root: string = packageRoot): string | undefined {
  return /^.*?[\\/](?:_npx|dlx)[\\/].*?[\\/]node_modules(?=[\\/])/.exec(root)?.[0]
}

/**
 * Copies such a cache into a folder that stays.
 *
 * @param modules see {@link fleetingModules}
 * @param into the kernel's own folder, so that it goes with the kernel
 * @returns where our package is in it
 */
export async function copyPackage(
  modules: string,
  into: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const copy = join(into, `package-${Date.now().toString(36)}`, 'node_modules')
  await cp(modules, copy, {
    recursive: true,
    verbatimSymlinks: true,
    // Shares the blocks where the file system can.
    mode: constants.COPYFILE_FICLONE,
    filter: () => {
      signal?.throwIfAborted()
      return true
    },
  }).catch(async (error: unknown) => {
    await removeCopies(into, undefined)
    throw error
  })
  return join(copy, relative(modules, packageRoot))
}

/** Removes the copies of earlier installations. `kept` is a path in the one that stays. */
export async function removeCopies(folder: string, kept: string | undefined): Promise<void> {
  for (const name of readdirSync(folder)) {
    const isKept = kept?.startsWith(join(folder, name)) ?? false
    if (copyName.test(name) && !isKept) await rm(join(folder, name), { recursive: true, force: true })
  }
}
