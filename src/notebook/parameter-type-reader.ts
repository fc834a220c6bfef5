import type {
  Expression,
  Program,
  PropertyKey,
  TSInterfaceDeclaration,
  TSSignature,
  TSTupleElement,
  TSType,
} from 'oxc-parser'
import { type ObjectField, type ParameterType, unionOf } from './parameter-types.js'

/** An alias within an alias within …: recursive types end here. */
const deepest = 12
const unclear: ParameterType = { kind: 'unclear' }
const any: ParameterType = { kind: 'any' }

/** Reads the types that a cell writes; names that the cell declares resolve. */
export class TypeReader {
  readonly #aliases = new Map<string, TSType>()
  readonly #interfaces = new Map<string, TSInterfaceDeclaration>()

  constructor(program: Program) {
    for (const statement of program.body) {
      const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
      if (declared?.type === 'TSTypeAliasDeclaration' && declared.typeParameters === null)
        this.#aliases.set(declared.id.name, declared.typeAnnotation)
      if (declared?.type === 'TSInterfaceDeclaration' && declared.typeParameters === null)
        this.#interfaces.set(declared.id.name, declared)
    }
  }

  read(type: TSType, depth = 0): ParameterType {
    if (depth > deepest) return unclear
    const read = (inner: TSType) => this.read(inner, depth + 1)
    switch (type.type) {
      case 'TSStringKeyword':
      // Which texts fit a pattern, TypeScript says.
      case 'TSTemplateLiteralType':
        return { kind: 'string' }
      case 'TSNumberKeyword':
        return { kind: 'number' }
      case 'TSBooleanKeyword':
        return { kind: 'boolean' }
      case 'TSBigIntKeyword':
        return { kind: 'bigint' }
      case 'TSNullKeyword':
        return { kind: 'null' }
      case 'TSUndefinedKeyword':
        return { kind: 'undefined' }
      case 'TSAnyKeyword':
      case 'TSUnknownKeyword':
        return any
      case 'TSObjectKeyword':
        return { kind: 'object', fields: [], others: any }
      case 'TSParenthesizedType':
        return read(type.typeAnnotation)
      case 'TSLiteralType':
        return literalOf(type.literal)
      case 'TSUnionType':
        return unionOf(type.types.map(read))
      case 'TSIntersectionType':
        return this.#intersection(type.types, depth)
      case 'TSArrayType':
        return { kind: 'array', item: read(type.elementType) }
      case 'TSTypeOperator':
        return type.operator === 'readonly' ? read(type.typeAnnotation) : unclear
      case 'TSTupleType':
        return this.#tuple(type.elementTypes, depth)
      case 'TSTypeLiteral':
        return this.#object(type.members, depth)
      case 'TSTypeReference':
        return type.typeName.type === 'Identifier'
          ? this.#named(type.typeName.name, type.typeArguments?.params ?? [], depth + 1)
          : unclear
      default:
        return unclear
    }
  }

  #named(name: string, given: readonly TSType[], depth: number): ParameterType {
    const alias = this.#aliases.get(name)
    if (alias !== undefined) return this.read(alias, depth)
    const shape = this.#interfaces.get(name)
    if (shape !== undefined) return shape.extends.length > 0 ? unclear : this.#object(shape.body.body, depth)
    const [first, second] = given
    if (name === 'Date') return { kind: 'date' }
    if (first === undefined) return unclear
    if (name === 'Array' || name === 'ReadonlyArray') return { kind: 'array', item: this.read(first, depth) }
    if (name === 'Readonly') return this.read(first, depth)
    return name === 'Record' && second !== undefined
      ? recordOf(this.read(first, depth), this.read(second, depth))
      : unclear
  }

  /** `string & {}`, which editors take as a hint, is a text. */
  #intersection(types: readonly TSType[], depth: number): ParameterType {
    const [only, ...more] = types.filter((type) => type.type !== 'TSTypeLiteral' || type.members.length > 0)
    return only !== undefined && more.length === 0 ? this.read(only, depth + 1) : unclear
  }

  #tuple(elements: readonly TSTupleElement[], depth: number): ParameterType {
    const items: ParameterType[] = []
    for (const element of elements) {
      // What an element is called is for people.
      const type = element.type === 'TSNamedTupleMember' ? element.elementType : element
      if (type.type === 'TSOptionalType' || type.type === 'TSRestType') return unclear
      items.push(this.read(type, depth + 1))
    }
    return { kind: 'tuple', items }
  }

  #object(members: readonly TSSignature[], depth: number): ParameterType {
    const fields: ObjectField[] = []
    let others: ParameterType | undefined
    for (const member of members) {
      if (member.type === 'TSIndexSignature') {
        others = this.read(member.typeAnnotation.typeAnnotation, depth + 1)
        continue
      }
      const name = member.type === 'TSPropertySignature' ? nameOfKey(member.key, member.computed) : undefined
      if (member.type !== 'TSPropertySignature' || name === undefined) return unclear
      const annotation = member.typeAnnotation?.typeAnnotation
      const type = annotation === undefined ? any : this.read(annotation, depth + 1)
      fields.push({ name, type, isOptional: member.optional })
    }
    return { kind: 'object', fields, others }
  }
}

function recordOf(key: ParameterType, value: ParameterType): ParameterType {
  const fields: ObjectField[] = []
  for (const name of key.kind === 'union' ? key.types : [key]) {
    if (name.kind !== 'literal') return { kind: 'object', fields: [], others: value }
    fields.push({ name: String(name.value), type: value, isOptional: false })
  }
  return { kind: 'object', fields, others: undefined }
}

function literalOf(literal: Expression): ParameterType {
  const value = literalValue(literal)
  return value === undefined || value === null ? unclear : { kind: 'literal', value }
}

/** The name of a member; `undefined` where it is computed. */
export function nameOfKey(key: PropertyKey, isComputed: boolean): string | undefined {
  if (key.type === 'Identifier') return isComputed ? undefined : key.name
  return key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')
    ? String(key.value)
    : undefined
}

/** The value of a literal, or of one with a sign; `undefined` for any other expression. */
export function literalValue(node: Expression): string | number | boolean | bigint | null | undefined {
  switch (node.type) {
    case 'Literal':
      return node.value instanceof RegExp ? undefined : node.value
    case 'TemplateLiteral':
      return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined
    case 'UnaryExpression': {
      const value = literalValue(node.argument)
      if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
      return node.operator === '-' ? -value : undefined
    }
    default:
      return undefined
  }
}
