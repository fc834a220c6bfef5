import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { XdrError } from '../errors.js'
import { parseExactJson, stringifyExactJson } from '../json.js'
import { resultCacheFolder } from '../paths.js'
import { hideSecrets } from '../secrets.js'
import { plain } from '../text.js'
import { type Database, openDatabase } from './database.js'
import { isComplete, planColumns, quoteText } from './database-shape.js'
import { listFiles, mostRowBytes, readRows } from './database-store.js'
import type { Provenance, RowLines } from './row-source.js'
import type { Spool } from './spool.js'

/** What is known of kept rows. */
export interface CachedResult {
  /** The name that `cache.open` and `xdrlab cache rm` take. */
  id: string
  /** Milliseconds since 1970. */
  createdAt: number
  /** How long they count as fresh, milliseconds. */
  maxAgeMs: number
  rows: number
  sizeBytes: number
  provenance: Provenance
  /** Hash of the platform's schema at that time, where it was known. */
  schema: string | undefined
  path: string
}

/** What stands in the file beside the rows. */
interface CacheRecord {
  version: 1
  createdAt: number
  maxAgeMs: number
  rows: number
  provenance: Provenance
  schema?: string | undefined
  /**
   * `columns`: a typed column a field. `lines`: the rows as JSON text in the one column `row`, where columns would not
   * give them back as they were: a field that is missing in some rows is not one that is null.
   */
  form: 'columns' | 'lines'
}

const metadataKey = 'xdrlab'
const filePattern = /^([0-9a-f]{16})\.parquet$/
/** What a process that was killed left half written. */
const abandonedMs = 24 * 3_600_000

let engine: Promise<Database> | undefined

/** The rows of a file are read and written by an engine in memory: two processes share nothing but whole files. */
async function cacheEngine(): Promise<Database> {
  engine ??= openDatabase({ path: ':memory:' })
  return await engine
}

/** Every kept result that can be read, the newest first. */
export async function listCached(folder = resultCacheFolder()): Promise<CachedResult[]> {
  const ids = readFolder(folder).flatMap((name) => filePattern.exec(name)?.[1] ?? [])
  const found = await Promise.all(ids.map((id) => readCached(id, folder).catch(() => undefined)))
  return found.filter((result) => result !== undefined).sort((one, other) => other.createdAt - one.createdAt)
}

/** Files in the folder that are no kept rows, or not any more. What is being written now is none of them. */
export async function listDamaged(folder = resultCacheFolder()): Promise<string[]> {
  const readable = new Set((await listCached(folder)).map(({ id }) => `${id}.parquet`))
  return readFolder(folder).filter((name) => !readable.has(name) && !name.endsWith('.part'))
}

/** @returns how many there were */
export async function removeDamaged(folder = resultCacheFolder()): Promise<number> {
  const names = await listDamaged(folder)
  for (const name of names) rmSync(join(folder, name), { force: true })
  return names.length
}

function readFolder(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : []
}

/**
 * What is known of one result.
 *
 * @returns `undefined` where nothing is kept under the name
 * @throws XdrError `XDR_CACHE` where the file is damaged
 */
export async function readCached(
  id: string,
  folder = resultCacheFolder(),
): Promise<CachedResult | undefined> {
  const path = join(folder, `${id}.parquet`)
  if (!/^[0-9a-f]{16}$/.test(id) || !existsSync(path)) return undefined
  const record = await readRecord(path)
  const { createdAt, maxAgeMs, rows, provenance, schema } = record
  return { id, createdAt, maxAgeMs, rows, sizeBytes: statSync(path).size, provenance, schema, path }
}

async function readRecord(path: string): Promise<CacheRecord> {
  try {
    const { rows } = await (await cacheEngine()).run(
      `select decode(value) as record, (select sum(num_rows) from parquet_file_metadata(${quoteText(path)})) as rows from parquet_kv_metadata(${quoteText(path)}) where decode(key) = '${metadataKey}'`,
    )
    const record: unknown = parseExactJson(String(rows[0]?.record))
    if (isCacheRecord(record) && record.rows === rows[0]?.rows) return record
  } catch {
    // Said below: how it is damaged helps nobody.
  }
  throw damaged(path)
}

function isCacheRecord(value: unknown): value is CacheRecord {
  if (typeof value !== 'object' || value === null) return false
  const { version, createdAt, maxAgeMs, rows, provenance, form } = value as Partial<
    Record<keyof CacheRecord, unknown>
  >
  return (
    version === 1 &&
    [createdAt, maxAgeMs, rows].every((number) => typeof number === 'number') &&
    (form === 'columns' || form === 'lines') &&
    typeof provenance === 'object' &&
    provenance !== null &&
    ['provider', 'region', 'origin', 'query'].every(
      (name) => typeof Reflect.get(provenance, name) === 'string',
    )
  )
}

function damaged(path: string): XdrError {
  return new XdrError('XDR_CACHE', `${path} is damaged`, {
    hint: 'xdrlab cache rm takes it away; the rows are fetched anew when they are asked for',
  })
}

/** The rows of a result as JSON lines. @throws XdrError `XDR_CACHE`, `XDR_ABORTED` */
export async function* readCachedLines(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<RowLines, void, undefined> {
  const { form, rows: expected } = await readRecord(path)
  const value = form === 'lines' ? 'row' : 'to_json(kept)::varchar'
  let count = 0
  try {
    const database = await cacheEngine()
    const text = `select ${value} as line from read_parquet(${quoteText(path)}) as kept`
    for await (const { rows } of database.stream(text, [], signal)) {
      if (rows.length === 0) continue
      count += rows.length
      yield { ndjson: Buffer.from(rows.map(({ line }) => `${String(line)}\n`).join('')), count: rows.length }
    }
  } catch (error) {
    throw error instanceof XdrError && error.code === 'XDR_SQL' ? damaged(path) : error
  }
  if (count !== expected) throw damaged(path)
}

/**
 * Keeps the rows of a spool: written beside, then renamed, so that nobody ever reads half of them.
 *
 * @throws XdrError `XDR_CACHE` where they cannot be kept
 */
export async function writeCached(
  id: string,
  spool: Spool,
  about: Pick<CacheRecord, 'createdAt' | 'maxAgeMs' | 'provenance' | 'schema'>,
  folder = resultCacheFolder(),
): Promise<void> {
  const aside = join(folder, `${id}.${randomUUID()}.part`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    removeAbandoned(folder)
    const columns = planColumns(spool.shape, false)
    const isTyped =
      columns.length > 0 && isComplete(spool.shape) && columns.every(({ name, source }) => name === source)
    await spool.flush()
    const record: CacheRecord = {
      version: 1,
      ...about,
      rows: spool.rows,
      form: isTyped ? 'columns' : 'lines',
    }
    const rows = isTyped ? await readRows(spool, columns) : linesOfSpool(spool)
    // A secret among the variables would stay on the disk longer than it lives.
    const recordText = hideSecrets(stringifyExactJson(record))
    const options = `format parquet, compression zstd, kv_metadata {${metadataKey}: ${quoteText(recordText)}}`
    await (await cacheEngine()).run(`copy (${rows}) to ${quoteText(aside)} (${options})`)
    chmodSync(aside, 0o600)
    renameSync(aside, join(folder, `${id}.parquet`))
  } catch (error) {
    if (existsSync(aside)) rmSync(aside)
    const why = error instanceof Error ? error.message : String(error)
    throw new XdrError('XDR_CACHE', `rows cannot be kept in ${folder}: ${plain(why, 200)}`, {
      hint: 'make the folder writable, or set XDRLAB_HOME to another one',
    })
  }
}

function linesOfSpool(spool: Spool): string {
  if (spool.rows === 0) return "select ''::varchar as row limit 0"
  return `select json::varchar as row from read_ndjson_objects(${listFiles(spool.files)}, maximum_object_size = ${mostRowBytes(spool)})`
}

function removeAbandoned(folder: string): void {
  for (const name of readFolder(folder).filter((each) => each.endsWith('.part'))) {
    const path = join(folder, name)
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}
    if (mtimeMs !== undefined && Date.now() - mtimeMs > abandonedMs) rmSync(path, { force: true })
  }
}

/** Takes a result away. @returns whether there was one */
export function removeCached(id: string, folder = resultCacheFolder()): boolean {
  const path = join(folder, `${id}.parquet`)
  if (!/^[0-9a-f]{16}$/.test(id) || !existsSync(path)) return false
  rmSync(path, { force: true })
  return true
}

/** Puts a damaged file out of the way. */
export function setAside(id: string, folder = resultCacheFolder()): void {
  const path = join(folder, `${id}.parquet`)
  if (existsSync(path)) renameSync(path, `${path}.damaged`)
}
