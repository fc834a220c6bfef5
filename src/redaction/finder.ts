import { liveSecrets } from '../secrets.js'
import { type Anchor, AnchorSearch } from './anchor-search.js'
import { writtenForms } from './forms.js'
import { FragmentIndex, fragmentStride, gramLength, shortestFragment } from './fragment-index.js'
import { mayBeLetters, readLetters, type SpeltText } from './letter-lists.js'
import { type Segment, segmentsOf } from './low-bytes.js'
import { listAround, mayBeList, readLists } from './number-lists.js'
import { ShapeSearch } from './shape-search.js'

/** A place of a text that is not to be seen. */
export interface Finding {
  start: number
  end: number
  /** What it is: `access token`, `GitHub token`. */
  kind: string
  /** One of this process, not only the shape of one. */
  isKnown: boolean
}

/** One way in which a secret is written. */
export interface Form extends Anchor {
  /** So many characters of its beginning are no secret. */
  publicLength: number
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
  readonly #fragments = new FragmentIndex()
  /** The secrets so far; their place is their id. */
  readonly #secrets: string[] = []
  /** Forms that are searched as a whole, with the id of their secret. */
  readonly #shortForms: Anchor[] = []
  /** Long ones that repeat themselves: `aaaa…`. */
  readonly #repetitive: Anchor[] = []
  /** Every form, by how it begins, for what a text ends with. */
  readonly #beginnings = new Map<string, Form[]>()
  #short = new AnchorSearch([])

  /** True where there is nothing to look for. */
  isIdle({ shapes }: FindOptions): boolean {
    return !shapes && liveSecrets().size === 0
  }

  /** What is not to be seen in a text: in order, none over another. */
  find(text: string, { shapes }: FindOptions): Finding[] {
    this.#addNew()
    const found: Finding[] = []
    const hasSecrets = this.#secrets.length > 0
    if (text.length < 8 || (!hasSecrets && !shapes)) return found
    if (hasSecrets && zeroBytes.some((zero) => text.includes(zero)))
      this.#findInList(withoutNulls(text), found)
    const shapeSearch = shapes
      ? new ShapeSearch(text, (shape) => found.push({ ...shape, isKnown: false }))
      : undefined
    // A list may go on over many segments, and is read as a whole with the first of them.
    const read = { listsTo: 0, lettersTo: 0 }
    for (const segment of segmentsOf(text, segmentOverlap)) {
      shapeSearch?.search(segment)
      if (!this.#short.isEmpty) {
        this.#short.search(text, segment, (start, { text: form, id }) =>
          this.#add(found, start, start + form.length, id),
        )
      }
      if (!hasSecrets) continue
      this.#findFragments(text, segment, found)
      this.#findSpelt(text, segment, read, found)
    }
    for (const { text: form, id } of this.#repetitive) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length))
        this.#add(found, at, at + form.length, id)
    }
    return found.length < 2 ? found : merged(found)
  }

  /** A form that begins as `text` does from `at` on, up to the text's end: a secret may go on in what comes next. */
  beginsAt(text: string, at: number): Form | undefined {
    this.#addNew()
    const rest = text.length - at
    const forms = this.#beginnings.get(text.slice(at, at + beginningLength))
    if (rest >= beginningLength) {
      return forms?.find(({ text: form }) => form.length > rest && text.startsWith(form.slice(0, rest), at))
    }
    return forms?.[0]
  }

  /** What a secret is, by the id that an {@link Anchor} has. */
  kindOf(id: number): string {
    return liveSecrets().get(this.#secrets[id] ?? '') ?? 'secret'
  }

  #findFragments(text: string, { bytes, length, offset }: Segment, found: Finding[]): void {
    const index = this.#fragments
    let floor = 0
    const last = length - gramLength
    for (let at = 0; at <= last; at += fragmentStride) {
      if (!index.mayBegin(bytes, at)) continue
      const region = index.regionAt(
        text,
        offset + at,
        Math.max(0, floor - shortestFragment),
        shortestFragment,
      )
      if (region === undefined) continue
      this.#add(found, region.start, region.end, region.form)
      floor = region.end
      // Right behind it, whatever the step: what begins there is met within one.
      at = Math.max(at, region.end - offset - fragmentStride)
    }
  }

  /**
   * Numbers and letters that spell something, one by one.
   *
   * @param read how far the text is read, moved on
   */
  #findSpelt(
    text: string,
    { bytes, length, offset }: Segment,
    read: { listsTo: number; lettersTo: number },
    found: Finding[],
  ): void {
    for (let at = 0; at < length; at += speltStride) {
      const place = offset + at
      if (place >= read.listsTo && mayBeList(bytes, at, length)) {
        const { start, end } = listAround(text, place, read.listsTo)
        read.listsTo = end
        for (const list of readLists(text, start, end)) this.#findInList(list, found)
      }
      if (place >= read.lettersTo && mayBeLetters(bytes, at, length)) {
        const letters = readLetters(text, place)
        if (letters !== undefined) this.#findInList(letters.spelt, found)
        read.lettersTo = Math.max(place + 1, letters?.end ?? 0)
      }
    }
  }

  /** In what is spelt out, shorter parts count: nothing else is likely to be the same. */
  #findInList(given: SpeltText, found: Finding[]): void {
    const list = given.text.includes('\0') ? narrowed(given) : given
    const add = (start: number, end: number, id: number) =>
      this.#add(found, list.starts[start] ?? 0, list.ends[end - 1] ?? 0, id)
    for (const segment of segmentsOf(list.text, segmentOverlap)) {
      this.#short.search(list.text, segment, (start, { text, id }) => add(start, start + text.length, id))
    }
    let floor = 0
    for (let at = 0; at + 8 <= list.text.length; at++) {
      const region = this.#fragments.regionAt(list.text, at, floor, shortestListed)
      if (region === undefined) continue
      add(region.start, region.end, region.form)
      floor = region.end
      at = region.end - 1
    }
  }

  #add(found: Finding[], start: number, end: number, id: number): void {
    found.push({ start, end, kind: this.kindOf(id), isKnown: true })
  }

  #addNew(): void {
    const live = liveSecrets()
    if (live.size === this.#secrets.length) return
    // A map keeps the order in which its keys came, and nothing is ever forgotten.
    for (const secret of [...live.keys()].slice(this.#secrets.length)) this.#addSecret(secret)
    this.#short = new AnchorSearch(this.#shortForms)
  }

  #addSecret(secret: string): void {
    const id = this.#secrets.push(secret) - 1
    for (const form of writtenForms(secret)) {
      const anchor = { text: form, id }
      const publicAt = publicParts(form)
      const [[start, publicLength] = [0, 0]] = publicAt
      this.#addBeginning({ ...anchor, publicLength: start === 0 ? publicLength : 0 })
      if (form.length < shortestFragment) this.#shortForms.push(anchor)
      else if (!this.#fragments.add(form, id, form === secret ? 0 : form.length / secret.length, publicAt))
        this.#repetitive.push(anchor)
    }
  }

  #addBeginning(form: Form): void {
    for (let length = 1; length <= beginningLength; length++) {
      const beginning = form.text.slice(0, length)
      const others = this.#beginnings.get(beginning)
      if (others === undefined) this.#beginnings.set(beginning, [form])
      else if (length === beginningLength) others.push(form)
    }
  }
}

const beginningLength = 4
/** A list of sixteen bytes or letters has more characters. */
const speltStride = 26
const shortestListed = 12

/** Bytes of UTF-16 as those of UTF-8. */
function narrowed({ text, starts, ends }: SpeltText): SpeltText {
  const kept = [...starts.keys()].filter((at) => text.charCodeAt(at) !== 0)
  return {
    text: text.replaceAll('\0', ''),
    starts: kept.map((at) => starts[at] ?? 0),
    ends: kept.map((at) => ends[at] ?? 0),
  }
}

/** The text without the zero bytes in it, as programs show them that take UTF-16 for something else. */
function withoutNulls(text: string): SpeltText {
  const starts: number[] = []
  const ends: number[] = []
  let narrow = ''
  let from = 0
  for (const { index, 0: zero } of [...text.matchAll(zeroByte), { index: text.length, 0: '' }]) {
    for (let at = from; at < index; at++) {
      starts.push(at)
      ends.push(at + 1)
    }
    narrow += text.slice(from, index)
    from = index + zero.length
  }
  return { text: narrow, starts, ends }
}

const zeroByte = /\0|\\+(?:x00|u0000)/g
const zeroBytes = ['\0', '\\x00', '\\u0000']

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
