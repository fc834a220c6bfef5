import { Subscriber } from 'zeromq'
import { endpoint, readConnection } from '../../kernel/connection.js'
import { type Message, Wire } from '../../kernel/message.js'

/** A second front end that hears everything a running kernel broadcasts, whole: metadata and buffers too. */
export class KernelListener implements Disposable {
  readonly messages: Message[] = []
  readonly #socket = new Subscriber({ linger: 0, receiveHighWaterMark: 0 })
  readonly #wire: Wire

  constructor(connectionFile: string) {
    const connection = readConnection(connectionFile)
    this.#wire = new Wire(connection.key, 'test')
    this.#socket.subscribe()
    this.#socket.connect(endpoint(connection, 'iopub_port'))
    void this.#listen()
  }

  /** The latest message of a type. */
  latest(type: string): Message | undefined {
    return this.messages.findLast(({ header }) => header.msg_type === type)
  }

  async #listen(): Promise<void> {
    for await (const frames of this.#socket) this.messages.push(this.#wire.decode(frames))
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }
}
