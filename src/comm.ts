import { XdrError } from './errors.js'

/** What one comm message carries. */
export interface CommMessage {
  /** JSON. */
  data: unknown
  metadata: Record<string, unknown>
  /** Bytes that travel beside the JSON, untouched. */
  buffers: Uint8Array[]
}

/** What a message may carry besides its data. */
export interface CommExtras {
  metadata?: Record<string, unknown>
  buffers?: readonly Uint8Array[]
}

/** A line between this notebook's kernel and a part of the front end (a widget, an extension). */
export interface Comm {
  readonly id: string
  /** The name that both sides know it by. */
  readonly target: string
  /** Once closed, by either side, nothing more is sent or received. */
  readonly isClosed: boolean
  /** Sends JSON, and bytes beside it. */
  send(data: unknown, extras?: CommExtras): void
  /** Called for each message from the front end, in order, also while a cell runs. The latest handler counts. */
  onMessage(handler: (message: CommMessage) => unknown): void
  /** Called once when the front end closes. */
  onClose(handler: (message: CommMessage) => unknown): void
  /** Ends it for both sides; without effect when it has ended. */
  close(data?: unknown, extras?: CommExtras): void
}

/** What is done when the front end opens a comm; the message is the one that it opened with. */
export type CommHandler = (comm: Comm, message: CommMessage) => unknown

/** Who carries comms; the kernel hands in its own. */
export interface CommHost {
  registerTarget(target: string, handler: CommHandler): void
  openComm(target: string, data?: unknown, extras?: CommExtras): Comm
}

let host: CommHost | undefined

/** Makes `commHost` the carrier of this process's comms. The kernel calls it once at its start. */
export function useComms(commHost: CommHost): void {
  host = commHost
}

/**
 * Lets the front end open comms to this notebook by the name `target`. What `handler` throws is shown under the cell
 * that registered it.
 *
 * @throws XdrError `XDR_KERNEL` outside a notebook
 * @example
 * registerTarget('ping', (comm) => comm.onMessage(({ data }) => comm.send({ pong: data })))
 */
export function registerTarget(target: string, handler: CommHandler): void {
  mustHaveHost().registerTarget(target, handler)
}

/**
 * Opens a comm to whatever the front end has registered as `target`; where it has nothing, the comm is closed soon.
 *
 * @throws XdrError `XDR_KERNEL` outside a notebook
 */
export function openComm(target: string, data?: unknown, extras?: CommExtras): Comm {
  return mustHaveHost().openComm(target, data, extras)
}

function mustHaveHost(): CommHost {
  if (host !== undefined) return host
  throw new XdrError('XDR_KERNEL', 'comms need a notebook: there is no front end to talk to', {
    hint: 'run this in a notebook cell',
  })
}
