import { type GraphQLNamedType, type GraphQLSchema, isEnumType, isUnionType } from 'graphql'
import {
  GraphQLDocumentMode,
  getContextAtPosition,
  getFragmentDefinitions,
  offsetToPosition,
} from 'graphql-language-service'
import type { Hover } from '../answers.js'
import { argumentsOf, type Described, explained, fieldSignature, kindOfType } from './describe.js'

type Context = NonNullable<ReturnType<typeof getContextAtPosition>>

/**
 * What stands at a place of a document: signature, description, deprecation.
 *
 * @param offset UTF-16 units from the document's start
 */
export function hoverDocument(schema: GraphQLSchema, text: string, offset: number): Hover | undefined {
  const start = offset - (/\w*$/.exec(text.slice(0, offset))?.[0].length ?? 0)
  const name = /^\w+/.exec(text.slice(start))?.[0]
  if (name === undefined) return undefined
  const fragmentDefinitions = getFragmentDefinitions(text)
  const options = { mode: GraphQLDocumentMode.EXECUTABLE, fragmentDefinitions }
  // The engine looks at the token that ends behind a place: the name's last letter is never the next token's.
  const position = offsetToPosition(text, start + name.length - 1)
  const context = getContextAtPosition(text, position, schema, undefined, options)
  const found = context === null ? undefined : meaning(schema, text, name, context)
  if (found === undefined) return undefined
  return { ...explained(found.signature, found), start, end: start + name.length }
}

type Meaning = Described & { signature: string }

function meaning(schema: GraphQLSchema, text: string, name: string, context: Context): Meaning | undefined {
  const { fieldDef, argDef, directiveDef, enumValue, inputType, parentType, objectFieldDefs } =
    context.typeInfo
  switch (context.token.state.kind) {
    case 'Field':
    case 'AliasedField':
      if (fieldDef?.name !== name) return undefined
      return { ...described(fieldDef), signature: `${parentType}.${fieldSignature(fieldDef)}` }
    case 'ObjectField': {
      const field = objectFieldDefs?.[name]
      return field && { ...described(field), signature: `${name}: ${field.type}` }
    }
    case 'Argument': {
      if (argDef?.name !== name) return undefined
      return { ...described(argDef), signature: `${name}: ${argDef.type}` }
    }
    case 'Directive':
      if (directiveDef?.name !== name) return undefined
      return { ...described(directiveDef), signature: `@${name}${argumentsOf(directiveDef.args)}` }
    case 'EnumValue':
      if (enumValue?.name !== name) return undefined
      return { ...described(enumValue), signature: `${String(inputType).replace(/[[\]!]/g, '')}.${name}` }
    case 'Variable': {
      const declared = new RegExp(`\\$${name}\\s*:\\s*([[\\]!\\w\\s]+)`).exec(text)?.[1]?.trim()
      return declared === undefined ? undefined : { signature: `$${name}: ${declared}` }
    }
    case 'NamedType': {
      const type = schema.getType(name)
      return type && { ...described(type), signature: typeSignature(type) }
    }
    case 'FragmentSpread': {
      const on = new RegExp(`\\bfragment\\s+${name}\\s+on\\s+(\\w+)`).exec(text)?.[1]
      return on === undefined ? undefined : { signature: `fragment ${name} on ${on}` }
    }
    default:
      return undefined
  }
}

function described({ description, deprecationReason }: Described): Described {
  return { description, deprecationReason }
}

/** So many fields of a type are named. */
const mostMembers = 30

/** `type AlertsList { list: [Alert2!] … }`, one line a field. */
function typeSignature(type: GraphQLNamedType): string {
  const members = membersOf(type)
  if (members.length === 0) return `${kindOfType(type)} ${type.name}`
  if (isUnionType(type)) return `union ${type.name} = ${members.join(' | ')}`
  const shown = members.slice(0, mostMembers).map((member) => `  ${member}`)
  const rest = members.length > shown.length ? [`  # … ${members.length - shown.length} more`] : []
  return [`${kindOfType(type)} ${type.name} {`, ...shown, ...rest, '}'].join('\n')
}

function membersOf(type: GraphQLNamedType): string[] {
  if (isEnumType(type)) return type.getValues().map(({ name }) => name)
  if (isUnionType(type)) return type.getTypes().map(({ name }) => name)
  return 'getFields' in type ? Object.values(type.getFields()).map(fieldSignature) : []
}
