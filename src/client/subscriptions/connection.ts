import type { RawData, WebSocket } from 'ws'
import type { Clock } from '../../clock.js'
import { abortedError, XdrError } from '../../errors.js'
import { networkError } from '../../http.js'
import { parseExactJson } from '../../json.js'
import { isRecord } from '../../record.js'
import type { GraphQLAnswer } from '../graphql-answer.js'
import { serialiseRequest } from '../graphql-request.js'
import { closedError, connectTimeout, silentServer } from './ends.js'
import { MessageQueue } from './queue.js'
import {
  brokenFraming,
  type Conversation,
  type Line,
  type Listener,
  type Operation,
  type Speak,
} from './speech.js'

/** A message of a subscription, with what it weighed. */
export interface Received {
  answer: GraphQLAnswer
  sizeBytes: number
}

export interface ConnectionOptions {
  clock: Clock
  signal: AbortSignal
  /** Until the server has accepted the connection, from now on. */
  readyWithinMs: number
  keepAliveMs: number
  /** For messages: `WebSocket https://…`. */
  where: string
}

/**
 * A server that is silent for `keepAliveMs`, in so many steps, is asked whether it lives; after twice as many
 * it is given up.
 */
const steps = 4

/** A subscription on a connection of its own. */
export class Connection implements Line, Listener {
  readonly #socket: WebSocket
  readonly #options: ConnectionOptions
  readonly #queue: MessageQueue<Received>
  #conversation: Conversation | undefined
  #ready: { resolve: () => void; reject: (error: XdrError) => void } | undefined
  #isStarted = false
  #isEnded = false
  #isHeld = false
  /** Of the message that is read now. */
  #sizeBytes = 0
  #silentSteps = 0
  #stopWatch = () => {}
  readonly #onAbort = () => this.#abort()

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#queue = new MessageQueue<Received>({
      pause: () => this.#hold(true),
      resume: () => this.#hold(false),
    })
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    socket.on('ping', () => this.#hear())
    socket.on('pong', () => this.#hear())
    socket.on('error', (error) => this.fail(socketError(options.where, error)))
    socket.on('close', (code, reason) => {
      // After all that the last messages have set going: a framing may say a little later that they were the last.
      setImmediate(() => this.fail(closedError(options.where, code, reason.toString())))
    })
    options.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /**
   * Asks for the operation; done once the server has accepted the connection.
   *
   * @throws XdrError what the server refuses with, or `XDR_TIMEOUT`
   */
  async begin(
    speak: Speak,
    operation: Operation,
    parameters: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { where, readyWithinMs, clock } = this.#options
    const ready = new Promise<void>((resolve, reject) => {
      this.#ready = { resolve, reject }
    })
    ready.catch(() => {})
    const stopWaiting = clock.after(readyWithinMs, () => this.fail(connectTimeout(where)))
    try {
      if (this.#options.signal.aborted) this.#abort()
      this.#conversation = await speak(this, operation, parameters, this, where)
      this.#socket.resume()
      this.#watch()
      await ready
    } finally {
      stopWaiting()
    }
  }

  /** Whether the server may have begun to act. */
  get isStarted(): boolean {
    return this.#isStarted
  }

  /** A message that is there already. */
  take(): Received | undefined {
    return this.#queue.take()
  }

  /**
   * The next message, `undefined` after the last.
   *
   * @throws XdrError what the connection ended with
   */
  async next(): Promise<Received | undefined> {
    await this.#queue.changed()
    return this.#queue.take() ?? this.#queue.end()
  }

  /** Nobody listens any more: says so to the server and closes. */
  leave(): void {
    if (this.#isEnded) return
    this.#conversation?.stop()
    this.#finish()
  }

  get isOpen(): boolean {
    return !this.#isEnded && this.#socket.readyState === this.#socket.OPEN
  }

  send(message: Readonly<Record<string, unknown>>): void {
    if (this.isOpen) this.#socket.send(serialiseRequest(message))
  }

  close(): void {
    this.#socket.close(1000)
  }

  started(): void {
    this.#isStarted = true
    this.#ready?.resolve()
  }

  give(answer: GraphQLAnswer): void {
    this.#queue.push({ answer, sizeBytes: this.#sizeBytes }, this.#sizeBytes)
  }

  complete(): void {
    if (this.#isEnded) return
    this.#queue.close()
    this.#ready?.resolve()
    this.#finish()
  }

  fail(error: XdrError): void {
    if (this.#isEnded) return
    this.#queue.close(error)
    this.#ready?.reject(error)
    this.#finish()
    this.#socket.terminate()
  }

  #abort(): void {
    const error = abortedError('the subscription')
    this.leave()
    this.#queue.abort(error)
    this.#ready?.reject(error)
  }

  #finish(): void {
    this.#isEnded = true
    this.#stopWatch()
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    // What still comes is read and dropped: the closing handshake is behind it.
    this.#socket.resume()
    this.#socket.close(1000)
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#hear()
    if (this.#isEnded) return
    const { where } = this.#options
    let message: unknown
    if (!isBinary) {
      const text = data.toString()
      this.#sizeBytes = text.length
      try {
        message = parseExactJson(text)
      } catch {
        // Said below, for all ways to be wrong.
      }
    }
    if (isRecord(message)) this.#conversation?.receive(message)
    else this.fail(brokenFraming(where, 'sent a message that is no JSON object'))
  }

  #hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    this.#hear()
    if (this.#isEnded) return
    if (isHeld) this.#socket.pause()
    else this.#socket.resume()
  }

  #hear(): void {
    this.#silentSteps = 0
  }

  #watch(): void {
    if (this.#isEnded) return
    const { clock, keepAliveMs } = this.#options
    this.#stopWatch = clock.after(keepAliveMs / steps, () => {
      this.#step()
      this.#watch()
    })
  }

  #step(): void {
    // A server that is held back cannot be heard, nor its pings answered: a pong unasked (RFC 6455 section
    // 5.5.3) says we live.
    if (this.#isHeld) {
      this.#socket.pong()
      return
    }
    this.#silentSteps++
    if (this.#silentSteps === steps) this.#socket.ping()
    if (this.#silentSteps < 2 * steps) return
    // After a long computation the timers come before what waits in the socket: it is read first, in one whole turn.
    setImmediate(() => setImmediate(() => this.#giveUpIfSilent()))
  }

  #giveUpIfSilent(): void {
    const { where, keepAliveMs } = this.#options
    if (this.#silentSteps >= 2 * steps) this.fail(silentServer(where, keepAliveMs))
  }
}

function socketError(where: string, error: Error): XdrError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return new XdrError('XDR_TOO_LARGE', `${where} sent a message that is larger than maxBytes`, {
      hint: 'ask for fewer rows or fields in a message (pageSize), or raise maxBytes',
    })
  }
  if (code.startsWith('WS_ERR_')) return brokenFraming(where, `sent a malformed WebSocket frame (${code})`)
  return networkError(where, error)
}
