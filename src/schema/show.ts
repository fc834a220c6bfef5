import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isUnionType,
} from 'graphql'
import { suggestionList } from 'graphql/jsutils/suggestionList.js'
import type { SchemaEntry, SchemaPart } from './schema-parts.js'
import { kindOf } from './search.js'

const mostUses = 20
/** Of a type with more fields, what they hold is not listed: it would be a book. */
const mostOpened = 60
const mostNearest = 5

/** What `AlertsResponse`, `Query.alertsServiceSearch` or `SearchRequestInput.limit` names; else names like it. */
export function showSchema(
  schema: GraphQLSchema,
  name: string,
): SchemaEntry | { nearest: readonly string[] } {
  const [typeName = '', fieldName, argumentName] = name.trim().split('.')
  const type = schema.getType(typeName)
  if (type === undefined) return { nearest: near(typeName, namesOf(schema)) }
  if (fieldName === undefined) return entryOf(schema, type)
  const members = membersOf(type)
  const member = members.find((each) => each.name === fieldName)
  const inType = (names: readonly string[]) => names.map((each) => `${typeName}.${each}`)
  if (member === undefined)
    return {
      nearest: inType(
        near(
          fieldName,
          members.map((each) => each.name),
        ),
      ),
    }
  if (argumentName === undefined) return memberEntry(schema, type, member)
  const argument = member.arguments?.find((each) => each.name === argumentName)
  if (argument !== undefined)
    return {
      ...partEntry(schema, argument),
      kind: 'argument',
      name: `${typeName}.${fieldName}.${argumentName}`,
    }
  const names = (member.arguments ?? []).map((each) => `${fieldName}.${each.name}`)
  return { nearest: inType(near(`${fieldName}.${argumentName}`, names)) }
}

function namesOf(schema: GraphQLSchema): string[] {
  const types = Object.keys(schema.getTypeMap()).filter((each) => !each.startsWith('__'))
  const queries = Object.keys(schema.getQueryType()?.getFields() ?? {}).map((each) => `Query.${each}`)
  return [...types, ...queries]
}

/** Names that differ by little, else those that hold it. */
function near(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase()
  const like = suggestionList(name, names)
  const holding = wanted === '' ? [] : names.filter((each) => each.toLowerCase().includes(wanted))
  return [...new Set([...like, ...holding])].slice(0, mostNearest)
}

function entryOf(schema: GraphQLSchema, type: GraphQLNamedType): SchemaEntry {
  return {
    name: type.name,
    kind: kindOf(type),
    of: type.name,
    ...described(type),
    fields: opened(schema, membersOf(type)),
    usedBy: usesOf(schema, type.name),
  }
}

function memberEntry(schema: GraphQLSchema, type: GraphQLNamedType, member: SchemaPart): SchemaEntry {
  const kind = isEnumType(type) ? 'value' : isInputObjectType(type) ? 'input field' : 'field'
  return { ...partEntry(schema, member), kind, name: `${type.name}.${member.name}` }
}

/** A field or an argument, and what its value holds. */
function partEntry(schema: GraphQLSchema, part: SchemaPart): SchemaEntry {
  const of = (part.type ?? '').replace(/[[\]!]/g, '')
  const type = schema.getType(of)
  return {
    ...part,
    kind: 'field',
    of,
    fields: type === undefined ? [] : opened(schema, membersOf(type)),
    usedBy: [],
  }
}

/** Fields with what their values hold. */
function opened(schema: GraphQLSchema, parts: readonly SchemaPart[]): readonly SchemaPart[] {
  if (parts.length > mostOpened) return parts
  return parts.map((part) => {
    const type = schema.getType((part.type ?? '').replace(/[[\]!]/g, ''))
    const inner = type === undefined ? [] : membersOf(type)
    return inner.length === 0 || inner.length > mostOpened ? part : { ...part, fields: inner }
  })
}

function membersOf(type: GraphQLNamedType): SchemaPart[] {
  if (isEnumType(type)) return type.getValues().map((value) => ({ name: value.name, ...described(value) }))
  if (isUnionType(type))
    return type.getTypes().map((member) => ({ name: member.name, type: member.name, ...described(member) }))
  if (!('getFields' in type)) return []
  return Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(type.getFields()).map(fieldPart)
}

function fieldPart(field: GraphQLField<unknown, unknown> | GraphQLInputField): SchemaPart {
  const args = 'args' in field ? field.args : []
  return { ...inputPart(field), ...(args.length === 0 ? {} : { arguments: args.map(inputPart) }) }
}

function inputPart(input: { name: string; type: unknown; defaultValue?: unknown } & Described): SchemaPart {
  const { name, type, defaultValue } = input
  const value = defaultValue === undefined ? {} : { defaultValue: JSON.stringify(defaultValue) }
  return { name, type: String(type), ...value, ...described(input) }
}

interface Described {
  description?: string | null | undefined
  deprecationReason?: string | null | undefined
}

function described({ description, deprecationReason }: Described): {
  description?: string
  deprecated?: string
} {
  return {
    ...(description ? { description } : {}),
    ...(deprecationReason ? { deprecated: deprecationReason } : {}),
  }
}

function usesOf(schema: GraphQLSchema, name: string): string[] {
  const isIt = (part: SchemaPart) => part.type?.replace(/[[\]!]/g, '') === name
  const uses: string[] = []
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || isUnionType(type)) continue
    for (const member of membersOf(type)) {
      if (isIt(member) || member.arguments?.some(isIt) === true) uses.push(`${type.name}.${member.name}`)
      if (uses.length >= mostUses) return uses
    }
  }
  return uses
}
