import { whenAborted } from './when-aborted.js'

/** One request as it goes over the wire; redirects are not followed, nothing is tried again. */
export interface WireRequest {
  method: 'GET' | 'POST'
  url: URL
  headers: Record<string, string>
  body: string | undefined
  signal: AbortSignal | undefined
  /** Until the whole answer is there, milliseconds; 0 for as long as it takes. */
  timeoutMs: number
  /** A longer body is not waited for. */
  maxBytes: number
}

/** A whole answer. */
export interface WireAnswer {
  status: number
  /** Names in lower case; what came several times is joined. */
  headers: Record<string, string>
  bytes: Buffer
}

/** Connections that are kept open between requests. */
export interface Wire {
  /** @throws StoppedRequest, or what the connection ended with: an error that has a `code`, itself or as its cause */
  request(request: WireRequest): Promise<WireAnswer>
  /** Ends the idle ones; those in use end with their answer. */
  close(): void
}

/** What new connections are made with. */
export interface WireOptions {
  connectTimeoutMs: number
  /** In place of the usual certificate authorities. */
  authorities: string[] | undefined
}

/** Why a request was ended from this side: its signal, its time, or the size of its answer. */
export type StopReason = 'aborted' | 'late' | 'large'

/** A request that was ended from this side; its connection is closed. */
export class StoppedRequest extends Error {
  readonly why: StopReason

  constructor(why: StopReason) {
    super(`the request was stopped (${why})`)
    this.why = why
  }
}

type HeaderValues = Readonly<Record<string, string | string[] | undefined>>

/** Bytes that are set aside for a body on a server's word; what is longer is put together at its end. */
const mostPrepared = 64 * 1024 * 1024
/** The longest that a timer takes, 24 days. */
const longestTimerMs = 2 ** 31 - 1

/**
 * An answer on its way, put together as it comes. A wire says what happens; the first of answer, error and stop counts,
 * whatever follows is nobody's.
 */
export class PendingAnswer {
  readonly #resolve: (answer: WireAnswer) => void
  readonly #reject: (reason: unknown) => void
  readonly #maxBytes: number
  readonly #timer: NodeJS.Timeout | undefined
  readonly #leaveSignal: (() => void) | undefined
  #close: ((reason: Error) => void) | undefined
  #stopped: StoppedRequest | undefined
  #isSettled = false
  #status = 0
  #headers: Record<string, string> = {}
  #chunks: Buffer[] = []
  /** Made at once where the length is known and comes in pieces: large bodies are then held once, not twice. */
  #whole: Buffer | undefined
  #announced: number | undefined
  #size = 0

  constructor(
    { signal, timeoutMs, maxBytes }: WireRequest,
    resolve: (answer: WireAnswer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#maxBytes = maxBytes
    // The connection is what holds the process.
    if (timeoutMs > 0)
      this.#timer = setTimeout(() => this.#stop('late'), Math.min(timeoutMs, longestTimerMs)).unref()
    if (signal?.aborted) this.#stop('aborted')
    else if (signal !== undefined) this.#leaveSignal = whenAborted(signal, () => this.#stop('aborted'))
  }

  /** @param close ends the connection that the request is on from now on */
  begin(close: (reason: Error) => void): void {
    if (this.#stopped === undefined) this.#close = close
    else close(this.#stopped)
  }

  head(status: number, headers: HeaderValues): void {
    this.#status = status
    this.#headers = flattenHeaders(headers)
    const { 'content-length': length, 'transfer-encoding': encoding } = this.#headers
    // Where both are there, the length counts for nothing (RFC 9112 section 6.3).
    const announced = encoding === undefined ? Number(length) : Number.NaN
    if (announced > this.#maxBytes) this.#stop('large')
    else if (announced <= mostPrepared) this.#announced = announced
  }

  data(chunk: Buffer): void {
    if (this.#isSettled) return
    const at = this.#size
    this.#size += chunk.length
    if (this.#size > this.#maxBytes) this.#stop('large')
    else if (this.#announced === undefined || chunk.length === this.#announced) this.#chunks.push(chunk)
    else {
      this.#whole ??= Buffer.allocUnsafeSlow(this.#announced)
      this.#whole.set(chunk, at)
    }
  }

  end(): void {
    if (!this.#settle()) return
    this.#resolve({ status: this.#status, headers: this.#headers, bytes: this.#body() })
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error)
  }

  #body(): Buffer {
    // Never more than came: what is behind it was never written.
    if (this.#whole !== undefined) return this.#whole.subarray(0, this.#size)
    const [first] = this.#chunks
    return first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#size)
  }

  #stop(why: StopReason): void {
    if (!this.#settle()) return
    this.#stopped = new StoppedRequest(why)
    this.#reject(this.#stopped)
    this.#close?.(this.#stopped)
  }

  #settle(): boolean {
    if (this.#isSettled) return false
    this.#isSettled = true
    clearTimeout(this.#timer)
    this.#leaveSignal?.()
    return true
  }
}

/** One text for each header. */
export function flattenHeaders(headers: HeaderValues): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

/** Text without a byte order mark. */
export function decodeUtf8(bytes: Buffer): string {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.toString('utf8', hasMark ? 3 : 0)
}
