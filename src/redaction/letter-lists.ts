/** A text that is spelt out in another one, and where each of its letters stands. */
export interface SpeltText {
  text: string
  starts: ArrayLike<number>
  ends: ArrayLike<number>
}

/** The list may begin so far before the place that was looked at. */
const stepBack = 64
/** A letter with its quotes, comma and blank is no longer than this, with the quotes escaped. */
const reach = 40

/** The letters of the list at `at`, read from `floor` on, and where it ends; `undefined` where it is none. */
export function readLetters(
  text: string,
  at: number,
  floor: number,
): { spelt: SpeltText; end: number } | undefined {
  const letter =
    /\\*(['"`])([\s\S])\\*\1(?:[\s,+\\[\]]|(?<=\\)[nrt]|['"`](?=\s*\+)|(?<=\+\s*)(['"`])(?![\s\S]\\*\3))*/uy
  const first = /\\*['"`][^,:]\\*['"`](?=\s*[,+\\])/gu
  const start = Math.max(floor, at - stepBack)
  const around = text.slice(start, at + reach)
  for (let match = first.exec(around); match !== null; match = first.exec(around)) {
    letter.lastIndex = start + match.index
    const { spelt, end } = readFrom(text, letter)
    // One that ends before may stand in front of it.
    if (end > at) return { spelt, end }
    first.lastIndex = Math.max(first.lastIndex, end - start)
  }
  return undefined
}

function readFrom(text: string, letter: RegExp): { spelt: SpeltText; end: number } {
  const [starts, ends]: [number[], number[]] = [[], []]
  let letters = ''
  let end = letter.lastIndex
  for (let match = letter.exec(text); match !== null; match = letter.exec(text)) {
    letters += match[2] ?? ''
    for (let i = 0; i < (match[2]?.length ?? 0); i++) {
      starts.push(match.index)
      ends.push(match.index + match[0].trimEnd().length)
    }
    end = letter.lastIndex
  }
  return { spelt: { text: letters, starts, ends }, end }
}
