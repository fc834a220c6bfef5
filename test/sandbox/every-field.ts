import { readFileSync } from 'node:fs'
import {
  buildSchema,
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isObjectType,
  isUnionType,
} from 'graphql'

/** The schema of the platform as it is kept in the repository, with the gateway of each root field. */
const schema = buildSchema(readFileSync(new URL('../../src/sandbox/schema.graphql', import.meta.url), 'utf8'))

/** A selection of every field of a type, `depth` levels deep. */
export function everyField(type: GraphQLOutputType, depth = 4): string {
  const named = getNamedType(type)
  if (!isCompositeType(named)) return ''
  if (isUnionType(named)) {
    // Members may give one name different types: each field gets a name of its own.
    const members = named.getTypes().map((member) => {
      const own = Object.values(member.getFields()).filter(({ type }) => !isCompositeType(getNamedType(type)))
      return `... on ${member.name} { ${own.map(({ name }) => `${member.name}_${name}: ${name}`).join(' ')} }`
    })
    return `{ __typename ${members.join(' ')} }`
  }
  const fields = Object.values(named.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type)
    if (!isCompositeType(inner)) return [field.name]
    return depth <= 1 ? [] : [`${field.name} ${everyField(inner, depth - 1)}`]
  })
  return fields.length === 0 ? '{ __typename }' : `{ ${fields.join(' ')} }`
}

/** The root fields of a type with the path that serves them. */
export function rootFields(
  typeName: 'Query' | 'Mutation',
): { name: string; path: string; type: GraphQLOutputType }[] {
  const root = schema.getType(typeName)
  if (!isObjectType(root)) throw new Error(`no ${typeName}`)
  return Object.values(root.getFields()).map(({ name, type, astNode }) => {
    const gateway = astNode?.directives?.find((directive) => directive.name.value === 'gateway')
    const value = gateway?.arguments?.[0]?.value
    return { name, type, path: value?.kind === 'StringValue' ? value.value : '/graphql' }
  })
}
