import { type HttpResponse, isTransientStatus } from '../http.js'
import { parseExactJson } from '../json.js'
import { isRecord } from '../record.js'
import { plain } from '../text.js'
import { readRequestId, refusedError } from './refusal.js'

/**
 * Reads a REST answer: JSON with exact integers, or nothing for an empty one.
 *
 * @param requestIds fields of an error's body that hold the id for support
 * @throws XdrError `XDR_UNAUTHORIZED`, `XDR_RATE_LIMITED`, `XDR_HTTP`, `XDR_BAD_RESPONSE`
 */
export function readRestAnswer(
  response: HttpResponse,
  where: string,
  now: number,
  requestIds: readonly string[],
): unknown {
  const isSuccess = response.status >= 200 && response.status < 300
  if (isSuccess && response.text.trim() === '') return undefined
  const value = parse(response.text)
  if (isSuccess && value !== undefined) return value
  const body = isRecord(value) ? value : undefined
  const requestId = readRequestId(response, body, requestIds)
  // What a gateway says of itself may be gone with the next try, but it is all there is to show.
  const said = body === undefined ? undefined : describeProblem(body)
  const isGateway = isTransientStatus(response.status)
  throw refusedError(response, { where, requestId, body, said: isGateway ? undefined : said, now })
}

function parse(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

/**
 * An error's words in the shapes that are known: Cisco XDR's `{error, error_description}`, Secure Endpoint's
 * `{errors: [{description, details}]}`, problem details (RFC 9457), a list of texts, a lone message.
 */
function describeProblem(body: Readonly<Record<string, unknown>>): string | undefined {
  const list = Array.isArray(body.errors) ? body.errors : Array.isArray(body.error) ? body.error : []
  const [first] = list
  const source = isRecord(first) ? first : body
  const details = Array.isArray(source.details) ? source.details : []
  const words = [
    typeof first === 'string' ? first : undefined,
    source.error,
    source.error_description,
    source.title,
    source.detail,
    source.description,
    source.message,
    ...details,
  ].filter((word) => typeof word === 'string' && word !== '')
  const more = list.length > 1 ? ` (and ${list.length - 1} more)` : ''
  return words.length === 0 ? undefined : `${plain([...new Set(words)].join(': '), 500)}${more}`
}
