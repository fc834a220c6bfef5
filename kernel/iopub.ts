import type { Header, Wire } from './message.js'
import type { Sender } from './sender.js'

/** The two text streams of a cell. */
export type StreamName = 'stdout' | 'stderr'

/** Text waiting longer than this is sent, milliseconds: live enough to watch, few enough messages to keep up. */
const flushAfterMs = 20
const flushAtLength = 1 << 16
/** A first subscriber that is on its way is waited for no longer, milliseconds. */
const holdForMs = 100
const streamTopic = Buffer.from('stream')

/** What few messages have beside their content. */
export interface Extras {
  metadata?: object
  buffers?: readonly Buffer[]
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
  readonly #sender: Sender
  #batch: Batch | undefined
  /**
   * Until the first welcome. ZeroMQ lets a subscriber in at some send, before we are told of it: that send would reach
   * it ahead of its welcome.
   */
  #held: Buffer[][] | undefined = []
  #releaseTimer: NodeJS.Timeout | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(wire: Wire, sender: Sender) {
    this.#wire = wire
    this.#sender = sender
  }

  /** Sends a message as an effect of `parent`. */
  publish(parent: Header | undefined, type: string, content: object, extras: Extras = {}): void {
    this.flush()
    this.#send(parent, type, content, { ...extras, identities: [Buffer.from(type)] })
  }

  /** Adds to the stream text of `parent`. */
  write(parent: Header | undefined, name: StreamName, text: string): void {
    if (text === '') return
    if (this.#batch !== undefined && (this.#batch.parent !== parent || this.#batch.name !== name))
      this.flush()
    this.#batch ??= { parent, name, chunks: [], length: 0 }
    this.#batch.chunks.push(text)
    this.#batch.length += text.length
    if (this.#batch.length >= flushAtLength) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), flushAfterMs)
  }

  /** Sends the stream text collected so far. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#batch
    if (batch === undefined) return
    this.#batch = undefined
    const text = batch.chunks.join('')
    this.#send(batch.parent, 'stream', { name: batch.name, text }, { identities: [streamTopic] })
  }

  /** Producers that can wait should. */
  get full(): boolean {
    return this.#sender.full
  }

  /** After an interrupt, which may have dropped what was waited for. */
  recover(): void {
    this.#sender.recover()
  }

  /** Resolves when everything published has been handed to ZeroMQ. */
  drained(): Promise<void> {
    this.flush()
    this.#release()
    return this.#sender.drained()
  }

  /** Tells a new subscriber that from here on it misses nothing (protocol 5.4). */
  welcome(subscription: Buffer): void {
    this.flush()
    const content = { subscription: subscription.toString() }
    const message = { type: 'iopub_welcome', content, identities: [subscription] }
    const isFirst = this.#held?.length === 0
    this.#sender.send(this.#wire.encode(message).frames)
    this.#release()
    // Said later, after anything else, it would be wrong.
    if (isFirst) this.publish(undefined, 'status', { execution_state: 'starting' })
  }

  /** The topic is the frame in front, which subscribers filter by. */
  #send(
    parent: Header | undefined,
    type: string,
    content: object,
    extras: Extras & { identities: Buffer[] },
  ): void {
    const { frames } = this.#wire.encode({ type, content, parent, ...extras })
    if (this.#held === undefined) {
      this.#sender.send(frames)
    } else {
      this.#held.push(frames)
      // After a look at the sockets: behind a long load, timers come first.
      this.#releaseTimer ??= setTimeout(() => setImmediate(() => this.#release()), holdForMs)
    }
  }

  #release(): void {
    clearTimeout(this.#releaseTimer)
    for (const frames of this.#held ?? []) this.#sender.send(frames)
    this.#held = undefined
  }
}
