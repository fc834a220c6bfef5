import type { GraphQLErrorEntry } from '../errors.js'
import { describeEntry, failureOf, type GraphQLAnswer } from './graphql-answer.js'

const errorsBesideData = new WeakMap<object, readonly GraphQLErrorEntry[]>()

/** The GraphQL errors that came beside the data of a partial result; empty for a whole one. */
export function errorsOf(data: object): readonly GraphQLErrorEntry[] {
  return errorsBesideData.get(data) ?? []
}

/**
 * The data of an answer, with what is missing in it said.
 *
 * @param strict errors beside data are a failure as well
 * @param warn takes what is shown of a partial result
 * @throws GraphQLFailure
 */
export function deliver(
  answer: GraphQLAnswer,
  strict: boolean,
  warn: (text: string) => void,
): Record<string, unknown> {
  const { data, errors } = answer
  const isEmpty = data === undefined || Object.values(data).every((field) => field === null)
  if (data === undefined || (errors.length > 0 && (isEmpty || strict))) throw failureOf(answer)
  if (errors.length > 0) {
    errorsBesideData.set(data, errors)
    const listed = errors.slice(0, 5).map((entry) => `\n  ${describeEntry(entry)}`)
    const more = errors.length > 5 ? `\n  … and ${errors.length - 5} more` : ''
    const count = errors.length === 1 ? '1 error' : `${errors.length} errors`
    warn(`the result is partial, ${count} came with it:${listed.join('')}${more}`)
  }
  return data
}
