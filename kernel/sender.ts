import type { Writable } from 'zeromq'
import { log } from './log.js'

/**
 * Sends on one socket whose other end may not be there yet, one message at a time and in order. A zeromq socket
 * refuses a send (`EBUSY`) while an earlier one is under way.
 */
export class Sender {
  readonly #socket: Writable
  #queue: Buffer[][] = []
  #isSending = false
  #waiting: (() => void)[] = []

  constructor(socket: Writable) {
    this.#socket = socket
  }

  /** Queues a message. */
  send(frames: Buffer[]): void {
    this.#queue.push(frames)
    if (!this.#isSending) void this.#send()
  }

  /** Resolves when everything queued has been handed to ZeroMQ. */
  async drained(): Promise<void> {
    while (this.#isSending) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  async #send(): Promise<void> {
    this.#isSending = true
    for (let frames = this.#queue.shift(); frames !== undefined; frames = this.#queue.shift()) {
      try {
        await this.#socket.send(frames)
      } catch (error) {
        log(`a message was not sent: ${error}`)
      }
    }
    this.#isSending = false
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
