import type { DefinitionNode, DocumentNode } from 'graphql/language/ast.js'
import { XdrError } from '../errors.js'
import type { TypeOfText, WholeText } from './document-types.js'

/** A GraphQL document; `TData` and `TVariables` are what a query with it gives and takes. */
export interface GraphQLDocument<TData = Record<string, unknown>, TVariables = Record<string, unknown>> {
  readonly source: string
  /** Carries the types only; never there at run time. */
  readonly __types?: (variables: TVariables) => TData
}

/** What `xdr.query` takes: text, or what {@link gql} makes. */
export type QueryDocument<TData, TVariables> = string | GraphQLDocument<TData, TVariables>

/**
 * Marks a GraphQL document in a cell. Other documents (fragments) can be put into it; values cannot: they belong into
 * the variables, where the server checks them.
 *
 * In a notebook its types are known. Elsewhere `xdrlab types` writes them: for the text in parentheses as it is, or for
 * type arguments.
 *
 * @throws XdrError `XDR_BAD_OPTION` when a value is put in
 * @example
 * const fields = gql`fragment fields on Alert2 { id metadata { title severity } }`
 * const doc = gql`query($in: SearchRequestInput) { alertsServiceSearch(in: $in) { alerts { list { ...fields } } } } ${fields}`
 */
export function gql<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
  text: TemplateStringsArray,
  ...parts: readonly GraphQLDocument<unknown, never>[]
): GraphQLDocument<TData, TVariables>
export function gql<const TText extends string>(
  text: WholeText<TText>,
  ...parts: readonly GraphQLDocument<unknown, never>[]
): GraphQLDocument<TypeOfText<TText, 'data'>, TypeOfText<TText, 'variables'>>
export function gql(
  text: TemplateStringsArray | string,
  ...parts: readonly GraphQLDocument<unknown, never>[]
): { source: string } {
  if (typeof text !== 'string' && !Array.isArray(text?.raw)) {
    throw new XdrError('XDR_BAD_OPTION', 'gql needs a GraphQL document', {
      hint: 'write gql`query { … }`, or gql(`query { … }`)',
    })
  }
  // Fragments that follow a text stand behind it; its last line may be a comment.
  const pieces = typeof text === 'string' ? withRoomFor(parts.length, text) : text.raw
  const composed: Composition = pieces.flatMap((piece, i) => {
    const part = parts[i]
    if (i === pieces.length - 1) return [piece]
    if (typeof part !== 'object' || part === null || typeof part.source !== 'string') {
      throw new XdrError('XDR_BAD_OPTION', `gql cannot take the value in place ${i + 1}`, {
        hint: 'only documents made by gql go in there; give values as variables: query($name: String!) { … }',
      })
    }
    return [piece, part]
  })
  const made = { source: compose(composed, new Set()) }
  compositions.set(made, composed)
  return made
}

/** Texts, and the documents between them. */
type Composition = readonly (string | GraphQLDocument<unknown, never>)[]

/** What documents were made of: a fragment that several of them share is told apart again. */
const compositions = new WeakMap<object, Composition>()

/** A fragment used twice, be it by way of others, must be defined once (GraphQL specification, section 5.5.1.1). */
function compose(composition: Composition, seen: Set<string>): string {
  return composition
    .map((each) => {
      if (typeof each === 'string') return each
      if (seen.has(each.source)) return ''
      seen.add(each.source)
      return compose(compositions.get(each) ?? [each.source], seen)
    })
    .join('')
}

function withRoomFor(fragments: number, text: string): string[] {
  return fragments === 0 ? [text] : [`${text}\n`, ...Array<string>(fragments).fill('\n')]
}

/** What must be known of a document before it is sent. */
export interface Operation {
  kind: 'query' | 'mutation' | 'subscription'
  name: string | undefined
  /** Names of the fields at its top. */
  fields: readonly string[]
}

/**
 * Parses a document and finds the operation that will run.
 *
 * @throws XdrError `XDR_QUERY_SYNTAX` with line and caret, or when there is no such operation
 */
export async function readOperation(source: unknown, operationName: string | undefined): Promise<Operation> {
  if (typeof source !== 'string') {
    throw new XdrError('XDR_BAD_OPTION', 'query() needs a GraphQL document', {
      hint: 'give a text or what gql makes: xdr.query(gql`query { … }`)',
    })
  }
  const { operations } = await parseDocument(source)
  const chosen =
    operationName === undefined
      ? operations[0]
      : operations.find((operation) => operation.name === operationName)
  if (chosen !== undefined && (operationName !== undefined || operations.length === 1)) return chosen
  const names = operations.map((operation) => operation.name ?? '(unnamed)').join(', ')
  const message =
    operations.length === 0
      ? 'the document holds no query'
      : operationName === undefined
        ? `the document holds ${operations.length} operations: ${names}`
        : `the document holds no operation "${operationName}", only ${names}`
  throw new XdrError('XDR_QUERY_SYNTAX', message, {
    hint:
      operations.length === 0
        ? 'write query { … } around the fields'
        : 'name one of them with operationName (--operation on the command line)',
  })
}

/** A document without syntax errors, and what it can run. It is shared: nobody changes it. */
export interface ParsedDocument {
  document: DocumentNode
  operations: readonly Operation[]
}

/** The documents that were asked for last: a loop or a cell that runs again sends the same one. */
const recent = new Map<string, ParsedDocument>()
/** What is kept of them in all, characters; parsed, a document takes some fifty times its length. */
const longestRecent = 100_000

/**
 * Parses a document, or gives what came of it the last time.
 *
 * @throws XdrError `XDR_QUERY_SYNTAX`
 */
export async function parseDocument(source: string): Promise<ParsedDocument> {
  const known = recent.get(source)
  if (known !== undefined) return known
  // The parser alone: all of graphql-js costs 60 ms to load.
  const { parse } = await import('graphql/language/parser.js')
  let document: DocumentNode
  try {
    document = parse(source)
  } catch (error) {
    throw syntaxError(source, error)
  }
  const parsed = { document, operations: document.definitions.flatMap(operationsOf) }
  keep(source, parsed)
  return parsed
}

function operationsOf(definition: DefinitionNode): Operation[] {
  if (definition.kind !== 'OperationDefinition') return []
  const { operation: kind, name, selectionSet } = definition
  const fields = selectionSet.selections.flatMap((selection) =>
    selection.kind === 'Field' ? [selection.name.value] : [],
  )
  // One that is asked several times, under other names, is told of once.
  return [{ kind, name: name?.value, fields: [...new Set(fields)] }]
}

/** Drops those that have been kept the longest. */
function keep(source: string, parsed: ParsedDocument): void {
  if (source.length > longestRecent) return
  recent.set(source, parsed)
  let length = 0
  for (const known of recent.keys()) length += known.length
  for (const known of recent.keys()) {
    if (length <= longestRecent) return
    recent.delete(known)
    length -= known.length
  }
}

function syntaxError(source: string, error: unknown): XdrError {
  const message = error instanceof Error ? error.message.replace(/^Syntax Error: /, '') : 'unreadable'
  const location =
    error instanceof Error && 'locations' in error && Array.isArray(error.locations)
      ? error.locations[0]
      : undefined
  const line = Number(location?.line ?? 1)
  const column = Number(location?.column ?? 1)
  const shown = (source.split(/\r\n|[\n\r]/)[line - 1] ?? '').replace(/\t/g, ' ')
  return new XdrError(
    'XDR_QUERY_SYNTAX',
    `GraphQL syntax error at ${line}:${column}: ${message}\n  ${shown}\n  ${' '.repeat(Math.max(0, column - 1))}^`,
    { hint: 'nothing was sent; correct the document and run it again' },
  )
}
