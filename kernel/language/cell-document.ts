/** Text that TypeScript sees in a cell and the person does not. */
export interface Insertion {
  /** Where, in the cell. */
  at: number
  text: string
}

/** A place as the language server has it: both from 0, columns in UTF-16 units. */
export interface Position {
  line: number
  character: number
}

/** A cell as TypeScript reads it: behind a prelude, with insertions; and the ways between the two. */
export class CellDocument {
  readonly text: string
  readonly #code: string
  readonly #insertions: readonly Insertion[]
  readonly #start: number
  readonly #lines: number[]

  constructor(prelude: string, code: string, insertions: readonly Insertion[] = []) {
    this.#code = code
    this.#insertions = insertions.toSorted((a, b) => a.at - b.at)
    this.#start = prelude.length
    let text = prelude
    let from = 0
    for (const { at, text: inserted } of this.#insertions) {
      text += code.slice(from, at) + inserted
      from = at
    }
    this.text = text + code.slice(from)
    this.#lines = lineStarts(this.text)
  }

  /** Of a place in the cell; behind what is inserted right there. */
  positionOf(offset: number): Position {
    return placeOf(this.#lines, this.placeOf(offset))
  }

  /** The same, in UTF-16 units from the document's start. */
  placeOf(offset: number): number {
    let at = this.#start + offset
    for (const insertion of this.#insertions) {
      if (insertion.at > offset) break
      // Text at the cell's very end stands behind the cursor, or nothing could be completed there.
      if (insertion.at < offset || offset < this.#code.length || offset === 0) at += insertion.text.length
    }
    return at
  }

  /** The place in the cell; `undefined` for one in the prelude. */
  offsetOf(position: Position): number | undefined {
    let at = (this.#lines[position.line] ?? this.text.length) + position.character - this.#start
    if (at < 0) return undefined
    for (const { at: place, text } of this.#insertions) {
      if (at <= place) break
      at = Math.max(place, at - text.length)
    }
    return Math.min(at, this.#code.length)
  }
}

/** Where each line begins. */
export function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === 10 || (char === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1)
  }
  return starts
}

function placeOf(lines: readonly number[], offset: number): Position {
  let low = 0
  let high = lines.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lines[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low, character: offset - (lines[low] ?? 0) }
}
