import { isRecord } from '../../src/record.js'

/** Types of which the members are remembered. */
const mostTypes = 200

/** Types whose text alone says which they are; `'open'` and `3` have the members of `string` and `number`. */
const primitives: readonly [RegExp, string][] = [
  [/^(?:string|"(?:[^"\\]|\\.)*")$/, 'string'],
  [/^(?:number|-?[\d.]+(?:e[+-]?\d+)?)$/, 'number'],
  [/^(?:bigint|-?\d+n)$/, 'bigint'],
  [/^(?:boolean|true|false)$/, 'boolean'],
  [/^symbol$/, 'symbol'],
]

/** The texts of members' types, by member. */
export type MemberTexts = Map<string, string>

/**
 * What the types of members look like, by the type that has them: to put the types of a list of methods into words
 * takes longer than to find them, and people come back to the same few types.
 */
export class KnownMembers {
  readonly #types = new Map<string, MemberTexts>()

  /**
   * @param text the type, as TypeScript writes it
   * @param symbol what the API says of its symbol
   * @returns `undefined` for a type that these do not tell from all others
   */
  of(text: string, symbol: unknown): MemberTexts | undefined {
    const key = keyOf(text, symbol)
    if (key === undefined) return undefined
    const known = this.#types.get(key) ?? new Map<string, string>()
    // The one that was asked for longest ago goes first.
    this.#types.delete(key)
    this.#types.set(key, known)
    const [oldest] = this.#types.keys()
    if (this.#types.size > mostTypes && oldest !== undefined) this.#types.delete(oldest)
    return known
  }

  /** Names may mean other types than before. */
  forget(): void {
    this.#types.clear()
  }
}

const typeWords =
  /(?<![.\p{ID_Continue}$])(?:class|declare|enum|extends|import|interface|module|namespace|require|type)\b(?!\s*[:=.,;)\]}?])/u

/** Whether a name of a type may mean another one in the cell, or behind it. */
export function mayChangeTypes(code: string): boolean {
  return typeWords.test(code)
}

function keyOf(text: string, symbol: unknown): string | undefined {
  const primitive = primitives.find(([form]) => form.test(text))
  if (primitive !== undefined) return primitive[1]
  // `{ a: string; ... 12 more ...; z: string }` may be another one of as many.
  if (text.includes('... ') || !isRecord(symbol) || !Array.isArray(symbol.declarations)) return undefined
  const places = symbol.declarations.map(String)
  return places.length === 0 ? undefined : `${text} ${places.join(' ')}`
}
