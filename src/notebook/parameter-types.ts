import type {
  Expression,
  Program,
  PropertyKey,
  TSInterfaceDeclaration,
  TSSignature,
  TSType,
} from 'oxc-parser'

/** What a parameter may be: as much of TypeScript's types as a value on a command line or in a file can be checked by. */
export type ParameterType =
  | { kind: 'string' | 'number' | 'boolean' | 'bigint' | 'date' | 'null' | 'undefined' }
  | { kind: 'literal'; value: string | number | boolean | bigint }
  | { kind: 'union'; types: readonly ParameterType[] }
  | { kind: 'array'; item: ParameterType }
  | { kind: 'tuple'; items: readonly ParameterType[] }
  | { kind: 'object'; fields: readonly ObjectField[]; others: ParameterType | undefined }
  /** Any JSON: a type that is not understood, or none that can be told. */
  | { kind: 'any' }

export interface ObjectField {
  name: string
  type: ParameterType
  isOptional: boolean
}

export const anyType: ParameterType = { kind: 'any' }

/** An alias within an alias within …: recursive types end here, as any JSON. */
const deepest = 12

/** Reads types of one cell; names that the cell declares resolve. */
export class TypeReader {
  readonly #aliases = new Map<string, TSType>()
  readonly #interfaces = new Map<string, TSInterfaceDeclaration>()

  constructor(program: Program) {
    for (const statement of program.body) {
      const declared =
        statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement
      if (declared.type === 'TSTypeAliasDeclaration' && declared.typeParameters === null)
        this.#aliases.set(declared.id.name, declared.typeAnnotation)
      if (declared.type === 'TSInterfaceDeclaration' && declared.typeParameters === null)
        this.#interfaces.set(declared.id.name, declared)
    }
  }

  read(type: TSType, depth = 0): ParameterType {
    if (depth > deepest) return anyType
    const read = (inner: TSType) => this.read(inner, depth + 1)
    switch (type.type) {
      case 'TSStringKeyword':
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
      case 'TSVoidKeyword':
        return { kind: 'undefined' }
      case 'TSObjectKeyword':
        return { kind: 'object', fields: [], others: anyType }
      case 'TSParenthesizedType':
        return read(type.typeAnnotation)
      case 'TSLiteralType':
        return literalOf(type.literal)
      case 'TSUnionType':
        return unionOf(type.types.map(read))
      case 'TSArrayType':
        return { kind: 'array', item: read(type.elementType) }
      case 'TSTypeOperator':
        return type.operator === 'readonly' ? read(type.typeAnnotation) : anyType
      case 'TSTupleType': {
        const items: ParameterType[] = []
        for (const item of type.elementTypes) {
          if (item.type === 'TSOptionalType' || item.type === 'TSRestType') return anyType
          // Named elements of a tuple: what they are called is for people.
          const element = item.type === 'TSNamedTupleMember' ? item.elementType : item
          if (element.type === 'TSOptionalType' || element.type === 'TSRestType') return anyType
          items.push(read(element))
        }
        return { kind: 'tuple', items }
      }
      case 'TSTypeLiteral':
        return this.#object(type.members, depth)
      case 'TSTypeReference':
        return type.typeName.type === 'Identifier'
          ? this.#named(type.typeName.name, type.typeArguments?.params ?? [], depth + 1)
          : anyType
      default:
        return anyType
    }
  }

  #named(name: string, given: readonly TSType[], depth: number): ParameterType {
    const alias = this.#aliases.get(name)
    if (alias !== undefined) return this.read(alias, depth)
    const shape = this.#interfaces.get(name)
    if (shape !== undefined) return shape.extends.length > 0 ? anyType : this.#object(shape.body.body, depth)
    const [first, second] = given
    switch (name) {
      case 'Date':
        return { kind: 'date' }
      case 'Array':
      case 'ReadonlyArray':
        return { kind: 'array', item: first === undefined ? anyType : this.read(first, depth) }
      case 'Readonly':
        return first === undefined ? anyType : this.read(first, depth)
      case 'Record':
        return first === undefined || second === undefined
          ? anyType
          : recordOf(this.read(first, depth), this.read(second, depth))
      default:
        return anyType
    }
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
      if (member.type !== 'TSPropertySignature' || name === undefined) return anyType
      const annotation = member.typeAnnotation?.typeAnnotation
      const type = annotation === undefined ? anyType : this.read(annotation, depth + 1)
      fields.push({ name, type, isOptional: member.optional })
    }
    return { kind: 'object', fields, others }
  }
}

function recordOf(key: ParameterType, value: ParameterType): ParameterType {
  const names = key.kind === 'union' ? key.types : [key]
  const fields: ObjectField[] = []
  for (const name of names) {
    if (name.kind !== 'literal') return { kind: 'object', fields: [], others: value }
    fields.push({ name: String(name.value), type: value, isOptional: false })
  }
  return { kind: 'object', fields, others: undefined }
}

/** The name of a member; `undefined` where it is computed. */
function nameOfKey(key: PropertyKey, isComputed: boolean): string | undefined {
  if (key.type === 'Identifier') return isComputed ? undefined : key.name
  return key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')
    ? String(key.value)
    : undefined
}

function literalOf(literal: Expression): ParameterType {
  const value = literalValue(literal)
  return value === undefined || value === null ? anyType : { kind: 'literal', value }
}

/** The value of a literal, or of one with a sign; `undefined` for any other expression. */
function literalValue(node: Expression): string | number | boolean | bigint | null | undefined {
  switch (node.type) {
    case 'Literal':
      return node.value instanceof RegExp ? undefined : node.value
    case 'TemplateLiteral':
      return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined
    case 'UnaryExpression': {
      const value = literalValue(node.argument)
      if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
      if (node.operator === '-') return -value
      return node.operator === '+' && typeof value === 'number' ? value : undefined
    }
    default:
      return undefined
  }
}

/** One of several, each once; where one takes anything, so does the whole. */
function unionOf(types: readonly ParameterType[]): ParameterType {
  const each = new Map<string, ParameterType>()
  for (const type of types.flatMap((type) => (type.kind === 'union' ? type.types : [type])))
    each.set(typeText(type), type)
  const distinct = [...each.values()]
  if (distinct.some(({ kind }) => kind === 'any')) return anyType
  return distinct.length === 1 && distinct[0] !== undefined ? distinct[0] : { kind: 'union', types: distinct }
}

/** The type that a default has without an annotation, literals widened: `100` → `number`. */
export function typeOfExpression(node: Expression, reader: TypeReader): ParameterType {
  const value = literalValue(node)
  if (value !== undefined) return typeOfScalar(value)
  switch (node.type) {
    case 'ParenthesizedExpression':
      return typeOfExpression(node.expression, reader)
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return isConstAssertion(node.typeAnnotation)
        ? typeOfExpression(node.expression, reader)
        : reader.read(node.typeAnnotation)
    case 'TemplateLiteral':
      return { kind: 'string' }
    case 'NewExpression':
      return node.callee.type === 'Identifier' && node.callee.name === 'Date' ? { kind: 'date' } : anyType
    case 'BinaryExpression':
      return typeOfArithmetic(node.operator, [node.left, node.right], reader)
    case 'LogicalExpression':
      // A text that the environment may set, and what it is otherwise.
      return isEnvironment(node.left) ? typeOfExpression(node.right, reader) : anyType
    case 'ArrayExpression': {
      const items: ParameterType[] = []
      for (const item of node.elements) {
        if (item === null || item.type === 'SpreadElement') return { kind: 'array', item: anyType }
        items.push(typeOfExpression(item, reader))
      }
      return { kind: 'array', item: items.length === 0 ? anyType : unionOf(items) }
    }
    case 'ObjectExpression': {
      const fields: ObjectField[] = []
      for (const property of node.properties) {
        const name = property.type === 'Property' ? nameOfKey(property.key, property.computed) : undefined
        if (property.type !== 'Property' || name === undefined) return anyType
        fields.push({ name, type: typeOfExpression(property.value, reader), isOptional: false })
      }
      return { kind: 'object', fields, others: undefined }
    }
    default:
      return anyType
  }
}

/** `as const` says nothing of what else may stand there. */
export function isConstAssertion(type: TSType): boolean {
  return (
    type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const'
  )
}

function typeOfScalar(value: string | number | boolean | bigint | null): ParameterType {
  if (value === null) return anyType
  const kind = typeof value
  return kind === 'string' || kind === 'number' || kind === 'boolean' || kind === 'bigint'
    ? { kind }
    : anyType
}

/** `7 * 24`; a sum with a text is a text. */
function typeOfArithmetic(
  operator: string,
  sides: readonly (Expression | { type: 'PrivateIdentifier' })[],
  reader: TypeReader,
): ParameterType {
  const kinds = sides.map((side) =>
    side.type === 'PrivateIdentifier' ? 'any' : typeOfExpression(side as Expression, reader).kind,
  )
  if (operator === '+' && kinds.includes('string')) return { kind: 'string' }
  const isNumber = kinds.every((kind) => kind === 'number')
  return isNumber && ['+', '-', '*', '/', '%', '**'].includes(operator) ? { kind: 'number' } : anyType
}

/** `process.env.NAME` */
function isEnvironment(node: Expression): boolean {
  if (node.type !== 'MemberExpression' || node.object.type !== 'MemberExpression') return false
  const { object, property } = node.object
  return (
    object.type === 'Identifier' &&
    object.name === 'process' &&
    property.type === 'Identifier' &&
    property.name === 'env'
  )
}

/** The type of a value that nothing is declared about, as wide as a person would write it. */
export function typeOfValue(value: unknown): ParameterType {
  if (value instanceof Date) return { kind: 'date' }
  if (Array.isArray(value)) {
    return { kind: 'array', item: value.length === 0 ? anyType : unionOf(value.map(typeOfValue)) }
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, each]) => ({
      name,
      type: typeOfValue(each),
      isOptional: false,
    }))
    return { kind: 'object', fields, others: undefined }
  }
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return typeOfScalar(value)
    default:
      return anyType
  }
}

/** The type as TypeScript writes it. */
export function typeText(type: ParameterType): string {
  switch (type.kind) {
    case 'literal':
      return typeof type.value === 'string'
        ? quoted(type.value)
        : `${type.value}${typeof type.value === 'bigint' ? 'n' : ''}`
    case 'union':
      return type.types.map(typeText).join(' | ')
    case 'array':
      return type.item.kind === 'union' ? `(${typeText(type.item)})[]` : `${typeText(type.item)}[]`
    case 'tuple':
      return `[${type.items.map(typeText).join(', ')}]`
    case 'object':
      return objectText(type.fields, type.others)
    case 'date':
      return 'Date'
    default:
      return type.kind
  }
}

function objectText(fields: readonly ObjectField[], others: ParameterType | undefined): string {
  if (fields.length === 0 && others !== undefined) return `Record<string, ${typeText(others)}>`
  const members = fields.map(
    ({ name, type, isOptional }) => `${memberName(name)}${isOptional ? '?' : ''}: ${typeText(type)}`,
  )
  if (others !== undefined) members.push(`[name: string]: ${typeText(others)}`)
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`
}

function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

/** Marks that change what a reader sees, and line ends that are none in JSON. */
const unseen = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** A text as a literal that is the same in TypeScript and in JSON, all on one line and all to be seen. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    unseen,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
