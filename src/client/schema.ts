import { XdrError } from '../errors.js'
import { plain } from '../text.js'

/**
 * Anything that checks a value by the Standard Schema interface, version 1: what Zod, Valibot, ArkType and
 * {@link jsonSchema} make.
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The type that a schema's values have. */
export type SchemaOutput<S extends StandardSchema> = S extends StandardSchema<infer Output> ? Output : never

/**
 * The value as the schema gives it.
 *
 * @param where what was read, for the message
 * @throws XdrError `XDR_BAD_RESPONSE` with the first things that are wrong
 */
export async function checkSchema<T>(schema: StandardSchema<T>, value: unknown, where: string): Promise<T> {
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return result.value
  const listed = result.issues.slice(0, 3).map(describeIssue)
  const more = result.issues.length > 3 ? ` (and ${result.issues.length - 3} more)` : ''
  throw new XdrError(
    'XDR_BAD_RESPONSE',
    `${where} answered what the schema does not allow: ${listed.join('; ')}${more}`,
    { hint: 'correct the schema, or leave it out to see what came' },
  )
}

function describeIssue({ message, path = [] }: SchemaIssue): string {
  const at = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return plain(at === '' ? message : `${at}: ${message}`, 200)
}
