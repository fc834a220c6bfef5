import { createRequire } from 'node:module'

// The CommonJS build is one file, the other one eight: every command waits for them.
const lossless: typeof import('lossless-json') = createRequire(import.meta.url)('lossless-json')
const { isSafeNumber, parse, stringify } = lossless

/** A whole number that may be beyond 2^53, which has 16 digits and begins with a 9; or, seldom, a text that looks so. */
const largeInteger = /[[:,\s]-?(?:\d{17}|9\d{15})|^-?(?:\d{17}|9\d{15})/

/**
 * Parses JSON without rounding: integers beyond 2^53 become `bigint`.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  // The exact parser is slower, so it runs only where an integer is long enough to need it.
  return largeInteger.test(text) ? parse(text, undefined, exactly) : JSON.parse(text)
}

/** Of two members with one name the last counts, as in `JSON.parse`. */
const exactly = {
  parseNumber: exactNumber,
  onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
}

function exactNumber(digits: string): number | bigint {
  return /^-?\d+$/.test(digits) && !isSafeNumber(digits) ? BigInt(digits) : Number(digits)
}

/**
 * Writes JSON with `bigint` as bare digits.
 *
 * @throws TypeError, RangeError for a value that holds itself
 */
export function stringifyExactJson(value: unknown, indent = 0): string {
  return stringify(value, undefined, indent) ?? 'null'
}
