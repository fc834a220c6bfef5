import type { Finding, SecretFinder } from '../src/redaction/finder.js'
import { unfinishedShape } from '../src/redaction/unfinished.js'
import { blanked, markOf } from './redact-marks.js'

/** Of a text's end, so much may begin a secret. */
const longestTail = 8_192
/** Fewer characters of a secret give nothing away: they may be shown when nothing follows for a while. */
const shortestTelling = 8
/** What was shown last is looked at once more with what follows: a part of a secret may go on there. */
const rememberedShown = 64

/**
 * How much of a text's end is kept back: `more` what may begin a secret, since more comes; `pause` so much of
 * it as tells something; `end` nothing, and a beginning that tells something is blanked.
 */
export type FlushReason = 'more' | 'pause' | 'end'

/** The text so far that counts for what comes next. */
interface Tail {
  /** Shown, or blanked, already. */
  shown: string
  /** Kept back. */
  held: string
}

/** What may be sent, and how to say that it was. */
export interface FilteredText {
  text: string
  /** Whether something is kept back. */
  holds: boolean
  /** To be called when the text has been sent; before that, the same can be asked for again. */
  commit(): void
}

/** Blanks secrets out of one stream of text, also where they are cut over several writes or messages. */
export class StreamFilter {
  readonly #finder: SecretFinder
  readonly #find: (text: string) => Finding[]
  #tail: Tail = { shown: '', held: '' }

  constructor(finder: SecretFinder, find: (text: string) => Finding[]) {
    this.#finder = finder
    this.#find = find
  }

  /** Takes the next text of the stream and gives what of all so far can be sent. */
  next(text: string, why: FlushReason): FilteredText {
    const { shown, held } = this.#tail
    const whole = shown + held + text
    const found = this.#find(whole)
    const begun = this.#beginningAtEnd(whole, found)
    const shapeAt = unfinishedShape(whole, Math.max(whole.length - longestTail, 0))
    const tells = whole.length - begun.at >= shortestTelling + begun.publicLength
    const sentTo = Math.max(shown.length, sentUpTo(whole.length, begun.at, shapeAt, why, tells))
    const isBlanked = why === 'end' && tells
    const clean = blankedWithin(
      whole,
      found,
      shown.length,
      isBlanked ? Math.max(shown.length, begun.at) : sentTo,
    )
    const context = Math.max(0, Math.min(begun.at, shapeAt, sentTo - rememberedShown))
    const tail = { shown: whole.slice(context, sentTo), held: whole.slice(sentTo) }
    return {
      text: isBlanked ? clean + markOf(begun.kind) : clean,
      holds: tail.held !== '',
      commit: () => {
        this.#tail = tail
      },
    }
  }

  /** Where the longest end of the text begins that a secret may begin with; the text's length where none does. */
  #beginningAtEnd(text: string, found: readonly Finding[]): Beginning {
    const begun = this.#finder.beginningAtEnd(text, longestTail)
    // What has been found up to the end is blanked as it is, unless something longer begins before it.
    const last = found.at(-1)
    const end = last?.end === text.length ? last.start + 1 : text.length
    if (begun !== undefined && begun.at < end) {
      const { at, form } = begun
      return { at, kind: this.#finder.kindOf(form.id), publicLength: form.publicLength }
    }
    return { at: text.length, kind: 'secret', publicLength: 0 }
  }
}

interface Beginning {
  at: number
  kind: string
  /** So many of its characters are no secret. */
  publicLength: number
}

function sentUpTo(
  length: number,
  begunAt: number,
  shapeAt: number,
  why: FlushReason,
  tells: boolean,
): number {
  if (why === 'more') return Math.min(begunAt, shapeAt)
  return why === 'pause' && tells ? begunAt : length
}

/** The part of a text with marks, of findings that begin before it as well. */
function blankedWithin(text: string, found: readonly Finding[], from: number, to: number): string {
  const within = found
    .filter(({ start, end }) => end > from && start < to)
    .map((finding) => ({
      ...finding,
      start: Math.max(0, finding.start - from),
      end: Math.min(to, finding.end) - from,
    }))
  return blanked(text.slice(from, to), within)
}
