import { hashOfWord, markWord, wordMap } from './hash-maps.js'

/** A text that is looked for as a whole. */
export interface Anchor {
  text: string
  /** Given back with what is found. */
  id: number
}

/** An anchor, and where in it the word stands by which it was found. */
interface Placed {
  anchor: Anchor
  wordAt: number
}

/** Characters that are looked up at once. */
export const wordLength = 4
/** Places further apart make it no faster. */
const longestStep = 16

/**
 * Finds any of many short texts by looking at a few places only: they are so far apart that one of them, at
 * least, is in whatever is looked for. All anchors have at least seven characters.
 */
export class AnchorSearch {
  /** So far apart are the places to be looked at. */
  readonly step: number
  /** What may be there. */
  readonly words = wordMap(16)
  readonly #byHash = new Map<number, Placed[]>()

  constructor(anchors: readonly Anchor[]) {
    const shortest = anchors.reduce(
      (least, { text }) => Math.min(least, text.length),
      Number.POSITIVE_INFINITY,
    )
    this.step = Math.min(longestStep, shortest - wordLength + 1)
    for (const anchor of anchors) this.#add(anchor)
  }

  get isEmpty(): boolean {
    return this.#byHash.size === 0
  }

  /** Calls back with every anchor that reaches over the word at `at`. */
  findAt(text: string, at: number, onFound: (start: number, anchor: Anchor) => void): void {
    for (const { anchor, wordAt } of this.#byHash.get(hashOfWord(text, at) >>> this.words.shift) ?? []) {
      const start = at - wordAt
      if (start >= 0 && text.startsWith(anchor.text, start)) onFound(start, anchor)
    }
  }

  #add(anchor: Anchor): void {
    const windowAt = rarestWindow(anchor.text, this.step + wordLength - 1)
    for (let wordAt = windowAt; wordAt < windowAt + this.step; wordAt++) {
      markWord(this.words, hashOfWord(anchor.text, wordAt))
      const hash = hashOfWord(anchor.text, wordAt) >>> this.words.shift
      const others = this.#byHash.get(hash) ?? []
      others.push({ anchor, wordAt })
      this.#byHash.set(hash, others)
    }
  }
}

const isCommon = new Uint8Array(128)
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789 ,.:;"\'\\/-')
  isCommon[character.charCodeAt(0)] = 1

/** Where in a text those characters stand that are the rarest in prose, code and JSON. */
function rarestWindow(text: string, length: number): number {
  const isRareAt = (at: number) => (isCommon[text.charCodeAt(at)] === 1 ? 0 : 1)
  let rare = 0
  for (let at = 0; at < length; at++) rare += isRareAt(at)
  let best = 0
  let mostRare = rare
  for (let at = 1; at + length <= text.length; at++) {
    rare += isRareAt(at + length - 1) - isRareAt(at - 1)
    if (rare > mostRare) {
      best = at
      mostRare = rare
    }
  }
  return best
}
