import { canRedraw, type LiveLines, liveLines } from '../screen/live-lines.js'

/** Lines at the end of the terminal that are drawn anew every second; without effect where nothing can be redrawn. */
export class LiveText {
  readonly #compose: () => string | undefined
  readonly #lines: LiveLines | undefined
  #timer: NodeJS.Timeout | undefined
  #isShown = false
  #isPaused = false

  /** @param compose what is to be shown now; `undefined` for nothing */
  constructor(compose: () => string | undefined, stream: NodeJS.WriteStream = process.stdout) {
    this.#compose = compose
    this.#lines = canRedraw(stream) ? liveLines(stream) : undefined
  }

  start(): void {
    if (this.#lines !== undefined) this.#timer ??= setInterval(() => this.refresh(), 1000).unref()
  }

  refresh(): void {
    if (this.#timer === undefined || this.#isPaused) return
    const text = this.#compose()
    if (text === undefined) this.hide()
    else {
      this.#lines?.draw(text)
      this.#isShown = true
    }
  }

  /** Takes the lines away until the next second, so that something else can be written. */
  hide(): void {
    if (!this.#isShown) return
    this.#isShown = false
    this.#lines?.clear()
  }

  /** Draws nothing while a person is asked: the question keeps its place on the screen. */
  async pausedDuring<T>(question: () => Promise<T>): Promise<T> {
    this.hide()
    this.#isPaused = true
    try {
      return await question()
    } finally {
      this.#isPaused = false
    }
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.hide()
  }
}
