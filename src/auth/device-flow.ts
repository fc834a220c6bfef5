import type { Clock } from '../clock.js'
import { abortedError, XdrError } from '../errors.js'
import type { Session } from '../store/profile.js'
import type { DeviceCode, DeviceDialect } from './dialect.js'

/** RFC 8628 section 3.5: `slow_down` adds 5 seconds for this and all later polls. */
const slowDownMs = 5_000
/** A server that is away is asked no more seldom than this. */
const longestBackoffMs = 60_000

/**
 * Polls until the person has decided: the device flow's state machine, for every dialect.
 *
 * Waits at least `interval` before every poll, the first as well (a held poll starts at once); `slow_down` lengthens
 * the interval for good; a lost connection doubles the wait and goes on; the local monotonic clock ends it.
 *
 * @throws XdrError `XDR_SIGN_IN_DENIED`, `XDR_SIGN_IN_EXPIRED`, `XDR_ABORTED`, or what the server refused it with
 */
export async function awaitGrant(flow: {
  dialect: DeviceDialect
  code: DeviceCode
  clock: Clock
  signal: AbortSignal | undefined
}): Promise<Session> {
  const { dialect, code, clock } = flow
  const deadline = clock.monotonicMs() + code.expiresInS * 1000
  // A held request has no time limit of its own: the code's end is its end.
  const expiry = new AbortController()
  const cancelExpiry = clock.after(code.expiresInS * 1000, () => expiry.abort())
  const signal = flow.signal === undefined ? expiry.signal : AbortSignal.any([flow.signal, expiry.signal])
  let intervalMs = code.intervalS * 1000
  let backoffMs = 0
  let waitMs = dialect.holdsPolls ? 0 : intervalMs
  try {
    for (;;) {
      if (clock.monotonicMs() + waitMs >= deadline) {
        await clock.sleep(Math.max(0, deadline - clock.monotonicMs()), signal)
        throw expiredError()
      }
      if (waitMs > 0) await clock.sleep(waitMs, signal)
      const poll = await dialect.poll(code, signal)
      switch (poll.state) {
        case 'granted':
          return poll.session
        case 'denied':
          throw new XdrError('XDR_SIGN_IN_DENIED', 'the sign-in was denied in the browser', {
            hint: 'run this again and confirm the code, if it was you who started it',
          })
        case 'expired':
          throw expiredError()
        case 'failed':
          throw poll.error
        case 'pending':
          backoffMs = 0
          waitMs = intervalMs
          break
        case 'slow_down':
          intervalMs += slowDownMs
          waitMs = intervalMs
          break
        case 'unreachable':
          backoffMs = Math.min(Math.max(backoffMs, intervalMs) * 2, Math.max(longestBackoffMs, intervalMs))
          waitMs = Math.max(backoffMs, poll.retryAfterMs ?? 0)
          break
      }
    }
  } catch (error) {
    if (flow.signal?.aborted) throw abortedError('the sign-in')
    if (expiry.signal.aborted) throw expiredError()
    throw error
  } finally {
    cancelExpiry()
  }
}

function expiredError(): XdrError {
  return new XdrError('XDR_SIGN_IN_EXPIRED', 'the device code expired before it was confirmed', {
    hint: 'run this again for a new code',
  })
}
