import { markOfSeveral, multipliers } from './hash-maps.js'
import {
  type Code,
  call,
  i32,
  i64,
  type Local,
  moduleOf,
  v128,
  WasmFunction,
  when,
  whileTrue,
} from './wasm.js'

/** The text's place in memory; before it and behind it there is room for a look too far. */
export const textAt = 64
/** Bytes that are looked at in one step. */
const stepLength = 32

/**
 * What the search does with text, as WebAssembly: sixteen bytes in one instruction. All of it looks at the
 * first `length` bytes of the text, writes what it finds to the address `found`, as 32-bit numbers, and gives
 * how many they are.
 */
export interface ScanCode {
  /** Places, `step` apart, whose four bytes are in a map as hash-maps.ts makes it. */
  words(length: number, step: number, map: number, shift: number, found: number): number
  /** The same for eight bytes, and a map of pairs of bits. */
  grams(length: number, step: number, map: number, shift: number, found: number): number
  /** Places times four, each with one of {@link signs}; `tables` are those of {@link byteClasses}, in their order. */
  signs(length: number, tables: number, found: number): number
}

/** What the look of some bytes may be a sign of. */
export const signs = {
  /** The 20th character of a run is here, as all tokens and keys have one. */
  run: 0,
  /** Sixteen bytes of a list of numbers begin here. */
  numbers: 1,
  /** Sixteen bytes of a list of quoted letters begin here. */
  letters: 2,
  /** There is a zero byte or a backslash somewhere. */
  zero: 3,
} as const

/** Characters of tokens and keys. */
export const runCharacters = /[\w.+/=~-]/
/** Of lists of bytes: numbers, their prefixes (`0x`, `\x`, `\u`, `U+`, `&#`, `%`), blanks and commas. */
export const listCharacters = /[0-9a-fA-FxXuUnrt \n\r\t,;:&#%\\[\]{}'"|<>()\-_+]/
/** Sets of ASCII characters that are told apart. */
export const byteClasses = [
  { name: 'run', characters: runCharacters },
  { name: 'list', characters: listCharacters },
  /** Between quoted letters, and their quotes. */
  { name: 'separator', characters: /[\s,+\\'"`]/ },
  { name: 'numeral', characters: /[0-9a-fA-F]/ },
  { name: 'quote', characters: /['"`]/ },
] as const
type ByteClass = (typeof byteClasses)[number]['name']
/** A table for the lower four bits of a byte. */
export const tableLength = 16

/** Every shape has a run of so many characters without a blank or a quote in it. */
export const shortestRun = 20
/** Of sixteen bytes of a list of quoted letters, at least so many are no letters. */
const leastSeparators = 11
const leastNumerals = 2
/** In as many characters of a list, sixteen stand at a place that is looked at. */
const shortestWritten = 31
/** Digits of four bytes, as decimals are written; a longer number is a hash or an id. */
const longestNumber = 10
const backslash = 0x5c

/** The module that has the functions of {@link ScanCode}. */
export function scanModule(): Uint8Array {
  const isLong = isLongList()
  return moduleOf([isLong, words(), grams(), signsOfClasses((...given) => call(0, ...given))])
}

function words(): WasmFunction {
  const code = new WasmFunction('words', 5)
  const [length, step, map, shift, found] = code.parameters as [Local, Local, Local, Local, Local]
  const hash = code.local('i32')
  const mark = code.local('i32')
  const own = i32.add(i32.and(i32.shrU(hash.get, i32.const(8)), i32.const(0x7f)), i32.const(1))
  return code.does(
    ...lookUp(code, { length, step, found }, (at) => {
      const look = [
        hash.set(times(i32.load(at, textAt), multipliers.first)),
        mark.set(i32.load8(i32.add(map.get, i32.shrU(hash.get, shift.get)))),
      ]
      const isOwn = i32.or(i32.eq(mark.get, own), i32.eq(mark.get, i32.const(markOfSeveral)))
      return { look: look.flat(), mayBe: mark.get, is: isOwn }
    }),
  )
}

function grams(): WasmFunction {
  const code = new WasmFunction('grams', 5)
  const [length, step, map, shift, found] = code.parameters as [Local, Local, Local, Local, Local]
  const hash = code.local('i32')
  const bit = (by: Code) => i32.shl(i32.const(1), by)
  const wanted = i32.or(bit(hash.get), bit(i32.shrU(hash.get, i32.const(5))))
  const there = i32.load(i32.add(map.get, i32.shl(i32.shrU(hash.get, shift.get), i32.const(2))))
  const isThere = i32.eqz(i32.and(wanted, i32.xor(there, i32.const(-1))))
  return code.does(
    ...lookUp(code, { length, step, found }, (at) => {
      const look = mix(hash, i32.load(at, textAt), i32.load(at, textAt + 4)).flat()
      return { look, mayBe: isThere, is: isThere }
    }),
  )
}

/** How one place is looked at; where `mayBe` is 0, `is` is as well. */
type LookAt = (at: Code) => { look: Code; mayBe: Code; is: Code }

/** Four places with one branch, which is hardly ever taken, and notes those of the four that are what is looked for. */
function lookUp(
  code: WasmFunction,
  { length, step, found }: { length: Local; step: Local; found: Local },
  lookAt: LookAt,
): Code[] {
  const at = code.local('i32')
  const next = code.local('i32')
  const end = code.local('i32')
  const any = code.local('i32')
  const place = code.local('i32')
  const { look, mayBe, is } = lookAt(next.get)
  const moveOn = next.set(i32.add(next.get, step.get))
  const addLook = [...look, ...any.set(i32.or(any.get, mayBe)), ...moveOn]
  return [
    place.set(found.get),
    whileTrue(
      i32.ltU(at.get, length.get),
      next.set(at.get),
      any.set(i32.const(0)),
      ...[addLook, addLook, addLook, addLook],
      end.set(next.get),
      when(
        any.get,
        next.set(at.get),
        whileTrue(
          i32.ltU(next.get, end.get),
          look,
          i32.store(place.get, next.get),
          place.set(i32.add(place.get, i32.shl(is, i32.const(2)))),
          moveOn,
        ),
      ),
      at.set(end.get),
    ),
    countFrom(found, place),
  ]
}

/** As `mix` of hash-maps.ts. */
function mix(hash: Local, first: Code, second: Code): Code[] {
  return [
    hash.set(i32.xor(times(first, multipliers.first), times(second, multipliers.second))),
    hash.set(times(i32.xor(hash.get, i32.shrU(hash.get, i32.const(15))), multipliers.last)),
  ]
}

/** Whether sixteen bytes of a list are in the midst of one that may hold sixteen bytes, written out, and in no hash. */
function isLongList(): WasmFunction {
  const code = new WasmFunction('isLongList', 2)
  const [at, tables] = code.parameters as [Local, Local]
  const listed = code.local('i64')
  const numerals = code.local('i64')
  const { set, outside } = classesOf(code, tables)
  const add = (mask: Local, name: ByteClass, offset: number) => {
    const inside = i64.extend(i32.xor(v128.bitmask(outside(name)), i32.const(0xffff)))
    return mask.set(i64.or(mask.get, i64.shl(inside, i64.const(BigInt(offset + 16)))))
  }
  const around = [-16, 0, 16, 32].map((offset) => [
    ...set(v128.load(at.get, textAt + offset)),
    ...add(listed, 'list', offset),
    ...add(numerals, 'numeral', offset),
  ])
  // Those that end with one of the sixteen bytes in the midst, or behind them and begin there.
  const ofTheseBytes = ((1n << BigInt(16 + longestNumber)) - 1n) << 16n
  return code.does(
    ...around,
    ...narrowed(listed, shortestWritten),
    ...narrowed(numerals, longestNumber + 1),
    i32.and(i32.eqz(i64.eqz(listed.get)), i64.eqz(i64.and(numerals.get, i64.const(ofTheseBytes)))),
  )
}

function signsOfClasses(isLong: (at: Code, tables: Code) => Code): WasmFunction {
  const code = new WasmFunction('signs', 3)
  const [length, tables, found] = code.parameters as [Local, Local, Local]
  const at = code.local('i32')
  const place = code.local('i32')
  const runMask = code.local('i32')
  const zeroSeen = code.local('v128')
  const quotes = code.local('i32')
  const bytes = code.local('v128')
  const { set, outside } = classesOf(code, tables)
  const countOf = (name: ByteClass) => i32.sub(i32.const(16), i32.popcnt(v128.bitmask(outside(name))))
  // Blanks alone are no numbers, and neither is a part of a hash.
  const hasNumbers = i32.ltU(
    i32.sub(countOf('numeral'), i32.const(leastNumerals)),
    i32.const(16 - leastNumerals),
  )
  const lookAt = (offset: number) => {
    const here = i32.add(at.get, i32.const(offset))
    const inRun = i32.xor(v128.bitmask(outside('run')), i32.const(0xffff))
    return [
      bytes.set(v128.load(at.get, textAt + offset)),
      set(bytes.get),
      zeroSeen.set(v128.or(zeroSeen.get, v128.or(isByte(bytes, 0), isByte(bytes, backslash)))),
      when(
        i32.eqz(v128.anyTrue(outside('list'))),
        when(hasNumbers, when(isLong(here, tables.get), note(place, here, signs.numbers))),
      ),
      when(
        i32.geU(countOf('separator'), i32.const(leastSeparators)),
        quotes.set(i32.xor(v128.bitmask(outside('quote')), i32.const(0xffff))),
        when(
          hasQuotedLetter(quotes, v128.bitmask(isByte(bytes, backslash))),
          note(place, here, signs.letters),
        ),
      ),
      runMask.set(i32.or(runMask.get, i32.shl(inRun, i32.const(offset)))),
    ].flat()
  }
  return code.does(
    place.set(found.get),
    whileTrue(
      i32.ltU(at.get, length.get),
      runMask.set(i32.const(0)),
      lookAt(0),
      lookAt(16),
      ...noteRuns(code, runMask, at, place),
      at.set(i32.add(at.get, i32.const(stepLength))),
    ),
    when(v128.anyTrue(zeroSeen.get), note(place, i32.const(0), signs.zero)),
    countFrom(found, place),
  )
}

/** `outside` has all bits of those bytes that are not of a class, when they are set. */
function classesOf(code: WasmFunction, tables: Local) {
  const low = code.local('v128')
  const high = code.local('v128')
  const set = (bytes: Code) => [
    ...low.set(v128.and(bytes, v128.bytes(0x0f))),
    ...high.set(v128.lookUp(v128.list(highBits), v128.shrU(bytes, i32.const(4)))),
  ]
  const outside = (name: ByteClass) => {
    const table = byteClasses.findIndex((one) => one.name === name) * tableLength
    const bits = v128.lookUp(v128.load(tables.get, table), low.get)
    return v128.equal(v128.and(bits, high.get), v128.bytes(0))
  }
  return { set, outside }
}

/** A quote, one letter and a quote, also where the quotes have up to seven backslashes before them. */
function hasQuotedLetter(quotes: Local, backslashes: Code): Code {
  const earlier = (distance: number) => i32.shl(quotes.get, i32.const(distance))
  const escaped = [3, 4, 5, 6, 7, 8, 9].map(earlier).reduce((all, one) => i32.or(all, one))
  const isEscaped = i32.and(i32.shl(backslashes, i32.const(1)), escaped)
  return i32.and(quotes.get, i32.or(earlier(2), isEscaped))
}

function isByte(bytes: Local, byte: number): Code {
  return v128.equal(bytes.get, v128.bytes(byte))
}

/** By the upper four bits of a byte, one bit for each half of ASCII's sixteen columns; none for what is beyond. */
const highBits = Array.from({ length: 16 }, (_, half) => (half < 8 ? 1 << half : 0))

/** A window has the bits of the step before in its lower half: a run is noted once, where its 20th byte stands. */
function noteRuns(code: WasmFunction, mask: Local, at: Local, place: Local): Code[] {
  const window = code.local('i64')
  const ends = code.local('i64')
  const left = code.local('i32')
  const first = i64.and(ends.get, i64.xor(i64.shl(ends.get, i64.const(1n)), i64.const(-1n)))
  const slid = i64.shrU(window.get, i64.const(32n))
  return [
    window.set(i64.or(slid, i64.shl(i64.extend(mask.get), i64.const(32n)))),
    ends.set(window.get),
    ...narrowed(ends, shortestRun),
    left.set(i32.wrap(i64.shrU(first, i64.const(32n)))),
    whileTrue(
      left.get,
      note(place, i32.add(at.get, i32.ctz(left.get)), signs.run),
      left.set(i32.and(left.get, i32.sub(left.get, i32.const(1)))),
    ),
  ]
}

/** Leaves those bits that have `length - 1` others right below them. */
function narrowed(mask: Local, length: number): Code[] {
  const steps: Code[] = []
  for (let reached = 1; reached < length; ) {
    const by = Math.min(reached, length - reached)
    steps.push(mask.set(i64.and(mask.get, i64.shl(mask.get, i64.const(BigInt(by))))))
    reached += by
  }
  return steps
}

function note(place: Local, at: Code, sign: number): Code {
  return [
    ...i32.store(place.get, i32.or(i32.shl(at, i32.const(2)), i32.const(sign))),
    ...place.set(i32.add(place.get, i32.const(4))),
  ]
}

function countFrom(found: Local, place: Local): Code {
  return i32.shrU(i32.sub(place.get, found.get), i32.const(2))
}

function times(value: Code, factor: number): Code {
  return i32.mul(value, i32.const(factor))
}
