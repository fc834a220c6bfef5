import { XdrError } from '../errors.js'
import { replaceFile } from './replace-file.js'

/** Told when the file cannot be written any more, once, and when it can again. */
export interface SaveWatcher {
  onUnsaved?(error: XdrError): void
  onSavedAgain?(): void
}

/** How long a change may wait for its saving, milliseconds. */
const saveWithinMs = 3_000
/** Of the time at most one part in so many goes into saving what is not finished. */
const shareOfTime = 20
/** Up to this length a file is saved whenever a part of it is finished, characters. */
const shortLength = 4_000_000

/**
 * A file of a run while it grows: saved on request, and some seconds after a change. Where that fails the last good
 * file stays, the run goes on, and the next saving tries again.
 */
export class GrowingFile {
  readonly #path: string
  readonly #what: string
  readonly #compose: () => unknown
  readonly #watcher: SaveWatcher
  #timer: NodeJS.Timeout | undefined
  #saving: Promise<void> | undefined
  #tookMs = 0
  #length = 0
  #failure: XdrError | undefined

  /**
   * @param what it is called in errors: `the executed notebook`
   * @param compose what is to be saved now: a text, or data that becomes JSON
   */
  constructor(path: string, what: string, compose: () => unknown, watcher: SaveWatcher) {
    this.#path = path
    this.#what = what
    this.#compose = compose
    this.#watcher = watcher
  }

  /**
   * Writes the file for the first time.
   *
   * @throws XdrError `XDR_FILE`: nothing has run yet, so nothing would be lost by not beginning
   */
  async create(): Promise<void> {
    await this.#write()
  }

  /** Something has changed: it is saved within some seconds. */
  touch(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined
        void this.save()
      },
      Math.max(saveWithinMs, this.#tookMs * shareOfTime),
    ).unref()
  }

  /** A part is finished: it is saved now, or soon where the file is so long that each saving would hold the run up. */
  async checkpoint(): Promise<void> {
    if (this.#length <= shortLength) await this.save()
    else this.touch()
  }

  /** Saves what there is now. Never throws: who watches is told. */
  async save(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // What is being written may be older than now.
    await this.#saving
    this.#saving ??= this.#trySave().finally(() => {
      this.#saving = undefined
    })
    await this.#saving
  }

  /**
   * Saves for the last time.
   *
   * @returns why that failed, if it did
   */
  async close(): Promise<XdrError | undefined> {
    await this.save()
    return this.#failure
  }

  async #trySave(): Promise<void> {
    const hadFailed = this.#failure !== undefined
    try {
      await this.#write()
      this.#failure = undefined
      if (hadFailed) this.#watcher.onSavedAgain?.()
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      this.#failure = error
      if (!hadFailed) this.#watcher.onUnsaved?.(error)
    }
  }

  async #write(): Promise<void> {
    const startedAt = performance.now()
    const text = this.#text()
    this.#length = text.length
    await replaceFile(this.#path, text, { what: this.#what })
    this.#tookMs = performance.now() - startedAt
  }

  #text(): string {
    const content = this.#compose()
    if (typeof content === 'string') return content
    try {
      return `${JSON.stringify(content, null, 1)}\n`
    } catch (error) {
      // V8 holds no text of more than 512 MB.
      if (!(error instanceof RangeError)) throw error
      throw new XdrError('XDR_TOO_LARGE', `${this.#what} is too large for one file`, {
        hint: 'show less: keep rows in a table of the database, and print some of them',
      })
    }
  }
}
