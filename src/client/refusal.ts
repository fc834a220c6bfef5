import { XdrError } from '../errors.js'
import { type HttpResponse, parseRetryAfter } from '../http.js'
import { plain } from '../text.js'

/** What is known of an answer that is no success. */
export interface Refusal {
  /** Method and address, for messages. */
  where: string
  requestId: string | undefined
  /** The body, where it is a JSON object. */
  body: Readonly<Record<string, unknown>> | undefined
  /** The server's own words, safe to show. */
  said: string | undefined
  /** Milliseconds since 1970, for `Retry-After` dates. */
  now: number
}

/** The error of an HTTP status, or of an answer that is not what was asked for. */
export function refusedError(response: Omit<HttpResponse, 'bytes'>, refusal: Refusal): XdrError {
  const { where, requestId, body, said } = refusal
  const { status } = response
  const retryAfterMs = parseRetryAfter(response.headers['retry-after'], refusal.now)
  const words = said === undefined ? '' : `: ${said}`
  if (status === 401 || status === 403) {
    return new XdrError('XDR_UNAUTHORIZED', `${where} did not accept the sign-in (HTTP ${status})${words}`, {
      hint: 'check the tenant and your role; "xdrlab login" signs in anew',
      requestId,
      status,
    })
  }
  if (status === 429) {
    const when = retryAfterMs === undefined ? 'a minute' : `${Math.ceil(retryAfterMs / 1000)} s`
    return new XdrError('XDR_RATE_LIMITED', `${where} has had too many requests`, {
      hint: `wait ${when}, or ask for more rows with fewer requests`,
      requestId,
      status,
      retryAfterMs,
    })
  }
  if (status >= 400) {
    return new XdrError('XDR_HTTP', `${where} answered HTTP ${status}${words}`, {
      hint: status >= 500 ? 'the platform has a problem; try again later' : 'check the region and the URL',
      requestId,
      status,
      retryAfterMs,
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

const refusedWithin = new WeakSet<XdrError>()

/** Remembers of a refused sign-in that the request was taken in before: a part of it may have been carried out. */
export function markRefusedWithin(error: XdrError): void {
  refusedWithin.add(error)
}

/** Whether a part of a request may have been carried out, though its sign-in was refused. */
export function isRefusedWithin(error: XdrError): boolean {
  return refusedWithin.has(error)
}

/** `X-Request-Id`, else the first of the body's fields that the provider names (`trace_id`). */
export function readRequestId(
  response: Pick<HttpResponse, 'headers'>,
  body?: Readonly<Record<string, unknown>>,
  fields: readonly string[] = [],
): string | undefined {
  const inBody = fields.map((field) => body?.[field]).find((value) => typeof value === 'string')
  const id = response.headers['x-request-id'] ?? inBody
  return id === undefined ? undefined : plain(id, 100)
}
