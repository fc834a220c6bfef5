import type { FieldNode, OperationDefinitionNode } from 'graphql'
import { XdrError } from '../../errors.js'
import type { PagedField } from '../../providers/paged-field.js'
import { plain } from '../../text.js'
import type { ArgumentContext } from './arguments.js'
import { pagingOf } from './guess.js'
import type { PlanOptions } from './plan.js'
import { type Fragments, responseKey, rootFields } from './selection.js'

/** The field that comes in pages, and how. */
export function choosePaged(
  operation: OperationDefinitionNode,
  fragments: Fragments,
  context: ArgumentContext,
  { style, known, rows }: PlanOptions,
): { field: FieldNode; paging: PagedField } {
  const fields = rootFields(operation)
  const describe = (field: FieldNode) => {
    const given = Object.hasOwn(known, field.name.value) ? known[field.name.value] : undefined
    const paging = pagingOf(field, style, given, fragments, context)
    return paging === undefined ? [] : [{ field, paging }]
  }
  const named = fields.filter((field) => responseKey(field) === rows?.split('.')[0])
  const found = (named.length > 0 ? named : fields).flatMap(describe)
  const [first, second] = found
  if (first !== undefined && second === undefined) return first
  const names = (found.length > 0 ? found.map(({ field }) => field) : fields).map(responseKey)
  const listed = plain(names.join(', '), 120)
  if (first !== undefined) {
    throw new XdrError('XDR_BAD_OPTION', `the document asks for several lists: ${listed}`, {
      hint: 'leave one in the document, or name it: { rows: "field.list" }',
    })
  }
  throw new XdrError(
    'XDR_BAD_OPTION',
    fields.length === 0
      ? 'rows() finds no field outside of fragments'
      : `rows() finds nothing in ${listed} that says how it is paged`,
    {
      hint: 'add the arguments that it has: (first, after) with pageInfo { hasNextPage endCursor }, (page, perPage) or (offset, limit); for a list that comes whole give { style: "once" }',
    },
  )
}
