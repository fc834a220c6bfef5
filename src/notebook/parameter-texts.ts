import { parseExactJson } from '../json.js'
import type { ParameterType } from './parameter-types.js'
import { type Fitted, fitValue } from './parameter-values.js'

/** What a person wrote for a parameter on a command line. */
export interface WrittenText {
  text: string
  /** A text, whatever it looks like. */
  isRaw: boolean
}

/** The value that the texts for a parameter stand for, in the order of the command line: several are an array. */
export function fitTexts(texts: readonly WrittenText[], type: ParameterType): Fitted {
  const [first, ...more] = texts
  if (first === undefined) return { problem: 'has no value', path: '' }
  if (more.length === 0) return fitText(first, type)
  const arrayType = arrayOf(type)
  if (arrayType === undefined) {
    return { problem: `was given ${texts.length} times, and takes one value`, path: '' }
  }
  const values: unknown[] = []
  for (const [index, text] of texts.entries()) {
    const fitted = fitText(text, itemOf(arrayType, index))
    if (fitted.problem !== undefined) return { ...fitted, path: `[${index}]${fitted.path}` }
    values.push(fitted.value)
  }
  return fitValue(values, arrayType)
}

/** The part of a type that arrays are of; `undefined` where none is. */
function arrayOf(type: ParameterType): ParameterType | undefined {
  switch (type.kind) {
    case 'array':
    case 'tuple':
    case 'any':
    case 'unclear':
      return type
    case 'union':
      return type.types.find((each) => arrayOf(each) !== undefined)
    default:
      return undefined
  }
}

function itemOf(type: ParameterType, index: number): ParameterType {
  if (type.kind === 'array') return type.item
  return type.kind === 'tuple' ? (type.items[index] ?? { kind: 'any' }) : type
}

function fitText(written: WrittenText, type: ParameterType): Fitted {
  const readings = readingsOf(written, type)
  for (const reading of readings) {
    const fitted = fitValue(reading, type)
    if (fitted.problem === undefined) return fitted
  }
  const arrayType = arrayOf(type)
  if (arrayType?.kind === 'array' && !Array.isArray(readings[0])) {
    // One value of an array of them.
    const item = fitText(written, arrayType.item)
    if (item.problem === undefined) return { value: [item.value] }
    if (type === arrayType) return item
  }
  // What is wrong inside of JSON, or with an integer, is nearer to the mistake than that the text is no such thing.
  const [first] = readings
  return fitValue(typeof first === 'object' || typeof first === 'bigint' ? first : written.text, type)
}

/** What a text may stand for, the likeliest first. */
function readingsOf({ text, isRaw }: WrittenText, type: ParameterType): unknown[] {
  const types = type.kind === 'union' ? type.types : [type]
  const takesText = types.some(({ kind }) => kind === 'string')
  if (isRaw) return [text]
  // A text is what it is: `007` and `1e3` are names of somebody's.
  if (type.kind === 'string') return [text]
  if (text === 'undefined' && types.some(({ kind }) => kind === 'undefined')) return [undefined]
  const json = jsonOf(text)
  // With its quotes, where texts are taken as they are.
  if (json === undefined || (takesText && typeof json.value === 'string')) return [text]
  return [json.value, text]
}

function jsonOf(text: string): { value: unknown } | undefined {
  try {
    return { value: parseExactJson(text) }
  } catch {
    return undefined
  }
}
