/** What a scalar is in TypeScript: as an answer holds it, and as a variable may be given. */
interface ScalarType {
  output: string
  input: string
}

const text = { output: 'string', input: 'string' }
const time = { output: 'string', input: 'string | Date' }
const float = { output: 'number', input: 'number' }
const object = { output: 'Record<string, unknown>', input: 'Record<string, unknown>' }
// The client's parser gives integers beyond 2^53 as bigint, and writes a bigint as bare digits.
const integer64 = { output: 'number | bigint', input: 'number | bigint' }

/**
 * Scalars by their names. Those that are not here are `unknown`: nobody can say what they hold.
 *
 * Names mean the same on the platforms known so far; `Time`, `JSONObject`, `Float32` and `Int64` are those of Taegis.
 */
const scalarTypes: Readonly<Record<string, ScalarType>> = {
  Boolean: { output: 'boolean', input: 'boolean' },
  Int: float,
  Float: float,
  String: text,
  // A server takes whole numbers as well, and always answers with text (GraphQL specification, section 3.5.5).
  ID: { output: 'string', input: 'string | number' },
  Time: time,
  Date: time,
  DateTime: time,
  UUID: text,
  URL: text,
  URI: text,
  JSONObject: object,
  Map: object,
  Int8: float,
  Int16: float,
  Int32: float,
  Uint8: float,
  Uint16: float,
  Uint32: float,
  UInt32: float,
  Float32: float,
  Float64: float,
  Double: float,
  Int64: integer64,
  Uint64: integer64,
  UInt64: integer64,
  Long: integer64,
  BigInt: integer64,
}

/** The TypeScript type of a scalar, where it stands in an answer or in variables. */
export function scalarType(name: string, place: keyof ScalarType): string {
  return Object.hasOwn(scalarTypes, name) ? (scalarTypes[name]?.[place] ?? 'unknown') : 'unknown'
}
