import { syncBuiltinESMExports } from 'node:module'
import type { Interface } from 'node:readline'
import { Readable } from 'node:stream'
import { inspect, promisify } from 'node:util'
import { XdrError } from '../src/errors.js'
import { activeCell, type Cell } from './cell.js'
import type { Stdin } from './stdin.js'

const lineHint = 'open the notebook where it can ask (JupyterLab, VS Code), or give the value in the cell'

/**
 * Makes `process.stdin` a stream whose lines the person types into the front end, one question for each line that is
 * waited for. Made when first touched: few cells read.
 */
export function installProcessStdin(stdin: Stdin): void {
  let stream: CellStdin | undefined
  Object.defineProperty(process, 'stdin', {
    configurable: true,
    enumerable: true,
    get() {
      const isFirst = stream === undefined
      // One that has ended (by an interrupt, or by a loop that was left) would leave later cells without any.
      if (stream === undefined || stream.destroyed || stream.readableEnded) stream = new CellStdin(stdin)
      // After there is one: syncing the exports of node:process reads `process.stdin` again.
      if (isFirst) adoptInterfaces()
      return stream
    },
  })
}

/** The person's lines as a stream. */
class CellStdin extends Readable {
  /** As of the stream that it stands for. */
  readonly fd = 0
  readonly isTTY = false
  readonly #stdin: Stdin
  /** Those that read from here, until they are closed. */
  readonly #interfaces = new Set<Interface>()
  /** Keeps the cell that reads from ending. */
  #reading: { cell: Cell | undefined; end(): void } | undefined
  #question: AbortController | undefined

  constructor(stdin: Stdin) {
    super({ highWaterMark: 0 })
    this.#stdin = stdin
    // A later cell may begin to listen when the stream has long been told to read.
    this.on('newListener', (event) => {
      if (event === 'data' || event === 'readable') this.#begin()
    })
  }

  [inspect.custom](): string {
    return 'process.stdin { lines come from the front end }'
  }

  override _read(): void {
    this.#begin()
  }

  override resume(): this {
    super.resume()
    this.#begin()
    return this
  }

  override pause(): this {
    super.pause()
    this.#stopUnwanted()
    return this
  }

  /** A loop that is left ends the stream as by an abort: for whatever else has listened that is no error. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error?.name === 'AbortError' ? null : error)
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  /** A readline interface asks by its own questions, and wants a line of the stream only where one listens for it. */
  adopt(reader: Interface): void {
    this.#interfaces.add(reader)
    reader.on('newListener', (event) => event === 'line' && setImmediate(() => this.#begin()))
    reader.once('close', () => {
      this.#interfaces.delete(reader)
      this.#stopUnwanted()
    })
  }

  /** Asks the person one question that a program puts by itself; the cell lasts until it is answered. */
  ask(prompt: string, signal?: AbortSignal): Promise<string> {
    const cell = activeCell()
    const question = { prompt, label: labelOf(prompt), isHidden: false, hint: lineHint }
    const asked = this.#stdin.ask(cell, question, signal)
    const done = asked.then(
      () => void cell?.pending.delete(done),
      () => void cell?.pending.delete(done),
    )
    cell?.pending.add(done)
    return asked
  }

  #isWanted(): boolean {
    if (this.destroyed || this.readableEnded) return false
    if ([...this.#interfaces].some((reader) => reader.listenerCount('line') > 0)) return true
    // Each interface listens to the data itself, whether anybody listens to it or not.
    const others = this.listenerCount('data') - this.#interfaces.size
    return (others > 0 && !this.isPaused()) || this.listenerCount('readable') > 0
  }

  #begin(): void {
    if (this.#reading !== undefined) return
    const cell = activeCell()
    let end = () => {}
    const held = new Promise<void>((resolve) => {
      end = resolve
    }).finally(() => cell?.pending.delete(held))
    cell?.pending.add(held)
    this.#reading = { cell, end }
    setImmediate(() => void this.#askLines())
  }

  async #askLines(): Promise<void> {
    const reading = this.#reading
    try {
      while (this.#isWanted()) {
        this.#question = new AbortController()
        const question = { prompt: '', label: 'A line of input', isHidden: false, hint: lineHint }
        const line = await this.#stdin.ask(reading?.cell, question, this.#question.signal)
        this.push(`${line}\n`)
        // What reads it may have enough, or need a moment to say so.
        await new Promise((resolve) => setImmediate(resolve))
      }
    } catch (error) {
      const isStopped = error instanceof XdrError && error.code === 'XDR_ABORTED'
      if (!isStopped) this.destroy(error instanceof Error ? error : new Error(String(error)))
      else if (this.#isWanted()) this.push(null)
    } finally {
      this.#question = undefined
      this.#reading = undefined
      reading?.end()
    }
  }

  #stopUnwanted(): void {
    if (!this.#isWanted()) this.#question?.abort()
  }
}

/** `readline.createInterface` over our stream puts its questions to the person itself: with their text as prompt. */
function adoptInterfaces(): void {
  for (const name of ['node:readline', 'node:readline/promises'] as const) {
    const readline: object = process.getBuiltinModule(name)
    const createInterface: unknown = Reflect.get(readline, 'createInterface')
    if (typeof createInterface !== 'function') continue
    const createAdopted = (...args: unknown[]): unknown => {
      const reader = Reflect.apply(createInterface, readline, args) as Interface & { input?: unknown }
      const { input } = reader
      if (input instanceof CellStdin) {
        input.adopt(reader)
        putQuestions(reader, input, name === 'node:readline/promises')
      }
      return reader
    }
    Reflect.set(readline, 'createInterface', createAdopted)
  }
  syncBuiltinESMExports()
}

interface QuestionOptions {
  signal?: AbortSignal
}

function putQuestions(reader: Interface, input: CellStdin, isPromised: boolean): void {
  const original = reader.question.bind(reader)
  const ask = async (query: unknown, options?: QuestionOptions): Promise<string> => {
    // Node's own says what is wrong with a closed one.
    if (Reflect.get(reader, 'closed') === true) await Promise.resolve(original(String(query), () => {}))
    return await input.ask(String(query), options?.signal)
  }
  const askBack = (query: unknown, ...rest: unknown[]) => {
    const answered = rest.find((value) => typeof value === 'function')
    const options = rest.find(
      (value): value is QuestionOptions => typeof value === 'object' && value !== null,
    )
    void ask(query, options).then((answer) => answered?.(answer))
  }
  const question = isPromised ? ask : Object.assign(askBack, { [promisify.custom]: ask })
  Object.defineProperty(reader, 'question', { value: question, writable: true, configurable: true })
}

function labelOf(prompt: string): string {
  return prompt.replace(/[?:>\s]+$/, '') || 'An answer'
}
