import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql'
import {
  collectFields,
  type Fragments,
  isCertain,
  type Occurrence,
  partsBelow,
  type SelectionPart,
} from './document-types-fields.js'
import type { SharedType } from './document-types-input.js'
import { scalarType } from './document-types-scalars.js'
import { listType, type Member, objectType, typeName } from './document-types-text.js'

/** What result types are made from. */
export interface ResultContext {
  schema: GraphQLSchema
  fragments: Fragments
  /** Enums that are met go in here. */
  used: Set<SharedType>
}

/** Object types that have the same fields in an answer. */
interface Shape {
  types: GraphQLObjectType[]
  fields: Map<string, Occurrence[]>
}

/**
 * The exact type of what a selection gives. Fields that the schema does not know are `any`: whoever checks the document
 * says so, and nothing more is said of what comes of them.
 */
export function resultType(
  context: ResultContext,
  type: GraphQLCompositeType,
  parts: readonly SelectionPart[],
): string {
  const shapes = shapesOf(context, type, parts).map((shape) => membersOf(context, shape))
  const isTold = shapes.every((members) => members.some(({ isTypename }) => isTypename))
  const whole = shapes.length < 2 || isTold ? shapes : withMissing(shapes)
  const texts = new Set(whole.map(objectType))
  return texts.size === 0 ? 'never' : [...texts].join(' | ')
}

/** The possible objects, those together that look the same. */
function shapesOf(
  { schema, fragments }: ResultContext,
  type: GraphQLCompositeType,
  parts: readonly SelectionPart[],
): Shape[] {
  if (!isAbstractType(type)) return [{ types: [type], fields: collectFields(schema, fragments, type, parts) }]
  const numbers = new Map<FieldNode, number>()
  const numberOf = (node: FieldNode) => {
    const number = numbers.get(node) ?? numbers.size
    numbers.set(node, number)
    return number
  }
  const shapes = new Map<string, Shape>()
  for (const possible of schema.getPossibleTypes(type)) {
    const fields = collectFields(schema, fragments, possible, parts)
    const signature = [...fields.values()].flat().map(({ node, conditions }) => {
      const field = fieldOf(schema, possible, node.name.value)
      return `${numberOf(node)} ${conditions.join()} ${field?.type}`
    })
    const key = signature.join(';')
    const shape = shapes.get(key)
    if (shape === undefined) shapes.set(key, { types: [possible], fields })
    else shape.types.push(possible)
  }
  return [...shapes.values()]
}

interface ResultMember extends Member {
  /** Tells for certain which of several objects it is. */
  isTypename: boolean
}

function membersOf(context: ResultContext, { types, fields }: Shape): ResultMember[] {
  return [...fields].map(([name, occurrences]) => {
    const fieldName = occurrences[0]?.node.name.value ?? name
    const isOptional = !isCertain(occurrences)
    if (fieldName === '__typename') {
      const names = types.map((type) => `'${type.name}'`).join(' | ')
      return { name, isOptional, type: names, isTypename: !isOptional }
    }
    const field = types[0] === undefined ? undefined : fieldOf(context.schema, types[0], fieldName)
    return {
      name,
      isOptional,
      type: field === undefined ? 'any' : outputType(context, field.type, occurrences),
      description: field?.description,
      deprecation: field?.deprecationReason,
      isTypename: false,
    }
  })
}

/** Without a `__typename` to tell objects apart, each says which fields it never has: they can be asked for at once. */
function withMissing(shapes: readonly ResultMember[][]): ResultMember[][] {
  const names = new Set(shapes.flatMap((members) => members.map(({ name }) => name)))
  return shapes.map((members) => {
    const missing = [...names].filter((name) => !members.some((member) => member.name === name))
    return [
      ...members,
      ...missing.map((name) => ({ name, isOptional: true, type: 'undefined', isTypename: false })),
    ]
  })
}

function outputType(
  context: ResultContext,
  type: GraphQLOutputType,
  occurrences: readonly Occurrence[],
): string {
  if (isNonNullType(type)) return presentType(context, type.ofType, occurrences)
  const present = presentType(context, type, occurrences)
  return present === 'any' || present === 'unknown' ? present : `${present} | null`
}

/** Without its null. */
function presentType(
  context: ResultContext,
  type: GraphQLOutputType,
  occurrences: readonly Occurrence[],
): string {
  if (isNonNullType(type)) return presentType(context, type.ofType, occurrences)
  if (isListType(type)) return listType(outputType(context, type.ofType, occurrences))
  if (isCompositeType(type)) {
    const parts = partsBelow(occurrences)
    return parts.length === 0 ? 'any' : resultType(context, type, parts)
  }
  if (!isEnumType(type)) return scalarType(getNamedType(type).name, 'output')
  context.used.add(type)
  return typeName(type.name)
}

function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  }
  return type.getFields()[name]
}
