import { readFileSync } from 'node:fs'
import { Dealer } from 'zeromq'
import { endpoint, readConnection } from '../../kernel/connection.js'
import { type Message, type Outgoing, Wire } from '../../kernel/message.js'

/** A bare socket to a running kernel, for what a well-behaved client does not send. */
export class RawSocket implements Disposable {
  readonly key: string
  readonly #socket: Dealer
  readonly #wire: Wire

  constructor(connectionFile: string, port: 'shell_port' | 'control_port' | 'hb_port' = 'shell_port') {
    const connection = readConnection(connectionFile)
    this.key = JSON.parse(readFileSync(connectionFile, 'utf8')).key
    this.#wire = new Wire(connection.key, 'test')
    this.#socket = new Dealer({ linger: 0, routingId: `raw-${Math.random()}` })
    this.#socket.connect(endpoint(connection, port))
  }

  /** The frames of a message, rightly signed. */
  frames(message: Outgoing): Buffer[] {
    return this.#wire.encode(message).frames
  }

  async send(frames: (Buffer | string)[]): Promise<void> {
    await this.#socket.send(frames)
  }

  /** The frames that come next, or `undefined` when nothing comes in time. */
  async receive(withinMs: number): Promise<Buffer[] | undefined> {
    this.#socket.receiveTimeout = withinMs
    try {
      return await this.#socket.receive()
    } catch {
      return undefined
    }
  }

  decode(frames: Buffer[]): Message {
    return this.#wire.decode(frames)
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }
}
