import type { Router } from 'zeromq'
import { useSchemaHost } from '../src/schema/active.js'
import type { Channels } from './connection.js'
import type { ExecuteReply, Executor } from './executor.js'
import { Iopub } from './iopub.js'
import type { LanguageWorker } from './language/client.js'
import { log } from './log.js'
import { BadMessage, type Message, type Wire } from './message.js'
import { Outlet } from './outlet.js'
import { createHandlers, refusal } from './requests.js'
import { Stdin } from './stdin.js'
import type { AskedCell, Watchdog } from './watchdog.js'

/** How long requests that were already on their way when a cell failed are waited for, milliseconds. */
const abortGraceMs = 10

/** How long an interrupted cell may take to end before it is given up, milliseconds. */
const giveUpAfterMs = 1_000
/** A client that never asks for kernel_info gets its control channel after this, milliseconds. */
const watchdogAfterMs = 250
/** The language worker is started when a front end has had its first answers for so long, milliseconds. */
const languageAfterMs = 500

/** A request channel, and where its replies go. */
interface Channel {
  name: 'shell' | 'control'
  outlet: Pick<Outlet, 'drained'> & { send(frames: Buffer[]): void }
}

/** A cell that waits for its turn. */
interface CellRequest {
  message: Message
  asked: AskedCell
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
  readonly #watchdog: Watchdog
  readonly #queue: CellRequest[] = []
  #isRunningQueue = false
  /** The request whose cell runs now, until its idle state is sent. */
  #executing: Message | undefined
  #executor: Promise<Executor> | undefined
  /** `undefined` where it is switched off. */
  #language: Promise<LanguageWorker | undefined> | undefined
  #languageTimer: NodeJS.Timeout | undefined
  #stopped: (() => void) | undefined
  /** Ends the running cell from outside, when an interrupt has cost it its way to its own end. */
  #giveUp: (() => void) | undefined

  constructor(channels: Channels, wire: Wire, folder: string, watchdog: Watchdog) {
    this.#channels = channels
    this.#wire = wire
    this.#folder = folder
    this.#watchdog = watchdog
    this.#shell = { name: 'shell', outlet: new Outlet(channels.shell) }
    this.#control = { name: 'control', outlet: watchdog }
    this.#iopub = new Iopub(wire, new Outlet(channels.iopub), watchdog.unsentText)
    this.#stdin = new Stdin(wire, new Outlet(channels.stdin))
  }

  /** Serves until a shutdown request has been answered. */
  async run(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve
    })
    void this.#welcomeSubscribers()
    void this.#readAnswers()
    void this.#readShell(this.#channels.shell)
    setTimeout(() => this.#watchdog.start(), watchdogAfterMs).unref()
    await stopped
    await Promise.all([
      this.#iopub.drained(),
      this.#shell.outlet.drained(),
      this.#control.outlet.drained(),
      this.#executor?.then(({ history }) => history.flushed()),
    ])
    await Promise.all([this.#channels.close(), this.#watchdog.close()])
  }

  /** Stops the running cell, as the stop button does. */
  interrupt(): void {
    void this.#executor?.then((executor) => executor.interrupt())
    this.#iopub.recover()
    const giveUp = this.#giveUp
    if (giveUp === undefined) return
    setTimeout(() => {
      // Not of a cell that has ended meanwhile: it would say a second time that it was interrupted.
      if (this.#giveUp === giveUp) giveUp()
    }, giveUpAfterMs)
  }

  /** Sends what the running cell has printed, in the midst of what it does. */
  flushText(): void {
    this.#iopub.flushAmidst()
  }

  /** Takes what came on the control channel. */
  receiveControl(frames: Buffer[]): void {
    this.#receive(this.#control, frames)
  }

  async #readShell(socket: Router): Promise<void> {
    for await (const frames of socket) this.#receive(this.#shell, frames)
  }

  #receive(channel: Channel, frames: Buffer[]): void {
    const message = this.#decode(channel.name, frames)
    if (message === undefined) return
    if (message.header.msg_type === 'execute_request' && channel.name === 'shell') this.#enqueue(message)
    else void this.#answer(channel, message)
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
      const handler = this.#handlers.get(type)
      if (handler === undefined) log(`no answer to ${quoted(type)} on ${channel.name}`)
      const content = handler === undefined ? refusal(type, channel.name) : await handler(message)
      if (type.endsWith('_request') && content !== undefined) this.#reply(channel, message, content)
    } catch (error) {
      log(`${quoted(type)} failed: ${error}`)
      if (type.endsWith('_request')) this.#reply(channel, message, errorReply(error))
    }
    this.#status(message, 'idle')
    // Front ends show the state they heard last, and a cell may still be running.
    if (this.#executing !== undefined) this.#status(this.#executing, 'busy')
    if (type === 'shutdown_request') this.#stopped?.()
    // The first cell should not wait for the compiler to load; the front end's start should not either.
    if (type === 'kernel_info_request') {
      setImmediate(() => {
        this.#watchdog.start()
        void this.#loadExecutor()
      })
      this.#startLanguageSoon()
    }
  }

  /** When nobody waits for the kernel: its start and its first cell come first. */
  #startLanguageSoon(): void {
    this.#languageTimer ??= setTimeout(() => {
      this.#languageTimer = undefined
      if (this.#executing === undefined) void this.#loadLanguage().then((worker) => worker?.start())
      else this.#startLanguageSoon()
    }, languageAfterMs).unref()
  }

  readonly #handlers = createHandlers({
    executor: () => this.#loadExecutor(),
    language: () => this.#loadLanguage(),
    interrupt: () => this.interrupt(),
  })

  #enqueue(message: Message): void {
    this.#queue.push({ message, asked: this.#watchdog.cellAsked() })
    if (this.#isRunningQueue) return
    this.#isRunningQueue = true
    // Two turns later: by then the signals that came before the message have been heard, and are not for its cell. What
    // comes together with a message is seen by the event loop only when it looks for the next time.
    setImmediate(() => setImmediate(() => void this.#runQueue()))
  }

  async #runQueue(): Promise<void> {
    for (let request = this.#queue.shift(); request !== undefined; request = this.#queue.shift()) {
      await this.#execute(request)
    }
    this.#isRunningQueue = false
  }

  async #execute({ message, asked }: CellRequest): Promise<void> {
    this.#executing = message
    this.#watchdog.cellBegins(message.header, asked)
    this.#status(message, 'busy')
    let aborted: Message[] = []
    let executionCount = 0
    try {
      const executor = await this.#loadExecutor()
      const onFailure = async () => {
        if (this.#executing === message && message.content.stop_on_error !== false)
          aborted = await this.#takeQueue()
      }
      const reply = await Promise.race([executor.execute(message, { onFailure }), this.#givenUp(message)])
      executionCount = reply.execution_count
      this.#reply(this.#shell, message, reply)
    } catch (error) {
      log(`a cell was not run: ${error}`)
      this.#reply(this.#shell, message, errorReply(error))
    }
    this.#executing = undefined
    this.#giveUp = undefined
    this.#watchdog.cellEnds()
    this.#status(message, 'idle')
    setImmediate(() => void this.#loadLanguage().then((worker) => worker?.start()))
    for (const request of aborted) {
      this.#status(request, 'busy')
      this.#reply(this.#shell, request, {
        status: 'aborted',
        execution_count: executionCount,
        user_expressions: {},
        payload: [],
      })
      this.#status(request, 'idle')
    }
  }

  /** The end of a cell that an interrupt has stopped for good, but kept from saying so. */
  async #givenUp(message: Message): Promise<ExecuteReply> {
    await new Promise<void>((resolve) => {
      this.#giveUp = resolve
    })
    return (await this.#loadExecutor()).giveUp(message)
  }

  /**
   * What was sent before the failure could be known. A cell that fails without waiting for anything ends before
   * the requests behind it were even read, so they get a moment to come in.
   */
  async #takeQueue(): Promise<Message[]> {
    await new Promise((resolve) => setTimeout(resolve, abortGraceMs))
    return this.#queue.splice(0).map(({ message }) => message)
  }

  #loadExecutor(): Promise<Executor> {
    this.#executor ??= Promise.all([import('./executor.js'), this.#loadLanguage()]).then(
      ([{ Executor }, language]) => new Executor(this.#iopub, this.#stdin, this.#folder, language),
    )
    return this.#executor
  }

  #loadLanguage(): Promise<LanguageWorker | undefined> {
    this.#language ??=
      process.env.XDRLAB_TYPES === 'off'
        ? Promise.resolve(undefined)
        : import('./language/client.js').then(({ LanguageWorker }) => {
            const worker = new LanguageWorker(this.#folder)
            useSchemaHost({ useSchema: ({ path }) => worker.useSchema(path) })
            return worker
          })
    return this.#language
  }

  #reply({ outlet }: Channel, request: Message, content: object): void {
    const { header, identities } = request
    const type = header.msg_type.replace(/_request$/, '_reply')
    outlet.send(this.#wire.encode({ type, content, parent: header, identities }).frames)
  }

  #status(request: Message, state: 'busy' | 'idle'): void {
    this.#iopub.publish(request.header, 'status', { execution_state: state })
  }

  async #readAnswers(): Promise<void> {
    for await (const frames of this.#channels.stdin) {
      const message = this.#decode('stdin', frames)
      // In a turn of its own, apart from this loop: the cell may go on to where an interrupt must end it.
      if (message?.header.msg_type === 'input_reply') setImmediate(() => this.#stdin.receive(message))
      else if (message !== undefined) log(`no use for ${quoted(message.header.msg_type)} on stdin`)
    }
  }

  async #welcomeSubscribers(): Promise<void> {
    for await (const [frame] of this.#channels.iopub) {
      // ZeroMQ: first byte 1 for subscribe, 0 for unsubscribe, then the topic.
      if (frame?.[0] === 1) this.#iopub.welcome(frame.subarray(1))
    }
  }
}

function errorReply(error: unknown): object {
  return { status: 'error', ename: 'Error', evalue: String(error), traceback: [] }
}

/** For the log: whoever sends a megabyte as a type does not get a megabyte of it. */
function quoted(type: string): string {
  return JSON.stringify(type.slice(0, 100))
}
