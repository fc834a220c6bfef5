import { createRequire } from 'node:module'

// As CommonJS: that build is one file, the other one eight.
const load = (): typeof import('lossless-json') => createRequire(import.meta.url)('lossless-json')
let loaded: ReturnType<typeof load> | undefined

/** The exact parser and writer, when first needed. */
function lossless(): ReturnType<typeof load> {
  loaded ??= load()
  return loaded
}

const longNumber = /\d{16}/

/**
 * Parses JSON without rounding: integers beyond 2^53 become `bigint`.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  // The exact parser is slower, so it runs only where a run of digits is long enough to need it.
  return longNumber.test(text) ? lossless().parse(text, undefined, exactNumber) : JSON.parse(text)
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
  try {
    return JSON.stringify(value, refuseExact, indent) ?? 'null'
  } catch {
    return lossless().stringify(value, undefined, indent) ?? 'null'
  }
}

/** For `JSON.stringify`: what it would not write as bare digits. `value` is past its `toJSON` already. */
function refuseExact(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const given = this[key]
  const isExact =
    typeof given === 'bigint' || (typeof given === 'object' && given && 'isLosslessNumber' in given)
  if (isExact) throw new TypeError('an exact number')
  return value
}
