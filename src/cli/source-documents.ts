import { findGqlLiterals } from '../../kernel/language/gql-literals.js'
import { findSourceTexts } from '../../kernel/language/graphql/source-texts.js'
import type { SourceDocument } from '../schema/document-types-file.js'

/** What stands before a text in `gql(…)`, and the name that it is declared by. */
const callOfGql =
  /(?:([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::[^=;]*)?=\s*)?(?:[\w$]+\.)?\bgql\s*\(\s*(?:\/\*\s*GraphQL\s*\*\/\s*)?$/u
const callReach = 400

/**
 * The GraphQL documents of a file: all of a `.graphql` file; of a program the templates that are tagged
 * `gql`, the texts in `gql(…)`, and the templates behind `/* GraphQL *\/`.
 */
export function documentsIn(file: string, code: string): SourceDocument[] {
  if (/\.(?:graphql|gql)$/.test(file)) return [{ file, text: code, placeOf: (offset) => offset }]
  const tagged = findGqlLiterals(code).filter(({ tag, isClosed }) => isClosed && code[tag] !== '/')
  const marked = new Set(findGqlLiterals(code).map(({ start }) => start))
  const texts = findSourceTexts(code).flatMap(({ start, end, holes, isClosed }) => {
    const call = callOfGql.exec(code.slice(Math.max(0, start - 1 - callReach), start - 1))
    const isMeant = call !== null || (marked.has(start) && !tagged.some((each) => each.start === start))
    // A text with values in it is none that anybody knows beforehand.
    if (!isMeant || holes.length > 0 || !isClosed) return []
    const { text, places } = unescapeText(code.slice(start, end))
    const name = call?.[1] ?? findGqlLiterals(code).find((each) => each.start === start)?.name
    const placeOf = (offset: number) => start + (places[offset] ?? end - start)
    return [{ file, text, key: text, placeOf, ...(name === undefined ? {} : { name }) }]
  })
  return [
    ...tagged.map(({ start, end, holes, name }) => ({
      file,
      // What stands in its holes are fragments, which are found by their own names.
      text: holes.reduceRight(
        (text, hole) => blankOut(text, hole.start - start, hole.end - start),
        code.slice(start, end),
      ),
      placeOf: (offset: number) => start + offset,
      ...(name === undefined ? {} : { name }),
    })),
    ...texts,
  ]
}

function blankOut(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ') + text.slice(end)
}

/** Line ends in a template are one character, however the file writes them. */
const escaped =
  /\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|[\n\r\u2028\u2029])|([\s\S]))|\r\n?/g
const namedEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
}

/**
 * The value of a string or template by what stands between its quotes, and where each of its characters
 * stands there.
 */
function unescapeText(raw: string): { text: string; places: number[] } {
  const places: number[] = []
  let text = ''
  const take = (value: string, from: number, step: number) => {
    for (let i = 0; i < value.length; i++) places.push(from + i * step)
    text += value
  }
  let at = 0
  for (const match of raw.matchAll(escaped)) {
    take(raw.slice(at, match.index), at, 1)
    const [whole, point, unit, byte, lineEnd, character] = match
    const code = point ?? unit ?? byte
    const value =
      code !== undefined
        ? String.fromCodePoint(Number.parseInt(code, 16))
        : lineEnd !== undefined
          ? ''
          : character === undefined
            ? '\n'
            : (namedEscapes[character] ?? character)
    take(value, match.index, 0)
    at = match.index + whole.length
  }
  take(raw.slice(at), at, 1)
  places.push(raw.length)
  return { text, places }
}
