/** What a full queue holds back. */
export interface Flow {
  pause(): void
  resume(): void
}

/** When the sender is held back, and when it may go on. */
const most = { count: 256, bytes: 1024 * 1024 }
const enough = { count: 64, bytes: 256 * 1024 }

/**
 * What has come and is not taken yet: a little, so that neither side waits for each message, and never much. What the
 * sender had under way when it was held back still finds room.
 */
export class MessageQueue<T> {
  readonly #flow: Flow
  #items: { value: T; sizeBytes: number }[] = []
  #bytes = 0
  #held = false
  #end: { error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(flow: Flow) {
    this.#flow = flow
  }

  push(value: T, sizeBytes: number): void {
    if (this.#end !== undefined) return
    this.#items.push({ value, sizeBytes })
    this.#bytes += sizeBytes
    if (!this.#held && (this.#items.length >= most.count || this.#bytes >= most.bytes)) {
      this.#held = true
      this.#flow.pause()
    }
    this.#wake?.()
  }

  /** No more will come; what is in it can still be taken, and then `error` (if any) is what it ends with. */
  close(error?: unknown): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    this.#wake?.()
  }

  /** Ends at once, whatever is in it. */
  abort(error: unknown): void {
    this.#end = { error }
    this.#items = []
    this.#bytes = 0
    this.#wake?.()
  }

  /** The next one, where there is one. */
  take(): T | undefined {
    const item = this.#items.shift()
    if (item === undefined) return undefined
    this.#bytes -= item.sizeBytes
    if (this.#held && this.#items.length <= enough.count && this.#bytes <= enough.bytes) {
      this.#held = false
      this.#flow.resume()
    }
    return item.value
  }

  /** @throws what it was closed with, if anything */
  end(): undefined {
    if (this.#end?.error !== undefined) throw this.#end.error
  }

  /** Resolves once there is something to take, or the end. */
  changed(): Promise<void> {
    if (this.#items.length > 0 || this.#end !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}
