import type { Expression, TSType } from 'oxc-parser'
import { literalValue, nameOfKey, type TypeReader } from './parameter-type-reader.js'
import { type ObjectField, type ParameterType, unionOf } from './parameter-types.js'

const unclear: ParameterType = { kind: 'unclear' }

/** The type that a default has without an annotation, literals widened: `100` → `number`. */
export function typeOfExpression(node: Expression, reader: TypeReader): ParameterType {
  const value = literalValue(node)
  if (value !== undefined) return typeOfValue(value)
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
      return node.callee.type === 'Identifier' && node.callee.name === 'Date' ? { kind: 'date' } : unclear
    case 'BinaryExpression':
      return node.left.type === 'PrivateIdentifier'
        ? unclear
        : typeOfArithmetic(node.operator, [node.left, node.right], reader)
    case 'LogicalExpression':
      return isEnvironment(node.left) ? typeOfExpression(node.right, reader) : unclear
    case 'ArrayExpression': {
      const items = node.elements.map((item) =>
        item === null || item.type === 'SpreadElement' ? unclear : typeOfExpression(item, reader),
      )
      return { kind: 'array', item: items.length === 0 ? unclear : unionOf(items) }
    }
    case 'ObjectExpression': {
      const fields: ObjectField[] = []
      for (const property of node.properties) {
        if (property.type === 'SpreadElement') return unclear
        const name = nameOfKey(property.key, property.computed)
        if (name === undefined) return unclear
        fields.push({ name, type: typeOfExpression(property.value, reader), isOptional: false })
      }
      return { kind: 'object', fields, others: undefined }
    }
    default:
      return unclear
  }
}

/** `as const` says nothing of what else may stand there. */
export function isConstAssertion(type: TSType): boolean {
  return (
    type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const'
  )
}

/** `7 * 24`; a sum with a text is a text. */
function typeOfArithmetic(operator: string, sides: readonly Expression[], reader: TypeReader): ParameterType {
  const kinds = sides.map((side) => typeOfExpression(side, reader).kind)
  if (operator === '+' && kinds.includes('string')) return { kind: 'string' }
  const isNumber = kinds.every((kind) => kind === 'number')
  return isNumber && ['+', '-', '*', '/', '%', '**'].includes(operator) ? { kind: 'number' } : unclear
}

/** `process.env.NAME`: a text, or what stands behind `??`. */
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
    return { kind: 'array', item: value.length === 0 ? unclear : unionOf(value.map(typeOfValue)) }
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, each]) => ({
      name,
      type: typeOfValue(each),
      isOptional: false,
    }))
    return { kind: 'object', fields, others: undefined }
  }
  const kind = typeof value
  return kind === 'string' || kind === 'number' || kind === 'boolean' || kind === 'bigint'
    ? { kind }
    : unclear
}
