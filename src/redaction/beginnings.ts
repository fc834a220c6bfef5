import { type Anchor, wordLength } from './anchor-search.js'
import { hashOfWord, markWord, wordMap } from './hash-maps.js'

/** One way in which a secret is written. */
export interface Form extends Anchor {
  /** So many characters of its beginning are no secret. */
  publicLength: number
}

/** All forms by how they begin, for what a text ends with. */
export class Beginnings {
  readonly words = wordMap(17)
  /** Of one to four characters; of fewer than four, one form stands for all. */
  readonly #byBeginning = new Map<string, Form[]>()
  /** The length of the longest form. */
  longest = 0

  add(form: Form): void {
    this.longest = Math.max(this.longest, form.text.length)
    markWord(this.words, hashOfWord(form.text, 0))
    for (let length = 1; length <= wordLength; length++) {
      const beginning = form.text.slice(0, length)
      const others = this.#byBeginning.get(beginning)
      if (others === undefined) this.#byBeginning.set(beginning, [form])
      else if (length === wordLength) others.push(form)
    }
  }

  /** A form that begins as the text does from `at` on, and goes on where the text ends. */
  at(text: string, at: number): Form | undefined {
    const rest = text.length - at
    const forms = this.#byBeginning.get(text.slice(at, at + wordLength))
    if (rest < wordLength) return forms?.[0]
    return forms?.find(({ text: form }) => form.length > rest && text.startsWith(form.slice(0, rest), at))
  }
}
