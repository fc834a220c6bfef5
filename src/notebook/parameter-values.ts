import { parseExactJson } from '../json.js'
import { plain } from '../text.js'
import { type ParameterType, quoted, typeText } from './parameter-types.js'

/** A value as it fits a type, or what is wrong with it, in words that follow the parameter's name. */
export type Fitted = { value: unknown; problem?: never } | { problem: string }

/** What a person wrote for one parameter, in the order of the command line. */
export interface WrittenText {
  text: string
  /** A text, whatever it looks like. */
  isRaw: boolean
}

/** The value that texts of a command line stand for: several are an array. */
export function fitTexts(texts: readonly WrittenText[], type: ParameterType): Fitted {
  const [first] = texts
  if (first === undefined) return { problem: 'there is no value' }
  if (texts.length === 1) return fitText(first, type)
  const item = itemOf(type)
  if (item === undefined) return { problem: `was given ${texts.length} times, and takes one value` }
  const values: unknown[] = []
  for (const [index, text] of texts.entries()) {
    const fitted = fitText(text, item)
    if (fitted.problem !== undefined) return { problem: `[${index}] ${fitted.problem}` }
    values.push(fitted.value)
  }
  return fitValue(values, type)
}

/** What an array of this type holds; `undefined` where it can be none. */
function itemOf(type: ParameterType): ParameterType | undefined {
  switch (type.kind) {
    case 'array':
      return type.item
    case 'tuple':
      return { kind: 'union', types: type.items }
    case 'any':
      return type
    case 'union':
      return type.types.map(itemOf).find((item) => item !== undefined)
    default:
      return undefined
  }
}

function fitText(written: WrittenText, type: ParameterType): Fitted {
  const readings = readingsOf(written, type)
  for (const reading of readings) {
    const fitted = fitValue(reading, type)
    if (fitted.problem === undefined) return fitted
  }
  // What it says about JSON is nearer to the mistake than what it says about the text.
  const [first] = readings
  return fitValue(first === undefined || typeof first !== 'object' ? written.text : first, type)
}

/** What a text may stand for, the likeliest first. */
function* textReadings({ text, isRaw }: WrittenText, type: ParameterType): Generator<unknown> {
  const kinds = new Set((type.kind === 'union' ? type.types : [type]).map(({ kind }) => kind))
  const literal = type.kind === 'union' || type.kind === 'literal' ? literalText(text, type) : undefined
  if (literal !== undefined) yield literal.value
  if (!isRaw) {
    if (kinds.has('undefined') && text === 'undefined') yield undefined
    const json = jsonOf(text)
    if (json !== undefined && (json.value !== null || !kinds.has('string') || kinds.has('null')))
      yield json.value
    if (kinds.has('bigint') && /^-?\d+n$/.test(text)) yield BigInt(text.slice(0, -1))
  }
  yield text
  // One value for an array of them.
  const item = itemOf(type)
  if (item === undefined || item === type) return
  const fitted = fitText({ text, isRaw }, item)
  if (fitted.problem === undefined) yield [fitted.value]
}

function readingsOf(written: WrittenText, type: ParameterType): unknown[] {
  // A text is what it is: `007` and `1e3` are names of somebody's.
  return type.kind === 'string' ? [written.text] : [...textReadings(written, type)]
}

/** The literal of the type that is written like this: `5` is one number of `1 | 5`, or one text of `"1" | "5"`. */
function literalText(text: string, type: ParameterType): { value: unknown } | undefined {
  if (type.kind === 'literal') {
    const written = typeof type.value === 'bigint' ? [`${type.value}`, `${type.value}n`] : [`${type.value}`]
    return written.includes(text) ? { value: type.value } : undefined
  }
  if (type.kind !== 'union') return undefined
  for (const each of type.types) {
    const found = literalText(text, each)
    if (found !== undefined) return found
  }
  return undefined
}

function jsonOf(text: string): { value: unknown } | undefined {
  try {
    return { value: parseExactJson(text) }
  } catch {
    return undefined
  }
}

/** A value of a file or of JSON text, as it fits a type. */
export function fitValue(value: unknown, type: ParameterType): Fitted {
  switch (type.kind) {
    case 'any':
      return { value }
    case 'string':
    case 'boolean':
      return typeof value === type.kind ? { value } : wrong(value, type)
    case 'number':
      return fitNumber(value)
    case 'bigint':
      return typeof value === 'bigint' || Number.isSafeInteger(value)
        ? { value: BigInt(value as number | bigint) }
        : wrong(value, type)
    case 'date':
      return fitDate(value)
    case 'null':
      return value === null ? { value } : wrong(value, type)
    case 'undefined':
      return value === undefined ? { value } : wrong(value, type)
    case 'literal':
      return fitLiteral(value, type)
    case 'union':
      return fitUnion(value, type)
    case 'array':
      return Array.isArray(value)
        ? fitItems(
            value,
            value.map(() => type.item),
          )
        : wrong(value, type)
    case 'tuple':
      return Array.isArray(value) && value.length === type.items.length
        ? fitItems(value, type.items)
        : wrong(value, type)
    case 'object':
      return fitObject(value, type)
  }
}

function fitNumber(value: unknown): Fitted {
  if (typeof value === 'bigint') {
    return { problem: `${value} is too large for an exact number; declare it as bigint or string` }
  }
  return typeof value === 'number' && Number.isFinite(value) ? { value } : wrong(value, { kind: 'number' })
}

function fitDate(value: unknown): Fitted {
  const date = value instanceof Date ? value : typeof value === 'string' ? new Date(value) : undefined
  return date === undefined || Number.isNaN(date.getTime()) ? wrong(value, { kind: 'date' }) : { value: date }
}

function fitLiteral(value: unknown, type: ParameterType & { kind: 'literal' }): Fitted {
  const isSame = typeof type.value === 'bigint' ? BigIntOf(value) === type.value : value === type.value
  return isSame ? { value: type.value } : wrong(value, type)
}

function BigIntOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  return Number.isSafeInteger(value) ? BigInt(Number(value)) : undefined
}

function fitUnion(value: unknown, type: ParameterType & { kind: 'union' }): Fitted {
  const problems: string[] = []
  for (const each of type.types) {
    const fitted = fitValue(value, each)
    if (fitted.problem === undefined) return fitted
    if ((each.kind === 'array' || each.kind === 'object') && typeof value === 'object')
      problems.push(fitted.problem)
  }
  const [only, ...more] = problems
  return only !== undefined && more.length === 0 ? { problem: only } : wrong(value, type)
}

function fitItems(values: readonly unknown[], types: readonly ParameterType[]): Fitted {
  const fits: unknown[] = []
  for (const [index, type] of types.entries()) {
    const fitted = fitValue(values[index], type)
    if (fitted.problem !== undefined) return { problem: `[${index}] ${fitted.problem}` }
    fits.push(fitted.value)
  }
  return { value: fits }
}

function fitObject(value: unknown, type: ParameterType & { kind: 'object' }): Fitted {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(value, type)
  const given = new Map(Object.entries(value))
  const fits: [string, unknown][] = []
  for (const { name, type: fieldType, isOptional } of type.fields) {
    if (!given.has(name)) {
      if (isOptional) continue
      return { problem: `lacks ${plain(name, 60)}: ${typeText(fieldType)}` }
    }
    const fitted = fitValue(given.get(name), fieldType)
    if (fitted.problem !== undefined) return { problem: `.${plain(name, 60)} ${fitted.problem}` }
    fits.push([name, fitted.value])
    given.delete(name)
  }
  for (const [name, each] of given) {
    if (type.others === undefined)
      return { problem: `has ${quoted(plain(name, 60))}, which ${typeText(type)} has not` }
    const fitted = fitValue(each, type.others)
    if (fitted.problem !== undefined) return { problem: `.${plain(name, 60)} ${fitted.problem}` }
    fits.push([name, fitted.value])
  }
  return { value: Object.fromEntries(fits) }
}

function wrong(value: unknown, type: ParameterType): { problem: string } {
  return { problem: `${shown(value)} is not ${wanted(type)}` }
}

function wanted(type: ParameterType): string {
  switch (type.kind) {
    case 'string':
      return 'a text'
    case 'number':
      return 'a number'
    case 'bigint':
      return 'a whole number'
    case 'boolean':
      return 'true or false'
    case 'date':
      return 'a date'
    case 'union':
      return type.types.every(({ kind }) => kind === 'literal')
        ? `one of ${type.types.map(typeText).join(', ')}`
        : typeText(type)
    default:
      return typeText(type)
  }
}

const longestShown = 60

function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(plain(value, longestShown))
  if (typeof value === 'bigint' || value === undefined) return String(value)
  return plain(
    JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? String(each) : each)),
    longestShown,
  )
}
