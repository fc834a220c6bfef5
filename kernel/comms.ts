import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { Comm, CommExtras, CommHandler, CommHost, CommMessage } from '../src/comm.js'
import { isRecord } from '../src/record.js'
import { activeCell } from './cell.js'
import { errorContent } from './errors.js'
import type { Iopub } from './iopub.js'
import type { Message } from './message.js'

/** What a target or a comm calls, in the context of the cell that gave it: outputs and errors go there. */
type Bound<A extends unknown[]> = (...args: A) => void

/** The comms of a kernel: opened from both sides, carried on shell (in) and iopub (out). */
export class Comms implements CommHost {
  readonly #iopub: Iopub
  readonly #targets = new Map<string, Bound<[Comm, CommMessage]>>()
  readonly #open = new Map<string, KernelComm>()

  constructor(iopub: Iopub) {
    this.#iopub = iopub
  }

  registerTarget(target: string, handler: CommHandler): void {
    this.#targets.set(String(target), inThisCell(this.#iopub, handler))
  }

  openComm(target: string, data: unknown = {}, extras: CommExtras = {}): Comm {
    const comm = this.#add(randomUUID(), String(target))
    this.#publish('comm_open', { comm_id: comm.id, target_name: comm.target, data }, extras)
    return comm
  }

  /** The content of a `comm_info_reply`: the open comms, of one target or all. */
  info(target: unknown): { status: 'ok'; comms: Record<string, { target_name: string }> } {
    const comms: Record<string, { target_name: string }> = {}
    for (const { id, target: name } of this.#open.values())
      if (typeof target !== 'string' || target === name) comms[id] = { target_name: name }
    return { status: 'ok', comms }
  }

  /** Takes a `comm_open`, `comm_msg` or `comm_close` of the front end. */
  receive(request: Message): void {
    const id = String(request.content.comm_id ?? '')
    const message = asCommMessage(request)
    switch (request.header.msg_type) {
      case 'comm_open':
        this.#opened(id, String(request.content.target_name ?? ''), message, request)
        break
      case 'comm_msg':
        if (this.#open.has(id)) this.#open.get(id)?.handleMessage?.(message)
        // Whoever talks to a comm that is gone (the kernel was restarted, say) should know it.
        else this.#publish('comm_close', { comm_id: id, data: {} }, {}, request)
        break
      case 'comm_close':
        this.#open.get(id)?.closedByPeer(message)
        break
    }
  }

  #opened(id: string, target: string, message: CommMessage, request: Message): void {
    const handle = this.#targets.get(target)
    if (handle === undefined || this.#open.has(id)) {
      if (handle === undefined) this.#publish('comm_close', { comm_id: id, data: {} }, {}, request)
      return
    }
    handle(this.#add(id, target), message)
  }

  #add(id: string, target: string): KernelComm {
    const comm = new KernelComm(id, target, {
      send: (data, extras) => this.#publish('comm_msg', { comm_id: id, data }, extras),
      close: (data, extras) => this.#publish('comm_close', { comm_id: id, data }, extras),
      bind: (handler) => inThisCell(this.#iopub, handler),
      forget: () => this.#open.delete(id),
    })
    this.#open.set(id, comm)
    return comm
  }

  #publish(type: string, content: object, extras: CommExtras, parent = activeCell()?.request): void {
    const { metadata = {}, buffers = [] } = extras
    this.#iopub.publish(parent?.header, type, content, { metadata, buffers: buffers.map(asBuffer) })
  }
}

/** Puts `comm.registerTarget` and `comm.open` where every cell sees them, and any cell may shadow them. */
export function installCommGlobal(comms: Comms): void {
  const value = Object.freeze({
    registerTarget: (target: string, handler: CommHandler) => comms.registerTarget(target, handler),
    open: (target: string, data?: unknown, extras?: CommExtras) => comms.openComm(target, data, extras),
  })
  Object.defineProperty(globalThis, 'comm', { value, writable: true, configurable: true, enumerable: false })
}

interface Line {
  send(data: unknown, extras: CommExtras): void
  close(data: unknown, extras: CommExtras): void
  bind(handler: (message: CommMessage) => unknown): Bound<[CommMessage]>
  forget(): void
}

class KernelComm implements Comm {
  readonly id: string
  readonly target: string
  handleMessage: Bound<[CommMessage]> | undefined
  #handleClose: Bound<[CommMessage]> | undefined
  readonly #line: Line
  #isClosed = false

  constructor(id: string, target: string, line: Line) {
    this.id = id
    this.target = target
    this.#line = line
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  send(data: unknown, extras: CommExtras = {}): void {
    if (this.#isClosed) throw new Error(`the comm to ${JSON.stringify(this.target)} is closed`)
    this.#line.send(data, extras)
  }

  onMessage(handler: (message: CommMessage) => unknown): void {
    this.handleMessage = this.#line.bind(handler)
  }

  onClose(handler: (message: CommMessage) => unknown): void {
    this.#handleClose = this.#line.bind(handler)
  }

  close(data: unknown = {}, extras: CommExtras = {}): void {
    if (this.#isClosed) return
    this.#end()
    this.#line.close(data, extras)
  }

  closedByPeer(message: CommMessage): void {
    this.#end()
    this.#handleClose?.(message)
  }

  #end(): void {
    this.#isClosed = true
    this.#line.forget()
  }
}

/** A handler that runs as part of the cell it was made in, and shows there what it throws, now or later. */
function inThisCell<A extends unknown[]>(iopub: Iopub, handler: (...args: A) => unknown): Bound<A> {
  const cell = activeCell()
  const show = (thrown: unknown) =>
    iopub.publish(cell?.request.header, 'error', errorContent(thrown, '', cell?.label ?? 'cell'))
  return AsyncLocalStorage.bind((...args: A) => {
    try {
      const result = handler(...args)
      if (result instanceof Promise) result.catch(show)
    } catch (thrown) {
      show(thrown)
    }
  })
}

function asCommMessage({ content, metadata, buffers }: Message): CommMessage {
  return { data: content.data ?? {}, metadata: isRecord(metadata) ? metadata : {}, buffers }
}

/** The bytes are copied: they leave later, and the cell may write its array anew meanwhile. */
function asBuffer(bytes: Uint8Array): Buffer {
  if (!ArrayBuffer.isView(bytes))
    throw new TypeError('a buffer of a comm message must be a typed array or a Buffer')
  return Buffer.copyBytesFrom(bytes)
}
