import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import {
  type DefinitionTypes,
  definitionTypes,
  fragmentsOf,
  neededFragments,
  sharedDeclarations,
} from './document-types-definition.js'
import type { SharedType } from './document-types-input.js'
import { indent } from './document-types-text.js'
import { findProblems } from './problems.js'

/** A document as it stands in a file. */
export interface SourceDocument {
  file: string
  text: string
  /** What it is declared by: `alerts` of `const alerts = gql…`. */
  name?: string
  /** The text that `gql(…)` is given: its types are found by it. */
  key?: string
  /** Where a place of the text stands in the file. */
  placeOf(offset: number): number
}

interface Place {
  file: string
  /** From the file's start, as the end. */
  start: number
  end: number
}

/** What is wrong in a file, or cannot be done. */
export interface SourceProblem extends Place {
  message: string
}

export interface DeclarationsFile {
  /** TypeScript; of no use where there are problems. */
  text: string
  problems: SourceProblem[]
  /** Documents that nothing could be called by: nobody can ask for their types. */
  nameless: SourceProblem[]
  /** Operations and fragments that have types now. */
  count: number
}

interface ReadDocument extends SourceDocument {
  document: DocumentNode
}

interface Declared {
  types: DefinitionTypes
  isFragment: boolean
  place: Place
}

const head = `// Made by "xdrlab types". Run it again where documents or the schema have changed; edit nothing here.
/* eslint-disable */
import 'xdrlab'
`

/**
 * The types of all documents of a project as one file of declarations: `AlertsQuery` and `AlertsQueryVariables` of the
 * operation `alerts`, the enums and inputs that they name, and what `gql` knows the texts in its parentheses by.
 */
export function declarationsFile(
  schema: GraphQLSchema,
  sources: readonly SourceDocument[],
): DeclarationsFile {
  const file = new Declarations(schema)
  const read = sources.flatMap((source) => file.read(source))
  for (const document of read) file.add(document, read)
  return file.write()
}

class Declarations {
  readonly #schema: GraphQLSchema
  readonly #problems: SourceProblem[] = []
  readonly #nameless: SourceProblem[] = []
  /** By the names that they are declared under, without the ending of the variables. */
  readonly #declared = new Map<string, Declared>()
  readonly #texts = new Map<string, { data: string; variables: string }>()
  readonly #used = new Set<SharedType>()
  #count = 0

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
  }

  read(source: SourceDocument): ReadDocument[] {
    // A file of comments alone is no mistake.
    if (source.text.replace(/#.*|[\s,\ufeff]/g, '') === '') return []
    try {
      return [{ ...source, document: parse(source.text) }]
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      const [start = 0] = error.positions ?? []
      this.#refuse(source, { start, end: start + 1 }, error.message.replace(/^Syntax Error: /, ''))
      return []
    }
  }

  add(source: ReadDocument, all: readonly ReadDocument[]): void {
    const { definitions } = source.document
    const own = fragmentsOf([source.document])
    const fragments = this.#reachable(source, all)
    this.#check(source, own, fragments)
    const operations = definitions.filter((definition) => definition.kind === 'OperationDefinition')
    const isOne = operations.length === 1
    for (const definition of [...operations, ...own.values()]) {
      const types = definitionTypes(this.#schema, definition, fragments)
      for (const type of types.used) this.#used.add(type)
      this.#count++
      const isFragment = definition.kind === 'FragmentDefinition'
      const name = this.#nameOf(definition, isOne ? source.name : undefined)
      const start = definition.loc?.start ?? 0
      const place = placeOf(source, { start, end: start + 1 })
      if (name !== undefined) this.#declare(name, { types, isFragment, place })
      // Of several operations, the call says which runs.
      if (isFragment || !isOne) continue
      if (source.key !== undefined) this.#texts.set(source.key, name === undefined ? types : pairOf(name))
      else if (name === undefined) this.#leaveOut(place)
    }
  }

  write(): DeclarationsFile {
    const operations = [...this.#declared].sort(([a], [b]) => (a < b ? -1 : 1))
    const types = operations.map(
      ([
        name,
        {
          types: { data, variables },
        },
      ]) =>
        name.endsWith(fragmentEnding)
          ? `export type ${name} = ${data}\n`
          : `export type ${name} = ${data}\n\nexport type ${name}Variables = ${variables}\n`,
    )
    const shared = sharedDeclarations(this.#used).map(
      (text) => `${text.replace(/^(?=(?:type|interface) )/m, 'export ')}\n`,
    )
    const texts = [...this.#texts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([text, { data, variables }]) =>
          `${JSON.stringify(text)}: {\n${indent(`data: ${data}\nvariables: ${variables}`)}\n}`,
      )
    const known =
      texts.length === 0
        ? []
        : [
            `declare module 'xdrlab' {\n  interface DocumentTypes {\n${indent(indent(texts.join('\n')))}\n  }\n}\n`,
          ]
    return {
      text: [head, ...types, ...shared, ...known].join('\n'),
      problems: this.#problems.sort((a, b) =>
        a.file === b.file ? a.start - b.start : a.file < b.file ? -1 : 1,
      ),
      nameless: this.#nameless,
      count: this.#count,
    }
  }

  /** Fragments that a document may spread: its own, those of its file, then those of all files. */
  #reachable(
    source: ReadDocument,
    all: readonly ReadDocument[],
  ): ReadonlyMap<string, FragmentDefinitionNode> {
    const near = all.filter(({ file }) => file === source.file)
    return fragmentsOf([...all, ...near, source].map(({ document }) => document))
  }

  /** What a fragment of another document has wrong is said there. */
  #check(
    source: ReadDocument,
    own: ReadonlyMap<string, FragmentDefinitionNode>,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ): void {
    const { document, text } = source
    const needed = new Map<string, FragmentDefinitionNode>()
    for (const definition of document.definitions) {
      if ('selectionSet' in definition) neededFragments(definition.selectionSet, fragments, needed)
    }
    const foreign = [...needed.values()].filter(({ name }) => !own.has(name.value))
    const whole = [text, ...foreign.map(({ loc }) => loc?.source.body.slice(loc.start, loc.end) ?? '')].join(
      '\n',
    )
    for (const { message, places } of findProblems(this.#schema, parse(whole), 'parts')) {
      const place = places.find(({ start }) => start <= text.length)
      if (place !== undefined) this.#refuse(source, place, message)
    }
  }

  #declare(name: string, declared: Declared): void {
    const known = this.#declared.get(name)
    if (known === undefined) this.#declared.set(name, declared)
    else if (known.types.data !== declared.types.data || known.types.variables !== declared.types.variables) {
      const { file } = known.place
      this.#problems.push({
        ...declared.place,
        message: `${name} is declared in ${file} already, with other fields or variables: give one of them another name`,
      })
    }
  }

  #nameOf(
    definition: OperationDefinitionNode | FragmentDefinitionNode,
    declaredBy: string | undefined,
  ): string | undefined {
    const ending = definition.kind === 'FragmentDefinition' ? fragmentEnding : capital(definition.operation)
    const written = definition.name?.value ?? declaredBy
    if (written === undefined) return undefined
    const words = written
      .split(/[^\p{ID_Continue}]+|_+/u)
      .map(capital)
      .join('')
    const name = `${words.endsWith(ending) ? words.slice(0, -ending.length) : words}${ending}`
    // The schema's own names are taken, whether it is used here or not: names must not change with other documents.
    return this.#schema.getType(name) === undefined ? name : `${name}Result`
  }

  #leaveOut(place: Place): void {
    this.#nameless.push({
      ...place,
      message: 'no types: give the operation a name, or the text itself to gql(`…`)',
    })
    this.#count--
  }

  #refuse(source: SourceDocument, range: { start: number; end: number }, message: string): void {
    this.#problems.push({ ...placeOf(source, range), message })
  }
}

const fragmentEnding = 'Fragment'

function pairOf(name: string): { data: string; variables: string } {
  return { data: name, variables: `${name}Variables` }
}

function placeOf(source: SourceDocument, { start, end }: { start: number; end: number }): Place {
  return { file: source.file, start: source.placeOf(start), end: source.placeOf(end) }
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
