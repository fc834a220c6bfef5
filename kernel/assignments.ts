/** Can be read in one way only: with a lazy comment, a row of comments is tried in all its divisions. */
const space = String.raw`\s|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|//[^\n]*\n`
const assigning = String.raw`(?:\+\+|--|(?:\*\*|<<|>>>?|&&|\|\||\?\?|[-+*/%&|^])?=(?![=>]))`
/** A whole one: begun at each of its letters, a text of a megabyte in a cell would be read a million times. */
const name = String.raw`(?<![\p{ID_Continue}$])[\p{ID_Continue}$]+`

/**
 * A name, or the end of a pattern, that an operator follows which assigns; only the name is taken, lest it
 * hide others.
 */
const before = new RegExp(String.raw`(${name}|[\]}])(?=(?:${space}|\))*${assigning})`, 'gu')
const after = new RegExp(String.raw`(?:\+\+|--)(?:${space}|\()*(${name})`, 'gu')
/** What a loop's head begins with, unless it declares it. */
const loopHead = new RegExp(
  String.raw`\bfor(?:${space})*(?:await(?:${space})*)?\((?:${space})*(?!(?:let|const|var|using)\b)(${name}|[[{(])`,
  'gu',
)

/** The longest script that is looked at, characters. */
const longest = 4_000_000

/** Where a script declares names. */
export interface DeclaredPlaces {
  /** Where each plain name begins. */
  names: ReadonlySet<number>
  /** Where each pattern ends. */
  patternEnds: ReadonlySet<number>
}

/**
 * Whether a script may assign to one of some names beyond their declarations, by its text alone: a look at the whole
 * syntax tree takes ten times longer, and few cells have what it looks for. What is in texts and comments counts.
 */
export function mayAssign(
  js: string,
  names: ReadonlySet<string>,
  { names: declared, patternEnds }: DeclaredPlaces,
): boolean {
  // A name may be written with escapes; and a comment of many megabytes is more than an expression can hold.
  if (js.includes('\\u') || js.length > longest) return true
  for (const { 1: target = '', index } of js.matchAll(before)) {
    const isPattern = target === ']' || target === '}'
    if (isPattern ? !patternEnds.has(index + 1) : names.has(target) && !declared.has(index)) return true
  }
  for (const [, target = ''] of js.matchAll(after)) if (names.has(target)) return true
  for (const [, head = ''] of js.matchAll(loopHead)) if (/^[[{(]/.test(head) || names.has(head)) return true
  return false
}
