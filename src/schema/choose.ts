import { version } from '../package.js'
import type { Provider } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import { mainPath } from './paths.js'
import { allGateways, readSchemaRecord, type SchemaOwner, schemaPath } from './schema-file.js'
import type { SchemaPlace } from './schema-place.js'
import { snapshotOf } from './snapshot.js'

/** A schema of a platform, and how far it is to be trusted. */
export interface ChosenSchema {
  /** `live`: the platform told it. `snapshot`: it ships with xdrlab. */
  kind: 'live' | 'snapshot'
  place: SchemaPlace
  /** Milliseconds since 1970; of a live one. */
  fetchedAt: number | undefined
  /** It names all that the platform has: what it refuses, the platform refuses. */
  isWhole: boolean
}

/** So long a schema counts as the platform's own, milliseconds. */
export const schemaMaxAgeMs = 24 * 3_600_000

/** Whose schema a target's is. */
export function ownerOf({ provider, region, origin }: Target): SchemaOwner {
  return { provider: provider.name, region, origin }
}

/** Paths where a platform answers GraphQL, the main one first, by the names that schemas have them under. */
export function gatewaysOf({ graphql, subscriptions, queryValidator }: Provider): string[] {
  if (graphql === undefined) return []
  const others = [subscriptions?.path, subscriptions?.events, queryValidator?.path]
  return [...new Set([mainPath, ...others.filter((path) => path !== undefined && path !== graphql)])].filter(
    (path) => path !== undefined,
  )
}

/** The name that schemas have an address under. */
export function gatewayOf({ provider, origin }: Target, url: URL): string {
  const main = provider.graphql === undefined ? undefined : new URL(provider.graphql, origin)
  return main !== undefined && url.origin === main.origin && url.pathname === main.pathname
    ? mainPath
    : url.pathname
}

/** The schema of all paths of a platform: for what a person writes and looks up. */
export function wholeSchema(target: Target, now: number): ChosenSchema | undefined {
  return chosen(target, allGateways, now) ?? shipped(target, undefined)
}

/** The schema of one path of a platform: for what is sent there. */
export function gatewaySchema(target: Target, gateway: string, now: number): ChosenSchema | undefined {
  return chosen(target, gateway, now) ?? shipped(target, gateway)
}

const pinned = new Map<string, string | undefined>()

/**
 * Names the schema that a platform has told, as it was when this process first asked: rows that are kept by
 * it are found again although a newer one comes in between.
 */
export function schemaHash(target: Target): string | undefined {
  const path = schemaPath(ownerOf(target), mainPath)
  if (!pinned.has(path)) pinned.set(path, readSchemaRecord(path)?.hash)
  return pinned.get(path)
}

function chosen(target: Target, gateway: string, now: number): ChosenSchema | undefined {
  const path = schemaPath(ownerOf(target), gateway)
  const record = readSchemaRecord(path)
  if (record === undefined) return undefined
  const ageMs = now - record.fetchedAt
  const isWhole = ageMs >= 0 && ageMs < schemaMaxAgeMs
  return { kind: 'live', place: { path, hash: record.hash }, fetchedAt: record.fetchedAt, isWhole }
}

function shipped(target: Target, gateway: string | undefined): ChosenSchema | undefined {
  const snapshot = snapshotOf(target)
  if (snapshot === undefined) return undefined
  const { path, isWhole } = snapshot
  return {
    kind: 'snapshot',
    place: { path, hash: `snapshot-${version}`, gateway },
    fetchedAt: undefined,
    isWhole,
  }
}
