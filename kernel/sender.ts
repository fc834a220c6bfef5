import type { Writable } from 'zeromq'
import { log } from './log.js'

/** Above this much unsent, a stream that asks is told to wait. */
const highWaterBytes = 1 << 20

/**
 * Sends on one socket, one message at a time and in order. A zeromq socket refuses a send (`EBUSY`) while an earlier
 * one is under way, which a Publisher is from its 513th send of one tick on: unqueued, output would be lost.
 */
export class Sender {
  readonly #socket: Writable
  #queue: Buffer[][] = []
  #queuedBytes = 0
  #sending: Promise<void> | undefined

  constructor(socket: Writable) {
    this.#socket = socket
  }

  /** Queues a message. */
  send(frames: Buffer[]): void {
    this.#queue.push(frames)
    this.#queuedBytes += sizeOf(frames)
    this.#sending ??= this.#drain()
  }

  /** More is queued than a well-behaved producer should add to. */
  get full(): boolean {
    return this.#queuedBytes > highWaterBytes
  }

  /** Resolves when everything queued has been handed to ZeroMQ. */
  async drained(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending
  }

  async #drain(): Promise<void> {
    // The queue is taken whole and replaced: shifting a long array would be quadratic.
    while (this.#queue.length > 0) {
      const batch = this.#queue
      this.#queue = []
      for (const frames of batch) {
        try {
          await this.#socket.send(frames)
        } catch (error) {
          log(`a message was not sent: ${error}`)
        }
        this.#queuedBytes -= sizeOf(frames)
      }
    }
    this.#sending = undefined
  }
}

function sizeOf(frames: readonly Buffer[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0)
}
