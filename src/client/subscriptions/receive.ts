import { abortedError, XdrError } from '../../errors.js'
import { defaultMaxBytes, isTransient } from '../../http.js'
import type { Session } from '../../store/profile.js'
import { traced } from '../../trace.js'
import { backoff, type ClientParts, longestWaitMs, mostTries } from '../calls.js'
import { Connection, type Received } from './connection.js'
import { afterMessages, connectTimeout } from './ends.js'
import { openSocket } from './open-socket.js'
import { defaultConnectTimeoutMs, defaultKeepAliveMs, type SubscribeOptions } from './options.js'
import type { Operation } from './speech.js'
import { introduce, loadFraming, type SubscriptionTarget, subscriptionTarget } from './target.js'

/** An operation and what is known of it. */
export interface SubscriptionCall {
  operation: Operation
  /** What changes data is never sent twice; a page is asked for again by whoever wants it. */
  kind: 'stream' | 'page' | 'change'
  options: SubscribeOptions
}

/**
 * Makes of each message what a loop gets. One function in place of a further generator: each of those would cost as
 * much as reading the message.
 */
export interface Reader<T> {
  take(received: Received): T
  end?(): void
}

/** Tries in a row where the person wants the stream to go on. */
const mostResumingTries = 10

/**
 * What a subscription's server sends, until it says that it is complete. A connection is made again while nothing has
 * come (for a change: while nothing was asked), an expired or rejected sign-in is renewed once.
 *
 * @throws XdrError what the last connection ended with
 */
export async function* receive<T>(
  parts: ClientParts,
  prepare: () => SubscriptionCall | Promise<SubscriptionCall>,
  signal: AbortSignal,
  reader: Reader<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    const call = await prepare()
    const target = subscriptionTarget(parts.target, call.options.path)
    let session = await traced(parts.trace, () => parts.credentials.get(signal))
    const course: Course = { call, attempt: 1, count: 0, hasRenewed: false, isStarted: false }
    for (;;) {
      let connection: Connection | undefined
      try {
        connection = await traced(parts.trace, () => connect(parts, target, session, call, signal))
        await begin(connection, parts, target, session, call)
        for (;;) {
          const received = connection.take() ?? (await connection.next())
          if (received === undefined) return
          course.count++
          course.attempt = 1
          course.hasRenewed = false
          yield reader.take(received)
        }
      } catch (error) {
        if (!(error instanceof XdrError) || signal.aborted) throw error
        course.isStarted = connection?.isStarted === true
        session = await traced(parts.trace, () => recover(parts, course, session, error, signal))
      } finally {
        connection?.leave()
      }
    }
  } finally {
    reader.end?.()
  }
}

/** How far a subscription has got. */
interface Course {
  readonly call: SubscriptionCall
  /** Tries since the last message. */
  attempt: number
  /** Messages so far. */
  count: number
  /** Since the last message. */
  hasRenewed: boolean
  /** Whether the server may have begun to act, on the last connection. */
  isStarted: boolean
}

/**
 * Makes ready for another connection: waits, or renews the sign-in.
 *
 * @throws XdrError where another would do harm or no good
 */
async function recover(
  { clock, credentials, screen }: ClientParts,
  course: Course,
  session: Session,
  error: XdrError,
  signal: AbortSignal,
): Promise<Session> {
  const { call, count } = course
  const mayHaveRun = call.kind === 'change' && course.isStarted
  const isResumable = call.options.resumable === true && call.kind === 'stream'
  const isSafe = call.kind === 'change' ? !mayHaveRun : count === 0 || isResumable
  if (isSafe && error.status === 401 && !course.hasRenewed) {
    course.hasRenewed = true
    return credentials.replace(session, signal)
  }
  const waitMs = waitBefore(error, course.attempt, isResumable)
  if (!isSafe || waitMs === undefined) {
    const isClear = error.code === 'XDR_GRAPHQL' || call.kind === 'page' || (count === 0 && !mayHaveRun)
    throw isClear ? error : afterMessages(error, count, mayHaveRun)
  }
  if (count > 0)
    screen.note('warning', `${error.message}; it is made again, and what is sent meanwhile is missed`)
  course.attempt++
  await clock.sleep(waitMs, signal)
  return credentials.get(signal)
}

/** How long to wait before another try, milliseconds; `undefined` where none is worth it. */
function waitBefore(error: XdrError, attempt: number, isResumable: boolean): number | undefined {
  // What took too long once would take as long again; not so where somebody waits for news.
  const isWorthIt = isTransient(error) && (error.code !== 'XDR_TIMEOUT' || isResumable)
  const waitMs = Math.max(error.retryAfterMs ?? 0, Math.min(backoff(attempt), longestWaitMs))
  const isTriedOut = attempt >= (isResumable ? mostResumingTries : mostTries)
  return isWorthIt && !isTriedOut && waitMs <= longestWaitMs ? waitMs : undefined
}

async function connect(
  parts: ClientParts,
  target: SubscriptionTarget,
  session: Session,
  { options }: SubscriptionCall,
  signal: AbortSignal,
): Promise<Connection> {
  const { clock } = parts
  const { url, where } = target
  const { protocols, headers } = introduce(target, parts.target, session, options.tenant ?? parts.tenant)
  const readyWithinMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs
  const late = new AbortController()
  const beganMs = clock.monotonicMs()
  const stopWaiting = clock.after(readyWithinMs, () => late.abort())
  try {
    const socket = await openSocket({
      url,
      where,
      protocols,
      headers,
      maxBytes: options.maxBytes ?? defaultMaxBytes,
      signal: AbortSignal.any([signal, late.signal]),
      now: clock.now(),
    })
    return new Connection(socket, {
      clock,
      signal,
      readyWithinMs: Math.max(1, readyWithinMs - (clock.monotonicMs() - beganMs)),
      keepAliveMs: options.keepAliveMs ?? defaultKeepAliveMs,
      where,
    })
  } catch (error) {
    if (signal.aborted) throw abortedError('the subscription')
    throw late.signal.aborted ? connectTimeout(where) : error
  } finally {
    stopWaiting()
  }
}

async function begin(
  connection: Connection,
  parts: ClientParts,
  target: SubscriptionTarget,
  session: Session,
  { operation, options }: SubscriptionCall,
): Promise<void> {
  const { parameters } = introduce(target, parts.target, session, options.tenant ?? parts.tenant)
  await connection.begin(await loadFraming(target.api.protocol), operation, parameters)
}
