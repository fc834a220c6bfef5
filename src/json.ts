import { createRequire } from 'node:module'

// The CommonJS build is one file, the other one eight: every command waits for them.
const lossless: typeof import('lossless-json') = createRequire(import.meta.url)('lossless-json')
const { isSafeNumber, parse, stringify } = lossless

const longNumber = /\d{16}/

/**
 * Parses JSON without rounding: integers beyond 2^53 become `bigint`.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  // The exact parser is slower, so it runs only where a run of digits is long enough to need it.
  return longNumber.test(text) ? parse(text, undefined, exactNumber) : JSON.parse(text)
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
