import {
  type GraphQLEnumType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { scalarType } from './document-types-scalars.js'
import { comment, indent, type Member, objectType, typeName } from './document-types-text.js'

/** The types of a schema that others name: they are declared once. */
export type SharedType = GraphQLEnumType | GraphQLInputObjectType

/** What the variables of an operation have to be. Types that the schema does not know are `any`. */
export function variablesType(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  used: Set<SharedType>,
): string {
  const definitions = operation.variableDefinitions ?? []
  if (definitions.length === 0) return 'Record<string, never>'
  return objectType(
    definitions.map(({ variable, type: node, defaultValue }) => {
      const type = typeFromAST(schema, node)
      const isRequired = node.kind === 'NonNullType' && defaultValue === undefined
      return {
        name: variable.name.value,
        isOptional: !isRequired,
        type: isInputType(type) ? givenType(type, isRequired, used) : 'any',
      }
    }),
  )
}

/** One enum or input type as a declaration, without `export` or `declare`. */
export function declareShared(type: SharedType, used: Set<SharedType>): string {
  const head = comment(type)
  const name = typeName(type.name)
  if (isEnumType(type)) {
    const values = type
      .getValues()
      .map((value) => `\n${indent(`${comment(valueNote(value))}| '${value.name}'`)}`)
    return `${head}type ${name} =${values.join('')}`
  }
  const fields = Object.values(type.getFields())
  const members = fields.map((field): Member => {
    const isRequired = isRequiredInputField(field)
    return {
      name: field.name,
      isOptional: !isRequired,
      type: givenType(field.type, isRequired, used),
      description: field.description,
      deprecation: field.deprecationReason,
    }
  })
  if (!type.isOneOf) return `${head}interface ${name} ${objectType(members)}`
  const choices = fields.map((chosen) =>
    objectType(
      members.map((member) =>
        member.name === chosen.name
          ? { ...member, isOptional: false, type: valueType(chosen.type, used) }
          : { ...member, isOptional: true, type: 'never' },
      ),
    ),
  )
  return `${head}type ${name} = ${choices.join(' | ')}`
}

/** Comments between the values of a union would be nobody's: only what is deprecated is said. */
function valueNote(value: { deprecationReason?: string | null | undefined }): Pick<Member, 'deprecation'> {
  return { deprecation: value.deprecationReason }
}

/** `undefined` is as good as left out: it is not sent. */
function givenType(type: GraphQLInputType, isRequired: boolean, used: Set<SharedType>): string {
  const value = valueType(type, used)
  if (isRequired || value === 'unknown') return value
  return isNonNullType(type) ? `${value} | undefined` : `${value} | null | undefined`
}

/** Without its null. */
function valueType(type: GraphQLInputType, used: Set<SharedType>): string {
  if (isNonNullType(type)) return valueType(type.ofType, used)
  if (isListType(type)) {
    const item = valueType(type.ofType, used)
    if (item === 'unknown') return item
    const isPlain = isNonNullType(type.ofType) && !/[\s|]/.test(item)
    const list = `readonly ${isPlain ? item : `(${isNonNullType(type.ofType) ? item : `${item} | null`})`}[]`
    // One value stands for a list of one (GraphQL specification, section 3.11).
    return `${list} | ${item}`
  }
  if (isEnumType(type) || isInputObjectType(type)) {
    used.add(type)
    return typeName(type.name)
  }
  return scalarType(type.name, 'input')
}
