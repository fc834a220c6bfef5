import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
} from 'graphql'
import { mainPath } from './paths.js'

const roots = new Set(['Query', 'Mutation', 'Subscription'])
const mark = 'gateway'

/**
 * The schema of one path of a platform with several: root fields of other paths go, and the marks that tell them apart.
 *
 * @param document a whole schema, whose root fields say `@gateway(path: …)` where they are not of the main path
 */
export function sliceGateway(document: DocumentNode, path: string): DocumentNode {
  const definitions = document.definitions.flatMap((definition) => {
    if (definition.kind === 'DirectiveDefinition' && definition.name.value === mark) return []
    if (definition.kind !== 'ObjectTypeDefinition' || !roots.has(definition.name.value)) return [definition]
    const fields = (definition.fields ?? [])
      .filter((field) => pathOf(field) === path)
      .map((field) => ({
        ...field,
        directives: (field.directives ?? []).filter(({ name }) => name.value !== mark),
      }))
    return fields.length === 0 ? [] : [{ ...definition, fields }]
  })
  return { ...document, definitions }
}

function pathOf(field: FieldDefinitionNode): string {
  const value = field.directives?.find(({ name }) => name.value === mark)?.arguments?.[0]?.value
  return value?.kind === 'StringValue' ? value.value : mainPath
}

/**
 * One schema of what several paths tell of themselves, the main one first: their root fields together, marked with
 * their path. Where two define a type or a root field differently, the first counts.
 */
export function mergeGateways(parts: readonly { path: string; sdl: string }[]): string {
  const types = new Map<string, DocumentNode['definitions'][number]>()
  const rootFields = new Map<string, Map<string, FieldDefinitionNode>>()
  for (const { path, sdl } of parts) {
    const document = withUsualRoots(parse(sdl, { noLocation: true }))
    for (const definition of document.definitions) {
      if (!('name' in definition) || definition.name === undefined) continue
      const name = definition.name.value
      if (definition.kind === 'ObjectTypeDefinition' && roots.has(name)) {
        const known = rootFields.get(name) ?? new Map<string, FieldDefinitionNode>()
        rootFields.set(name, known)
        for (const field of definition.fields ?? []) {
          if (!known.has(field.name.value)) known.set(field.name.value, markField(field, path))
        }
      } else if (!types.has(`${definition.kind} ${name}`)) types.set(`${definition.kind} ${name}`, definition)
    }
  }
  const merged = [...rootFields].map(
    ([name, fields]): ObjectTypeDefinitionNode => ({
      kind: Kind.OBJECT_TYPE_DEFINITION,
      name: { kind: Kind.NAME, value: name },
      fields: [...fields.values()],
    }),
  )
  const own = [...types].filter(([key]) => key !== `DirectiveDefinition ${mark}`).map(([, type]) => type)
  const definitions = [...own, ...merged]
  return `directive @${mark}(path: String!) on FIELD_DEFINITION\n\n${print({ kind: Kind.DOCUMENT, definitions })}\n`
}

function markField(field: FieldDefinitionNode, path: string): FieldDefinitionNode {
  const others = (field.directives ?? []).filter(({ name }) => name.value !== mark)
  const value = pathOf(field) === mainPath ? path : pathOf(field)
  if (value === mainPath) return { ...field, directives: others }
  const directive: ConstDirectiveNode = {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: mark },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'path' },
        value: { kind: Kind.STRING, value },
      },
    ],
  }
  return { ...field, directives: [...others, directive] }
}

/** A schema may name its root types as it likes: here they have the usual names. */
function withUsualRoots(document: DocumentNode): DocumentNode {
  const schema = document.definitions.find((definition) => definition.kind === 'SchemaDefinition')
  if (schema === undefined) return document
  const usual = new Map(
    schema.operationTypes.map(({ operation, type }) => [
      type.name.value,
      `${operation[0]?.toUpperCase()}${operation.slice(1)}`,
    ]),
  )
  const definitions = document.definitions.flatMap((definition) => {
    if (definition.kind === 'SchemaDefinition') return []
    const name = definition.kind === 'ObjectTypeDefinition' ? usual.get(definition.name.value) : undefined
    return name === undefined || !('name' in definition) || definition.name === undefined
      ? [definition]
      : [{ ...definition, name: { ...definition.name, value: name } } as ObjectTypeDefinitionNode]
  })
  return { ...document, definitions }
}
