/** An odd multiplier makes `x * m mod 2^32` reversible, which is what lets an id lead back to its row. */
const m1 = 0x9c8f2d35
const m2 = 0x6b43a9b5
const m1Inverse = invert(m1)
const m2Inverse = invert(m2)

/** The inverse of an odd number modulo 2^32: each round doubles the number of right bits. */
function invert(odd: number): number {
  let inverse = odd
  for (let round = 0; round < 5; round++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse))
  return inverse >>> 0
}

/** Scrambles 32 bits so that neighbours look unrelated; {@link unmix} undoes it. */
export function mix(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), m1)
  x = Math.imul(x ^ (x >>> 16), m2)
  return (x ^ (x >>> 16)) >>> 0
}

function unmix(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), m2Inverse)
  x = Math.imul(x ^ (x >>> 16), m1Inverse)
  return (x ^ (x >>> 16)) >>> 0
}

/** A random-looking 32-bit number that depends on nothing but its arguments. */
export function hash(...parts: readonly number[]): number {
  let state = 0x51ed270b
  for (const part of parts) state = mix(state ^ mix(part))
  return state
}

/** A stream of numbers from a seed: the same seed gives the same stream on every machine. */
export class Random {
  #state: number

  constructor(...seed: readonly number[]) {
    this.#state = hash(...seed)
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.float() * end)
  }

  /** A number from 0 up to, not including, 1. */
  float(): number {
    this.#state = (this.#state + 0x9e3779b1) >>> 0
    return mix(this.#state) / 0x1_0000_0000
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }
}

/** One of `items`, chosen by a hash: for rows that are made when they are asked for. */
export function choose<T extends readonly [unknown, ...unknown[]]>(items: T, hashed: number): T[number] {
  return items[hashed % items.length] ?? items[0]
}

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0')

/**
 * Names the rows of one kind with UUIDs, both ways in constant time and with no table in memory:
 * the first word of the UUID is the row number, scrambled with a key that depends on the seed.
 */
export class RowIds {
  readonly #key: number
  readonly #salt: number

  constructor(seed: number, kind: string) {
    this.#salt = hash(seed, ...Buffer.from(kind))
    this.#key = mix(this.#salt)
  }

  uuid(row: number): string {
    const first = hex(mix(row ^ this.#key))
    const second = hex(hash(this.#salt, row, 1))
    const third = hex(hash(this.#salt, row, 2))
    const fourth = hex(hash(this.#salt, row, 3))
    // Version 4 and variant 10, as RFC 9562 writes a random UUID.
    const variant = '89ab'[Number.parseInt(third.slice(0, 1), 16) & 3]
    return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${fourth}`
  }

  /** The row that has this UUID, or -1. */
  rowOf(uuid: string): number {
    if (!/^[0-9a-f]{8}-/.test(uuid)) return -1
    const row = (unmix(Number.parseInt(uuid.slice(0, 8), 16)) ^ this.#key) >>> 0
    return this.uuid(row) === uuid ? row : -1
  }
}
