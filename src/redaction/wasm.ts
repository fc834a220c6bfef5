/** Instructions of WebAssembly as bytes: each operator takes its operands' code and gives the whole expression's. */
export type Code = readonly number[]

/** A type of values, as the binary format writes it. */
export const types = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const

const operator =
  (...code: number[]) =>
  (...operands: Code[]): Code => [...operands.flat(), ...code]
const vector = (code: number) => operator(0xfd, ...unsigned(code))
/** Any alignment will do. */
const memory =
  (...code: number[]) =>
  (address: Code, offset = 0): Code => [...address, ...code, 0, ...unsigned(offset)]

/** The operators of 32-bit numbers that are needed here, by their names in the text format. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(BigInt(value | 0))],
  load: memory(0x28),
  load8: memory(0x2d),
  store: (address: Code, value: Code): Code => [...address, ...value, 0x36, 0, 0],
  eqz: operator(0x45),
  eq: operator(0x46),
  ltU: operator(0x49),
  geU: operator(0x4f),
  ctz: operator(0x68),
  popcnt: operator(0x69),
  add: operator(0x6a),
  sub: operator(0x6b),
  mul: operator(0x6c),
  and: operator(0x71),
  or: operator(0x72),
  xor: operator(0x73),
  shl: operator(0x74),
  shrU: operator(0x76),
  wrap: operator(0xa7),
}

/** Those of 64-bit numbers. */
export const i64 = {
  const: (value: bigint): Code => [0x42, ...signed(BigInt.asIntN(64, value))],
  eqz: operator(0x50),
  extend: operator(0xad),
  and: operator(0x83),
  or: operator(0x84),
  xor: operator(0x85),
  shl: operator(0x86),
  shrU: operator(0x88),
}

/** Those of sixteen bytes at once. */
export const v128 = {
  load: memory(0xfd, 0x00),
  /** These sixteen bytes. */
  list: (values: readonly number[]): Code => [0xfd, 0x0c, ...values],
  /** The same byte sixteen times. */
  bytes: (value: number): Code => v128.list(new Array<number>(16).fill(value)),
  lookUp: vector(0x0e),
  equal: vector(0x23),
  and: vector(0x4e),
  or: vector(0x50),
  anyTrue: vector(0x53),
  bitmask: vector(0x64),
  shrU: vector(0x6d),
}

/** A variable of a function, or one of its parameters. */
export interface Local {
  get: Code
  set(value: Code): Code
  /** Sets it, and is the value as well. */
  tee(value: Code): Code
}

/** Runs `body` again and again until `condition`, asked first, is 0. */
export function whileTrue(condition: Code, ...body: Code[]): Code {
  const leave = [...condition, 0x45, 0x0d, 1]
  return [0x02, 0x40, 0x03, 0x40, ...leave, ...body.flat(), 0x0c, 0, 0x0b, 0x0b]
}

/** Runs `body` where `condition` is not 0. */
export function when(condition: Code, ...body: Code[]): Code {
  return [...condition, 0x04, 0x40, ...body.flat(), 0x0b]
}

/** Calls a function of the same module, by its place in it. */
export function call(index: number, ...given: Code[]): Code {
  return [...given.flat(), 0x10, ...unsigned(index)]
}

/** One function of a module: it takes 32-bit numbers and gives one. */
export class WasmFunction {
  readonly name: string
  readonly parameters: readonly Local[]
  readonly #locals: number[] = []
  #body: Code = []

  constructor(name: string, parameterCount: number) {
    this.name = name
    this.parameters = Array.from({ length: parameterCount }, (_, index) => localAt(index))
  }

  /** A further variable, 0 at first. */
  local(type: keyof typeof types): Local {
    return localAt(this.parameters.length + this.#locals.push(types[type]) - 1)
  }

  /** Sets what it does; the last part leaves its result. */
  does(...body: Code[]): this {
    this.#body = body.flat()
    return this
  }

  get code(): Code {
    const locals = this.#locals.flatMap((type) => [1, type])
    return sized([...unsigned(this.#locals.length), ...locals, ...this.#body, 0x0b])
  }
}

/** A module of these functions; it is given its memory as `memory.bytes`. */
export function moduleOf(functions: readonly WasmFunction[]): Uint8Array {
  const signatures = functions.map(({ parameters }) => [
    0x60,
    ...list(parameters.map(() => [types.i32])),
    ...list([[types.i32]]),
  ])
  const exported = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(signatures)),
    ...section(2, list([[...text('memory'), ...text('bytes'), 0x02, 0, 1]])),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(7, list(exported)),
    ...section(10, list(functions.map(({ code }) => code))),
  ])
}

function localAt(index: number): Local {
  const at = unsigned(index)
  return {
    get: [0x20, ...at],
    set: (value) => [...value, 0x21, ...at],
    tee: (value) => [...value, 0x22, ...at],
  }
}

const section = (id: number, content: Code): Code => [id, ...sized(content)]
const sized = (content: Code): Code => [...unsigned(content.length), ...content]
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()]
const text = (name: string): Code => sized([...Buffer.from(name)])

/** LEB128, as all numbers of the binary format are written. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: bigint): Code {
  const low = Number(value & 0x7fn)
  const rest = value >> 7n
  const isLast = rest === ((low & 0x40) === 0 ? 0n : -1n)
  return isLast ? [low] : [low | 0x80, ...signed(rest)]
}
