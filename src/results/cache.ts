import { type Clock, systemClock } from '../clock.js'
import { isAway, XdrError } from '../errors.js'
import { parseExactJson } from '../json.js'
import { currentScreen, type Screen } from '../screen/screen.js'
import { plain } from '../text.js'
import { cacheId } from './cache-key.js'
import {
  type CachedResult,
  listCached,
  readCached,
  readCachedLines,
  removeCached,
  setAside,
  writeCached,
} from './cache-store.js'
import { type LoadOptions, loadInto } from './database-load.js'
import type { DatabaseTable } from './database-table.js'
import { describeAge, durationMs } from './duration.js'
import type { Provenance, RowLines, RowSource } from './row-source.js'
import { Spool } from './spool.js'
import type { Row } from './table.js'

export interface CacheOptions {
  /** How old kept rows may be: `30s`, `15m`, `1h`, `7d`, or milliseconds. */
  maxAge: string | number
  /**
   * What happens to older ones when the platform cannot be reached: `offer` (the default) gives them with a warning,
   * `refuse` fails as without a cache.
   */
  stale?: 'offer' | 'refuse'
}

/** What the caller knows beside the rows. */
interface CacheContext {
  /** A hash of the platform's schema: rows of another schema are not given. */
  schema?: string | undefined
  screen?: Screen | undefined
  clock?: Clock | undefined
  /** Whether who is signed in now is the person of the provenance. */
  isOwner?: (() => boolean) | undefined
}

/**
 * Rows from the cache while they are fresh, else from the source, which are then kept for the next time. Only rows that
 * have come to their end are kept.
 *
 * @param options `'1h'` is short for `{ maxAge: '1h' }`
 * @throws XdrError `XDR_BAD_OPTION` for a bad duration
 */
export function cachedSource(
  source: RowSource,
  options: CacheOptions | string | number,
  context: CacheContext = {},
): CachedSource {
  const through = new ReadThrough(source, options, context)
  const lines = (signal?: AbortSignal) => through.lines(signal)
  return {
    provenance: source.provenance,
    lines,
    rows: (signal) => parsed(lines(signal)),
    show: (show, showFresh) => through.show(show, showFresh),
  }
}

/** Rows by way of the cache. */
interface CachedSource extends RowSource {
  /** Shows the kept rows while they are fresh, or where the platform is away; else what it gives now. */
  show<View>(show: (kept: CachedRows) => Promise<View>, showFresh: () => Promise<View>): Promise<View>
}

/** What is kept of a source. */
interface Kept {
  result: CachedResult
  ageMs: number
  isFresh: boolean
}

class ReadThrough {
  readonly #source: RowSource
  readonly #context: CacheContext
  readonly #maxAgeMs: number
  readonly #offersStale: boolean

  constructor(source: RowSource, options: CacheOptions | string | number, context: CacheContext) {
    const { maxAge, stale = 'offer' } = typeof options === 'object' ? options : { maxAge: options }
    this.#maxAgeMs = durationMs(maxAge)
    if (stale !== 'offer' && stale !== 'refuse') {
      throw new XdrError('XDR_BAD_OPTION', `cache.stale is "${plain(stale, 40)}"`, {
        hint: "it is 'offer' or 'refuse'",
      })
    }
    this.#source = source
    this.#context = context
    this.#offersStale = stale === 'offer'
  }

  async *lines(signal: AbortSignal | undefined): AsyncGenerator<RowLines, void, undefined> {
    const { id, kept, screen } = await this.#find()
    if (kept?.isFresh) {
      sayFresh(kept, screen)
      yield* readCachedLines(kept.result.path, signal)
      return
    }
    let hasGiven = false
    try {
      for await (const batch of this.#keepWhole(id, screen, signal)) {
        hasGiven = true
        yield batch
      }
    } catch (error) {
      // Half of the new rows and all of the old ones would be neither.
      if (hasGiven || kept === undefined || !this.#sayStale(error, kept, screen)) throw error
      yield* readCachedLines(kept.result.path, signal)
    }
  }

  async show<View>(show: (kept: CachedRows) => Promise<View>, showFresh: () => Promise<View>): Promise<View> {
    const { kept, screen } = await this.#find()
    if (kept?.isFresh) {
      sayFresh(kept, screen)
      return show(new CachedRows(kept.result))
    }
    try {
      return await showFresh()
    } catch (error) {
      if (kept === undefined || !this.#sayStale(error, kept, screen)) throw error
      return show(new CachedRows(kept.result))
    }
  }

  async #find(): Promise<{ id: string; kept: Kept | undefined; screen: Screen }> {
    const { schema, clock = systemClock, isOwner } = this.#context
    const screen = this.#context.screen ?? (await currentScreen())
    const id = await cacheId(this.#source.provenance, schema)
    const result = isOwner?.() === false ? undefined : await findKept(id, screen)
    if (result === undefined) return { id, kept: undefined, screen }
    const ageMs = clock.now() - result.createdAt
    return { id, kept: { result, ageMs, isFresh: ageMs <= this.#maxAgeMs && ageMs >= 0 }, screen }
  }

  /** @returns whether the kept rows stand in for those that could not be fetched */
  #sayStale(error: unknown, { ageMs }: Kept, screen: Screen): boolean {
    if (!isAway(error) || !this.#offersStale) return false
    screen.note(
      'warning',
      `${plain(error.message, 200)}; these rows are from the cache, ${describeAge(ageMs)} old`,
    )
    return true
  }

  async *#keepWhole(
    id: string,
    screen: Screen,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<RowLines, void, undefined> {
    const { schema, clock = systemClock, isOwner } = this.#context
    await using spool = await Spool.open()
    // The rows are as old as the question.
    const createdAt = clock.now()
    for await (const batch of this.#source.lines(signal)) {
      await spool.add(batch)
      yield batch
    }
    if (signal?.aborted || isOwner?.() === false) return
    try {
      const { provenance } = this.#source
      await writeCached(id, spool, { createdAt, maxAgeMs: this.#maxAgeMs, provenance, schema })
    } catch (error) {
      // Whoever has all rows is not to fail for want of a copy.
      screen.note('warning', error instanceof Error ? error.message : String(error))
    }
  }
}

function sayFresh({ ageMs }: Kept, screen: Screen): void {
  screen.note('info', `from the cache, ${describeAge(ageMs)} old`)
}

async function findKept(id: string, screen: Screen): Promise<CachedResult | undefined> {
  try {
    return await readCached(id)
  } catch {
    setAside(id)
    screen.note(
      'warning',
      `the rows that were kept are damaged (${id}); they were set aside and are fetched anew`,
    )
    return undefined
  }
}

/** Rows of JSON lines. */
async function* parsed(lines: AsyncIterable<RowLines>): AsyncGenerator<readonly Row[], void, undefined> {
  for await (const { ndjson } of lines) {
    const text = Buffer.from(ndjson.buffer, ndjson.byteOffset, ndjson.byteLength).toString('utf8')
    yield parseExactJson(`[${text.trimEnd().replaceAll('\n', ',')}]`) as Row[]
  }
}

/** Kept rows, opened again: no sign-in and no network is needed. */
export class CachedRows implements RowSource, AsyncIterable<Row> {
  readonly result: CachedResult

  constructor(result: CachedResult) {
    this.result = result
  }

  get provenance(): Provenance {
    return this.result.provenance
  }

  lines(signal?: AbortSignal): AsyncGenerator<RowLines, void, undefined> {
    return readCachedLines(this.result.path, signal)
  }

  rows(signal?: AbortSignal): AsyncGenerator<readonly Row[], void, undefined> {
    return parsed(this.lines(signal))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const rows of this.rows((await currentScreen()).signal)) yield* rows
  }

  /** Makes a table of them; see `loadInto`. */
  async into(name: string, options: LoadOptions = {}): Promise<DatabaseTable> {
    return await loadInto(this, name, options)
  }

  /** `42 rows of taegis, tenant 50530, 12 minutes old (stale): query { … }` */
  toString(): string {
    const { rows, createdAt, maxAgeMs, provenance } = this.result
    const ageMs = Date.now() - createdAt
    const tenant = provenance.tenant === undefined ? '' : `, tenant ${plain(provenance.tenant, 40)}`
    const stale = ageMs > maxAgeMs ? ' (stale)' : ''
    const count = `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`
    return `${count} of ${plain(provenance.provider, 40)}${tenant}, ${describeAge(ageMs)} old${stale}: ${plain(provenance.query, 80)}`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/**
 * The rows that are kept on this machine. They are data, in Parquet files: opening them runs nothing.
 *
 * @example
 * await cache.list()
 * await (await cache.open('0d6f5a1c9b3e2f47')).into('alerts')
 */
export const cache = {
  /** What there is, the newest first. */
  list: (): Promise<CachedResult[]> => listCached(),
  /** Opens kept rows by their id. @throws XdrError `XDR_CACHE` where there are none, or they are damaged */
  open: async (id: string): Promise<CachedRows> => {
    const result = await readCached(id)
    if (result === undefined) throw unknownId(id)
    return new CachedRows(result)
  },
  /** Takes kept rows away. @throws XdrError `XDR_CACHE` where there are none of that id */
  remove: (id: string): void => {
    if (!removeCached(id)) throw unknownId(id)
  },
} as const

function unknownId(id: string): XdrError {
  return new XdrError('XDR_CACHE', `nothing is kept under ${plain(id, 40)}`, {
    hint: 'cache.list() and xdrlab cache ls show what there is',
  })
}
