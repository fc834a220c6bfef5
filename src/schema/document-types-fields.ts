import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql'

/**
 * What has to hold for a field to be in the answer: names of variables, with `!` where it is their opposite. All of
 * them must hold; none is for certain.
 */
export type Conditions = readonly string[]

/** A field as it stands in a document. */
export interface Occurrence {
  node: FieldNode
  conditions: Conditions
}

/** Selections that are merged into one object. */
export interface SelectionPart {
  selectionSet: SelectionSetNode
  conditions: Conditions
}

/** Fragments by their names. */
export type Fragments = Pick<ReadonlyMap<string, FragmentDefinitionNode>, 'get'>

/**
 * The fields of an object by what they are called in the answer, as a server collects them (GraphQL specification,
 * section 6.3.2).
 */
export function collectFields(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLObjectType,
  parts: readonly SelectionPart[],
): Map<string, Occurrence[]> {
  const fields = new Map<string, Occurrence[]>()
  const seen = new Set<string>()
  const collect = ({ selectionSet, conditions: outer }: SelectionPart) => {
    for (const selection of selectionSet.selections) {
      const conditions = conditionsOf(selection.directives, outer)
      if (conditions === undefined) continue
      if (selection.kind === 'Field') {
        const key = selection.alias?.value ?? selection.name.value
        const found = fields.get(key)
        if (found === undefined) fields.set(key, [{ node: selection, conditions }])
        else found.push({ node: selection, conditions })
        continue
      }
      if (selection.kind === 'FragmentSpread') {
        const visit = `${selection.name.value} ${conditions.join(' ')}`
        if (seen.has(visit)) continue
        seen.add(visit)
      }
      const fragment = selection.kind === 'InlineFragment' ? selection : fragments.get(selection.name.value)
      if (fragment !== undefined && isMeant(schema, fragment.typeCondition, type)) {
        collect({ selectionSet: fragment.selectionSet, conditions })
      }
    }
  }
  for (const part of parts) collect(part)
  return fields
}

function isMeant(
  schema: GraphQLSchema,
  condition: FragmentDefinitionNode['typeCondition'] | undefined,
  type: GraphQLObjectType,
): boolean {
  if (condition === undefined) return true
  const named = typeFromAST(schema, condition)
  return named === type || (isAbstractType(named) && schema.isSubType(named, type))
}

/** @returns `undefined` where `@skip` or `@include` leave it out whatever the variables are */
function conditionsOf(
  directives: readonly DirectiveNode[] | undefined,
  outer: Conditions,
): Conditions | undefined {
  let conditions = outer
  for (const { name, arguments: given } of directives ?? []) {
    if (name.value !== 'include' && name.value !== 'skip') continue
    const isSkipped = name.value === 'skip'
    const value = given?.find((argument) => argument.name.value === 'if')?.value
    if (value?.kind === 'BooleanValue' && value.value === isSkipped) return undefined
    if (value?.kind !== 'Variable') continue
    const condition = `${isSkipped ? '!' : ''}${value.name.value}`
    if (conditions.includes(opposite(condition))) return undefined
    if (!conditions.includes(condition)) conditions = [...conditions, condition].sort()
  }
  return conditions
}

function opposite(condition: string): string {
  return condition.startsWith('!') ? condition.slice(1) : `!${condition}`
}

/** Whether one of the occurrences is in the answer for certain. */
export function isCertain(occurrences: readonly Occurrence[]): boolean {
  const single = new Set<string | undefined>()
  for (const { conditions } of occurrences) {
    if (conditions.length === 0) return true
    if (conditions.length === 1) single.add(conditions[0])
  }
  return [...single].some((condition) => condition !== undefined && single.has(opposite(condition)))
}

/** What is selected below a field, with what remains to be said once the field is known to be there. */
export function partsBelow(occurrences: readonly Occurrence[]): SelectionPart[] {
  const [first, ...others] = occurrences.map(({ conditions }) => conditions)
  const known = (first ?? []).filter((condition) => others.every((each) => each.includes(condition)))
  return occurrences.flatMap(({ node: { selectionSet }, conditions }) =>
    selectionSet === undefined
      ? []
      : [{ selectionSet, conditions: conditions.filter((condition) => !known.includes(condition)) }],
  )
}
