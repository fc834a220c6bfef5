const space = String.raw`\s|/\*[\s\S]*?\*/|//[^\n]*\n`
const assigning = String.raw`(?:\+\+|--|(?:\*\*|<<|>>>?|&&|\|\||\?\?|[-+*/%&|^])?=(?![=>]))`
const name = String.raw`[\p{ID_Continue}$]+`

/** A name, or the end of a pattern, that an operator follows which assigns; only the name is taken, lest it hide others. */
const before = new RegExp(String.raw`(${name}|[\]}])(?=(?:${space}|\))*${assigning})`, 'gu')
const after = new RegExp(String.raw`(?:\+\+|--)(?:${space}|\()*(${name})`, 'gu')
/** What a loop's head begins with, unless it declares it. */
const loopHead = new RegExp(
  String.raw`\bfor(?:${space})*(?:await(?:${space})*)?\((?:${space})*(?!(?:let|const|var|using)\b)(${name}|[[{(])`,
  'gu',
)

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
  // A name may be written with escapes.
  if (js.includes('\\u')) return true
  for (const { 1: target = '', index } of js.matchAll(before)) {
    const isPattern = target === ']' || target === '}'
    if (isPattern ? !patternEnds.has(index + 1) : names.has(target) && !declared.has(index)) return true
  }
  for (const [, target = ''] of js.matchAll(after)) if (names.has(target)) return true
  for (const [, head = ''] of js.matchAll(loopHead)) if (/^[[{(]/.test(head) || names.has(head)) return true
  return false
}
