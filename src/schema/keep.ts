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
  /** Where it is kept. */
  path: string
}

/** Keeps the schema of an answer. @throws TypeError where the answer is none, Error where the disk takes it not */
export function keepAnswer({ owner, gateway, body, fetchedAt, path }: Told): SchemaRecord {
  return writeSchemaFile(path, { ...owner, gateway, fetchedAt }, schemaOfAnswer(body))
}

/** The endpoints of a platform, to be put together. */
export interface Parts {
  owner: SchemaOwner
  /** Their paths and where their schemas are kept, the main one first. */
  gateways: readonly { gateway: string; path: string }[]
  /** File of the schema that ships: it stands in for an endpoint that tells nothing. */
  snapshot: string | undefined
  /** Where the whole is kept. */
  path: string
}

/** Puts together what the endpoints of a platform have told, and keeps it as one. */
export function keepMerged({ owner, gateways, snapshot, path }: Parts): SchemaRecord | undefined {
  const files = gateways.map((each) => ({ gateway: each.gateway, file: readSchemaFile(each.path) }))
  const main = files.find(({ gateway }) => gateway === mainPath)?.file
  if (main === undefined) return undefined
  const told = files.flatMap(({ gateway, file }) =>
    file === undefined ? [] : [{ path: gateway, sdl: file.sdl }],
  )
  const missing = files.flatMap(({ gateway, file }) => (file === undefined ? [gateway] : []))
  const sdl = mergeGateways([...told, ...shippedParts(snapshot, missing)])
  return writeSchemaFile(path, { ...owner, gateway: allGateways, fetchedAt: main.record.fetchedAt }, sdl)
}

function shippedParts(
  snapshot: string | undefined,
  gateways: readonly string[],
): { path: string; sdl: string }[] {
  if (snapshot === undefined || gateways.length === 0) return []
  const document = parse(readFileSync(snapshot, 'utf8'), { noLocation: true })
  return gateways.map((path) => ({ path, sdl: print(sliceGateway(document, path)) }))
}
