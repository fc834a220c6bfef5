import type { Router } from 'zeromq'
import type { Channels } from './connection.js'
import type { Executor } from './executor.js'
import { Iopub } from './iopub.js'
import { kernelInfo } from './kernel-info.js'
import { log } from './log.js'
import { BadMessage, type Message, type Wire } from './message.js'
import { Sender } from './sender.js'
import { Stdin } from './stdin.js'

/** How long requests that were already on their way when a cell failed are waited for, milliseconds. */
const abortGraceMs = 10

type Handler = (message: Message) => object | Promise<object>

/** A request channel: where messages come from, and where their replies go. */
interface Channel {
  name: 'shell' | 'control'
  socket: Router
  sender: Sender
}

/** The kernel's side of the Jupyter protocol: reads requests, sends replies and states. */
export class Server {
  readonly #channels: Channels
  readonly #wire: Wire
  readonly #folder: string
  readonly #shell: Channel
  readonly #control: Channel
  readonly #iopub: Iopub
  readonly #stdin: Stdin
  readonly #queue: Message[] = []
  #isRunningQueue = false
  /** The request whose cell runs now, until its idle state is sent. */
  #executing: Message | undefined
  #executor: Promise<Executor> | undefined
  #stopped: (() => void) | undefined

  constructor(channels: Channels, wire: Wire, folder: string) {
    this.#channels = channels
    this.#wire = wire
    this.#folder = folder
    this.#shell = { name: 'shell', socket: channels.shell, sender: new Sender(channels.shell) }
    this.#control = { name: 'control', socket: channels.control, sender: new Sender(channels.control) }
    this.#iopub = new Iopub(wire, new Sender(channels.iopub))
    this.#stdin = new Stdin(wire, new Sender(channels.stdin))
  }

  /** Serves until a shutdown request has been answered. */
  async run(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve
    })
    void this.#echoHeartbeats()
    void this.#welcomeSubscribers()
    void this.#readAnswers()
    void this.#serve(this.#shell)
    void this.#serve(this.#control)
    this.#iopub.publish(undefined, 'status', { execution_state: 'starting' })
    await stopped
    await Promise.all([this.#iopub.drained(), this.#shell.sender.drained(), this.#control.sender.drained()])
    for (const socket of Object.values(this.#channels)) socket.close()
  }

  /** Stops the running cell, as the stop button does. */
  interrupt(): void {
    void this.#executor?.then((executor) => executor.interrupt())
  }

  async #serve(channel: Channel): Promise<void> {
    for await (const frames of channel.socket) {
      const message = this.#decode(channel.name, frames)
      if (message === undefined) continue
      if (message.header.msg_type === 'execute_request' && channel.name === 'shell') this.#enqueue(message)
      else void this.#answer(channel, message)
    }
  }

  #decode(channel: string, frames: Buffer[]): Message | undefined {
    try {
      return this.#wire.decode(frames)
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error
      log(`dropped a message on ${channel}: ${error.message}`)
      return undefined
    }
  }

  /** Everything but cells is answered at once, also while a cell runs. */
  async #answer(channel: Channel, message: Message): Promise<void> {
    const type = message.header.msg_type
    this.#status(message, 'busy')
    try {
      const handler = this.#handlers[type]
      if (handler === undefined) log(`no answer to ${JSON.stringify(type)} on ${channel.name}`)
      if (type.endsWith('_request')) {
        const content = handler === undefined ? notKnown(type) : await handler(message)
        this.#reply(channel, message, content)
      }
    } catch (error) {
      log(`${JSON.stringify(type)} failed: ${error}`)
      this.#reply(channel, message, { status: 'error', ename: 'Error', evalue: String(error), traceback: [] })
    }
    this.#status(message, 'idle')
    // Front ends show the state they heard last, and a cell may still be running.
    if (this.#executing !== undefined) this.#status(this.#executing, 'busy')
    if (type === 'shutdown_request') this.#stopped?.()
    // The first cell should not wait for the compiler to load; the front end's start should not either.
    if (type === 'kernel_info_request') setImmediate(() => void this.#loadExecutor())
  }

  readonly #handlers: Partial<Record<string, Handler>> = {
    kernel_info_request: () => kernelInfo,
    is_complete_request: async ({ content }) =>
      (await import('./is-complete.js')).checkComplete(String(content.code ?? '')),
    complete_request: ({ content }) => ({
      status: 'ok',
      matches: [],
      cursor_start: content.cursor_pos,
      cursor_end: content.cursor_pos,
      metadata: {},
    }),
    inspect_request: () => ({ status: 'ok', found: false, data: {}, metadata: {} }),
    history_request: () => ({ status: 'ok', history: [] }),
    comm_info_request: () => ({ status: 'ok', comms: {} }),
    interrupt_request: () => {
      this.interrupt()
      return { status: 'ok' }
    },
    shutdown_request: ({ content }) => {
      this.interrupt()
      return { status: 'ok', restart: content.restart === true }
    },
  }

  #enqueue(message: Message): void {
    this.#queue.push(message)
    if (!this.#isRunningQueue) void this.#runQueue()
  }

  async #runQueue(): Promise<void> {
    this.#isRunningQueue = true
    for (let message = this.#queue.shift(); message !== undefined; message = this.#queue.shift()) {
      await this.#execute(message)
    }
    this.#isRunningQueue = false
  }

  async #execute(message: Message): Promise<void> {
    this.#executing = message
    this.#status(message, 'busy')
    let aborted: Message[] = []
    try {
      const executor = await this.#loadExecutor()
      const reply = await executor.execute(message)
      if (reply.status === 'error' && message.content.stop_on_error !== false)
        aborted = await this.#takeQueue()
      this.#reply(this.#shell, message, reply)
    } catch (error) {
      log(`a cell was not run: ${error}`)
      this.#reply(this.#shell, message, {
        status: 'error',
        ename: 'Error',
        evalue: String(error),
        traceback: [],
      })
    }
    this.#executing = undefined
    this.#status(message, 'idle')
    for (const request of aborted) {
      this.#status(request, 'busy')
      this.#reply(this.#shell, request, { status: 'aborted' })
      this.#status(request, 'idle')
    }
  }

  /**
   * What was sent before the failure could be known. A cell that fails without waiting for anything ends before
   * the requests behind it were even read, so they get a moment to come in.
   */
  async #takeQueue(): Promise<Message[]> {
    await new Promise((resolve) => setTimeout(resolve, abortGraceMs))
    return this.#queue.splice(0)
  }

  #loadExecutor(): Promise<Executor> {
    this.#executor ??= import('./executor.js').then(
      ({ Executor }) => new Executor(this.#iopub, this.#stdin, this.#folder),
    )
    return this.#executor
  }

  #reply({ sender }: Channel, request: Message, content: object): void {
    const { header, identities } = request
    const type = header.msg_type.replace(/_request$/, '_reply')
    sender.send(this.#wire.encode({ type, content, parent: header, identities }).frames)
  }

  #status(request: Message, state: 'busy' | 'idle'): void {
    this.#iopub.publish(request.header, 'status', { execution_state: state })
  }

  async #readAnswers(): Promise<void> {
    for await (const frames of this.#channels.stdin) {
      const message = this.#decode('stdin', frames)
      if (message?.header.msg_type === 'input_reply') this.#stdin.receive(message)
      else if (message !== undefined) log(`no use for ${JSON.stringify(message.header.msg_type)} on stdin`)
    }
  }

  async #welcomeSubscribers(): Promise<void> {
    for await (const [frame] of this.#channels.iopub) {
      // ZeroMQ: first byte 1 for subscribe, 0 for unsubscribe, then the topic.
      if (frame?.[0] === 1) this.#iopub.welcome(frame.subarray(1))
    }
  }

  async #echoHeartbeats(): Promise<void> {
    for await (const frames of this.#channels.heartbeat) await this.#channels.heartbeat.send(frames)
  }
}

function notKnown(type: string): object {
  return {
    status: 'error',
    ename: 'NotImplemented',
    evalue: `this kernel does not know ${type}`,
    traceback: [],
  }
}
