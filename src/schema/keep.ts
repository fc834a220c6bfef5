import { readFileSync } from 'node:fs'
import { parse, print } from 'graphql'
import { mergeGateways, sliceGateway } from './gateways.js'
import { schemaOfAnswer } from './introspection.js'
import { mainPath } from './paths.js'
import {
  allGateways,
  readSchemaFile,
  type SchemaOwner,
  type SchemaRecord,
  schemaPath,
  writeSchemaFile,
} from './schema-file.js'

/** What an endpoint has answered. */
export interface Told {
  owner: SchemaOwner
  /** The endpoint's path, `/graphql` for the main one. */
  gateway: string
  /** JSON. */
  body: string
  /** Milliseconds since 1970. */
  fetchedAt: number
}

/** Keeps the schema of an answer. @throws TypeError where the answer is none, Error where the disk takes it not */
export function keepAnswer({ owner, gateway, body, fetchedAt }: Told): SchemaRecord {
  const path = schemaPath(owner, gateway)
  return writeSchemaFile(path, { ...owner, gateway, fetchedAt }, schemaOfAnswer(body))
}

/**
 * Puts together what the endpoints of a platform have told, and keeps it as one. Where an endpoint tells nothing, the
 * schema that ships stands in.
 *
 * @param gateways their paths, the main one first
 * @param snapshot file of the schema that ships
 */
export function keepMerged(
  owner: SchemaOwner,
  gateways: readonly string[],
  snapshot: string | undefined,
): SchemaRecord | undefined {
  const told = gateways.flatMap((path) => {
    const file = readSchemaFile(schemaPath(owner, path))
    return file === undefined ? [] : [{ path, ...file }]
  })
  const main = told.find(({ path }) => path === mainPath)
  if (main === undefined) return undefined
  const missing = gateways.filter((path) => !told.some((each) => each.path === path))
  const sdl = mergeGateways([...told, ...shippedParts(snapshot, missing)])
  const about = { ...owner, gateway: allGateways, fetchedAt: main.record.fetchedAt }
  return writeSchemaFile(schemaPath(owner, allGateways), about, sdl)
}

function shippedParts(
  snapshot: string | undefined,
  gateways: readonly string[],
): { path: string; sdl: string }[] {
  if (snapshot === undefined || gateways.length === 0) return []
  const document = parse(readFileSync(snapshot, 'utf8'), { noLocation: true })
  return gateways.map((path) => ({ path, sdl: print(sliceGateway(document, path)) }))
}
