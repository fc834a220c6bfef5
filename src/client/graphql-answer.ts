import { type GraphQLErrorEntry, GraphQLFailure, XdrError } from '../errors.js'
import { type HttpResponse, parseRetryAfter } from '../http.js'
import { parseExactJson } from '../json.js'
import { plain } from '../text.js'

/** A GraphQL answer, whole or in part. */
export interface GraphQLAnswer {
  data: Record<string, unknown> | undefined
  errors: readonly GraphQLErrorEntry[]
  requestId: string | undefined
}

/**
 * Reads a GraphQL-over-HTTP answer.
 *
 * @param where method and address, for messages
 * @param now milliseconds since 1970, for `Retry-After` dates
 * @throws XdrError `XDR_RATE_LIMITED`, `XDR_UNAUTHORIZED`, `XDR_HTTP`, `XDR_BAD_RESPONSE`
 */
export function readAnswer(response: HttpResponse, where: string, now: number): GraphQLAnswer {
  const requestId = readRequestId(response)
  const body = parseBody(response.text)
  const errors = body === undefined ? [] : readErrors(body)
  const data = isRecord(body?.data) ? body.data : undefined
  // A GraphQL answer counts as one in any status: servers send 400 with `errors` for a query they refuse.
  if (
    body !== undefined &&
    response.status !== 401 &&
    response.status !== 429 &&
    (data !== undefined || errors.length > 0)
  ) {
    return { data, errors, requestId }
  }
  throw refusedError(response, where, requestId, body, now)
}

/** The failure of an answer without usable data, or of any errors in strict mode. */
export function failureOf(answer: GraphQLAnswer): GraphQLFailure {
  const [first] = answer.errors
  const more = answer.errors.length > 1 ? ` (and ${answer.errors.length - 1} more)` : ''
  return new GraphQLFailure(`${describeEntry(first)}${more}`, {
    errors: answer.errors,
    data: answer.data,
    requestId: answer.requestId,
    hint: 'correct the query or its variables; if they are right, the account may lack the permission',
  })
}

/** `message (at alerts.list.0.title)`, safe to show. */
export function describeEntry(entry: GraphQLErrorEntry | undefined): string {
  if (entry === undefined) return 'the server gave no data and no reason'
  const at = entry.path === undefined ? '' : ` (at ${plain(entry.path.join('.'), 120)})`
  return `${plain(entry.message, 500)}${at}`
}

function parseBody(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseExactJson(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** `errors` of the specification, or Taegis's top-level `error` array (or text) beside it. */
function readErrors(body: Record<string, unknown>): GraphQLErrorEntry[] {
  if (Array.isArray(body.errors)) return body.errors.map(readEntry)
  if (Array.isArray(body.error)) return body.error.map(readEntry)
  return typeof body.error === 'string' ? [{ message: body.error }] : []
}

function readEntry(value: unknown): GraphQLErrorEntry {
  if (!isRecord(value)) return { message: plain(value, 1000) }
  const entry: GraphQLErrorEntry = { message: plain(value.message ?? 'an error without a message', 1000) }
  if (Array.isArray(value.path))
    entry.path = value.path.filter((p) => typeof p === 'string' || typeof p === 'number')
  if (Array.isArray(value.locations)) {
    entry.locations = value.locations
      .filter(isRecord)
      .map((at) => ({ line: Number(at.line), column: Number(at.column) }))
  }
  if (isRecord(value.extensions)) entry.extensions = value.extensions
  return entry
}

function readRequestId(response: HttpResponse): string | undefined {
  const id = response.headers['x-request-id']
  return id === undefined ? undefined : plain(id, 100)
}

function refusedError(
  response: HttpResponse,
  where: string,
  requestId: string | undefined,
  body: Record<string, unknown> | undefined,
  now: number,
): XdrError {
  const { status } = response
  if (status === 401 || status === 403) {
    return new XdrError('XDR_UNAUTHORIZED', `${where} did not accept the sign-in (HTTP ${status})`, {
      hint: 'check the tenant and your role; "xdrlab login" signs in anew',
      requestId,
      status,
    })
  }
  if (status === 429) {
    const retryAfterMs = parseRetryAfter(response.headers['retry-after'], now)
    const when = retryAfterMs === undefined ? 'a minute' : `${Math.ceil(retryAfterMs / 1000)} s`
    return new XdrError('XDR_RATE_LIMITED', `${where} has had too many requests`, {
      hint: `wait ${when}, or ask for more rows with fewer requests`,
      requestId,
      status,
      retryAfterMs,
    })
  }
  if (status >= 400) {
    return new XdrError('XDR_HTTP', `${where} answered HTTP ${status}`, {
      hint: status >= 500 ? 'the platform has a problem; try again later' : 'check the region and the URL',
      requestId,
      status,
    })
  }
  const trimmed = response.text.trimStart()
  const kind =
    trimmed === ''
      ? 'nothing'
      : trimmed.startsWith('<')
        ? 'a web page in place of JSON'
        : body === undefined
          ? 'what is not JSON'
          : 'JSON without data or errors'
  return new XdrError('XDR_BAD_RESPONSE', `${where} answered with ${kind} (HTTP ${status})`, {
    hint: 'check the region and the URL: a proxy or a sign-in page may stand in between',
    requestId,
    status,
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
