import type { XdrError } from '../errors.js'
import type { Secret } from '../secrets.js'
import type { Session } from '../store/profile.js'

/** A server's answer to a device authorization request (RFC 8628 section 3.2), checked and cleaned. */
export interface DeviceCode {
  /** Goes to the token endpoint only, never to a screen. */
  deviceCode: Secret
  /** What the person compares with the browser. */
  userCode: string
  verificationUri: string
  /** The same with the code in it, for a link and a QR. */
  verificationUriComplete: string
  /** Life of the code, seconds. */
  expiresInS: number
  /** Least time between two polls, seconds. */
  intervalS: number
}

/** What one poll of the token endpoint found (RFC 8628 section 3.5). */
export type Poll =
  | { state: 'pending' }
  | { state: 'slow_down' }
  /** No answer, or one that another try may cure: the sign-in goes on. */
  | { state: 'unreachable'; retryAfterMs: number | undefined }
  | { state: 'granted'; session: Session }
  | { state: 'denied' }
  | { state: 'expired' }
  | { state: 'failed'; error: XdrError }

/** What the standard's four errors of a poll mean (RFC 8628 section 3.5); `undefined` for any other. */
export function pollOfErrorCode(code: unknown): Poll | undefined {
  switch (code) {
    case 'authorization_pending':
      return { state: 'pending' }
    case 'slow_down':
      return { state: 'slow_down' }
    case 'access_denied':
      return { state: 'denied' }
    case 'expired_token':
      return { state: 'expired' }
    default:
      return undefined
  }
}

/** How one family of servers speaks the device flow: messages only, no waiting. */
export interface DeviceDialect {
  /** The server holds the token request until the person is done, so the first poll need not wait. */
  readonly holdsPolls: boolean
  /** @throws XdrError */
  begin(signal: AbortSignal | undefined): Promise<DeviceCode>
  /** @throws XdrError `XDR_ABORTED` only; everything else is a {@link Poll} */
  poll(code: DeviceCode, signal: AbortSignal | undefined): Promise<Poll>
  /**
   * Exchanges a refresh token (RFC 6749 section 6); absent where the platform has none.
   *
   * @param dpopKey the key that the tokens are bound to, where they are
   * @returns `undefined` when the server no longer takes it (`invalid_grant`)
   */
  refresh?(
    refreshToken: Secret,
    signal: AbortSignal | undefined,
    dpopKey?: Secret | undefined,
  ): Promise<Session | undefined>
}
