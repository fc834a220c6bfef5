import type { GraphQLErrorEntry } from '../../errors.js'
import { isRecord } from '../../record.js'
import type { Row } from '../../results/table.js'
import { plain } from '../../text.js'
import type { GraphQLAnswer } from '../graphql-answer.js'

const fields = `{
    next
    result {
      type status reason rows
      progress { totalRows resultsTruncated }
    }
  }`

/** The subscription that runs a search for events, and the one that gives a further page of it. */
export const eventQueryDocument = `subscription eventQuery($query: String!, $options: EventQueryOptions) {
  eventQuery(query: $query, options: $options) ${fields}
}`
export const eventPageDocument = `subscription eventPage($id: ID!) {
  eventPage(id: $id) ${fields}
}`

/** What one event type has, by the server's word. */
export interface TypeProgress {
  totalRows: number | undefined
  isTruncated: boolean
}

/** One message: the rows of one event type. */
export interface EventMessage {
  type: string
  rows: readonly Row[]
  next: string | undefined
  progress: TypeProgress | undefined
  /** Why rows are missing; empty where none are. */
  errors: readonly GraphQLErrorEntry[]
}

/** How a status says that a type was not searched to its end; the platform documents no list of them. */
const failing = /fail|error|cancel|abort|time|kill|reject|denied/i

/** Reads a message of either subscription; rows get the type of their events where they have none of their own. */
export function readEventMessage({ data, errors }: GraphQLAnswer): EventMessage {
  const answer = Object.values(data ?? {}).find(isRecord)
  const result = isRecord(answer?.result) ? answer.result : {}
  const type = typeof result.type === 'string' ? plain(result.type, 80) : ''
  const next = answer?.next
  return {
    type,
    rows: (Array.isArray(result.rows) ? result.rows : []).filter(isRecord).map((row) => withType(row, type)),
    next: typeof next === 'string' && next !== '' ? next : undefined,
    progress: readProgress(result.progress),
    errors: [...errors, ...failureOfType(result, type)],
  }
}

function withType(row: Row, type: string): Row {
  return type === '' || 'event_type' in row ? row : { event_type: type, ...row }
}

function readProgress(progress: unknown): TypeProgress | undefined {
  if (!isRecord(progress)) return undefined
  const { totalRows, resultsTruncated } = progress
  return {
    totalRows: typeof totalRows === 'number' ? totalRows : undefined,
    isTruncated: resultsTruncated === true,
  }
}

function failureOfType({ status, reason }: Record<string, unknown>, type: string): GraphQLErrorEntry[] {
  if (typeof status !== 'string' || !failing.test(status)) return []
  const why = typeof reason === 'string' && reason !== '' ? reason : status
  return [{ message: plain(`${type === '' ? 'an event type' : type}: ${why}`, 500) }]
}
