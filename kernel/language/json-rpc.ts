import type { Readable, Writable } from 'node:stream'
import { isRecord } from '../../src/record.js'

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** How a {@link JsonRpc} is used. */
export interface JsonRpcOptions {
  input: Readable
  output: Writable
  /** A request that is answered later than this is given up, milliseconds. */
  longestRequestMs: number
  /** Answers what the other side asks. */
  answer?(method: string, params: unknown): unknown
  /** It has left a request unanswered. */
  onLate(): void
}

/** JSON-RPC 2.0 with `Content-Length` headers, as language servers speak it. */
export class JsonRpc {
  readonly #options: JsonRpcOptions
  readonly #waiting = new Map<number, Waiting>()
  #serial = 0
  #received: Buffer = Buffer.alloc(0)
  #end: string | undefined

  constructor(options: JsonRpcOptions) {
    this.#options = options
    // A pipe that breaks is heard of as the end of whoever is behind it.
    options.output.on('error', () => undefined)
    options.input.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  /** Asks; rejects when the other side refuses, ends, or does not answer. */
  request(method: string, params: unknown): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(new Error(this.#end))
    const id = ++this.#serial
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new Error(`${method} was not answered`))
        this.#options.onLate()
      }, this.#options.longestRequestMs)
      this.#waiting.set(id, { resolve, reject, timer })
      this.#write({ jsonrpc: '2.0', id, method, params })
    })
  }

  notify(method: string, params: unknown): void {
    if (this.#end === undefined) this.#write({ jsonrpc: '2.0', method, params })
  }

  /** Nothing more will come. */
  close(reason: string): void {
    this.#end ??= reason
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(new Error(reason))
    }
    this.#waiting.clear()
  }

  #write(message: object): void {
    const { output } = this.#options
    // What is asked at once goes at once: a call of the system each would cost more than the questions.
    if (output.writableCorked === 0) {
      output.cork()
      process.nextTick(() => output.uncork())
    }
    const body = Buffer.from(JSON.stringify(message))
    output.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]))
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    for (;;) {
      const headerEnd = this.#received.indexOf('\r\n\r\n')
      if (headerEnd < 0) return
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.toString('latin1', 0, headerEnd))?.[1],
      )
      const end = headerEnd + 4 + length
      if (!(this.#received.length >= end)) return
      const message: unknown = JSON.parse(this.#received.toString('utf8', headerEnd + 4, end))
      this.#received = this.#received.subarray(end)
      if (isRecord(message)) this.#take(message)
    }
  }

  #take({ id, method, params, result, error }: Record<string, unknown>): void {
    if (typeof method === 'string') {
      const answer = this.#options.answer?.(method, params) ?? null
      if (id !== undefined) this.#write({ jsonrpc: '2.0', id, result: answer })
      return
    }
    const waiting = this.#waiting.get(Number(id))
    if (waiting === undefined) return
    this.#waiting.delete(Number(id))
    clearTimeout(waiting.timer)
    if (isRecord(error)) waiting.reject(new Error(String(error.message)))
    else waiting.resolve(result)
  }
}
