import type { DocumentNode, FieldNode } from 'graphql'
import type { SearchParts } from '../../providers/paged-field.js'
import type { ArgumentContext } from './arguments.js'
import { type Fragments, responseKey, usedFragments, usedVariables } from './selection.js'
import type { Variables } from './variables.js'

/** What asks for one further part of a search. */
export type PartRequest = (
  variables: Variables,
  searchId: string | undefined,
  part: number,
) => { query: string; variables: Variables }

/** The document for the further parts: the search's own selection, under the field that gives them. */
export function planParts(
  field: FieldNode,
  parts: SearchParts,
  document: DocumentNode,
  fragments: Fragments,
  { operation, tools }: ArgumentContext,
): PartRequest {
  const { selectionSet } = field
  const names = selectionSet === undefined ? new Set() : usedFragments(selectionSet, fragments)
  const kept = [...fragments.values()].filter((each) => names.has(each.name.value))
  const used = usedVariables([selectionSet, field.directives, kept])
  const definitions = (operation.variableDefinitions ?? []).filter((each) =>
    used.has(each.variable.name.value),
  )
  const asked = tools.parseField(
    `${responseKey(field)}: ${parts.field}(${parts.input}: {${parts.id}: $xdrSearch, ${parts.part}: $xdrPart})`,
  )
  const poll = {
    ...operation,
    variableDefinitions: [...tools.parseVariables('$xdrSearch: String, $xdrPart: Int'), ...definitions],
    selectionSet: {
      ...operation.selectionSet,
      selections: [
        {
          ...field,
          ...asked,
          directives: field.directives ?? [],
          ...(selectionSet === undefined ? {} : { selectionSet }),
        },
      ],
    },
  }
  const query = tools.print({ ...document, definitions: [poll, ...kept] })
  return (variables, searchId, part) => ({
    query,
    variables: {
      ...Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name))),
      xdrSearch: searchId,
      xdrPart: part,
    },
  })
}
