import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { XdrError } from '../errors.js'
import { parseExactJson, stringifyExactJson } from '../json.js'
import { plain } from '../text.js'
import { RowScan } from './database-scan.js'
import { type ColumnPlan, Shape } from './database-shape.js'
import type { RowLines } from './row-source.js'

/** Small batches are written together. */
const writeBytes = 1 << 20
/** What a file of rows grows to: it can be read while the next one is written. */
const fileBytes = 32 * 2 ** 20

/**
 * Rows on their way to the database: as JSON lines in files for this person alone, which go when it is disposed of.
 * Their shape is learnt while they are written.
 */
export class Spool implements AsyncDisposable {
  readonly #folder: string
  #scan: RowScan | undefined
  #files: string[] = []
  #file: FileHandle | undefined
  #fileBytes = 0
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  bytes = 0
  rows = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws XdrError `XDR_FILE` */
  static async open(): Promise<Spool> {
    // Made with mode 0700.
    return new Spool(await written(() => mkdtemp(join(tmpdir(), 'xdrlab-rows-'))))
  }

  /** The files that are whole, in order; after {@link flush} all of them. */
  get files(): readonly string[] {
    return this.#file === undefined ? this.#files : this.#files.slice(0, -1)
  }

  /** Of all rows in the files, or of more: also of those that a source has fetched ahead. */
  get shape(): Shape {
    return this.#scan?.shape ?? new Shape()
  }

  get longestRow(): number {
    return this.#scan?.longestRow ?? 0
  }

  /** @throws XdrError `XDR_FILE` where the disk is full, `XDR_BAD_RESPONSE` for what is no row */
  async add(batch: RowLines): Promise<void> {
    const bytes = this.#look(batch)
    this.rows += batch.count
    this.bytes += bytes.length
    if (bytes.length >= writeBytes / 4) {
      await this.#write([...this.#waiting.splice(0), bytes])
      this.#waitingBytes = 0
      return
    }
    // The batch is good until the next one is asked for.
    this.#waiting.push(Buffer.from(bytes))
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= writeBytes) await this.#writeWaiting()
  }

  /** Writes what waits: the files are whole then. */
  async flush(): Promise<void> {
    await this.#writeWaiting()
    await this.#endFile()
  }

  /** What has looked at the rows already is taken over: its shape holds all that came before as well. */
  #look({ ndjson, scan }: RowLines): Uint8Array {
    this.#scan ??= scan ?? new RowScan()
    return scan === this.#scan ? ndjson : this.#scan.scan(ndjson)
  }

  async #writeWaiting(): Promise<void> {
    if (this.#waitingBytes === 0) return
    this.#waitingBytes = 0
    await this.#write(this.#waiting.splice(0))
  }

  async #write(parts: readonly Uint8Array[]): Promise<void> {
    await written(async () => {
      if (this.#file === undefined) {
        const path = join(this.#folder, `${this.#files.length}.ndjson`)
        this.#file = await open(path, 'wx', 0o600)
        this.#files.push(path)
      }
      for (const part of parts) {
        await this.#file.writeFile(part)
        this.#fileBytes += part.length
      }
    })
    if (this.#fileBytes >= fileBytes) await this.#endFile()
  }

  async #endFile(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    this.#fileBytes = 0
    if (file !== undefined) await written(() => file.close())
  }

  /** The same rows with other names of columns, in a file beside. @returns its path */
  async rename(columns: readonly ColumnPlan[]): Promise<string> {
    await this.flush()
    const names = new Map(columns.map(({ source, name }) => [source, name]))
    const path = join(this.#folder, 'renamed.ndjson')
    const to = await written(() => open(path, 'w', 0o600))
    try {
      for (const file of this.#files) {
        const from = await open(file)
        for await (const line of createInterface({ input: from.createReadStream({ encoding: 'utf8' }) })) {
          const row: unknown = parseExactJson(line)
          const entries = Object.entries(typeof row === 'object' && row !== null ? row : {})
          const renamed = Object.fromEntries(entries.map(([name, value]) => [names.get(name) ?? name, value]))
          await written(() => to.writeFile(`${stringifyExactJson(renamed)}\n`))
        }
      }
    } finally {
      await to.close()
    }
    return path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function written<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof XdrError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new XdrError('XDR_FILE', `rows cannot be written to ${tmpdir()}: ${plain(why, 120)}`, {
      hint: 'make room there, or set TMPDIR to a folder with more',
    })
  }
}
