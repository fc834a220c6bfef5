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
  type Conditions,
  collectFields,
  type Fragments,
  isCertain,
  type Occurrence,
  type Selection,
  selectionBelow,
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
export function resultType(context: ResultContext, type: GraphQLCompositeType, selection: Selection): string {
  const shapes = shapesOf(context, type, selection).map((shape) => membersOf(context, shape, selection.known))
  const isTold = shapes.every((members) => members.some(({ isTypename }) => isTypename))
  const whole = shapes.length < 2 || isTold ? shapes : withMissing(shapes)
  const texts = new Set(whole.map(objectType))
  return texts.size === 0 ? 'never' : [...texts].join(' | ')
}

/** The possible objects, those together that look the same. */
function shapesOf(
  { schema, fragments }: ResultContext,
  type: GraphQLCompositeType,
  selection: Selection,
): Shape[] {
  const collect = (possible: GraphQLObjectType) => collectFields(schema, fragments, possible, selection)
  if (!isAbstractType(type)) return [{ types: [type], fields: collect(type) }]
  const numbers = new Map<FieldNode, number>()
  const numberOf = (node: FieldNode) => {
    const number = numbers.get(node) ?? numbers.size
    numbers.set(node, number)
    return number
  }
  const shapes = new Map<string, Shape>()
  for (const possible of schema.getPossibleTypes(type)) {
    const fields = collect(possible)
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

function membersOf(context: ResultContext, { types, fields }: Shape, known: Conditions): ResultMember[] {
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
      type: field === undefined ? 'any' : outputType(context, field.type, { occurrences, known }),
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

/** A field as it stands in a document, and what holds for certain where its object is. */
interface Place {
  occurrences: readonly Occurrence[]
  known: Conditions
}

function outputType(context: ResultContext, type: GraphQLOutputType, place: Place): string {
  if (isNonNullType(type)) return presentType(context, type.ofType, place)
  const present = presentType(context, type, place)
  return present === 'any' || present === 'unknown' ? present : `${present} | null`
}

/** Without its null. */
function presentType(context: ResultContext, type: GraphQLOutputType, place: Place): string {
  if (isNonNullType(type)) return presentType(context, type.ofType, place)
  if (isListType(type)) return listType(outputType(context, type.ofType, place))
  if (isCompositeType(type)) {
    const selection = selectionBelow(place.occurrences, place.known)
    return selection.parts.length === 0 ? 'any' : resultType(context, type, selection)
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
