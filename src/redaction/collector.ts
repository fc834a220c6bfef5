import type { SpeltText } from './letter-lists.js'

/** As many bytes as a list has, until it ends; then it begins anew. */
export class Collector {
  #lists: SpeltText[] = []
  #fewest = 0
  #offset = 0
  #count = 0
  #codes = Buffer.allocUnsafe(256)
  #starts = new Uint32Array(256)
  #ends = new Uint32Array(256)

  /** What has `fewest` bytes and more comes into `lists`, with places that count from `offset`. */
  begin(fewest: number, offset: number, lists: SpeltText[]): void {
    this.#fewest = fewest
    this.#offset = offset
    this.#lists = lists
    this.#count = 0
  }

  add(byte: number, start: number, end: number): void {
    if (this.#count === this.#codes.length) this.#grow()
    this.#codes[this.#count] = byte
    this.#starts[this.#count] = this.#offset + start
    this.#ends[this.#count] = this.#offset + end
    this.#count++
  }

  end(): void {
    if (this.#count >= this.#fewest) {
      this.#lists.push({
        text: this.#codes.toString('latin1', 0, this.#count),
        starts: this.#starts.slice(0, this.#count),
        ends: this.#ends.slice(0, this.#count),
      })
    }
    this.#count = 0
  }

  #grow(): void {
    const codes = Buffer.allocUnsafe(this.#count * 2)
    codes.set(this.#codes)
    this.#codes = codes
    this.#starts = grown(this.#starts)
    this.#ends = grown(this.#ends)
  }
}

function grown(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(list.length * 2)
  larger.set(list)
  return larger
}
