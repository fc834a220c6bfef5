import { XdrError } from '../../errors.js'
import { parseExactJson } from '../../json.js'
import { isRecord } from '../../record.js'
import { failureOf, readErrorPayload, readPayload } from '../graphql-answer.js'
import { brokenFraming, type Line, type Speak } from './speech.js'

/**
 * The framing `graphql-transport-ws`, by the library that defines it. It is handed a socket that is open already and
 * messages that are parsed already: so proxy, certificates, limits and exact integers are ours, the framing is its own.
 */
export const speakTransportWs: Speak = async (line, operation, parameters, listener, where) => {
  const { createClient } = await import('graphql-ws/client')
  let handed: HandedSocket | undefined
  class Socket extends HandedSocket {
    constructor() {
      super(line, (message) => {
        if (message.type !== 'subscribe') return message
        listener.started()
        // Written anew: the library would round (or refuse) 64-bit integers in the variables.
        return { ...message, payload: operation }
      })
      handed = this
    }
  }
  const client = createClient({
    url: 'ws://handed-over.invalid',
    webSocketImpl: Socket,
    retryAttempts: 0,
    ...(Object.keys(parameters).length === 0 ? {} : { connectionParams: parameters }),
  })
  const stop = client.subscribe(
    { query: operation.query },
    {
      next: (payload) => {
        const answer = readPayload(payload)
        if (answer === undefined) listener.fail(brokenFraming(where, 'sent a message without data or errors'))
        else listener.give(answer)
      },
      error: (error) => {
        if (Array.isArray(error)) {
          listener.fail(failureOf({ data: undefined, errors: readErrorPayload(error), requestId: undefined }))
        } else if (error instanceof XdrError) listener.fail(error)
        // A close event is told by the socket itself.
        else if (error instanceof Error)
          listener.fail(brokenFraming(where, 'broke the protocol graphql-transport-ws'))
      },
      complete: () => listener.complete(),
    },
  )
  return { receive: (message) => handed?.onmessage?.({ data: message }), stop }
}

/** What the library takes for a WebSocket. How it ends is told elsewhere, so the handlers for that are never called. */
class HandedSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3

  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  readonly #line: Line
  readonly #write: (message: Record<string, unknown>) => Record<string, unknown>

  constructor(line: Line, write: (message: Record<string, unknown>) => Record<string, unknown>) {
    this.#line = line
    this.#write = write
    // Its handlers are set right after.
    queueMicrotask(() => this.onopen?.())
  }

  get readyState(): number {
    return this.#line.isOpen ? HandedSocket.OPEN : HandedSocket.CLOSED
  }

  send(text: string): void {
    const message = parseExactJson(text)
    if (isRecord(message)) this.#line.send(this.#write(message))
  }

  close(): void {
    this.#line.close()
  }
}
