// As CommonJS: that build is one file, the other one eight.
const load = (): typeof import('lossless-json') =>
  process.getBuiltinModule('node:module').createRequire(import.meta.url)('lossless-json')
let loaded: ReturnType<typeof load> | undefined

/** The exact parser and writer, when first needed. */
function lossless(): ReturnType<typeof load> {
  loaded ??= load()
  return loaded
}

/**
 * Parses JSON without rounding: integers beyond 2^53 become `bigint`.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  // The exact parser is slower, so it runs only where an integer is long enough to need it.
  return mayHoldLargeInteger(text) ? lossless().parse(text, undefined, exactly) : JSON.parse(text)
}

/**
 * Digits of the shortest integer that is beyond 2^53; all of that length which begin with less than a 9 are
 * below it.
 */
const fewestDigits = 16

/**
 * Whether an integer can be beyond 2^53. So many digits in a row cover one of every sixteen places: looking at those
 * costs next to nothing beside the parsing.
 */
function mayHoldLargeInteger(text: string): boolean {
  for (let at = fewestDigits - 1; at < text.length; at += fewestDigits) {
    // Of so many in a row, at least one of the two places eight away is a digit as well.
    if (!isDigit(text.charCodeAt(at))) continue
    if (!isDigit(text.charCodeAt(at - 8)) && !isDigit(text.charCodeAt(at + 8))) continue
    let start = at
    while (isDigit(text.charCodeAt(start - 1))) start--
    let end = at + 1
    while (isDigit(text.charCodeAt(end))) end++
    const isLong = end - start > fewestDigits || (end - start === fewestDigits && text[start] === '9')
    if (isLong && isValueStart(text, start)) return true
  }
  return false
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Digits behind a point, or within a text, are no integer. */
function isValueStart(text: string, start: number): boolean {
  const before = text[start - 1] === '-' ? start - 2 : start - 1
  return before < 0 || ':[, \n\r\t'.includes(text[before] ?? '')
}

/** Of two members with one name the last counts, as in `JSON.parse`. */
const exactly = {
  parseNumber: exactNumber,
  onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
}

function exactNumber(digits: string): number | bigint {
  return /^-?\d+$/.test(digits) && !lossless().isSafeNumber(digits) ? BigInt(digits) : Number(digits)
}

/**
 * Writes JSON with `bigint` as bare digits.
 *
 * @throws TypeError, RangeError for a value that holds itself
 */
export function stringifyExactJson(value: unknown, indent = 0): string {
  const exact = () => lossless().stringify(value, undefined, indent) ?? 'null'
  // Somebody may have taught big integers to become texts; by itself, `JSON.stringify` refuses them.
  if ('toJSON' in BigInt.prototype) return exact()
  let json: string
  try {
    json = JSON.stringify(value, undefined, indent) ?? 'null'
  } catch {
    return exact()
  }
  // A function that looks at each value costs more than the writing: so a number of the exact parser is found here.
  return json.includes('"isLosslessNumber":') ? exact() : json
}
