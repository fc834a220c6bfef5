import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { schemaFolder } from '../paths.js'

/** Whose schema it is. */
export interface SchemaOwner {
  provider: string
  region: string
  origin: string
}

/** What is known of a kept schema; it stands in the file's first line. */
export interface SchemaRecord extends SchemaOwner {
  version: 1
  /** Path of the endpoint; `*` for those of all endpoints together. */
  gateway: string
  /** Milliseconds since 1970. */
  fetchedAt: number
  /** Of the text below the first line. */
  hash: string
  /** In place of a schema: why the platform does not tell it. */
  refused?: string
  /** The person has been told so. */
  isNoted?: boolean
}

/** Under this name stands the schema of all endpoints of a platform together. */
export const allGateways = '*'

const head = '# xdrlab schema '
const longestHead = 4096

/** Where the schema of an endpoint is kept. */
export function schemaPath(
  owner: SchemaOwner,
  gateway: string,
  kind: 'schema' | 'refusal' = 'schema',
): string {
  const key = hashOf(`${owner.origin} ${gateway}`).slice(0, 8)
  const name = `${owner.provider}-${owner.region}`.replace(/[^\w-]/g, '_').slice(0, 80)
  return join(schemaFolder(), `${name}-${key}.${kind === 'schema' ? 'graphql' : 'refused'}`)
}

/** A short name of a text: the same text, the same name. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** The record of a file, read without the rest; `undefined` where there is none, or none of ours. */
export function readSchemaRecord(path: string): SchemaRecord | undefined {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const bytes = Buffer.alloc(longestHead)
    const length = readSync(file, bytes, 0, longestHead, 0)
    return parseHead(bytes.toString('utf8', 0, length))
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** A kept schema; `undefined` where the file is missing, damaged or of another version. */
export function readSchemaFile(path: string): { record: SchemaRecord; sdl: string } | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    const record = parseHead(text.slice(0, longestHead))
    const sdl = text.slice(text.indexOf('\n') + 1)
    return record !== undefined && record.hash === hashOf(sdl) ? { record, sdl } : undefined
  } catch {
    return undefined
  }
}

function parseHead(text: string): SchemaRecord | undefined {
  const [line = ''] = text.split('\n', 1)
  if (!line.startsWith(head)) return undefined
  try {
    const record: unknown = JSON.parse(line.slice(head.length))
    return isSchemaRecord(record) ? record : undefined
  } catch {
    return undefined
  }
}

function isSchemaRecord(value: unknown): value is SchemaRecord {
  if (typeof value !== 'object' || value === null) return false
  const texts = ['provider', 'region', 'origin', 'gateway', 'hash']
  return (
    Reflect.get(value, 'version') === 1 &&
    Number.isFinite(Reflect.get(value, 'fetchedAt')) &&
    texts.every((name) => typeof Reflect.get(value, name) === 'string')
  )
}

/** Keeps a schema: written beside, then renamed, so that nobody ever reads half of it. */
export function writeSchemaFile(
  path: string,
  about: Omit<SchemaRecord, 'version' | 'hash'>,
  sdl: string,
): SchemaRecord {
  const record: SchemaRecord = { version: 1, ...about, hash: hashOf(sdl) }
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const aside = `${path}.${randomUUID()}.part`
  try {
    writeFileSync(aside, `${head}${JSON.stringify(record)}\n${sdl}`, { mode: 0o600 })
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
  return record
}
