import { buildClientSchema, type IntrospectionQuery, printSchema } from 'graphql'
import { isRecord } from '../record.js'
import { plain } from '../text.js'

/**
 * The schema of an endpoint's answer in the schema definition language.
 *
 * @throws TypeError with the endpoint's words, where it is no schema
 */
export function schemaOfAnswer(body: string): string {
  const answer: unknown = JSON.parse(body)
  const data = isRecord(answer) ? answer.data : undefined
  if (!isIntrospection(data)) throw new TypeError(wordsOf(answer))
  return printSchema(buildClientSchema(data, { assumeValid: true }))
}

function isIntrospection(data: unknown): data is IntrospectionQuery {
  return isRecord(data) && isRecord(data.__schema) && Array.isArray(data.__schema.types)
}

function wordsOf(answer: unknown): string {
  const errors = isRecord(answer) && Array.isArray(answer.errors) ? answer.errors : []
  const [first] = errors
  return isRecord(first) ? plain(first.message, 200) : 'the answer holds no schema'
}
