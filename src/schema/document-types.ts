import { type DocumentNode, type FragmentDefinitionNode, type GraphQLSchema, parse } from 'graphql'
import {
  type DefinitionTypes,
  definitionTypes,
  fragmentsOf,
  neededFragments,
  sharedDeclarations,
  unreadableTypes,
} from './document-types-definition.js'
import type { Fragments } from './document-types-fields.js'

/** A document whose types are wanted. */
export interface DocumentLiteral {
  /** What its types are kept under, unique among the others; by default its place in the list. */
  name?: string
  /** GraphQL. Fragments that it lacks are looked for in the other documents, those before it first. */
  source: string
}

/** Type arguments for `gql`. */
export interface TypePair {
  data: string
  variables: string
}

export interface DocumentTypeTexts {
  /** Ambient TypeScript: one namespace, `$gql`. */
  declarations: string
  /** In the order of the documents. */
  pairs: TypePair[]
}

/**
 * The types of documents as the language worker puts them before a checker.
 *
 * Never throws for a document: what is wrong in it is for those to say who validate it, and has any type here.
 *
 * @example
 * const { declarations, pairs } = documentTypes(schema, [{ source: '{ currentTDRUser { email } }' }])
 * // pairs[0].data is $gql.$documents['0']['data'], an object type without a name: tooltips show what is in it
 */
export function documentTypes(
  schema: GraphQLSchema,
  literals: readonly DocumentLiteral[],
): DocumentTypeTexts {
  const memory = memories.get(schema) ?? new Memory(schema)
  memories.set(schema, memory)
  const types = memory.typesOf(literals.map(({ source }) => source))
  const names = literals.map(({ name }, i) => name ?? String(i))
  // Read by a checker alone: nothing is indented.
  const entries = types.map(
    ({ data, variables }, i) => `'${names[i]}': { data: ${data}; variables: ${variables} }`,
  )
  const shared = sharedDeclarations(types.flatMap(({ used }) => [...used]))
  const body = ['interface $documents {', ...entries, '}', ...shared]
  const typeAt = (name: string, part: keyof TypePair) => `$gql.$documents['${name}']['${part}']`
  return {
    declarations: `declare namespace $gql {\n${body.join('\n')}\n}\n`,
    pairs: names.map((name) => ({ data: typeAt(name, 'data'), variables: typeAt(name, 'variables') })),
  }
}

const memories = new WeakMap<GraphQLSchema, Memory>()

/** What was found out of the documents of the latest call: mostly one of them has changed when the next comes. */
class Memory {
  readonly #schema: GraphQLSchema
  #parsed = new Map<string, DocumentNode | undefined>()
  #types = new Map<string, DefinitionTypes>()

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
  }

  typesOf(sources: readonly string[]): DefinitionTypes[] {
    const parsed = new Map<string, DocumentNode | undefined>()
    for (const source of sources) {
      if (!parsed.has(source)) parsed.set(source, this.#parsed.get(source) ?? parseQuietly(source))
    }
    this.#parsed = parsed
    const all = fragmentsOf(parsed.values())
    const before = new Map<string, FragmentDefinitionNode>()
    const types = new Map<string, DefinitionTypes>()
    const found = sources.map((source) => {
      const document = parsed.get(source)
      if (document === undefined) return unreadableTypes
      const own = fragmentsOf([document])
      const fragments = { get: (name: string) => own.get(name) ?? before.get(name) ?? all.get(name) }
      const key = [source, ...foreignTexts(document, own, fragments)].join('\n')
      const known =
        types.get(key) ?? this.#types.get(key) ?? documentTypesOf(this.#schema, document, fragments)
      types.set(key, known)
      for (const [name, fragment] of own) before.set(name, fragment)
      return known
    })
    this.#types = types
    return found
  }
}

function parseQuietly(source: string): DocumentNode | undefined {
  try {
    return parse(source)
  } catch {
    return undefined
  }
}

/** The text of fragments that a document needs and does not hold: its types change with them. */
function foreignTexts(
  { definitions }: DocumentNode,
  own: ReadonlyMap<string, FragmentDefinitionNode>,
  fragments: Fragments,
): string[] {
  const needed = new Map<string, FragmentDefinitionNode>()
  for (const definition of definitions) {
    if ('selectionSet' in definition) neededFragments(definition.selectionSet, fragments, needed)
  }
  return [...needed.values()].flatMap(({ name, loc }) =>
    own.has(name.value) || loc === undefined ? [] : [loc.source.body.slice(loc.start, loc.end)],
  )
}

/** The types of the operation that runs; of a document of fragments alone, those of the first. */
function documentTypesOf(
  schema: GraphQLSchema,
  { definitions }: DocumentNode,
  fragments: Fragments,
): DefinitionTypes {
  const operations = definitions.filter((definition) => definition.kind === 'OperationDefinition')
  const [first = definitions.find((definition) => definition.kind === 'FragmentDefinition'), second] =
    operations
  // Which of them runs is said where the document is used.
  if (second !== undefined) return looseTypes
  return first === undefined ? unreadableTypes : definitionTypes(schema, first, fragments)
}

const looseTypes: DefinitionTypes = {
  data: 'Record<string, unknown>',
  variables: 'Record<string, unknown>',
  used: new Set(),
}
