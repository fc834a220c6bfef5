import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { wireInteger, wireValue } from './wire.js'

interface Scalar {
  serialize(value: unknown): unknown
  parseValue(value: unknown): unknown
  parseLiteral(node: ValueNode): unknown
}

const minInt64 = -(2n ** 63n)
const maxInt64 = 2n ** 63n - 1n

function toInt64(value: unknown): bigint {
  const whole =
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^-?\d{1,19}$/.test(value))
  const integer = whole ? BigInt(value) : undefined
  if (integer === undefined || integer < minInt64 || integer > maxInt64) {
    throw new GraphQLError('Int64 takes a whole number of 64 bits; write what is above 2^53 as a string')
  }
  return integer
}

function toTime(value: unknown): string {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time)) throw new GraphQLError('Time takes an RFC 3339 time such as 2026-01-31T12:00:00Z')
  return new Date(time).toISOString()
}

function toFloat(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new GraphQLError('Float32 takes a number')
  return value
}

/** The schema's own scalars. */
export const scalars: Readonly<Record<string, Scalar>> = {
  Int64: {
    serialize: (value) => wireInteger(toInt64(value)),
    parseValue: toInt64,
    parseLiteral: (node) =>
      toInt64(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined),
  },
  Time: {
    serialize: toTime,
    parseValue: toTime,
    parseLiteral: (node) => toTime(node.kind === Kind.STRING ? node.value : undefined),
  },
  JSONObject: {
    serialize: wireValue,
    parseValue: (value) => value,
    parseLiteral: (node) => valueFromASTUntyped(node),
  },
  Float32: {
    serialize: toFloat,
    parseValue: toFloat,
    parseLiteral: (node) =>
      toFloat(node.kind === Kind.FLOAT || node.kind === Kind.INT ? Number(node.value) : undefined),
  },
}
