import { inspect } from 'node:util'
import { hasMembers, isPlainObject, namesOf, readMember, Unreadable } from './table-columns.js'
import { grouped } from './table-strings.js'

/** JSON text of some value. */
export interface BoundedJson {
  text: string
  /** Something was left out for its length or depth. */
  isCut: boolean
}

/** JSON nested deeper is read by nobody, and recursion has an end. */
const deepest = 32

/** How JSON is written. */
interface JsonStyle {
  /** Put before each level's lines; without, everything stands on one line. */
  indent?: string
  /** Only what every reader takes: integers beyond 2^53 as text, null for NaN. Else people see the bare digits. */
  isStrict?: boolean
}

/**
 * A value as JSON of about `maxLength` characters at most, whatever it is: nothing behind the end is looked at. Long
 * integers keep their digits; what has no JSON form is named in its place.
 */
export function boundedJson(value: unknown, maxLength: number, style: JsonStyle = {}): BoundedJson {
  const writer = new JsonWriter(maxLength, style)
  writer.write(value)
  return { text: writer.parts.join(''), isCut: writer.isCut }
}

/** What `toJSON` gives, as it hides secrets and writes dates; else the object itself. */
export function dataOf(value: object): unknown {
  try {
    if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON()
  } catch (error) {
    return new Unreadable(error)
  }
  return value
}

/** What stands for a value that has no JSON: `[Function: run]`, `Symbol(a)`, `Uint8Array(3) [ 1, 2, 3 ]`. */
export function shortInspection(value: unknown): string {
  try {
    return inspect(value, { depth: 0, maxArrayLength: 20, maxStringLength: 200, breakLength: Infinity })
  } catch (error) {
    return unreadableText(new Unreadable(error))
  }
}

class JsonWriter {
  readonly parts: string[] = []
  isCut = false
  readonly #indent: string
  readonly #isStrict: boolean
  /** Characters that may still be written. */
  #left: number
  /** The objects that the present one lies in. */
  readonly #path = new Set<object>()

  constructor(maxLength: number, { indent = '', isStrict = false }: JsonStyle) {
    this.#left = maxLength
    this.#indent = indent
    this.#isStrict = isStrict
  }

  write(value: unknown): void {
    if (typeof value === 'string') this.#putText(value)
    else if (typeof value === 'number' || typeof value === 'bigint') {
      this.#put(this.#isStrict ? strictNumber(value) : String(value))
    } else if (typeof value === 'boolean') this.#put(String(value))
    else if (value === null || value === undefined) this.#put('null')
    else if (typeof value === 'object') this.#writeSafely(value)
    else this.#putText(shortInspection(value))
  }

  #put(text: string): void {
    this.parts.push(text)
    this.#left -= text.length
  }

  #putText(text: string): void {
    const isTooLong = text.length > this.#left
    if (isTooLong) this.isCut = true
    this.#put(JSON.stringify(isTooLong ? `${text.slice(0, Math.max(0, this.#left))}…` : text))
  }

  /** What a hostile object began to be is taken back when it throws. */
  #writeSafely(value: object): void {
    const begun = this.parts.length
    try {
      this.#writeObject(value)
    } catch (error) {
      this.parts.length = begun
      this.#path.delete(value)
      this.#putText(unreadableText(new Unreadable(error)))
    }
  }

  #writeObject(value: object): void {
    if (value instanceof Unreadable) this.#putText(unreadableText(value))
    else if (this.#path.has(value)) this.#putText('[circular]')
    else if (this.#path.size >= deepest) {
      this.isCut = true
      this.#putText('…')
    } else {
      this.#path.add(value)
      if (Array.isArray(value)) this.#writeItems(value, value.length)
      else if (value instanceof Set) this.#writeItems(value, value.size)
      else if (value instanceof Map) this.#writeMembers(mapMembers(value))
      else if (isPlainObject(value)) this.#writeMembers(members(value))
      else this.#writeInstance(value)
      this.#path.delete(value)
    }
  }

  /** Of a class: as it writes itself, else its fields, else as Node names it. */
  #writeInstance(value: object): void {
    const data = ArrayBuffer.isView(value) ? value : dataOf(value)
    if (data !== value) this.write(data)
    else if (ArrayBuffer.isView(value) || namesOf(value).length === 0) this.#putText(shortInspection(value))
    else this.#writeMembers(members(value))
  }

  #writeItems(items: Iterable<unknown>, count: number): void {
    this.#put('[')
    let written = 0
    for (const item of items) {
      if (!this.#begin(written, `${grouped(count - written)} more`)) break
      this.write(item)
      written++
    }
    this.#put(written === 0 ? ']' : `${this.#lineBreak(0)}]`)
  }

  #writeMembers(all: Iterable<readonly [string, unknown]>): void {
    this.#put('{')
    let written = 0
    for (const [name, value] of all) {
      if (value === undefined) continue
      if (!this.#begin(written, 'more')) break
      this.#putText(name)
      this.#put(this.#indent === '' ? ':' : ': ')
      this.write(value)
      written++
    }
    this.#put(written === 0 ? '}' : `${this.#lineBreak(0)}}`)
  }

  /** Whether there is room for another one; else `rest` is said to follow. */
  #begin(written: number, rest: string): boolean {
    if (written > 0) this.#put(',')
    this.#put(this.#lineBreak(1))
    if (this.#left > 0) return true
    this.isCut = true
    this.#put(`… ${rest}`)
    return false
  }

  #lineBreak(deeper: number): string {
    return this.#indent === '' ? '' : `\n${this.#indent.repeat(this.#path.size - 1 + deeper)}`
  }
}

function strictNumber(value: number | bigint): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`
}

function* mapMembers(map: ReadonlyMap<unknown, unknown>): Iterable<readonly [string, unknown]> {
  for (const [key, value] of map) yield [typeof key === 'string' ? key : shortInspection(key), value]
}

function* members(value: object): Iterable<readonly [string, unknown]> {
  if (hasMembers(value)) for (const name of namesOf(value)) yield [name, readMember(value, name)]
}

function unreadableText({ reason }: Unreadable): string {
  return `[unreadable: ${reason}]`
}
