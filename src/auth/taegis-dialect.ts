import type { Clock } from '../clock.js'
import { XdrError } from '../errors.js'
import { type HttpResponse, isTransient, isTransientStatus, parseRetryAfter, send } from '../http.js'
import type { TaegisSignIn } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import { plain } from '../text.js'
import { readSkew } from './clock-skew.js'
import { type DeviceDialect, type Poll, pollOfErrorCode } from './dialect.js'
import {
  badToken,
  type JsonObject,
  longestAnswerBytes,
  parseObject,
  readDeviceCode,
  readSession,
} from './token-response.js'

/**
 * Taegis's own device flow: JSON bodies, no client id, no grant type. The known client sends the token request once
 * and waits 300 s, so the server most likely holds it; what a pending answer looks like is not documented. Hence a
 * hybrid: a held request without time limit, and `authorization_pending` in any status understood as well.
 */
export function taegisDialect(target: Target, signIn: TaegisSignIn, clock: Clock): DeviceDialect {
  const host = new URL(target.origin).host
  const beginUrl = new URL(signIn.deviceAuthorizationEndpoint, target.origin)
  const tokenUrl = new URL(signIn.tokenEndpoint, target.origin)
  return {
    holdsPolls: true,
    async begin(signal) {
      const response = await send({ method: 'POST', url: beginUrl, signal, maxBytes: longestAnswerBytes })
      const answer = parseObject(response.text)
      if (!isSuccess(response.status) || answer === undefined) throw refused(host, response, answer)
      return readDeviceCode(answer, host)
    },
    async poll(code, signal) {
      const body = JSON.stringify({ device_code: code.deviceCode.reveal(), interval: code.intervalS })
      const headers = { 'content-type': 'application/json' }
      let response: HttpResponse
      try {
        response = await send({
          method: 'POST',
          url: tokenUrl,
          headers,
          body,
          signal,
          timeoutMs: 0,
          maxBytes: longestAnswerBytes,
        })
      } catch (error) {
        if (isTransient(error)) return { state: 'unreachable', retryAfterMs: undefined }
        if (error instanceof XdrError && error.code !== 'XDR_ABORTED') return { state: 'failed', error }
        throw error
      }
      return readPoll(target, host, response, clock.now())
    },
  }
}

function readPoll(target: Target, host: string, response: HttpResponse, now: number): Poll {
  const answer = parseObject(response.text)
  // Asked first: a pending answer counts in any status.
  const told = pollOfErrorCode(answer?.error)
  if (told !== undefined) return told
  if (isTransientStatus(response.status)) {
    return { state: 'unreachable', retryAfterMs: parseRetryAfter(response.headers['retry-after'], now) }
  }
  if (!isSuccess(response.status) || answer === undefined || answer.error !== undefined) {
    return { state: 'failed', error: refused(host, response, answer) }
  }
  const session = readSession(answer, target.provider, now, {}, undefined, readSkew(response.headers, now))
  return session === undefined ? { state: 'failed', error: badToken(host) } : { state: 'granted', session }
}

/** Which of the 2xx statuses the real server uses is not documented. */
function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** Only `error` and `error_description` are quoted: the rest of an answer may hold a token. */
function refused(host: string, response: HttpResponse, answer: JsonObject | undefined): XdrError {
  const requestId = response.headers['x-request-id']
  const fields = {
    status: response.status,
    requestId: requestId === undefined ? undefined : plain(requestId, 100),
  }
  if (answer === undefined) {
    const kind =
      response.text.trim() === '' ? 'nothing' : /^\s*</.test(response.text) ? 'a web page' : 'no JSON'
    return new XdrError(
      'XDR_BAD_RESPONSE',
      `${host} answered the sign-in with ${kind} (HTTP ${response.status})`,
      {
        ...fields,
        hint: 'check the region and the URL: a proxy or a sign-in page may stand in between',
      },
    )
  }
  const said = [answer.error, answer.error_description]
    .filter((t) => typeof t === 'string')
    .map((t) => plain(t, 200))
  return new XdrError(
    'XDR_SIGN_IN_FAILED',
    `${host} refused the sign-in (HTTP ${response.status})${said.length > 0 ? `: ${said.join(', ')}` : ''}`,
    { ...fields, hint: 'try again; if it stays, give the platform’s support this message' },
  )
}
