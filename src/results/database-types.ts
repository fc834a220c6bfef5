import { quoteName } from './database-shape.js'

/** A type as SQL writes it, taken apart. */
export type ParsedType =
  | { kind: 'scalar'; text: string }
  | { kind: 'list'; item: ParsedType }
  | { kind: 'struct'; fields: readonly { name: string; type: ParsedType }[] }

/**
 * One type for the values of two: structures have the fields of both, integers the wider type, integers and decimals
 * are decimals.
 *
 * @returns `undefined` where only JSON holds both
 */
export function mergeTypes(one: string, other: string): string | undefined {
  const merged = merge(parseType(one), parseType(other))
  return merged === undefined ? undefined : writeType(merged)
}

const integers = ['BIGINT', 'UBIGINT', 'HUGEINT']

function merge(one: ParsedType, other: ParsedType): ParsedType | undefined {
  if (one.kind === 'scalar' && other.kind === 'scalar') {
    if (one.text === other.text) return one
    const texts = [one.text, other.text]
    if (texts.every((text) => integers.includes(text))) return { kind: 'scalar', text: 'HUGEINT' }
    const isNumber = texts.every((text) => text === 'DOUBLE' || integers.includes(text))
    return isNumber ? { kind: 'scalar', text: 'DOUBLE' } : undefined
  }
  if (one.kind === 'list' && other.kind === 'list') {
    const item = merge(one.item, other.item)
    return item === undefined ? undefined : { kind: 'list', item }
  }
  return one.kind === 'struct' && other.kind === 'struct' ? mergeStructs(one, other) : undefined
}

function mergeStructs(
  one: ParsedType & { kind: 'struct' },
  other: ParsedType & { kind: 'struct' },
): ParsedType | undefined {
  const fields = new Map(one.fields.map((field) => [field.name.toLowerCase(), field]))
  for (const { name, type } of other.fields) {
    const had = fields.get(name.toLowerCase())
    // Two names that differ in case only have no place in one structure.
    if (had !== undefined && had.name !== name) return undefined
    const merged = had === undefined ? type : merge(had.type, type)
    if (merged === undefined) return undefined
    fields.set(name.toLowerCase(), { name, type: merged })
  }
  return { kind: 'struct', fields: [...fields.values()] }
}

function writeType(type: ParsedType): string {
  if (type.kind === 'scalar') return type.text
  if (type.kind === 'list') return `${writeType(type.item)}[]`
  return `STRUCT(${type.fields.map((field) => `${quoteName(field.name)} ${writeType(field.type)}`).join(', ')})`
}

/** Reads what `typeText` writes: names in quotes. */
export function parseType(text: string): ParsedType {
  if (text.endsWith('[]')) return { kind: 'list', item: parseType(text.slice(0, -2)) }
  if (!(text.startsWith('STRUCT(') && text.endsWith(')'))) return { kind: 'scalar', text }
  const fields = splitFields(text.slice('STRUCT('.length, -1)).map((field) => {
    const [, name = '', type = ''] = /^"((?:[^"]|"")*)" (.*)$/s.exec(field) ?? []
    return { name: name.replaceAll('""', '"'), type: parseType(type) }
  })
  return { kind: 'struct', fields }
}

/** At the commas that are in no quotes and no brackets. */
function splitFields(text: string): string[] {
  const fields: string[] = []
  let [depth, from, isQuoted] = [0, 0, false]
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === ',' && depth === 0) {
      fields.push(text.slice(from, i).trim())
      from = i + 1
    }
  }
  return [...fields, text.slice(from).trim()]
}
