import { XdrError } from '../errors.js'
import type { StandardSchema } from './schema.js'

type TypeName = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'object' | 'array'

/** The part of JSON Schema (2020-12) that {@link jsonSchema} reads. */
export interface JsonSchema {
  readonly type?: TypeName | readonly TypeName[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  /** Of the properties that are not named: `false` allows none. */
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly enum?: readonly (string | number | boolean | null)[]
  readonly const?: string | number | boolean | null
  readonly anyOf?: readonly JsonSchema[]
  readonly title?: string
  readonly description?: string
}

type OfTypeName<T, S> = T extends 'string'
  ? string
  : T extends 'integer'
    ? // An integer beyond 2^53 arrives as a bigint.
      number | bigint
    : T extends 'number'
      ? number | bigint
      : T extends 'boolean'
        ? boolean
        : T extends 'null'
          ? null
          : T extends 'array'
            ? S extends { readonly items: infer I }
              ? FromJsonSchema<I>[]
              : unknown[]
            : T extends 'object'
              ? OfObject<S>
              : unknown

type RequiredOf<S> = S extends { readonly required: readonly (infer K)[] } ? K : never

type OfObject<S> = S extends { readonly properties: infer P }
  ? { [K in keyof P as K extends RequiredOf<S> ? K : never]: FromJsonSchema<P[K]> } & {
      [K in keyof P as K extends RequiredOf<S> ? never : K]?: FromJsonSchema<P[K]>
    }
  : Record<string, unknown>

/** The type of the values that a JSON schema allows. */
export type FromJsonSchema<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly anyOf: readonly (infer A)[] }
      ? FromJsonSchema<A>
      : S extends { readonly type: readonly (infer T)[] }
        ? OfTypeName<T, S>
        : S extends { readonly type: infer T }
          ? OfTypeName<T, S>
          : unknown

interface Issue {
  message: string
  path: (string | number)[]
}

const known = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const', 'anyOf'],
  ...['title', 'description', '$schema', '$id', '$comment', 'examples', 'default', 'format', 'deprecated'],
])

/**
 * Makes a schema for `get`, `post` and `pages` of a JSON schema: the answer is checked by it and has its type. It reads
 * `type`, `properties`, `required`, `additionalProperties`, `items`, `enum`, `const` and `anyOf`.
 *
 * @throws XdrError `XDR_BAD_OPTION` for a keyword that it does not check: an answer would seem better than it is
 * @example
 * const org = jsonSchema({ type: 'object', properties: { name: { type: 'string' } }, required: ['name'] })
 * for await (const { name } of xdr.pages('/v3/organizations', { schema: org })) …
 */
export function jsonSchema<const S extends JsonSchema>(schema: S): StandardSchema<FromJsonSchema<S>> {
  checkKeywords(schema, 'the schema')
  return {
    '~standard': {
      version: 1,
      vendor: 'xdrlab',
      validate: (value) => {
        const issues = findIssues(schema, value, [])
        return issues.length === 0 ? { value: value as FromJsonSchema<S> } : { issues }
      },
    },
  }
}

function checkKeywords(schema: JsonSchema, where: string): void {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw badSchema(`${where} is not a JSON schema`)
  }
  const unknown = Object.keys(schema).find((name) => !known.has(name))
  if (unknown !== undefined)
    throw badSchema(`${where} has the keyword "${unknown}", which is not checked here`)
  for (const [name, each] of Object.entries(schema.properties ?? {})) checkKeywords(each, `${where}.${name}`)
  if (schema.items !== undefined) checkKeywords(schema.items, `${where}[]`)
  if (typeof schema.additionalProperties === 'object')
    checkKeywords(schema.additionalProperties, `${where}.*`)
  for (const each of schema.anyOf ?? []) checkKeywords(each, where)
}

function badSchema(message: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', message, {
    hint: 'leave it out, or use a library with the Standard Schema interface (Zod, Valibot, ArkType)',
  })
}

/** Deep enough for every API; a schema cannot refer to itself, so only the value could be deeper. */
function findIssues(schema: JsonSchema, value: unknown, path: (string | number)[]): Issue[] {
  const wrong = (message: string): Issue[] => [{ message, path }]
  if ('const' in schema && value !== schema.const) return wrong(`must be ${JSON.stringify(schema.const)}`)
  if (schema.enum !== undefined && !schema.enum.some((each) => each === value)) {
    return wrong(`must be one of ${schema.enum.map((each) => JSON.stringify(each)).join(', ')}`)
  }
  const types = schema.type === undefined ? undefined : [schema.type].flat()
  if (types !== undefined && !types.some((type) => isOfType(type, value))) {
    return wrong(`must be of type ${types.join(' or ')}`)
  }
  if (schema.anyOf?.every((each) => findIssues(each, value, path).length > 0) === true) {
    return wrong('fits none of the forms in anyOf')
  }
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? [] : value.flatMap((item, i) => findIssues(items, item, [...path, i]))
  }
  return typeof value === 'object' && value !== null ? findObjectIssues(schema, value, path) : []
}

function findObjectIssues(schema: JsonSchema, value: object, path: (string | number)[]): Issue[] {
  const { properties = {}, required = [], additionalProperties: rest = true } = schema
  const missing = required
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => ({ message: 'is missing', path: [...path, name] }))
  const wrong = Object.entries(value).flatMap(([name, each]): Issue[] => {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined
    const at = [...path, name]
    if (own !== undefined) return findIssues(own, each, at)
    if (typeof rest === 'object') return findIssues(rest, each, at)
    return rest ? [] : [{ message: 'is not allowed', path: at }]
  })
  return [...missing, ...wrong]
}

function isOfType(type: TypeName, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value)
    case 'number':
      return typeof value === 'bigint' || typeof value === 'number'
    case 'string':
    case 'boolean':
      return typeof value === type
  }
}
