import { liveSecrets } from '../secrets.js'
import { type Anchor, AnchorSearch, wordLength } from './anchor-search.js'
import { Beginnings, type Form } from './beginnings.js'
import { dumpColumn } from './dump-column.js'
import { writtenForms } from './forms.js'
import { FragmentIndex, fragmentStride, gramLength, shortestFragment } from './fragment-index.js'
import { readLetters, type SpeltText } from './letter-lists.js'
import { ListReader, listAround, listIn } from './number-lists.js'
import { signs } from './scan-code.js'
import { Scanner, type Segment } from './scanner.js'
import { ShapeSearch } from './shape-search.js'
import { hasZeroBytes, narrowed, withoutZeroBytes } from './zero-bytes.js'

/** A place of a text that is not to be seen. */
export interface Finding {
  start: number
  end: number
  /** What it is: `access token`, `GitHub token`. */
  kind: string
  /** One of this process, not only the shape of one. */
  isKnown: boolean
}

/** How {@link SecretFinder.find} looks. */
export interface FindOptions {
  /** Also for what only looks like a secret. */
  shapes: boolean
}

/** The longest thing of which two parts of a text that are searched apart must both have all. */
const segmentOverlap = 64

/**
 * Finds the secrets of this process in a text, in all forms that programs write them in, and shapes of others. Compiled
 * once for a set of secrets; what is remembered later is added to it.
 */
export class SecretFinder {
  /** Made at the first look: that takes longer than most looks. */
  #lazyScanner: Scanner | undefined
  readonly #fragments = new FragmentIndex()
  readonly #beginnings = new Beginnings()
  readonly #numbers = new ListReader()
  /** The secrets so far; their place is their id. */
  readonly #secrets: string[] = []
  /** How many of them are looked for. */
  #known = 0
  /** Looks under way: one may lead to another. */
  #looks = 0
  /** Forms that are searched as a whole, with the id of their secret. */
  readonly #shortForms: Anchor[] = []
  #short = new AnchorSearch([])
  /** Lists of fewer numbers are not read: no secret, and no part of one that is worth something, is as short. */
  #fewestListed = shortestListed

  /** True where there is nothing to look for. */
  isIdle({ shapes }: FindOptions): boolean {
    return !shapes && liveSecrets().size === 0
  }

  get #scanner(): Scanner {
    this.#lazyScanner ??= new Scanner()
    return this.#lazyScanner
  }

  /** In the midst of a look: another one, from an interruption of the program, would spoil both. */
  get isBusy(): boolean {
    return this.#looks > 0
  }

  /** After code was stopped for good, maybe in the midst of a look. */
  recover(): void {
    this.#looks = 0
  }

  /** What is not to be seen in a text: in order, none over another. */
  find(text: string, options: FindOptions): Finding[] {
    this.#looks++
    try {
      return this.#find(text, options)
    } finally {
      this.#looks--
    }
  }

  #find(text: string, { shapes }: FindOptions): Finding[] {
    this.#addNew()
    const found: Finding[] = []
    const hasSecrets = this.#secrets.length > 0
    if (text.length < 8 || (!hasSecrets && !shapes)) return found
    const shapeSearch = shapes
      ? new ShapeSearch(text, (shape) => found.push({ ...shape, isKnown: false }))
      : undefined
    const reading: Reading = { text, found, listsTo: 0, lettersTo: 0, mayHaveZeros: false }
    for (const segment of this.#scanner.segmentsOf(text, segmentOverlap)) {
      const seen = this.#scanner.found.slice(0, this.#scanner.signs())
      if (shapeSearch !== undefined) readRuns(segment, seen, shapeSearch)
      if (!hasSecrets) continue
      this.#findShort(text, segment, (start, end, id) => this.#add(found, start, end, id))
      this.#findFragments(text, segment, found)
      // The last, since what is spelt out is looked through by the same scanner.
      this.#findSpelt(segment, seen, reading)
    }
    if (reading.mayHaveZeros && hasZeroBytes(text)) this.#findInList(withoutZeroBytes(text), reading)
    return found.length < 2 ? found : merged(found)
  }

  /**
   * Where, among the last `length` characters, a form begins that goes on where the text ends: what comes may
   * finish it.
   */
  beginningAtEnd(text: string, length: number): { at: number; form: Form } | undefined {
    this.#looks++
    try {
      return this.#beginningAtEnd(text, length)
    } finally {
      this.#looks--
    }
  }

  #beginningAtEnd(text: string, length: number): { at: number; form: Form } | undefined {
    this.#addNew()
    const from = Math.max(0, text.length - Math.min(length, this.#beginnings.longest))
    for (const segment of this.#scanner.segmentsOf(text.slice(from), segmentOverlap)) {
      const count = this.#scanner.beginnings()
      for (let i = 0; i < count; i++) {
        const at = from + segment.offset + (this.#scanner.found[i] ?? 0)
        const form = this.#beginnings.at(text, at)
        if (form !== undefined) return { at, form }
      }
    }
    // Those are shorter than what is looked up.
    for (let at = Math.max(from, text.length - wordLength + 1); at < text.length; at++) {
      const form = this.#beginnings.at(text, at)
      if (form !== undefined) return { at, form }
    }
    return undefined
  }

  /** What a secret is, by the id that an {@link Anchor} has. */
  kindOf(id: number): string {
    return liveSecrets().get(this.#secrets[id] ?? '') ?? 'secret'
  }

  #findShort(text: string, { offset }: Segment, onFound: (start: number, end: number, id: number) => void) {
    if (this.#short.isEmpty) return
    const places = this.#scanner.found
    const count = this.#scanner.words(this.#short.step)
    for (let i = 0; i < count; i++) {
      this.#short.findAt(text, offset + (places[i] ?? 0), (start, anchor) =>
        onFound(start, start + anchor.text.length, anchor.id),
      )
    }
  }

  #findFragments(text: string, { offset }: Segment, found: Finding[]): void {
    const places = this.#scanner.found
    const count = this.#scanner.grams(fragmentStride)
    let floor = 0
    for (let i = 0; i < count; i++) {
      const at = offset + (places[i] ?? 0)
      // In what has been found already.
      if (at + gramLength <= floor) continue
      for (let next = at; ; next = floor) {
        const earliest = Math.max(0, floor - shortestFragment)
        const region = this.#fragments.regionAt(text, next, earliest, shortestFragment)
        if (region === undefined) break
        this.#add(found, region.start, region.end, region.form)
        // Right behind it another may begin, too short for the next place to be in it.
        floor = region.end
      }
    }
  }

  /** Numbers and letters that spell something, one by one. */
  #findSpelt(segment: Segment, seen: Uint32Array, reading: Reading): void {
    const { offset } = segment
    const { text } = reading
    const spelt: SpeltText[] = []
    for (const sign of seen) {
      const at = sign >>> 2
      const kind = sign & 3
      if (kind === signs.zero) reading.mayHaveZeros = true
      if (kind === signs.numbers && offset + at >= reading.listsTo)
        for (const list of this.#listsAt(segment, at, reading)) spelt.push(list)
      if (kind === signs.letters && offset + at >= reading.lettersTo) {
        const letters = readLetters(text, offset + at, reading.lettersTo)
        if (letters !== undefined) spelt.push(letters.spelt)
        reading.lettersTo = Math.max(offset + at + 1, letters?.end ?? 0)
      }
    }
    // Only now: it takes the segment's place in the scanner.
    for (const list of spelt) this.#findInList(list, reading)
  }

  #listsAt(segment: Segment, at: number, reading: Reading): SpeltText[] {
    const { text, listsTo } = reading
    const list = listIn(segment, at, Math.max(0, listsTo - segment.offset), this.#fewestListed)
    reading.listsTo = segment.offset + list.end
    if (!list.isWorthReading) return []
    const { start, end } = listAround(text, segment.offset + at, listsTo)
    reading.listsTo = end
    return this.#numbers.read(text, start, end, this.#fewestListed)
  }

  /** In what is spelt out, shorter parts count: nothing else is likely to be the same. */
  #findInList(given: SpeltText, { text, found }: Reading): void {
    const list = narrowed(given)
    const add = (start: number, end: number, id: number) => {
      const listEnd = list.ends[end - 1] ?? 0
      this.#add(found, list.starts[start] ?? 0, listEnd, id)
      const column = dumpColumn(text, listEnd, list.text.slice(start, end))
      if (column !== undefined) this.#add(found, column.start, column.end, id)
    }
    let floor = 0
    for (const segment of this.#scanner.segmentsOf(list.text, segmentOverlap)) {
      this.#findShort(list.text, segment, add)
      const count = this.#scanner.grams(1)
      for (let i = 0; i < count; i++) {
        const at = segment.offset + (this.#scanner.found[i] ?? 0)
        if (at < floor) continue
        const region = this.#fragments.regionAt(list.text, at, floor, shortestListed)
        if (region === undefined) continue
        add(region.start, region.end, region.form)
        floor = region.end
      }
    }
  }

  #add(found: Finding[], start: number, end: number, id: number): void {
    found.push({ start, end, kind: this.kindOf(id), isKnown: true })
  }

  #addNew(): void {
    const live = liveSecrets()
    if (live.size === this.#known) return
    // A map keeps the order in which its keys came, and nothing is ever forgotten.
    for (const secret of [...live.keys()].slice(this.#secrets.length)) this.#addSecret(secret)
    this.#short = new AnchorSearch(this.#shortForms)
    this.#scanner.lookFor({
      beginnings: this.#beginnings.words,
      words: this.#short.words,
      grams: this.#fragments.grams,
    })
    // At last: what was stopped in the midst is done again.
    this.#known = this.#secrets.length
  }

  #addSecret(secret: string): void {
    const id = this.#secrets.length
    this.#fewestListed = Math.min(this.#fewestListed, secret.length)
    for (const form of writtenForms(secret)) {
      const anchor = { text: form, id }
      const publicAt = publicParts(form)
      const [[start, publicLength] = [0, 0]] = publicAt
      this.#beginnings.add({ ...anchor, publicLength: start === 0 ? publicLength : 0 })
      const stretch = form === secret ? 0 : form.length / secret.length
      // What is too short to have parts, or repeats itself (`aaaa…`), is found as a whole.
      const hasParts = form.length >= shortestFragment && this.#fragments.add(form, id, stretch, publicAt)
      if (!hasParts) this.#shortForms.push(anchor)
    }
    this.#secrets.push(secret)
  }
}

/** Of a secret that is spelt out, shorter parts are not looked for. */
const shortestListed = 12

/** One text while it is read. */
interface Reading {
  text: string
  found: Finding[]
  /** A list may go on over many segments, and is read as a whole with the first of them: up to here. */
  listsTo: number
  lettersTo: number
  mayHaveZeros: boolean
}

function readRuns(segment: Segment, seen: Uint32Array, shapeSearch: ShapeSearch): void {
  for (const sign of seen) if ((sign & 3) === signs.run) shapeSearch.search(segment, sign >>> 2)
}

/** What every token and key of its kind has: nothing is to be known for a secret by these alone. */
function publicParts(form: string): [number, number][] {
  const parts: [number, number][] = []
  const header = /^eyJ[\w-]*\./.exec(form)
  if (header !== null) parts.push([0, header[0].length])
  for (const { index, 0: line } of form.matchAll(/-----(?:BEGIN|END) [^-]{1,60}-----/g))
    parts.push([index, index + line.length])
  return parts
}

/** In order and apart; of those that overlap, the first that is a known secret says what it is. */
function merged(found: Finding[]): Finding[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  const apart: Finding[] = []
  for (const next of found) {
    const last = apart.at(-1)
    if (last === undefined || next.start >= last.end) {
      apart.push({ ...next })
      continue
    }
    last.end = Math.max(last.end, next.end)
    if (next.isKnown && !last.isKnown) {
      last.isKnown = true
      last.kind = next.kind
    }
  }
  return apart
}
