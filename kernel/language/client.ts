import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../src/package.js'
import { isRecord } from '../../src/record.js'
import { log } from '../log.js'
import type { Diagnostic } from './answers.js'
import type { Answers, Completed, FromWorker, Inspection, Request } from './protocol.js'

/** The program that the worker process runs. */
const program = join(packageRoot, 'dist', 'kernel', 'language', 'main.js')
/**
 * The worker holds little of its own, and Node's usual room for young objects would double it; a schema may
 * be large.
 */
const nodeArguments = ['--max-semi-space-size=1', '--max-old-space-size=1024']

/** A worker that has ended is started again after this, and each time later, milliseconds. */
const firstRestartMs = 1_000
const longestRestartMs = 300_000
/** One that has lived so long has not ended for a reason that lasts, milliseconds. */
const soundAfterMs = 60_000
/** What is not up by then will not be, milliseconds. */
const longestStartMs = 60_000
/** One that leaves a request unanswered for so long is stuck: the largest schemas take seconds, milliseconds. */
const longestAnswerMs = 120_000

/** A cell that has run, in the order of execution: a worker that is started anew hears of all of them. */
interface Ran {
  code: string
}

/** A cell that the worker is to hear of later. */
export interface LaterRun {
  /** As of {@link LanguageWorker.run}. */
  found: Promise<Diagnostic[] | undefined>
  /** Tells of it now, and of those before it. */
  begin(): void
}

interface Waiting {
  request: Request
  resolve(answer: unknown): void
  /** Of the `run` of a cell: its place in the session. */
  ran?: Ran
  /** Set when it is sent. */
  deadline?: NodeJS.Timeout
}

/**
 * The kernel's side of the language worker, a process of its own that knows the cells' types. Nothing here rejects or
 * holds anybody up: where the worker is late, dead or not to be had, the answer is `undefined`.
 */
export class LanguageWorker {
  readonly #folder: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #earlier: Ran[] = []
  /** Each tells of a cell, in the order of execution. */
  #due: (() => void)[] = []
  #child: ChildProcess | undefined
  #state: 'none' | 'starting' | 'ready' = 'none'
  #startedAt = 0
  #restartMs = firstRestartMs
  #restart: NodeJS.Timeout | undefined
  #deadline: NodeJS.Timeout | undefined
  #serial = 0
  #schema: string | undefined
  #missing: string | undefined
  #isDown = false
  #isLogged = false
  #isClosed = false
  #typescriptPid: number | undefined

  /** @param folder of the notebook */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Starts the process, unless it is there, or has just failed. */
  start(): void {
    if (this.#state !== 'none' || this.#restart !== undefined || this.#isClosed) return
    this.#state = 'starting'
    this.#startedAt = performance.now()
    const child = spawn(process.execPath, [...nodeArguments, program], {
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // In a group of its own: a terminal's Ctrl-C is meant for the cell.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    this.#child = child
    child.unref()
    child.channel?.unref()
    child.on('message', (message: unknown) => {
      if (this.#child === child && isRecord(message)) this.#receive(message as FromWorker)
    })
    child.once('error', (error) => this.#ended(child, error.message))
    child.once('exit', (code, signal) => this.#ended(child, `it ended with ${signal ?? `exit code ${code}`}`))
    this.#deadline = setTimeout(() => {
      this.#ended(child, `it was not ready after ${longestStartMs / 1000} s`)
    }, longestStartMs).unref()
  }

  /** What is missing, said once. */
  takeNote(): string | undefined {
    const note = this.#missing
    this.#missing = undefined
    return note
  }

  /** The processes, for those who measure or end them. */
  get pids(): { worker: number | undefined; typescript: number | undefined } {
    return { worker: this.#child?.pid, typescript: this.#typescriptPid }
  }

  /** Proposals at a place of a cell; `undefined` where there are none in time. */
  async complete(code: string, cursor: number, withinMs: number): Promise<Completed | undefined> {
    this.start()
    this.#tellDue()
    return await this.#ask({ type: 'complete', code, cursor }, withinMs)
  }

  /** What is known of a place of a cell; `null` where that is nothing. */
  async inspect(
    code: string,
    cursor: number,
    isDetailed: boolean,
    withinMs: number,
  ): Promise<Inspection | null | undefined> {
    this.start()
    this.#tellDue()
    return await this.#ask({ type: 'inspect', code, cursor, isDetailed }, withinMs)
  }

  /**
   * A cell begins to run: later ones see its names.
   *
   * @returns its problems where they are asked for, as soon as they are known; `undefined` when they never will be
   */
  async run(code: string, check: boolean, withinMs?: number): Promise<Diagnostic[] | undefined> {
    this.#tellDue()
    return await this.#run(code, check, withinMs)
  }

  /** The same, but told of when that is asked for, or before anything else is asked. */
  runLater(code: string, check: boolean, withinMs?: number): LaterRun {
    let tell = () => {}
    const found = new Promise<Diagnostic[] | undefined>((resolve) => {
      tell = () => resolve(this.#run(code, check, withinMs))
    })
    this.#due.push(tell)
    return { found, begin: () => this.#tellDue(tell) }
  }

  /** The schema for `gql` literals, from the file with its SDL text. */
  useSchema(file: string): void {
    this.#schema = file
    if (this.#state === 'ready') void this.#ask({ type: 'schema', file })
  }

  /** Ends it for good. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#restart)
    this.#child?.kill('SIGKILL')
  }

  async #run(code: string, check: boolean, withinMs?: number): Promise<Diagnostic[] | undefined> {
    const ran: Ran = { code }
    this.#earlier.push(ran)
    return await this.#ask({ type: 'run', code, check }, withinMs, ran)
  }

  /** @param last up to which one; `undefined`: of all */
  #tellDue(last = this.#due.at(-1)): void {
    if (last === undefined) return
    for (const tell of this.#due.splice(0, this.#due.indexOf(last) + 1)) tell()
  }

  async #ask<T extends Request>(
    request: T,
    withinMs?: number,
    ran?: Ran,
  ): Promise<Answers[T['type']] | undefined> {
    const id = ++this.#serial
    let timer: NodeJS.Timeout | undefined
    const answered = new Promise<unknown>((resolve) => {
      // A check waits for a worker that is still to come, but not for one that has failed.
      if (this.#state === 'none' && (ran === undefined || this.#restart !== undefined))
        return resolve(undefined)
      const waiting: Waiting = { request, resolve, ...(ran === undefined ? {} : { ran }) }
      this.#waiting.set(id, waiting)
      if (this.#state === 'ready') this.#send(id, waiting)
      if (withinMs !== undefined) timer = setTimeout(() => resolve(undefined), withinMs)
    })
    const answer = await answered
    clearTimeout(timer)
    return answer as Answers[T['type']] | undefined
  }

  #send(id: number, waiting: Waiting): void {
    const child = this.#child
    if (child === undefined) return
    waiting.deadline = setTimeout(() => {
      this.#ended(child, `it has not answered for ${longestAnswerMs / 1000} s`)
    }, longestAnswerMs).unref()
    // Its failure is the process's end, which is heard of as well.
    child.send({ ...waiting.request, id }, () => undefined)
  }

  #receive(message: FromWorker): void {
    if ('state' in message) {
      if (message.state === 'ready') this.#ready(message.pid)
      else if (this.#child !== undefined) this.#ended(this.#child, message.reason)
      return
    }
    const waiting = this.#waiting.get(message.id)
    if (waiting === undefined) return
    this.#waiting.delete(message.id)
    clearTimeout(waiting.deadline)
    waiting.resolve('failure' in message ? undefined : message.answer)
  }

  #ready(typescriptPid: number | undefined): void {
    clearTimeout(this.#deadline)
    this.#state = 'ready'
    this.#isDown = false
    this.#typescriptPid = typescriptPid
    if (this.#schema !== undefined) void this.#ask({ type: 'schema', file: this.#schema })
    const checks = new Map<Ran, [number, Waiting]>()
    for (const [id, waiting] of this.#waiting)
      if (waiting.ran !== undefined) checks.set(waiting.ran, [id, waiting])
    for (const ran of this.#earlier) {
      const check = checks.get(ran)
      if (check !== undefined) this.#send(...check)
      else this.#child?.send({ type: 'run', code: ran.code, check: false, id: 0 }, () => undefined)
    }
    for (const [id, waiting] of this.#waiting) if (waiting.deadline === undefined) this.#send(id, waiting)
  }

  #ended(child: ChildProcess, reason: string): void {
    if (this.#child !== child) return
    clearTimeout(this.#deadline)
    child.kill('SIGKILL')
    this.#child = undefined
    this.#typescriptPid = undefined
    this.#state = 'none'
    for (const { resolve, deadline } of this.#waiting.values()) {
      clearTimeout(deadline)
      resolve(undefined)
    }
    this.#waiting.clear()
    if (this.#isClosed) return
    if (performance.now() - this.#startedAt > soundAfterMs) this.#restartMs = firstRestartMs
    this.#restart = setTimeout(() => {
      this.#restart = undefined
      this.start()
    }, this.#restartMs).unref()
    this.#restartMs = Math.min(this.#restartMs * 4, longestRestartMs)
    if (!this.#isDown) this.#missing = `types are not available for the moment: ${reason}`
    this.#isDown = true
    if (!this.#isLogged) log(`the language worker is not available: ${reason}`)
    this.#isLogged = true
  }
}
