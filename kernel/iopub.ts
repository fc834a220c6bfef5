import { type Frame, type Header, sizeOf, type Wire } from './message.js'
import type { Outlet } from './outlet.js'
import { isRedacting, recoverRedactor, streamFilter } from './redact.js'
import type { FlushReason, StreamFilter } from './redact-stream.js'

/** The two text streams of a cell. */
export type StreamName = 'stdout' | 'stderr'

/** Text waiting longer than this is sent, milliseconds: live enough to watch, few enough messages to keep up. */
const flushAfterMs = 20
const flushAtLength = 1 << 16
/**
 * A first subscriber that is on its way is waited for no longer, milliseconds. A client that was there before the
 * kernel tries again every 100 to 200 ms, for each channel by itself: its first cell may well be over by then.
 */
const holdForMs = 10_000
/** Nor with more than this to be sent to it, bytes. */
const holdBytes = 1 << 25
const streamTopic = Buffer.from('stream')

/** What few messages have beside their content. */
export interface Extras {
  metadata?: object
  buffers?: readonly Buffer[]
}

/** Where it is noted that stream text waits, for a thread that can send it should this one be busy. */
export interface UnsentMark {
  begins(): void
  ends(): void
}

interface Batch {
  parent: Header | undefined
  name: StreamName
  chunks: string[]
  length: number
}

/**
 * Everything a kernel broadcasts. Stream text is collected and sent as few messages; any other message sends what
 * was collected first, so order is kept.
 */
export class Iopub {
  readonly #wire: Wire
  readonly #outlet: Outlet
  readonly #unsent: UnsentMark
  #batch: Batch | undefined
  /**
   * Until the first welcome. ZeroMQ lets a subscriber in at some send, before we are told of it: that send would reach
   * it ahead of its welcome.
   */
  #held: Frame[][] | undefined = []
  #heldBytes = 0
  #releaseTimer: NodeJS.Timeout | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #filters: Partial<Record<StreamName, StreamFilter>> = {}
  /** The batch is being added to or sent. */
  #isBusy = false

  constructor(wire: Wire, outlet: Outlet, unsent: UnsentMark) {
    this.#wire = wire
    this.#outlet = outlet
    this.#unsent = unsent
  }

  /** Sends a message as an effect of `parent`. */
  publish(parent: Header | undefined, type: string, content: object, extras: Extras = {}): void {
    this.#flush('end')
    this.#send(this.#compose(parent, type, content, { ...extras, identities: [Buffer.from(type)] }))
  }

  /** Adds to the stream text of `parent`. */
  write(parent: Header | undefined, name: StreamName, text: string): void {
    if (text === '') return
    if (this.#batch !== undefined && (this.#batch.parent !== parent || this.#batch.name !== name))
      this.#flush('end')
    this.#isBusy = true
    this.#batch ??= { parent, name, chunks: [], length: 0 }
    if (this.#batch.length === 0) this.#unsent.begins()
    this.#batch.chunks.push(text)
    this.#batch.length += text.length
    this.#isBusy = false
    if (this.#batch.length >= flushAtLength) this.#flush('more')
    if (this.#batch !== undefined) this.#timer ??= setTimeout(() => this.flush(), flushAfterMs)
  }

  /** Sends the stream text collected so far, but what begins a secret. */
  flush(): void {
    this.#flush('pause')
  }

  #flush(why: FlushReason): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#batch
    if (batch === undefined) return
    this.#isBusy = true
    try {
      const filter = this.#filters[batch.name] ?? streamFilter()
      this.#filters[batch.name] = filter
      const filtered = filter.next(batch.chunks.join(''), why)
      const content = { name: batch.name, text: filtered.text }
      // Let go of only when nothing deep is left to do: a cell's stack may overflow right here.
      const frames = this.#compose(batch.parent, 'stream', content, {
        identities: [streamTopic],
        isFiltered: true,
      })
      filtered.commit()
      this.#batch = filtered.holds ? { ...batch, chunks: [], length: 0 } : undefined
      this.#unsent.ends()
      if (filtered.text !== '') this.#send(frames)
    } finally {
      this.#isBusy = false
    }
  }

  /** The same from the midst of whatever this thread runs, be it this very class. */
  flushAmidst(): void {
    if (!this.#isBusy && !isRedacting()) this.flush()
  }

  /** Producers that can wait should. */
  get full(): boolean {
    return this.#outlet.full
  }

  /** After an interrupt, which may have met the midst of something. */
  recover(): void {
    recoverRedactor()
    this.#isBusy = false
  }

  /** Resolves when everything published has been handed to ZeroMQ and there is room for more. */
  drained(): Promise<void> {
    this.flush()
    this.#release()
    return this.#outlet.drained()
  }

  /** Tells a new subscriber that from here on it misses nothing (protocol 5.4). */
  welcome(subscription: Buffer): void {
    this.flush()
    const content = { subscription: subscription.toString() }
    const message = { type: 'iopub_welcome', content, identities: [subscription] }
    const isFirst = this.#held?.length === 0
    this.#outlet.send(this.#wire.compose(message).frames)
    this.#release()
    // Said later, after anything else, it would be wrong.
    if (isFirst) this.publish(undefined, 'status', { execution_state: 'starting' })
  }

  /** The topic is the frame in front, which subscribers filter by. */
  #compose(
    parent: Header | undefined,
    type: string,
    content: object,
    extras: Extras & { identities: Buffer[]; isFiltered?: boolean },
  ): Frame[] {
    return this.#wire.compose({ type, content, parent, ...extras }).frames
  }

  #send(frames: Frame[]): void {
    if (this.#held === undefined) {
      this.#outlet.send(frames)
    } else {
      this.#held.push(frames)
      this.#heldBytes += sizeOf(frames)
      if (this.#heldBytes > holdBytes) this.#release()
      // After a look at the sockets: behind a long load, timers come first.
      else this.#releaseTimer ??= setTimeout(() => setImmediate(() => this.#release()), holdForMs)
    }
  }

  #release(): void {
    clearTimeout(this.#releaseTimer)
    for (const frames of this.#held ?? []) this.#outlet.send(frames)
    this.#held = undefined
  }
}
