import type { Segment } from './low-bytes.js'

/** A text that is looked for as a whole. */
export interface Anchor {
  text: string
  /** Given back with what is found. */
  id: number
}

/** An anchor, and where in it the window begins that is looked at first. */
interface Placed {
  anchor: Anchor
  windowAt: number
}

/** More characters of an anchor let the search take longer steps, and find fewer texts in common. */
const longestWindow = 8
/** So many of the window's last characters choose the anchors that are compared. */
const keyLength = 4

/**
 * Finds any of many short texts in one pass, Wu and Manber's way (1994): the three characters at the window's end
 * say how far the search may go on without missing one.
 *
 * All anchors have at least four characters.
 */
export class AnchorSearch {
  readonly #window: number
  /** By the hash of three characters: how far the window may move; 0 where an anchor may end there. */
  readonly #shifts = new Uint8Array(1 << 16)
  /** By the hash of the window's last four characters: whether there is one. */
  readonly #hasKey = new Uint8Array(1 << 14)
  readonly #byKey = new Map<number, Placed[]>()

  constructor(anchors: readonly Anchor[]) {
    this.#window = anchors.reduce((least, { text }) => Math.min(least, text.length), longestWindow)
    this.#shifts.fill(this.#window - 2)
    for (const anchor of anchors) this.#add(anchor)
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0
  }

  /** Calls back with the place of every anchor in the part of `text` that `segment` is. */
  search(text: string, segment: Segment, onFound: (start: number, anchor: Anchor) => void): void {
    const { bytes, length, offset } = segment
    for (
      let at = this.#next(bytes, this.#window - 1, length);
      at < length;
      at = this.#next(bytes, at + 1, length)
    )
      this.#compare(text, offset + at + 1 - this.#window, keyAt(bytes, at), onFound)
  }

  /** The next end of a window in which an anchor may be. */
  #next(bytes: Uint8Array, from: number, length: number): number {
    const shifts = this.#shifts
    const hasKey = this.#hasKey
    let at = from
    while (at < length) {
      const shift = shifts[hashOfThree(bytes, at)] as number
      if (shift > 0) at += shift
      else if (hasKey[hashOf(keyAt(bytes, at))] === 1) return at
      else at++
    }
    return length
  }

  #compare(
    text: string,
    windowStart: number,
    key: number,
    onFound: (start: number, anchor: Anchor) => void,
  ): void {
    for (const { anchor, windowAt } of this.#byKey.get(key) ?? []) {
      const start = windowStart - windowAt
      if (start >= 0 && isAt(text, start, anchor.text)) onFound(start, anchor)
    }
  }

  #add(anchor: Anchor): void {
    const { text } = anchor
    const windowAt = rarestWindow(text, this.#window)
    const bytes = Uint8Array.from(text.slice(windowAt, windowAt + this.#window), (c) => c.charCodeAt(0))
    for (let end = 2; end < this.#window; end++) {
      const hash = hashOfThree(bytes, end)
      this.#shifts[hash] = Math.min(this.#window - 1 - end, this.#shifts[hash] ?? 0)
    }
    const key = keyAt(bytes, this.#window - 1)
    this.#hasKey[hashOf(key)] = 1
    const others = this.#byKey.get(key) ?? []
    others.push({ anchor, windowAt })
    this.#byKey.set(key, others)
  }
}

function keyAt(bytes: Uint8Array, end: number): number {
  return (
    (bytes[end] ?? 0) |
    ((bytes[end - 1] ?? 0) << 8) |
    ((bytes[end - 2] ?? 0) << 16) |
    ((bytes[end - keyLength + 1] ?? 0) << 24)
  )
}

function hashOfThree(bytes: Uint8Array, end: number): number {
  const three =
    ((bytes[end - 2] as number) << 16) | ((bytes[end - 1] as number) << 8) | (bytes[end] as number)
  return Math.imul(three, 0x9e3779b1) >>> 16
}

function hashOf(key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> (32 - 14)
}

function isAt(text: string, start: number, wanted: string): boolean {
  for (let i = 0; i < wanted.length; i++)
    if (text.charCodeAt(start + i) !== wanted.charCodeAt(i)) return false
  return true
}

/** Where in a text those characters stand that are the rarest in prose, code and JSON, at the window's end above all. */
function rarestWindow(text: string, length: number): number {
  let best = 0
  let bestScore = -1
  for (let at = 0; at + length <= text.length; at++) {
    const window = text.slice(at, at + length)
    const rare = window.replace(/[a-z0-9 ,.:;"'\\/-]/g, '').length
    const score = rare + (/[A-Z_@~^<>-]{2}$/.test(window) ? 2 : /[A-Z_]$/.test(window) ? 1 : 0)
    if (score > bestScore) {
      best = at
      bestScore = score
    }
  }
  return best
}
