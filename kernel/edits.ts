import { createRequire } from 'node:module'
import type MagicString from 'magic-string'
import type { DecodedSourceMap, SourceMapOptions } from 'magic-string'

interface Replaced {
  start: number
  end: number
  content: string
}

/**
 * Changes to a text, as MagicString takes them. Most cells have few and simple ones: those are put together here, and
 * MagicString, which takes longer than all the rest of such a cell, is loaded and asked only for the others, and for
 * the way back.
 */
export class Edits {
  readonly #source: string
  readonly #calls: ((text: MagicString) => void)[] = []
  readonly #replaced: Replaced[] = []
  #front = ''
  #end = ''
  #isSimple = true

  constructor(source: string) {
    this.#source = source
  }

  update(start: number, end: number, content: string): void {
    this.#replaced.push({ start, end, content })
    this.#calls.push((text) => text.update(start, end, content))
  }

  remove(start: number, end: number): void {
    this.#replaced.push({ start, end, content: '' })
    this.#calls.push((text) => text.remove(start, end))
  }

  prepend(content: string): this {
    this.#front = content + this.#front
    this.#calls.push((text) => text.prepend(content))
    return this
  }

  append(content: string): this {
    this.#end += content
    this.#calls.push((text) => text.append(content))
    return this
  }

  /** Behind what ends there. */
  appendLeft(at: number, content: string): void {
    this.#complex((text) => text.appendLeft(at, content))
  }

  /** In front of what begins there, and moves with it. */
  prependRight(at: number, content: string): void {
    this.#complex((text) => text.prependRight(at, content))
  }

  move(start: number, end: number, to: number): void {
    this.#complex((text) => text.move(start, end, to))
  }

  toString(): string {
    return (this.#isSimple ? this.#simply() : undefined) ?? this.#whole().toString()
  }

  generateDecodedMap(options: SourceMapOptions): DecodedSourceMap {
    return this.#whole().generateDecodedMap(options)
  }

  #complex(call: (text: MagicString) => void): void {
    this.#isSimple = false
    this.#calls.push(call)
  }

  /** `undefined` where two changes meet: MagicString knows what comes of it. */
  #simply(): string | undefined {
    let text = this.#front
    let from = 0
    for (const { start, end, content } of this.#replaced.sort((a, b) => a.start - b.start)) {
      if (start < from || start >= end) return undefined
      text += this.#source.slice(from, start) + content
      from = end
    }
    return text + this.#source.slice(from) + this.#end
  }

  #whole(): MagicString {
    const text = new (loadMagicString())(this.#source)
    for (const call of this.#calls) call(text)
    return text
  }
}

let loaded: typeof MagicString | undefined

function loadMagicString(): typeof MagicString {
  loaded ??= (createRequire(import.meta.url)('magic-string') as { default: typeof MagicString }).default
  return loaded
}
