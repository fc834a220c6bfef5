/** A text that is spelt out in another one, and where each of its letters stands. */
export interface SpeltText {
  text: string
  starts: number[]
  ends: number[]
}

const isQuote = new Uint8Array(256)
for (const quote of '\'"`') isQuote[quote.charCodeAt(0)] = 1
const isWord = new Uint8Array(256)
for (let code = 0; code < 256; code++) if (/[a-zA-Z0-9]/.test(String.fromCharCode(code))) isWord[code] = 1
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
/** A letter with its quotes, comma and blank is no longer than this, with the quotes escaped. */
const reach = 9
/** As far as the places are apart that are looked at. */
const stepBack = 26

/** True where a quoted single letter and a comma may stand right behind `at`: `'e', 'y'`. */
export function mayBeLetters(bytes: Uint8Array, at: number, length: number): boolean {
  const last = Math.min(length - 4, at + reach)
  if (at + 4 >= last) return false
  // Words are nearly everything that there is, and have two letters behind each other.
  for (let i = at; i < at + 4; i += 2)
    if (isWord[bytes[i] as number] === 1 && isWord[bytes[i + 1] as number] === 1) return false
  for (let i = at; i < last; i++) {
    if (isQuote[bytes[i] as number] === 0 || bytes[i + 1] === comma || bytes[i + 1] === colon) continue
    let end = i + 2
    while (bytes[end] === backslash) end++
    if (isQuote[bytes[end] as number] === 1 && bytes[end + 1] === comma) return true
  }
  return false
}

/** The letters of the list that begins near `at`, and where it ends; `undefined` where it is none. */
export function readLetters(text: string, at: number): { spelt: SpeltText; end: number } | undefined {
  const letter = /\\*(['"`])([\s\S])\\*\1(?:[\s,+\\]|(?<=\\)[nrt]|['"`](?=\s*\+)|(?<=\+\s*)['"`])*/uy
  // The letters since the place that was looked at before this one.
  const from = Math.max(0, at - stepBack)
  letter.lastIndex = text.slice(from, at + reach).search(/\\*['"`][^,:]\\*['"`],/u) + from
  if (letter.lastIndex < from) return undefined
  const spelt: SpeltText = { text: '', starts: [], ends: [] }
  let end = letter.lastIndex
  for (let match = letter.exec(text); match !== null; match = letter.exec(text)) {
    spelt.text += match[2] ?? ''
    for (let i = 0; i < (match[2]?.length ?? 0); i++) {
      spelt.starts.push(match.index)
      spelt.ends.push(match.index + match[0].trimEnd().length)
    }
    end = letter.lastIndex
  }
  return { spelt, end }
}
