import { isRecord } from '../../src/record.js'
import { cellFile, segmentPrefix } from './notebook.js'

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

/** What is told of a name beside what it is. */
export interface Told {
  /** Its type. */
  signature?: string
  /** Markdown. */
  documentation?: string
}

/** What is told of members, by their names. */
export type ToldMembers = Map<string, Told>

/**
 * What is told of members, by the type that has them: to put the types of a list of methods into words takes longer
 * than to find them, and people come back to the same few types.
 */
export class KnownMembers {
  readonly #types = new Map<string, ToldMembers>()

  /**
   * @param text the type, as TypeScript writes it
   * @param symbol what the API says of its symbol
   * @returns `undefined` for a type that these do not tell from all others
   */
  of(text: string, symbol: unknown): ToldMembers | undefined {
    const key = keyOf(text, symbol)
    if (key === undefined) return undefined
    const known = this.#types.get(key) ?? new Map<string, Told>()
    // The one that was asked for longest ago goes first.
    this.#types.delete(key)
    this.#types.set(key, known)
    const [oldest] = this.#types.keys()
    if (this.#types.size > mostTypes && oldest !== undefined) this.#types.delete(oldest)
    return known
  }

  /** A cell has run: its file is another one now, and names may mean other types than before. */
  forget(code: string): void {
    if (mayChangeTypes(code)) this.#types.clear()
    for (const key of this.#types.keys()) if (key.includes(`/${segmentPrefix}`)) this.#types.delete(key)
  }

  /** Nothing holds any more. */
  forgetAll(): void {
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
  // The cell at the cursor is another one with each key.
  if (places.length === 0 || places.some((place) => place.endsWith(`/${cellFile}`))) return undefined
  return `${text} ${places.join(' ')}`
}
