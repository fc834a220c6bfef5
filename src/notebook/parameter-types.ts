/**
 * What a parameter may be: as much of TypeScript's types as a value on a command line or in a file can be
 * checked by.
 */
export type ParameterType =
  | { kind: 'string' | 'number' | 'boolean' | 'bigint' | 'date' | 'null' | 'undefined' }
  | { kind: 'literal'; value: string | number | boolean | bigint }
  | { kind: 'union'; types: readonly ParameterType[] }
  | { kind: 'array'; item: ParameterType }
  | { kind: 'tuple'; items: readonly ParameterType[] }
  | { kind: 'object'; fields: readonly ObjectField[]; others: ParameterType | undefined }
  /** Declared to be anything. */
  | { kind: 'any' }
  /** A type that is not understood, or none that can be told: takes any JSON as well. */
  | { kind: 'unclear' }

export interface ObjectField {
  name: string
  type: ParameterType
  isOptional: boolean
}

/** One of several types, each once. */
export function unionOf(types: readonly ParameterType[]): ParameterType {
  const flat = types.flatMap((type) => (type.kind === 'union' ? type.types : [type]))
  // What takes anything, with something else, takes anything.
  const widest = flat.find(({ kind }) => kind === 'unclear') ?? flat.find(({ kind }) => kind === 'any')
  if (widest !== undefined) return widest
  const distinct = [...new Map(flat.map((type) => [typeText(type), type])).values()]
  const [only] = distinct
  return distinct.length === 1 && only !== undefined ? only : { kind: 'union', types: distinct }
}

/** Whether any part of it is not understood, and so is not checked. */
export function isUnclear(type: ParameterType): boolean {
  switch (type.kind) {
    case 'unclear':
      return true
    case 'union':
      return type.types.some(isUnclear)
    case 'array':
      return isUnclear(type.item)
    case 'tuple':
      return type.items.some(isUnclear)
    case 'object':
      return [...type.fields.map((field) => field.type), ...(type.others ? [type.others] : [])].some(
        isUnclear,
      )
    default:
      return false
  }
}

/** The type as TypeScript writes it. */
export function typeText(type: ParameterType): string {
  switch (type.kind) {
    case 'literal':
      if (typeof type.value === 'string') return quoted(type.value)
      return typeof type.value === 'bigint' ? `${type.value}n` : String(type.value)
    case 'union':
      return type.types.map(typeText).join(' | ')
    case 'array':
      return type.item.kind === 'union' ? `(${typeText(type.item)})[]` : `${typeText(type.item)}[]`
    case 'tuple':
      return `[${type.items.map(typeText).join(', ')}]`
    case 'object':
      return objectText(type.fields, type.others)
    case 'date':
      return 'Date'
    case 'unclear':
      return 'any'
    default:
      return type.kind
  }
}

function objectText(fields: readonly ObjectField[], others: ParameterType | undefined): string {
  if (fields.length === 0 && others !== undefined) return `Record<string, ${typeText(others)}>`
  const members = fields.map(
    ({ name, type, isOptional }) => `${memberName(name)}${isOptional ? '?' : ''}: ${typeText(type)}`,
  )
  if (others !== undefined) members.push(`[name: string]: ${typeText(others)}`)
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`
}

/** The name of a member, in quotes where it needs them. */
export function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

/** Marks that change what a reader sees, and line ends that are none in JSON. */
const unseen = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** A text as a literal that is the same in TypeScript and in JSON, all on one line and all to be seen. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    unseen,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
