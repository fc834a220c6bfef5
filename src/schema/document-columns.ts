import {
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import {
  collectFields,
  type Fragments,
  type Occurrence,
  type Selection,
  selectionBelow,
} from './document-types-fields.js'

/** A column that the rows of a list have, in the database's own words. */
export interface DocumentColumn {
  name: string
  type: string
}

/** Which rows are meant. */
export interface ColumnsQuestion {
  source: string
  /** By the names of the answer, from its `data` on: `alertsServiceSearch`, `alerts`, `list`. */
  path: readonly string[]
  operationName: string | undefined
}

/** A type, and what a document selects of it. */
interface Place {
  type: GraphQLOutputType
  selection: Selection
}

/** Scalars that SQL has a type for; the rest stays JSON. Names mean the same on the platforms known so far. */
const scalars: Readonly<Record<string, string>> = {
  Boolean: 'BOOLEAN',
  Int: 'BIGINT',
  Int64: 'BIGINT',
  Float: 'DOUBLE',
  Float32: 'DOUBLE',
  String: 'VARCHAR',
  ID: 'VARCHAR',
  Time: 'TIMESTAMP',
}
const unknown = 'JSON'

/**
 * The columns of a list's rows, by what a document selects: what a table is made of where no row has come to show it.
 *
 * @returns `undefined` where the schema does not know the list, or its rows are no objects of one kind
 */
export function columnsOf(schema: GraphQLSchema, question: ColumnsQuestion): DocumentColumn[] | undefined {
  const { definitions } = parse(question.source)
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const each of definitions) if (each.kind === 'FragmentDefinition') fragments.set(each.name.value, each)
  const operation = definitions.find(
    (each): each is OperationDefinitionNode =>
      each.kind === 'OperationDefinition' &&
      (question.operationName === undefined || each.name?.value === question.operationName),
  )
  const root = schema.getQueryType()
  if (operation === undefined || !root) return undefined
  const selection = { parts: [{ selectionSet: operation.selectionSet, conditions: [] }], known: [] }
  const columns = new Columns(schema, fragments)
  const rows = columns.find({ type: root, selection }, question.path)
  return rows === undefined ? undefined : columns.of(rows)
}

class Columns {
  readonly #schema: GraphQLSchema
  readonly #fragments: Fragments

  constructor(schema: GraphQLSchema, fragments: Fragments) {
    this.#schema = schema
    this.#fragments = fragments
  }

  /** What stands at a path. The rows of Relay's connections are their nodes. */
  find(from: Place, path: readonly string[]): Place | undefined {
    const found = path.reduce<Place | undefined>(
      (place, name) => (place === undefined ? undefined : this.#members(place)?.get(name)),
      from,
    )
    return found !== undefined && path.at(-1) === 'edges'
      ? (this.#members(found)?.get('node') ?? found)
      : found
  }

  of(place: Place): DocumentColumn[] | undefined {
    const members = this.#members(place)
    if (members === undefined || !tellsApart([...members.keys()])) return undefined
    return [...members].map(([name, member]) => ({ name, type: this.#sqlType(member) }))
  }

  /** The fields of an object, however deep it lies in lists. */
  #members({ type, selection }: Place): Map<string, Place> | undefined {
    const object = innermost(type)
    if (!isObjectType(object)) return undefined
    const members = new Map<string, Place>()
    for (const [name, occurrences] of collectFields(this.#schema, this.#fragments, object, selection)) {
      const member = object.getFields()[fieldName(occurrences)]?.type
      if (member === undefined) return undefined
      members.set(name, { type: member, selection: selectionBelow(occurrences, selection.known) })
    }
    return members
  }

  #sqlType({ type, selection }: Place): string {
    const present = getNullableType(type)
    if (isListType(present)) return `${this.#sqlType({ type: present.ofType, selection })}[]`
    if (isEnumType(present)) return 'VARCHAR'
    if (!isObjectType(present)) return scalars[String(present)] ?? unknown
    const columns = this.of({ type: present, selection })
    if (columns === undefined) return unknown
    return `STRUCT(${columns.map((column) => `"${column.name}" ${column.type}`).join(', ')})`
  }
}

function innermost(type: GraphQLOutputType): GraphQLOutputType {
  const present = getNullableType(type)
  return isListType(present) ? innermost(present.ofType) : present
}

function fieldName([first]: readonly Occurrence[]): string {
  return first?.node.name.value ?? ''
}

/** SQL tells no upper from lower case. */
function tellsApart(names: readonly string[]): boolean {
  return names.length > 0 && new Set(names.map((name) => name.toLowerCase())).size === names.length
}
