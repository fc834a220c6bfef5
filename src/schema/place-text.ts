/** A place of a document, as a person finds it. */
export interface PlaceText {
  /** From 1. */
  line: number
  column: number
  /** The line, and a caret under what is meant; both begin with two spaces. */
  excerpt: string
}

/** Longer lines are cut around the place. */
const widest = 120

/** Line and column of a place, and the line with a caret under it. */
export function describePlace(source: string, { start, end }: { start: number; end: number }): PlaceText {
  const before = source.slice(0, start).split(/\r\n|[\n\r]/)
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  const text = (source.split(/\r\n|[\n\r]/)[line - 1] ?? '').replace(/[\t\p{C}]/gu, ' ')
  const from = text.length <= widest ? 0 : Math.max(0, Math.min(column - widest / 2, text.length - widest))
  const shown = text.slice(from, from + widest)
  const at = Math.min(column - 1 - from, shown.length)
  const width = Math.max(1, Math.min(end - start, shown.length - at))
  return { line, column, excerpt: `  ${shown}\n  ${' '.repeat(at)}${'^'.repeat(width)}` }
}
