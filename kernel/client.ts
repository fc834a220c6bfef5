import { XdrError } from '../src/errors.js'
import type { CellMoment } from '../src/notebook/run-cell.js'
import { isRecord } from '../src/record.js'
import { type KernelExit, type KernelProcess, spawnKernel } from './client-process.js'
import type { Message } from './message.js'
import { untilAborted } from './until-aborted.js'

export type { KernelExit } from './client-process.js'

/** MIME type → content, as on the wire. */
export type MimeData = Record<string, unknown>

/** The content of a display, first shown or updated. */
export interface DisplayContent {
  data: MimeData
  metadata: Record<string, unknown>
  transient?: { display_id?: string }
}

/** What a cell shows (Jupyter messaging, IOPub). */
export type KernelOutput =
  | { type: 'stream'; content: { name: 'stdout' | 'stderr'; text: string } }
  | { type: 'display_data' | 'update_display_data'; content: DisplayContent }
  | {
      type: 'execute_result'
      content: { data: MimeData; metadata: Record<string, unknown>; execution_count: number }
    }
  | { type: 'error'; content: { ename: string; evalue: string; traceback: string[] } }
  | { type: 'clear_output'; content: { wait: boolean } }

/** Any broadcast of the kernel, with the request that it belongs to; what timers print after their cell as well. */
export interface Broadcast {
  type: string
  content: Record<string, unknown>
  metadata: Record<string, unknown>
  buffers: Buffer[]
  /** The `msg_id` of the request. */
  parentId: string | undefined
}

/** How {@link startKernel} starts one. */
export interface StartOptions {
  /** The notebook's folder: packages and files are found from here. */
  cwd: string
  /** The kernel's whole environment; default ours. */
  env?: NodeJS.ProcessEnv
  /** Options for Node itself. */
  nodeArgs?: readonly string[]
  /** Stops the start. */
  signal?: AbortSignal
  /** Sees everything the kernel broadcasts. */
  onBroadcast?(message: Broadcast): void
  /** Default 30,000. */
  startTimeoutMs?: number
}

/** How one cell is run; everything has a default. */
export interface ExecuteOptions {
  /** Whether the cell may ask questions; needs `onInput`. Default false. */
  allowStdin?: boolean
  onOutput?(output: KernelOutput): void
  /** Answers a question of the cell. */
  onInput?(prompt: string, isPassword: boolean): Promise<string>
  /** Told each moment of the cell as its message comes. */
  onMoment?(moment: CellMoment): void
  /** After an error, cells that were sent already are aborted. Default true. */
  stopOnError?: boolean
  /** No outputs, no count. Default false. */
  silent?: boolean
  /** Default true. */
  storeHistory?: boolean
  /** Evaluated after the cell, by name. */
  userExpressions?: Record<string, string>
  /** Interrupts the cell; the promise then rejects with `XDR_ABORTED`. */
  signal?: AbortSignal
  /** Interrupts the cell after this time; the promise then rejects with `XDR_TIMEOUT`. */
  timeoutMs?: number
}

/** How a cell ended. */
export interface ExecuteResult {
  status: 'ok' | 'error' | 'aborted'
  /** The cell's number; 0 when it was aborted. */
  executionCount: number
  error?: { ename: string; evalue: string; traceback: string[] }
  userExpressions: Record<string, unknown>
  /** The `msg_id` of the request, which {@link Broadcast.parentId} names. */
  messageId: string
}

interface Request {
  reply?: Message
  isIdle: boolean
  /** What a listener threw; the promise rejects with it when the cell has ended. */
  failure?: { error: unknown }
  onOutput?: ((output: KernelOutput) => void) | undefined
  onInput?: ((prompt: string, isPassword: boolean) => Promise<string>) | undefined
  onMoment?: ((moment: CellMoment) => void) | undefined
  resolve(reply: Message): void
  reject(error: unknown): void
}

/** How long an interrupted cell may take to say that it has stopped, milliseconds. */
const interruptGraceMs = 3_000
/** How long a kernel may take to end by itself, milliseconds. */
const shutdownGraceMs = 2_000

const outputTypes = new Set<string>([
  'stream',
  'display_data',
  'update_display_data',
  'execute_result',
  'error',
  'clear_output',
] satisfies KernelOutput['type'][])

/**
 * Starts a fresh kernel of our own and waits until it answers and nothing it broadcasts can be missed.
 *
 * @throws XdrError `XDR_KERNEL` when it does not come up, `XDR_ABORTED` by the signal
 * @example
 * await using kernel = await startKernel({ cwd: process.cwd() })
 * await kernel.execute('1 + 1', { onOutput: console.log })
 */
export async function startKernel(options: StartOptions): Promise<KernelClient> {
  const kernel = await spawnKernel(options)
  const client = new KernelClient(kernel, options.onBroadcast)
  const timeout = AbortSignal.timeout(options.startTimeoutMs ?? 30_000)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal])
  try {
    const ended = client.exited.then(() => Promise.reject(client.endError))
    await untilAborted(
      // In this order: a request's end is broadcast, and would be missed before the subscription is live.
      Promise.race([ended, client.subscribed.then(() => client.request('shell', 'kernel_info_request', {}))]),
      signal,
      () => {
        if (timeout.aborted) throw kernelError('the kernel did not answer in time', 'try again')
        throw new XdrError('XDR_ABORTED', 'the start of the kernel was cancelled', { hint: 'start it again' })
      },
    )
    return client
  } catch (error) {
    await client[Symbol.asyncDispose]()
    throw error
  }
}

/** A running kernel, met over real ZeroMQ sockets. */
export class KernelClient implements AsyncDisposable {
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<KernelExit>
  /** Resolves when the kernel has said that our subscription is live. */
  readonly subscribed: Promise<void>
  readonly #kernel: KernelProcess
  readonly #onBroadcast: ((message: Broadcast) => void) | undefined
  readonly #requests = new Map<string, Request>()
  #markSubscribed = () => {}
  #end: XdrError | undefined

  constructor(kernel: KernelProcess, onBroadcast?: (message: Broadcast) => void) {
    this.#kernel = kernel
    this.#onBroadcast = onBroadcast
    this.subscribed = new Promise((resolve) => {
      this.#markSubscribed = resolve
    })
    kernel.listen({
      reply: (message) => this.#onReply(message),
      broadcast: (message) => this.#onIopub(message),
      question: (message) => void this.#onQuestion(message),
    })
    this.exited = kernel.exited.then((exit) => {
      const how = exit.signal === null ? `with exit code ${exit.code ?? 'unknown'}` : `by ${exit.signal}`
      const said = kernel.lastWords()
      this.#end = kernelError(`the kernel ended ${how}${said === '' ? '' : `: ${said}`}`, 'start it again')
      for (const request of this.#requests.values()) request.reject(this.#end)
      this.#requests.clear()
      return exit
    })
  }

  /** Why nothing can be asked of this kernel any more; `undefined` while it lives. */
  get endError(): XdrError | undefined {
    return this.#end
  }

  /** The process id; `undefined` when the process could not be started at all. */
  get pid(): number | undefined {
    return this.#kernel.pid
  }

  /** Holds the addresses and the key of this kernel; readable by us alone. */
  get connectionFile(): string {
    return this.#kernel.connectionFile
  }

  /**
   * Runs one cell; resolves when both its reply and its last output have come.
   *
   * @throws XdrError `XDR_KERNEL` when the kernel dies, `XDR_TIMEOUT`, `XDR_ABORTED`
   */
  async execute(code: string, options: ExecuteOptions = {}): Promise<ExecuteResult> {
    const { signal, timeoutMs, onOutput, onInput, onMoment } = options
    const content = {
      code,
      silent: options.silent ?? false,
      store_history: options.storeHistory ?? true,
      user_expressions: options.userExpressions ?? {},
      allow_stdin: (options.allowStdin ?? false) && onInput !== undefined,
      stop_on_error: options.stopOnError ?? true,
    }
    const { id, answered } = this.#send('shell', 'execute_request', content, { onOutput, onInput, onMoment })
    const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
    const stops = [signal, timeout].filter((stop) => stop !== undefined)
    const reply =
      stops.length === 0
        ? await answered
        : await this.#untilStopped(answered, AbortSignal.any(stops), timeout)
    return toResult(reply, id)
  }

  /** Stops the running cell; resolves when the kernel has heard it, or has ended anyway. */
  async interrupt(): Promise<void> {
    if (this.#end !== undefined) return
    await Promise.race([this.request('control', 'interrupt_request', {}).catch(() => undefined), this.exited])
  }

  /** Any other request; resolves with the reply's content. */
  async request(
    channel: 'shell' | 'control',
    type: string,
    content: object,
  ): Promise<Record<string, unknown>> {
    return (await this.#send(channel, type, content).answered).content
  }

  /** Ends the kernel: asked first, then made to. Its files are gone afterwards. */
  async shutdown(): Promise<KernelExit> {
    if (this.#end === undefined) {
      this.request('control', 'shutdown_request', { restart: false }).catch(() => undefined)
      await Promise.race([this.exited, unrefDelay(shutdownGraceMs)])
      this.#kernel.kill()
    }
    return await this.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }

  #send(
    channel: 'shell' | 'control',
    type: string,
    content: object,
    handlers: Pick<Request, 'onOutput' | 'onInput' | 'onMoment'> = {},
  ): { id: string; answered: Promise<Message> } {
    if (this.#end !== undefined) throw this.#end
    const id = this.#kernel.send(channel, { type, content })
    const answered = new Promise<Message>((resolve, reject) => {
      this.#requests.set(id, { ...handlers, isIdle: false, resolve, reject })
    })
    return { id, answered }
  }

  async #untilStopped(
    answered: Promise<Message>,
    stop: AbortSignal,
    timeout: AbortSignal | undefined,
  ): Promise<Message> {
    return await untilAborted(answered, stop, async () => {
      // The kernel's own end of the cell is waited for, so that the next one does not meet it.
      void this.interrupt()
      await Promise.race([answered.catch(() => undefined), unrefDelay(interruptGraceMs)])
      throw timeout?.aborted
        ? new XdrError('XDR_TIMEOUT', 'the cell took longer than it may', {
            hint: 'allow it more time, or ask for less',
          })
        : new XdrError('XDR_ABORTED', 'the cell was cancelled', { hint: 'run it again when you are ready' })
    })
  }

  #onReply(message: Message): void {
    const request = this.#requests.get(message.parentHeader.msg_id ?? '')
    if (request === undefined) return
    request.reply = message
    if (message.header.msg_type === 'execute_reply') request.onMoment?.('shell.execute_reply')
    this.#settle(message.parentHeader.msg_id ?? '', request)
  }

  #onIopub(message: Message): void {
    const { msg_type: type } = message.header
    const parentId = message.parentHeader.msg_id
    const { content, metadata, buffers } = message
    this.#onBroadcast?.({ type, content, metadata, buffers, parentId })
    if (type === 'iopub_welcome') this.#markSubscribed()
    const request = this.#requests.get(parentId ?? '')
    if (request === undefined || parentId === undefined) return
    const output = { type, content: message.content }
    const moment = momentOf(type, message.content)
    if (moment !== undefined) request.onMoment?.(moment)
    try {
      if (isOutput(output)) request.onOutput?.(output)
    } catch (error) {
      request.failure ??= { error }
    }
    if (type === 'status' && message.content.execution_state === 'idle') {
      request.isIdle = true
      this.#settle(parentId, request)
    }
  }

  #settle(id: string, request: Request): void {
    // A reply can overtake the outputs: they travel on another socket.
    if (request.reply === undefined || !request.isIdle) return
    this.#requests.delete(id)
    if (request.failure === undefined) request.resolve(request.reply)
    else request.reject(request.failure.error)
  }

  async #onQuestion(message: Message): Promise<void> {
    const request = this.#requests.get(message.parentHeader.msg_id ?? '')
    if (request?.onInput === undefined) return
    try {
      const value = await request.onInput(String(message.content.prompt), message.content.password === true)
      this.#kernel.send('stdin', { type: 'input_reply', content: { value }, parent: message.header })
    } catch (error) {
      // Whoever should have answered has given up: the cell must not wait for ever.
      request.failure ??= { error }
      await this.interrupt()
    }
  }
}

function isOutput(message: { type: string; content: unknown }): message is KernelOutput {
  return outputTypes.has(message.type)
}

function momentOf(type: string, content: Record<string, unknown>): CellMoment | undefined {
  if (type === 'execute_input') return 'iopub.execute_input'
  if (type !== 'status') return undefined
  if (content.execution_state === 'busy') return 'iopub.status.busy'
  return content.execution_state === 'idle' ? 'iopub.status.idle' : undefined
}

function toResult({ content }: Message, messageId: string): ExecuteResult {
  const { status, ename, evalue, traceback, execution_count: count, user_expressions: expressions } = content
  return {
    status: status === 'ok' || status === 'aborted' ? status : 'error',
    executionCount: typeof count === 'number' ? count : 0,
    ...(status === 'error'
      ? {
          error: {
            ename: String(ename),
            evalue: String(evalue),
            traceback: Array.isArray(traceback) ? traceback.map(String) : [],
          },
        }
      : {}),
    userExpressions: isRecord(expressions) ? expressions : {},
    messageId,
  }
}

function kernelError(message: string, hint: string): XdrError {
  return new XdrError('XDR_KERNEL', message, { hint })
}

function unrefDelay(waitMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, waitMs).unref())
}
