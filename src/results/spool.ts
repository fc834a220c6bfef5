import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { XdrError } from '../errors.js'
import { parseExactJson, stringifyExactJson } from '../json.js'
import { plain } from '../text.js'
import { RowScan } from './database-scan.js'
import type { ColumnPlan } from './database-shape.js'
import type { RowLines } from './row-source.js'

/** Small batches are written together. */
const writeBytes = 1 << 20

/**
 * Rows on their way to the database: as JSON lines in a file for this person alone, which goes when it is disposed of.
 * Their shape is learnt while they are written.
 */
export class Spool implements AsyncDisposable {
  readonly #folder: string
  readonly #file: FileHandle
  readonly #scan = new RowScan()
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #writing: Promise<void> = Promise.resolve()
  bytes = 0

  private constructor(folder: string, file: FileHandle) {
    this.#folder = folder
    this.#file = file
  }

  /** @throws XdrError `XDR_FILE` */
  static async open(): Promise<Spool> {
    return await written(async () => {
      // Made with mode 0700.
      const folder = await mkdtemp(join(tmpdir(), 'xdrlab-rows-'))
      return new Spool(folder, await open(join(folder, 'rows.ndjson'), 'wx', 0o600))
    })
  }

  get path(): string {
    return join(this.#folder, 'rows.ndjson')
  }

  get rows(): number {
    return this.#scan.rows
  }

  get shape() {
    return this.#scan.shape
  }

  get longestRow(): number {
    return this.#scan.longestRow
  }

  /** @throws XdrError `XDR_FILE` where the disk is full, `XDR_BAD_RESPONSE` for what is no row */
  async add({ ndjson }: RowLines): Promise<void> {
    const bytes = this.#scan.scan(ndjson)
    this.bytes += bytes.length
    // The batch is good until the next one is asked for.
    this.#waiting.push(Uint8Array.from(bytes))
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= writeBytes) await this.#write()
  }

  /** Writes what waits: the file is whole then. */
  async flush(): Promise<void> {
    await this.#write()
    await this.#writing
  }

  /** One write is on its way while the next batch comes, and no more. */
  async #write(): Promise<void> {
    await this.#writing
    const parts = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    this.#writing = written(() => this.#file.writeFile(Buffer.concat(parts)))
    // Whoever waits for it next sees its failure.
    this.#writing.catch(() => {})
  }

  /** The same rows with other names of columns, in a file beside. @returns its path */
  async rename(columns: readonly ColumnPlan[]): Promise<string> {
    await this.flush()
    const names = new Map(columns.map(({ source, name }) => [source, name]))
    const path = join(this.#folder, 'renamed.ndjson')
    const to = await written(() => open(path, 'wx', 0o600))
    try {
      const from = await open(this.path)
      for await (const line of createInterface({ input: from.createReadStream({ encoding: 'utf8' }) })) {
        const row: unknown = parseExactJson(line)
        const entries = Object.entries(typeof row === 'object' && row !== null ? row : {})
        const renamed = Object.fromEntries(entries.map(([name, value]) => [names.get(name) ?? name, value]))
        await written(() => to.writeFile(`${stringifyExactJson(renamed)}\n`))
      }
    } finally {
      await to.close()
    }
    return path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing.catch(() => {})
    await this.#file.close()
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
