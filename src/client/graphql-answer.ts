import { type GraphQLErrorEntry, GraphQLFailure, XdrError } from '../errors.js'
import { type HttpResponse, isTransientStatus } from '../http.js'
import { parseExactJson } from '../json.js'
import { isRecord } from '../record.js'
import { hideSecrets } from '../secrets.js'
import { plain } from '../text.js'
import { markRefusedWithin, readRequestId, refusedError } from './refusal.js'

/** A GraphQL answer, whole or in part. */
export interface GraphQLAnswer {
  data: Record<string, unknown> | undefined
  errors: readonly GraphQLErrorEntry[]
  requestId: string | undefined
}

const errorsBesideData = new WeakMap<object, readonly GraphQLErrorEntry[]>()

/** The GraphQL errors that came beside the data of a partial result; empty for a whole one. */
export function errorsOf(data: object): readonly GraphQLErrorEntry[] {
  return errorsBesideData.get(data) ?? []
}

/** Keeps them for {@link errorsOf}: the data itself stays what the server gave. */
export function keepErrors(data: object, errors: readonly GraphQLErrorEntry[]): void {
  errorsBesideData.set(data, errors)
}

/**
 * Reads a GraphQL-over-HTTP answer.
 *
 * @param where method and address, for messages
 * @param now milliseconds since 1970, for `Retry-After` dates
 * @throws XdrError `XDR_RATE_LIMITED`, `XDR_UNAUTHORIZED`, `XDR_HTTP`, `XDR_BAD_RESPONSE`
 */
export function readAnswer(response: HttpResponse, where: string, now: number): GraphQLAnswer {
  return readBody(readJsonBody(response.text), response, where, now)
}

/**
 * The same for a body that is parsed already.
 *
 * @throws XdrError what {@link readAnswer} throws
 */
export function readBody(
  body: Record<string, unknown> | undefined,
  response: HttpResponse,
  where: string,
  now: number,
): GraphQLAnswer {
  const requestId = readRequestId(response)
  const errors = body === undefined ? [] : readErrors(body)
  const data = isRecord(body?.data) ? body.data : undefined
  // A GraphQL answer counts as one in any status: servers send 400 with `errors` for a query they refuse. Not so where
  // a gateway speaks in the platform's place: what it says of itself may be gone with the next try.
  const isGateway = response.status === 401 || isTransientStatus(response.status)
  if (!isGateway && isSignInRefused(data, errors)) throw signInRefused(errors, where, requestId)
  if (data !== undefined ? response.status !== 401 : errors.length > 0 && !isGateway) {
    return { data, errors, requestId }
  }
  const said = errors[0] === undefined ? undefined : describeEntry(errors[0])
  throw refusedError(response, { where, requestId, body, said, now })
}

/** Reads what a subscription's message carries; `undefined` where it holds neither data nor errors. */
export function readPayload(payload: unknown): GraphQLAnswer | undefined {
  if (!isRecord(payload)) return undefined
  const errors = readErrors(payload)
  const data = isRecord(payload.data) ? payload.data : undefined
  return data === undefined && errors.length === 0 ? undefined : { data, errors, requestId: undefined }
}

/** The errors of a message that says why an operation has failed: a list, one error, or a text. */
export function readErrorPayload(payload: unknown): readonly GraphQLErrorEntry[] {
  if (isRecord(payload) && Array.isArray(payload.errors)) return payload.errors.map(readEntry)
  return Array.isArray(payload) ? payload.map(readEntry) : [readEntry(payload ?? 'no reason was given')]
}

/** The failure of an answer without usable data, or of any errors in strict mode. */
export function failureOf(answer: GraphQLAnswer): GraphQLFailure {
  const [first] = answer.errors
  const more = answer.errors.length > 1 ? ` (and ${answer.errors.length - 1} more)` : ''
  return new GraphQLFailure(`${describeEntry(first)}${more}`, {
    errors: answer.errors,
    data: answer.data,
    requestId: answer.requestId,
    hint: isRefusal(first)
      ? 'your account has no role for this here, or the tenant is switched off: ask whoever administers it'
      : 'correct the query or its variables; if they are right, the account may lack the permission',
  })
}

/**
 * Nothing came but refusals of the sign-in: of the whole request, or of each of its fields, as services behind a gateway
 * refuse it. A part that came says that the sign-in was good.
 */
function isSignInRefused(
  data: Record<string, unknown> | undefined,
  errors: readonly GraphQLErrorEntry[],
): boolean {
  const isEmpty = data === undefined || Object.values(data).every((field) => field === null)
  return isEmpty && errors.length > 0 && errors.every(isSignInRefusal)
}

function isSignInRefusal({ path, message, extensions }: GraphQLErrorEntry): boolean {
  if (/^unauthenticated$/i.test(String(extensions?.code))) return true
  // As gRPC writes its status, where a gateway passes on what a service behind it says.
  if (/^(?:rpc error: code = )?unauthenticated\b/i.test(message)) return true
  // A field may speak of a token of its own, such as an invitation's.
  return path === undefined && /\btoken (?:has |is )?expired\b/i.test(message)
}

function signInRefused(
  errors: readonly GraphQLErrorEntry[],
  where: string,
  requestId: string | undefined,
): XdrError {
  const said = describeEntry(errors[0])
  const error = new XdrError('XDR_UNAUTHORIZED', `${where} did not accept the sign-in: ${said}`, {
    hint: 'check the tenant and your role; "xdrlab login" signs in anew',
    requestId,
    // Whatever it came with: this is what it means.
    status: 401,
  })
  // A path says that the request was taken in, and that the field was begun.
  if (errors.some(({ path }) => path !== undefined)) markRefusedWithin(error)
  return error
}

/** By the usual code of such an error, or by its first word. */
function isRefusal(entry: GraphQLErrorEntry | undefined): boolean {
  return entry?.extensions?.code === 'FORBIDDEN' || /^forbidden\b/i.test(entry?.message ?? '')
}

/** `message (at alerts.list.0.title)`, safe to show. */
export function describeEntry(entry: GraphQLErrorEntry | undefined): string {
  if (entry === undefined) return 'the server gave no data and no reason'
  const at = entry.path === undefined ? '' : ` (at ${plain(entry.path.join('.'), 120)})`
  return `${plain(entry.message, 500)}${at}`
}

/** The body where it is a JSON object. */
export function readJsonBody(text: string): Record<string, unknown> | undefined {
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
  return typeof body.error === 'string' ? [readEntry(body.error)] : []
}

function readEntry(value: unknown): GraphQLErrorEntry {
  if (!isRecord(value)) return { message: plain(value, 1000) }
  const entry: GraphQLErrorEntry = { message: plain(value.message ?? 'an error without a message', 1000) }
  if (Array.isArray(value.path))
    entry.path = value.path
      .filter((p) => typeof p === 'string' || typeof p === 'number')
      .map((p) => (typeof p === 'string' ? hideSecrets(p) : p))
  if (Array.isArray(value.locations)) {
    entry.locations = value.locations
      .filter(isRecord)
      .map((at) => ({ line: Number(at.line), column: Number(at.column) }))
  }
  if (isRecord(value.extensions)) entry.extensions = mapTexts(value.extensions, hideSecrets)
  return entry
}

/** A copy with every text in it changed; a server may quote the token anywhere. */
function mapTexts(
  record: Record<string, unknown>,
  change: (text: string) => string,
): Record<string, unknown> {
  const map = (value: unknown): unknown => {
    if (typeof value === 'string') return change(value)
    if (Array.isArray(value)) return value.map(map)
    return isRecord(value) ? mapTexts(value, change) : value
  }
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [change(name), map(value)]))
}
