import type { Writable } from 'zeromq'
import { log } from './log.js'

/** Above this much unsent, a stream that asks is told to wait. */
const highWaterBytes = 1 << 20

/** A send that is not done by then, and was under way at an interrupt, has lost its promise, milliseconds. */
const lostAfterMs = 50

/**
 * Sends on one socket, one message at a time and in order. A zeromq socket refuses a send (`EBUSY`) while an earlier
 * one is under way, which a Publisher is from its 513th send of one tick on: unqueued, output would be lost.
 */
export class Sender {
  readonly #socket: Writable
  #queue: Buffer[][] = []
  #queuedBytes = 0
  /** What is being sent of, and up to where. */
  #batch: Buffer[][] = []
  #at = 0
  /** Number of the drain under way; a later one replaces it. */
  #drain = 0
  #isSending = false
  #waiting: (() => void)[] = []

  constructor(socket: Writable) {
    this.#socket = socket
  }

  /** Queues a message. */
  send(frames: Buffer[]): void {
    this.#queue.push(frames)
    this.#queuedBytes += sizeOf(frames)
    if (!this.#isSending) void this.#send(++this.#drain)
  }

  /** More is queued than a well-behaved producer should add to. */
  get full(): boolean {
    return this.#queuedBytes > highWaterBytes
  }

  /** Resolves when everything queued has been handed to ZeroMQ. */
  async drained(): Promise<void> {
    while (this.#isSending) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** After an interrupt: goes on, should the promise that was waited for have been dropped by V8. */
  recover(): void {
    if (!this.#isSending) return
    const [drain, batch, at] = [this.#drain, this.#batch, this.#at]
    setTimeout(() => {
      const isLost = this.#isSending && drain === this.#drain && batch === this.#batch && at === this.#at
      if (isLost) void this.#send(++this.#drain)
    }, lostAfterMs)
  }

  async #send(drain: number): Promise<void> {
    this.#isSending = true
    for (;;) {
      const frames = this.#batch[this.#at]
      if (frames === undefined) {
        if (this.#queue.length === 0) break
        // The queue is taken whole and replaced: shifting a long array would be quadratic.
        ;[this.#batch, this.#queue, this.#at] = [this.#queue, [], 0]
        continue
      }
      this.#at++
      try {
        await this.#socket.send(frames)
      } catch (error) {
        log(`a message was not sent: ${error}`)
      }
      this.#queuedBytes -= sizeOf(frames)
      if (drain !== this.#drain) return
    }
    this.#batch = []
    this.#at = 0
    this.#isSending = false
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function sizeOf(frames: readonly Buffer[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0)
}
