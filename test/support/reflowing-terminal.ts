import { Writable } from 'node:stream'
import { shownText } from './cli.js'

/** A terminal that breaks its lines again when its width changes, as most do. */
export class ReflowingTerminal extends Writable {
  readonly isTTY = true
  readonly rows = 50
  #raw = ''

  constructor(public columns: number) {
    super()
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#raw += chunk.toString().replaceAll('\n', '\r\n')
    done()
  }

  resize(columns: number): void {
    this.columns = columns
    const broken = this.shown()
      .join('\n')
      .trimEnd()
      .split('\n')
      .map((line) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [''])
    // What is drawn ends with a line break: the cursor stands below.
    this.#raw = [...broken.flat(), ''].join('\r\n')
  }

  shown(): string[] {
    return shownText(this.#raw).split('\n')
  }
}
