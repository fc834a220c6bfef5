import { authorizationHeaders } from '../auth/authorization.js'
import type { Credentials } from '../auth/credentials.js'
import { learnFromAnswer } from '../auth/dpop.js'
import type { Clock } from '../clock.js'
import { XdrError } from '../errors.js'
import { defaultMaxBytes, defaultTimeoutMs, type HttpResponse, isTransient, send } from '../http.js'
import { version } from '../package.js'
import type { Target } from '../providers/target.js'
import type { Screen } from '../screen/screen.js'
import type { ProfileStore, Session } from '../store/profile.js'
import { plain } from '../text.js'
import { type TraceSink, traced } from '../trace.js'
import { rateGateOf } from './rate-gate.js'
import { isRefusedWithin } from './refusal.js'

/** What a client is made of. */
export interface ClientParts {
  target: Target
  credentials: Credentials
  screen: Screen
  clock: Clock
  tenant: string | undefined
  /** Where new client secrets can be kept. */
  store?: ProfileStore | undefined
  /** Takes one line for each request of this client. */
  trace?: TraceSink | undefined
}

/** What every call takes. */
export interface CallOptions {
  /** Tenant for this call, in place of the client's. */
  tenant?: string
  /** Until the whole answer is there, milliseconds. Default 60,000. */
  timeoutMs?: number
  /** Largest answer, bytes. Default 32 MiB. */
  maxBytes?: number
  /** Ends the call early. The notebook's stop button does so without it. */
  signal?: AbortSignal
}

/** One request, whatever its interface. */
export interface Call<T> {
  method: 'GET' | 'POST'
  url: URL
  /** JSON. */
  body?: string | undefined
  /** Only what changes nothing may be sent again. */
  isRead: boolean
  /** How often a read is tried at the most. Default 4. */
  tries?: number
  /** `false`: a sign-in that is refused is not renewed. For what nobody has asked for. */
  renews?: boolean
  /**
   * Reads the answer or throws what is wrong with it.
   *
   * @param where method and address, for messages
   * @param now milliseconds since 1970
   */
  read: (response: HttpResponse, where: string, now: number) => T
}

/** Tries for a read, the first included, where the call says nothing else. */
export const mostTries = 4
const firstBackoffMs = 500
/** A server that asks for a longer wait gets an error in place of a silent hour. */
export const longestWaitMs = 60_000

/**
 * Runs a call as the person who is signed in: reads are tried again on 429, 502–504 and lost connections, an expired
 * or rejected sign-in is renewed once. A change is sent again only where it was refused as a whole.
 *
 * @throws XdrError what the last try ended with, or the sign-in
 */
export function runCall<T>(parts: ClientParts, call: Call<T>, options: CallOptions): Promise<T> {
  checkOptions(options)
  return traced(parts.trace, () => tryCall(parts, call, options))
}

async function tryCall<T>(parts: ClientParts, call: Call<T>, options: CallOptions): Promise<T> {
  const { clock, credentials } = parts
  const signal = joinSignals(options.signal, parts.screen.signal)
  const tries = call.isRead ? (call.tries ?? mostTries) : 1
  let session = await credentials.get(signal)
  const gate = rateGateOf(credentials, clock)
  let renewed = false
  for (let attempt = 1; ; attempt++) {
    try {
      await gate.pass(signal)
      return await sendOnce(parts, call, session, options, signal)
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      if (error.status === 401 && !renewed && call.renews !== false) {
        renewed = true
        attempt--
        if (!call.isRead && isRefusedWithin(error))
          throw await renewedOnly(error, credentials, session, signal)
        session = await credentials.replace(session, signal)
        continue
      }
      // What took too long once would take as long again, at the server's cost and the person's.
      const isWorthIt = isTransient(error) && error.code !== 'XDR_TIMEOUT' && attempt < tries
      const waitMs = Math.max(error.retryAfterMs ?? 0, backoff(attempt))
      if (!isWorthIt || waitMs > longestWaitMs) throw error
      if (error.status === 429) gate.close(waitMs)
      await clock.sleep(waitMs, signal)
      // The wait may have outlived a token of ten minutes.
      session = await credentials.get(signal)
    }
  }
}

/**
 * A change that was refused within is not sent again. A field is refused with the code of a refused sign-in also where
 * one of the services behind it did so, after another one had done its part already; only a refusal of the whole
 * request, by HTTP 401 or by an error without a path, says that nothing was begun.
 *
 * @returns the error to end with; the next call finds the sign-in renewed, if that could be done
 */
async function renewedOnly(
  { code, message, requestId, status }: XdrError,
  credentials: Credentials,
  session: Session,
  signal: AbortSignal | undefined,
): Promise<XdrError> {
  const isRenewed = await credentials.replace(session, signal).then(
    () => true,
    () => false,
  )
  const next = isRenewed
    ? 'the sign-in is renewed: look on the platform, then send it again'
    : 'look on the platform, sign in anew ("xdrlab login"), then send it again'
  return new XdrError(code, message, {
    hint: `the change was sent once, and a part of it may have been done; ${next}`,
    requestId,
    status,
  })
}

async function sendOnce<T>(
  { target, clock, ...parts }: ClientParts,
  { method, url, body, read }: Call<T>,
  session: Session,
  options: CallOptions,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { headers: names } = target.provider
  const tenant = options.tenant ?? parts.tenant
  const request = () => {
    const headers = authorizationHeaders(target.provider, session, method, url)
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (names.tenant !== undefined && tenant !== undefined) headers[names.tenant] = tenant
    if (names.clientName !== undefined) headers[names.clientName] = 'xdrlab'
    if (names.clientVersion !== undefined) headers[names.clientVersion] = version
    return send({
      method,
      url,
      headers,
      body,
      signal,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      maxBytes: options.maxBytes ?? defaultMaxBytes,
    })
  }
  let response = await request()
  // Refused before it was looked at, for want of the server's nonce (RFC 9449 section 9): a change, too, may go again.
  if (session.dpopKey !== undefined && learnFromAnswer(url, response)) response = await request()
  return read(response, `${method} ${url.origin}${url.pathname}`, clock.now())
}

/** The largest wait that a timer takes: 24 days. */
const longestTimeoutMs = 2 ** 31 - 1

/** @throws XdrError `XDR_BAD_OPTION` */
export function checkOptions({ timeoutMs, maxBytes, tenant }: CallOptions): void {
  const isOff = (value: number | undefined, most: number) =>
    value !== undefined && !(value > 0 && value <= most)
  if (isOff(timeoutMs, longestTimeoutMs)) {
    throw new XdrError('XDR_BAD_OPTION', `timeoutMs must be a number of milliseconds above 0`, {
      hint: 'for example { timeoutMs: 120_000 } for two minutes',
    })
  }
  if (isOff(maxBytes, Number.MAX_SAFE_INTEGER)) {
    throw new XdrError('XDR_BAD_OPTION', 'maxBytes must be a number of bytes above 0', {
      hint: 'for example { maxBytes: 64 * 1024 * 1024 }',
    })
  }
  checkTenant(tenant)
}

/** A tenant goes out in a header, where a line break or another script cannot stand. */
export function checkTenant(tenant: string | undefined): void {
  if (tenant === undefined || /^[\x21-\x7e]+$/.test(tenant)) return
  throw new XdrError('XDR_BAD_OPTION', `"${plain(tenant, 40)}" is no tenant id`, {
    hint: 'give the id as the platform writes it: letters, digits and dashes',
  })
}

/** Full jitter, so that many notebooks do not come back at the same moment. */
export function backoff(attempt: number): number {
  return firstBackoffMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
}

/** One signal of those that are given. */
export function joinSignals(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined)
  return given.length > 1 ? AbortSignal.any(given) : given[0]
}
