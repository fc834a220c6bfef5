import { Worker } from 'node:worker_threads'
import type { TaskAnswer, TaskName, TaskRequest, Tasks } from './thread-tasks.js'

/** As tsc has built it: a thread cannot be started from the sources. */
const threadFile = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/src/schema/schema-thread.js', import.meta.url)
  : new URL('./schema-thread.js', import.meta.url)

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * A thread that holds schemas: to read one of 10 MB takes seconds, which no cell should wait for. It starts with the
 * first task, and never keeps a process alive.
 */
export class SchemaWorker {
  #worker: Worker | undefined
  #count = 0
  readonly #waiting = new Map<number, Waiting>()

  /**
   * Runs a task.
   *
   * @param isAwaited whether the process waits for it: what goes on behind a cell keeps no process alive
   * @throws Error with what the task said, or where the thread has ended
   */
  run<Name extends TaskName>(
    name: Name,
    input: Tasks[Name]['takes'],
    isAwaited = true,
  ): Promise<Tasks[Name]['gives']> {
    const worker = this.#start()
    const request: TaskRequest = { id: ++this.#count, name, input }
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: resolve as Waiting['resolve'], reject })
      // What waits would end in silence otherwise.
      if (isAwaited) worker.ref()
      worker.postMessage(request)
    })
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker
    // graphql-js asks with every check whether it runs in production, and looks twice where it does not.
    const worker = new Worker(threadFile, { execArgv: [], env: { NODE_ENV: 'production' } })
    worker.unref()
    worker.on('message', (answer: TaskAnswer) => this.#take(answer))
    worker.on('error', (error) => this.#end(worker, error))
    worker.on('exit', () => this.#end(worker, new Error('the thread of schemas has ended')))
    this.#worker = worker
    return worker
  }

  #take(answer: TaskAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0) this.#worker?.unref()
    if ('failure' in answer) waiting?.reject(new Error(answer.failure))
    else waiting?.resolve(answer.value)
  }

  #end(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const reason = error instanceof Error ? error : new Error(String(error))
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
  }
}

/** The one of this process. */
export const schemaWorker = new SchemaWorker()
