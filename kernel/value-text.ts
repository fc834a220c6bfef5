import { inspect, types } from 'node:util'

/** Of lists, maps, sets and typed arrays so many items are shown, and of objects so many members. */
const mostItems = 100
const mostMembers = 1_000
const deepest = 4
/** Values that one text may name: beyond, it is shown less deep. A person reads no 5,000 lines. */
const mostValues = 5_000
const mostCharacters = 200_000
const longestSignature = 200

const options = {
  maxArrayLength: mostItems,
  maxStringLength: 10_000,
  breakLength: 100,
  numericSeparator: false,
}

/**
 * A value as text, as `console.log` would show it, cut with a count where it is too much to read.
 *
 * @throws what a value's own inspection throws
 */
export function inspectValue(value: unknown): string {
  if (typeof value === 'function') return cut(inspectFunction(value))
  if (typeof value !== 'object' || value === null) return cut(inspect(value, options))
  let depth = deepest
  while (depth > 0 && !fits(value, depth)) depth--
  return cut(inspectObject(value, depth))
}

function inspectObject(value: object, depth: number): string {
  // inspect() limits the items of lists and maps, but never the members of an object.
  if (isPlain(value) && !types.isProxy(value)) {
    const names = Object.keys(value)
    if (names.length > mostMembers) {
      const shown = Object.create(Object.getPrototypeOf(value))
      for (const name of names.slice(0, mostMembers)) {
        Object.defineProperty(shown, name, Object.getOwnPropertyDescriptor(value, name) ?? {})
      }
      return `${inspect(shown, { ...options, depth })}\n… ${counted(names.length - mostMembers, 'more member')}`
    }
  }
  return inspect(value, { ...options, depth })
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether a text of that depth would name few enough values; getters and proxies are not touched. */
function fits(root: object, depth: number): boolean {
  let left = mostValues
  const visit = (value: unknown, level: number): boolean => {
    if (--left < 0) return false
    if (typeof value !== 'object' || value === null || level > depth || types.isProxy(value)) return true
    if (types.isMap(value) || types.isSet(value)) {
      let items = 0
      for (const item of value.values()) {
        if (++items > mostItems) break
        if (!visit(item, level + 1)) return false
      }
      return true
    }
    if (ArrayBuffer.isView(value)) return true
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length && i < mostItems; i++) {
        if (!visit(Object.getOwnPropertyDescriptor(value, i)?.value, level + 1)) return false
      }
      return true
    }
    for (const name in value) {
      if (!visit(Object.getOwnPropertyDescriptor(value, name)?.value, level + 1)) return false
    }
    return true
  }
  return visit(root, 0)
}

/** `[Function: add] (a, b = 1)`: what it takes is what a person wants to know of a function. */
function inspectFunction(value: object): string {
  const text = inspect(value, { ...options, depth: 1 })
  if (!/^\[(Async)?(Generator)?Function[:\] ]/.test(text) || types.isProxy(value)) return text
  const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value
  const parameters = parametersOf(Function.prototype.toString.call(value))
  const head = `: ${String(name)}]`
  const at = text.indexOf(head)
  const end = at < 0 ? text.indexOf(']') + 1 : at + head.length
  return parameters === undefined ? text : `${text.slice(0, end)} ${parameters}${text.slice(end)}`
}

/** The parameter list in a function's source, on one line; `undefined` for native code. */
function parametersOf(source: string): string | undefined {
  if (source.endsWith('{ [native code] }')) return undefined
  const single = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source)
  if (single !== null) return `(${single[1]})`
  const start = source.indexOf('(')
  if (start < 0) return undefined
  let depth = 0
  let quote = ''
  for (let i = start; i < source.length; i++) {
    const char = source.charAt(i)
    if (quote !== '') {
      if (char === '\\') i++
      else if (char === quote) quote = ''
    } else if (/["'`]/.test(char)) quote = char
    else if (/[([{]/.test(char)) depth++
    else if (/[)\]}]/.test(char) && --depth === 0) {
      const list = source.slice(start, i + 1).replace(/\s+/g, ' ')
      return list.length > longestSignature ? `${list.slice(0, longestSignature)}…)` : list
    }
  }
  return undefined
}

function cut(text: string): string {
  if (text.length <= mostCharacters) return text
  return `${text.slice(0, mostCharacters)}\n… ${counted(text.length - mostCharacters, 'more character')}`
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
