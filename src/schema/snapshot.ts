import { join } from 'node:path'
import { packageRoot } from '../package.js'
import { sandboxOrigin } from '../providers/provider.js'
import type { Target } from '../providers/target.js'

/** The schema that ships, for whoever has not signed in anywhere yet. */
export const usualSnapshot: string = join(packageRoot, 'src', 'sandbox', 'schema.graphql')

const snapshots: Readonly<Record<string, string>> = { taegis: usualSnapshot }

/**
 * The schema that ships for a platform. It is the whole of what the sandbox has, and a part of what the platform has.
 *
 * @returns `undefined` for a platform of which none ships
 */
export function snapshotOf({ provider, region }: Target): { path: string; isWhole: boolean } | undefined {
  const file = Object.hasOwn(snapshots, provider.name) ? snapshots[provider.name] : undefined
  if (file === undefined) return undefined
  return { path: file, isWhole: provider.regions[region]?.origin === sandboxOrigin }
}
