import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isCompositeType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql'
import type { Fragments } from './document-types-fields.js'
import { declareShared, type SharedType, variablesType } from './document-types-input.js'
import { resultType } from './document-types-result.js'

/** The types of an operation or a fragment, as TypeScript. */
export interface DefinitionTypes {
  data: string
  variables: string
  /** Enums and input types that they name. */
  used: ReadonlySet<SharedType>
}

/** What cannot be read has any type: those who validate documents say what is wrong, once. */
export const unreadableTypes: DefinitionTypes = { data: 'any', variables: 'any', used: new Set() }

/** @param fragments what can be spread in it */
export function definitionTypes(
  schema: GraphQLSchema,
  definition: OperationDefinitionNode | FragmentDefinitionNode,
  fragments: Fragments,
): DefinitionTypes {
  const used = new Set<SharedType>()
  const isOperation = definition.kind === 'OperationDefinition'
  const type = isOperation
    ? schema.getRootType(definition.operation)
    : typeFromAST(schema, definition.typeCondition)
  if (!isCompositeType(type) || isRing(definition.selectionSet, fragments)) return unreadableTypes
  const parts = [{ selectionSet: definition.selectionSet, conditions: [] }]
  const data = resultType({ schema, fragments, used }, type, parts)
  const variables = isOperation ? variablesType(schema, definition, used) : 'Record<string, never>'
  return { data, variables, used }
}

/** The declarations of shared types and of all that these name, in the order of their names. */
export function sharedDeclarations(types: Iterable<SharedType>): string[] {
  const used = new Set(types)
  const declared = new Map<string, string>()
  // A set is gone through to its end, what is added on the way included.
  for (const type of used) declared.set(type.name, declareShared(type, used))
  return [...declared].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
}

/** The fragments of documents by their names; of two with one name the last counts. */
export function fragmentsOf(
  documents: Iterable<DocumentNode | undefined>,
): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const document of documents) {
    for (const definition of document?.definitions ?? []) {
      if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition)
    }
  }
  return fragments
}

/** The fragments that a selection needs, those included that need each other. */
export function neededFragments(
  selectionSet: SelectionSetNode,
  fragments: Fragments,
  found = new Map<string, FragmentDefinitionNode>(),
): Map<string, FragmentDefinitionNode> {
  for (const selection of selectionSet.selections) {
    if (selection.kind !== 'FragmentSpread') {
      if (selection.selectionSet !== undefined) neededFragments(selection.selectionSet, fragments, found)
      continue
    }
    const fragment = fragments.get(selection.name.value)
    if (fragment === undefined || found.has(selection.name.value)) continue
    found.set(selection.name.value, fragment)
    neededFragments(fragment.selectionSet, fragments, found)
  }
  return found
}

/** Whether a selection comes to a fragment that comes to itself: it has no end. */
function isRing(selectionSet: SelectionSetNode, fragments: Fragments): boolean {
  return [...neededFragments(selectionSet, fragments)].some(([name, fragment]) =>
    neededFragments(fragment.selectionSet, fragments).has(name),
  )
}
