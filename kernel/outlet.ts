import { log } from './log.js'
import { type Frame, sizeOf } from './message.js'
import type { Router, XPublisher } from './zeromq.js'

/** After more than this in one turn of the event loop, a stream that asks is told to wait. */
const highWaterBytes = 1 << 20

/**
 * Sends on one of the kernel's sockets, in order and at once: ZeroMQ's own threads carry on from there. So what a cell
 * prints is seen while the cell computes on, and no promise stands between a message and the next one that an
 * interrupt could drop.
 */
export class Outlet {
  readonly #socket: Router | XPublisher
  #turnBytes = 0
  #turn: NodeJS.Timeout | undefined
  #waiting: (() => void)[] = []

  constructor(socket: Router | XPublisher) {
    // With any other limit the socket leaves the 513th message of a turn to the event loop, and refuses all that come
    // behind it (`EBUSY`).
    socket.sendTimeout = 0
    this.#socket = socket
  }

  send(frames: Frame[]): void {
    this.#turnBytes += sizeOf(frames)
    // Not an immediate: those behind one that is interrupted are lost.
    this.#turn ??= setTimeout(() => this.#turned(), 0)
    try {
      // Not awaited: the waiting would hold on to the frames until the event loop turns.
      this.#socket.send(frames).catch(logFailure)
    } catch (error) {
      logFailure(error)
    }
  }

  /** More was sent in this turn than a well-behaved producer should add to. */
  get full(): boolean {
    return this.#turnBytes > highWaterBytes
  }

  /** Resolves when there is room for more. */
  async drained(): Promise<void> {
    if (this.#turn !== undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #turned(): void {
    this.#turn = undefined
    this.#turnBytes = 0
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function logFailure(error: unknown): void {
  log(`a message was not sent: ${error}`)
}
