import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql'
import type { SchemaMatch } from './schema-parts.js'

interface Part {
  name: string
  description?: string | null | undefined
  deprecationReason?: string | null | undefined
}

/** What is asked for comes before what it is made of. */
const weights: Readonly<Record<string, number>> = {
  query: -0.4,
  mutation: -0.3,
  subscription: -0.3,
  type: -0.2,
  argument: 0.3,
  value: 0.2,
}

interface Found {
  match: SchemaMatch
  rank: number
}

/**
 * The parts of a schema that a text names: types, fields, arguments, values, and what their descriptions say. The words
 * of the text may stand anywhere and in any case; all of them must be there.
 *
 * @param limit how many are given at the most, the best first
 */
export function searchSchema(schema: GraphQLSchema, text: string, limit: number): SchemaMatch[] {
  const words = text
    .toLowerCase()
    .split(/[\s.]+/)
    .filter((word) => word !== '')
  const found: Found[] = []
  const look = (path: string, part: Part, kind: string, type: string) => {
    const rank = rankOf(words, path, part)
    if (rank === undefined) return
    const { description, deprecationReason } = part
    const match = {
      name: path,
      kind,
      type,
      description: description ?? '',
      deprecated: deprecationReason ?? '',
    }
    found.push({ match, rank: rank + (weights[kind] ?? 0) + (deprecationReason ? 4 : 0) })
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!type.name.startsWith('__')) lookAt(schema, type, look)
  }
  const best = found.sort((a, b) => a.rank - b.rank || compare(a.match.name, b.match.name))
  return best.slice(0, limit).map(({ match }) => match)
}

type Look = (path: string, part: Part, kind: string, type: string) => void

function lookAt(schema: GraphQLSchema, type: GraphQLNamedType, look: Look): void {
  const root = rootKind(schema, type)
  if (root === undefined) look(type.name, type, kindOf(type), '')
  if (isEnumType(type)) {
    for (const value of type.getValues()) look(`${type.name}.${value.name}`, value, 'value', type.name)
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      look(`${type.name}.${field.name}`, field, 'input field', String(field.type))
    }
  } else if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const path = `${type.name}.${field.name}`
      look(path, field, root ?? 'field', String(field.type))
      for (const arg of field.args) look(`${path}.${arg.name}`, arg, 'argument', String(arg.type))
    }
  }
}

function rootKind(schema: GraphQLSchema, type: GraphQLNamedType): string | undefined {
  if (type === schema.getQueryType()) return 'query'
  if (type === schema.getMutationType()) return 'mutation'
  return type === schema.getSubscriptionType() ? 'subscription' : undefined
}

/** `enum`, `input`, … as the schema definition language names it. */
export function kindOf(type: GraphQLNamedType): string {
  if (isEnumType(type)) return 'enum'
  if (isInputObjectType(type)) return 'input'
  if (isInterfaceType(type)) return 'interface'
  if (isUnionType(type)) return 'union'
  return isScalarType(type) ? 'scalar' : 'type'
}

/** The smaller the better; `undefined` where it is none. */
function rankOf(words: readonly string[], path: string, { name, description }: Part): number | undefined {
  const lowerName = name.toLowerCase()
  const lowerPath = path.toLowerCase()
  const joined = words.join('')
  if (lowerName === joined || lowerPath === words.join('.')) return 0
  if (lowerName.startsWith(joined)) return 1
  if (words.every((word) => lowerName.includes(word))) return 2
  // Of what it belongs to, the name is found by itself.
  if (
    words.length > 1 &&
    words.some((word) => lowerName.includes(word)) &&
    words.every((word) => lowerPath.includes(word))
  )
    return 3
  const said = description?.toLowerCase()
  const isSaid = said !== undefined && words.every((word) => said.includes(word) || lowerName.includes(word))
  return isSaid ? 3.5 : undefined
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
