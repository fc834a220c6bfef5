/** A set of hashes: which places of a text may hold something. */
export interface HashMap {
  bytes: Uint8Array
  /** So many lower bits of a hash are dropped to find its place. */
  shift: number
}

/** Bytes times these are spread over a map. */
export const multipliers = { first: 0x9e3779b1, second: 0x85ebca6b, last: 0xc2b2ae35 }
/** Stands where two different hashes have one place. */
export const markOfSeveral = 0xff

/** A map for words of four bytes, with one byte for each of so many places (a power of two, by its exponent). */
export function wordMap(exponent: number): HashMap {
  return { bytes: new Uint8Array(1 << exponent), shift: 32 - exponent }
}

/** Notes a word by its hash. */
export function markWord({ bytes, shift }: HashMap, hash: number): void {
  const mark = ((hash >>> 8) & 0x7f) + 1
  const place = hash >>> shift
  bytes[place] = bytes[place] === 0 || bytes[place] === mark ? mark : markOfSeveral
}

/** Of the low bytes of four characters. */
export function hashOfWord(text: string, at: number): number {
  const low = (i: number) => text.charCodeAt(at + i) & 0xff
  return Math.imul(low(0) | (low(1) << 8) | (low(2) << 16) | (low(3) << 24), multipliers.first) >>> 0
}

/** Notes eight bytes by their hash, with two bits of one number: both by chance are seldom. */
export function markGram(numbers: Int32Array, shift: number, hash: number): void {
  const place = hash >>> shift
  numbers[place] = (numbers[place] ?? 0) | (1 << (hash & 31)) | (1 << ((hash >>> 5) & 31))
}

/** Of the low bytes of eight characters of a text. */
export function hashOfText(text: string, at: number): number {
  const low = (i: number) => text.charCodeAt(at + i) & 0xff
  return mix(
    low(0) | (low(1) << 8) | (low(2) << 16) | (low(3) << 24),
    low(4) | (low(5) << 8) | (low(6) << 16) | (low(7) << 24),
  )
}

/** The same of a list of characters. */
export function hashOfUnits(units: Uint16Array, at: number): number {
  const low = (i: number) => (units[at + i] ?? 0) & 0xff
  return mix(
    low(0) | (low(1) << 8) | (low(2) << 16) | (low(3) << 24),
    low(4) | (low(5) << 8) | (low(6) << 16) | (low(7) << 24),
  )
}

/** Spreads eight bytes over 32 bits; the upper ones are the best. */
function mix(first: number, second: number): number {
  const mixed = Math.imul(first, multipliers.first) ^ Math.imul(second, multipliers.second)
  return Math.imul(mixed ^ (mixed >>> 15), multipliers.last) >>> 0
}
