import { createRequire } from 'node:module'

/**
 * One terminal column a character: ASCII, Latin, Greek, Cyrillic, dashes, quotes, line drawing, blocks and
 * the signs that stand for control characters. No combining marks, no soft hyphen.
 */
const plainWidth =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u037b-\u0482\u048a-\u052f\u2010-\u2027\u2039\u203a\u2400-\u2421\u2500-\u259f]*$/

let measure: ((text: string) => number) | undefined
let graphemes: Intl.Segmenter | undefined

/** Terminal columns that a text takes: a wide character counts two, a combining one none. */
export function textWidth(text: string): number {
  if (plainWidth.test(text)) return text.length
  measure ??= loadMeasure()
  return measure(text)
}

/** The longest beginning of a text that takes at most `width` terminal columns. */
export function sliceWidth(text: string, width: number): string {
  if (plainWidth.test(text)) return text.slice(0, Math.max(0, width))
  graphemes ??= new Intl.Segmenter()
  let kept = ''
  let left = width
  for (const { segment } of graphemes.segment(text)) {
    left -= textWidth(segment)
    if (left < 0) break
    kept += segment
  }
  return kept
}

/** It takes ten times longer to load than all other parts of a table, and most tables never need it. */
function loadMeasure(): (text: string) => number {
  const loaded: typeof import('string-width') = createRequire(import.meta.url)('string-width')
  return loaded.default
}
