import type {
  ArgumentNode,
  DocumentNode,
  FieldNode,
  SelectionNode,
  ValueNode,
  VariableDefinitionNode,
} from 'graphql'

/** What graphql-js does for the rewriting of documents, loaded with the first one. */
export interface GraphQLTools {
  print(document: DocumentNode): string
  /** The fields that a text such as `pageInfo { endCursor }` selects. */
  parseSelection(text: string): readonly SelectionNode[]
  /** The field that a text such as `key: field(argument: 1)` selects. */
  parseField(text: string): FieldNode
  /** The argument that a text such as `in: {limit: $size}` gives. */
  parseArgument(text: string): ArgumentNode
  /** The definitions of a text such as `$size: Int!, $after: String`. */
  parseVariables(text: string): readonly VariableDefinitionNode[]
  /** A literal as a value. */
  literalOf(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown
}

let loading: Promise<GraphQLTools> | undefined

export function loadTools(): Promise<GraphQLTools> {
  loading ??= load()
  return loading
}

async function load(): Promise<GraphQLTools> {
  const [{ parse }, { print }, { valueFromASTUntyped }] = await Promise.all([
    import('graphql/language/parser.js'),
    import('graphql/language/printer.js'),
    import('graphql/utilities/valueFromASTUntyped.js'),
  ])
  const operationOf = (source: string) => {
    const [operation] = parse(source, { noLocation: true }).definitions
    if (operation?.kind !== 'OperationDefinition') throw new TypeError('no operation')
    return operation
  }
  const fieldOf = (source: string): FieldNode => {
    const [field] = operationOf(source).selectionSet.selections
    if (field?.kind !== 'Field') throw new TypeError('no field')
    return field
  }
  return {
    print,
    parseSelection: (text) => operationOf(`{ ${text} }`).selectionSet.selections,
    parseField: (text) => fieldOf(`{ ${text} }`),
    parseArgument: (text) => {
      const [argument] = fieldOf(`{ field(${text}) }`).arguments ?? []
      if (argument === undefined) throw new TypeError('no argument')
      return argument
    },
    parseVariables: (text) => operationOf(`query (${text}) { field }`).variableDefinitions ?? [],
    literalOf: (node, variables) => valueFromASTUntyped(node, { ...variables }),
  }
}
