import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql'
import { XdrError } from '../../errors.js'
import type { PagedField, PagingStyleName } from '../../providers/paged-field.js'
import { plain } from '../../text.js'
import { parseDocument, readOperation } from '../document.js'
import { type ArgumentContext, fillSlot, placeArgument, type Slot } from './arguments.js'
import { choosePaged } from './choose.js'
import { planParts } from './parts.js'
import { type Fragments, fieldsOf, findPath, responseKey, withPath } from './selection.js'
import { usualPageSize } from './styles.js'
import { loadTools } from './tools.js'
import type { Variables } from './variables.js'

/** Where a page begins: an offset, the number of a page or part, a cursor; `undefined` is the beginning. */
export type Position = number | string | undefined

/** One request. */
export interface PageRequest {
  query: string
  variables: Variables
  operationName: string | undefined
}

/** Where facts stand in an answer's `data`. */
export interface FactPaths {
  total?: readonly string[]
  cursor?: readonly string[]
  more?: readonly string[]
  reason?: readonly string[]
  searchId?: readonly string[]
  parts?: readonly string[]
}

/** A document made ready to be asked for page by page. */
export interface PagePlan {
  style: PagingStyleName
  /** The field's name, for people. */
  name: string
  /** What the field is called in the answer. */
  key: string
  /** Where the rows are in the answer's `data`; `undefined` where the first answer has to show it. */
  list: readonly string[] | undefined
  facts: FactPaths
  /** Where the document itself says that reading begins. */
  start: Position
  /** The number of the first page, for pages that are counted. */
  firstPage: number
  /** Rows a page. */
  size: number
  /** Whether the size can be told to the server. */
  isSized: boolean
  /** The request for the page at a position; parts after the first need the id of the search. */
  request(position: Position, size: number, searchId?: string): PageRequest
}

export interface PlanOptions {
  style: PagingStyleName | undefined
  pageSize: number | undefined
  rows: string | undefined
  operationName: string | undefined
  /** The fields that the platform describes. */
  known: Readonly<Record<string, PagedField>>
}

/**
 * Reads a document, finds what in it comes in pages, and puts in what paging needs: arguments as variables, and the
 * fields that say where the next page is.
 *
 * @throws XdrError `XDR_QUERY_SYNTAX`, or `XDR_BAD_OPTION` with what to add
 */
export async function planPages(
  source: string,
  variables: Variables,
  options: PlanOptions,
): Promise<PagePlan> {
  const { kind } = await readOperation(source, options.operationName)
  if (kind !== 'query') throw notReadable(kind)
  const [tools, { document }] = await Promise.all([loadTools(), parseDocument(source)])
  const operation = operationOf(document, options.operationName)
  const fragments: Fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition] as const] : [],
    ),
  )
  const context = { operation, variables, tools }
  const { field, paging } = choosePaged(operation, fragments, context, options)
  return new Rewriting(document, operation, fragments, context, options).plan(field, paging)
}

function notReadable(kind: 'mutation' | 'subscription'): XdrError {
  return kind === 'mutation'
    ? new XdrError('XDR_BAD_OPTION', 'rows() reads lists; a mutation was not sent', {
        hint: 'run a mutation with query(), which asks first',
      })
    : new XdrError('XDR_BAD_OPTION', 'rows() pages through queries and runs no subscriptions', {
        hint: 'ask with a query',
      })
}

function operationOf(document: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operation = document.definitions.find(
    (definition) =>
      definition.kind === 'OperationDefinition' && (name === undefined || definition.name?.value === name),
  )
  if (operation?.kind === 'OperationDefinition') return operation
  throw new XdrError('XDR_QUERY_SYNTAX', 'the document holds no query', { hint: 'write query { … }' })
}

/** One document on its way to a plan. */
class Rewriting {
  readonly #document: DocumentNode
  readonly #operation: OperationDefinitionNode
  readonly #fragments: Fragments
  readonly #context: ArgumentContext
  readonly #options: PlanOptions
  readonly #definitions: string[] = []

  constructor(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    fragments: Fragments,
    context: ArgumentContext,
    options: PlanOptions,
  ) {
    this.#document = document
    this.#operation = operation
    this.#fragments = fragments
    this.#context = context
    this.#options = options
  }

  plan(written: FieldNode, paging: PagedField): PagePlan {
    const { variables, operationName, style = paging.style } = { ...this.#context, ...this.#options }
    const key = responseKey(written)
    const size = this.#size(written, paging)
    const position = this.#position(size.field, paging, style)
    const { field, facts } = this.#facts(position.field, paging, style, key)
    const list = this.#list(field, paging, key)
    const query = this.#print(written, field)
    const poll =
      style === 'parts' && paging.parts !== undefined
        ? planParts(field, paging.parts, this.#document, this.#fragments, this.#context)
        : undefined
    return {
      style,
      name: field.name.value,
      key,
      list,
      // The number of all rows belongs to the list that is usually meant.
      facts:
        this.#options.rows === undefined || isSame(list, this.#usualList(field, paging, key))
          ? facts
          : withoutTotal(facts),
      start: startOf(position.given),
      firstPage: paging.firstPage ?? 1,
      size:
        this.#options.pageSize ??
        (Math.max(numberOf(size.given) ?? 0, paging.pageSize ?? 0) || usualPageSize),
      isSized: size.slot !== undefined,
      request: (at, rows, searchId) => {
        if (poll !== undefined && typeof at === 'number')
          return { ...poll(variables, searchId, at), operationName }
        const sized = size.slot === undefined ? variables : fillSlot(variables, size.slot, rows)
        const placed =
          position.slot === undefined || at === undefined ? sized : fillSlot(sized, position.slot, at)
        return { query, variables: placed, operationName }
      },
    }
  }

  #size(field: FieldNode, { input, size }: PagedField): Placed {
    return size === undefined
      ? { field, slot: undefined, given: undefined }
      : this.#place(field, { input, name: size, variable: 'xdrSize', type: 'Int!' })
  }

  #position(field: FieldNode, { input, position }: PagedField, style: PagingStyleName): Placed {
    if (position === undefined || style === 'parts' || style === 'once') {
      return { field, slot: undefined, given: undefined }
    }
    const type = style === 'page' || style === 'offset' ? 'Int!' : 'String'
    return this.#place(field, { input, name: position, variable: 'xdrPosition', type })
  }

  #place(field: FieldNode, wanted: Parameters<typeof placeArgument>[1]): Placed {
    const { definition, ...placed } = placeArgument(field, wanted, this.#context)
    if (definition !== undefined) this.#definitions.push(definition)
    return placed
  }

  /** Puts in the fields that paging reads, and tells where they are. */
  #facts(
    field: FieldNode,
    paging: PagedField,
    style: PagingStyleName,
    key: string,
  ): { field: FieldNode; facts: FactPaths } {
    const isFollowed = style === 'cursor' || style === 'token'
    const wanted = {
      total: paging.total,
      reason: paging.reason,
      ...(isFollowed ? { cursor: paging.cursor, more: paging.more } : {}),
      ...(style === 'parts' ? { searchId: paging.parts?.searchId, parts: paging.parts?.count } : {}),
    }
    let { selectionSet } = field
    const facts: Record<string, readonly string[]> = {}
    for (const [name, path] of Object.entries(wanted)) {
      if (path === undefined || selectionSet === undefined) continue
      const put = withPath(selectionSet, path.split('.'), this.#fragments, this.#context.tools.parseSelection)
      selectionSet = put.selectionSet
      facts[name] = [key, ...put.path]
    }
    return { field: selectionSet === undefined ? field : { ...field, selectionSet }, facts }
  }

  #list(field: FieldNode, paging: PagedField, key: string): readonly string[] | undefined {
    const { rows, known } = this.#options
    if (rows !== undefined) return this.#named(field, rows, key)
    // Only a platform's own description says for sure where the list is.
    if (!Object.hasOwn(known, field.name.value)) return undefined
    const found = this.#usualList(field, paging, key)
    if (found !== undefined) return found
    const name = plain(field.name.value, 60)
    throw new XdrError('XDR_BAD_OPTION', `the document does not ask ${name} for its rows`, {
      hint: `select them: ${name} { ${paging.list.split('.').join(' { ')} { … }${' }'.repeat(paging.list.split('.').length)}`,
    })
  }

  #usualList(field: FieldNode, paging: PagedField, key: string): readonly string[] | undefined {
    if (paging.list === '') return [key]
    const path = findPath(field.selectionSet, paging.list.split('.'), this.#fragments)
    return path === undefined ? undefined : [key, ...path]
  }

  /** A path that a person gives, from the field or from the whole answer. */
  #named(field: FieldNode, rows: string, key: string): readonly string[] {
    const names = rows.split('.')
    const keysOf = (node: FieldNode) => fieldsOf(node.selectionSet, this.#fragments)
    const isBelow = keysOf(field).some((each) => responseKey(each) === names[0])
    const path = !isBelow && names[0] === key ? names.slice(1) : names
    let level = [field]
    for (const name of path) {
      const next = level.flatMap(keysOf).filter((each) => responseKey(each) === name)
      if (next.length === 0) {
        const offered = plain([...new Set(level.flatMap(keysOf).map(responseKey))].join(', '), 160)
        throw new XdrError('XDR_BAD_OPTION', `the document selects no "${plain(name, 60)}" for rows`, {
          hint: offered === '' ? 'there is nothing below it' : `there is ${offered}`,
        })
      }
      level = next
    }
    return [key, ...path]
  }

  /** The document with the field as it has to be. */
  #print(written: FieldNode, field: FieldNode): string {
    const operation = this.#operation
    const selections = operation.selectionSet.selections.map((each) => (each === written ? field : each))
    const variableDefinitions = [...(operation.variableDefinitions ?? []), ...this.#newDefinitions()]
    const rewritten = {
      ...operation,
      variableDefinitions,
      selectionSet: { ...operation.selectionSet, selections },
    }
    const definitions = this.#document.definitions.map((each) => (each === operation ? rewritten : each))
    return this.#context.tools.print({ ...this.#document, definitions })
  }

  #newDefinitions() {
    if (this.#definitions.length === 0) return []
    return this.#context.tools.parseVariables(this.#definitions.join(', '))
  }
}

interface Placed {
  field: FieldNode
  slot: Slot | undefined
  given: unknown
}

function startOf(given: unknown): Position {
  if (typeof given === 'string' && given !== '') return given
  return numberOf(given)
}

/** Literals in a document are read as text where their type is not known. */
function numberOf(given: unknown): number | undefined {
  const value = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

function isSame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a?.join('.') === b?.join('.')
}

function withoutTotal({ total: _total, ...facts }: FactPaths): FactPaths {
  return facts
}
