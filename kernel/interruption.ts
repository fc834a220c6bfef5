import type { Abortable } from './until-aborted.js'

/** An `AbortController` of which the signal is made when somebody asks for it: it costs more than a small cell. */
export class Interruption implements Abortable {
  readonly #listeners = new Set<() => void>()
  #controller: AbortController | undefined
  #isAborted = false

  get aborted(): boolean {
    return this.#isAborted
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#isAborted) this.#controller.abort()
    }
    return this.#controller.signal
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  abort(): void {
    if (this.#isAborted) return
    this.#isAborted = true
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
    this.#controller?.abort()
  }
}
