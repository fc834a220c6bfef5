import { XdrError } from '../errors.js'
import { checkUrl } from '../http.js'
import type { ExpirySource, Provider } from '../providers/provider.js'
import { isRecord } from '../record.js'
import { AccessToken, Secret } from '../secrets.js'
import type { Session } from '../store/profile.js'
import { plain } from '../text.js'
import type { DeviceCode } from './dialect.js'

/** RFC 8628 section 3.2: "If no value is provided, clients MUST use 5 as the default." */
const defaultIntervalS = 5
/** Required by the RFC, but Taegis may leave it out: ten minutes, as its peers give. */
const defaultCodeLifeS = 600
/** Values beyond these are a server's mistake, not a wish to wait. */
const longestIntervalS = 300
const longestCodeLifeS = 3_600
const longestUserCode = 64
/** No OAuth answer is near this. */
export const longestAnswerBytes = 1024 * 1024

export type JsonObject = Record<string, unknown>

/** The JSON object in a response's text, or `undefined`. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads a device authorization answer; only the device code must be there, what else is missing is derived.
 *
 * @throws XdrError `XDR_BAD_RESPONSE`
 */
export function readDeviceCode(answer: JsonObject, where: string): DeviceCode {
  const bad = (what: string) =>
    new XdrError('XDR_BAD_RESPONSE', `${where} answered the sign-in request ${what}`, {
      hint: 'check the region and the URL; if they are right, tell the platform’s support',
    })
  const text = (name: string) =>
    typeof answer[name] === 'string' && answer[name] !== '' ? answer[name] : undefined
  const deviceCode = text('device_code')
  if (deviceCode === undefined) throw bad('without a device_code')
  const complete = safeUrl(text('verification_uri_complete'))
  // Some servers still use the draft's name, verification_url.
  const bare = safeUrl(text('verification_uri') ?? text('verification_url')) ?? withoutQuery(complete)
  const userCode = plain(text('user_code') ?? complete?.searchParams.get('user_code') ?? '', longestUserCode)
  if (bare === undefined) throw bad('without a verification_uri that is https')
  if (userCode === '') throw bad('without a user_code')
  return {
    deviceCode: new Secret(deviceCode, 'device code'),
    userCode,
    verificationUri: bare.href,
    verificationUriComplete: (complete ?? withCode(bare, userCode)).href,
    expiresInS: readSeconds(answer.expires_in, defaultCodeLifeS, longestCodeLifeS),
    intervalS: readSeconds(answer.interval, defaultIntervalS, longestIntervalS),
  }
}

function safeUrl(value: string | undefined): URL | undefined {
  if (value === undefined) return undefined
  try {
    return checkUrl(value, 'verification_uri')
  } catch {
    return undefined
  }
}

function withoutQuery(url: URL | undefined): URL | undefined {
  return url === undefined ? undefined : new URL(url.pathname, url.origin)
}

function withCode(url: URL, userCode: string): URL {
  const complete = new URL(url)
  complete.searchParams.set('user_code', userCode)
  return complete
}

/** A number of seconds, also when written as text; what is no positive number counts as absent. */
function readSeconds(value: unknown, fallback: number, longest: number): number {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return fallback
  return Math.min(seconds, longest)
}

/**
 * Reads a token answer into a session: expiry from `expires_in`, else from the JWT; person and tenants from the
 * JWT's claims, or from `idClaims` where the server gave an ID token.
 *
 * @param now milliseconds since 1970, when the answer came
 * @param expiry where the answer tells its end, the first found counts
 * @param skewMs how far the server's clock is ahead of `now`: an end that it names is then that much earlier by ours
 * @returns `undefined` when there is no usable access token in it
 */
export function readSession(
  answer: JsonObject,
  provider: Provider,
  now: number,
  idClaims: JsonObject = {},
  expiry: readonly ExpirySource[] = ['expires_in', 'jwt'],
  skewMs = 0,
): Session | undefined {
  const value = answer.access_token
  // A token is sent in a header: anything but visible ASCII could end the header early.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return undefined
  const claims = readClaims(value)
  const expiresAt = readExpiry(expiry, answer, claims, now, skewMs)
  const refresh = answer.refresh_token
  return {
    accessToken: new AccessToken(value, expiresAt),
    refreshToken:
      typeof refresh === 'string' && refresh !== '' ? new Secret(refresh, 'refresh token') : undefined,
    subject: findSubject(provider, { ...claims, ...idClaims }),
    tenants: findTenants(provider, claims),
  }
}

/** The person has confirmed, and what came back cannot be used. */
export function badToken(host: string): XdrError {
  return new XdrError('XDR_BAD_RESPONSE', `${host} granted the sign-in without a usable access token`, {
    hint: 'try again; if it stays, tell the server’s administrator or the platform’s support',
  })
}

/** A JWT's claims, unverified: for display and expiry only, the server is who checks them. */
export function readClaims(token: string): JsonObject {
  const payload = token.split('.')[1]
  return payload === undefined ? {} : (parseObject(Buffer.from(payload, 'base64url').toString('utf8')) ?? {})
}

function readExpiry(
  sources: readonly ExpirySource[],
  answer: JsonObject,
  claims: JsonObject,
  now: number,
  skewMs: number,
): number | undefined {
  const readers: Record<ExpirySource, () => number | undefined> = {
    expires_in: () => {
      const seconds = readSeconds(answer.expires_in, 0, Number.MAX_SAFE_INTEGER)
      return seconds > 0 ? now + seconds * 1000 : undefined
    },
    expiry: () => {
      // Only RFC 3339: Date.parse takes a bare number for a year.
      const time = typeof answer.expiry === 'string' && /^\d{4}-\d\d-\d\dT/.test(answer.expiry)
      const ms = time ? Date.parse(String(answer.expiry)) : Number.NaN
      return Number.isNaN(ms) ? undefined : ms - skewMs
    },
    jwt: () =>
      typeof claims.exp === 'number' && Number.isFinite(claims.exp) ? claims.exp * 1000 - skewMs : undefined,
  }
  for (const source of sources) {
    const expiresAt = readers[source]()
    if (expiresAt !== undefined) return expiresAt
  }
  return undefined
}

function findSubject(provider: Provider, claims: JsonObject): string | undefined {
  for (const name of provider.claims.subject) {
    const value = claims[name]
    if (typeof value === 'string' && value.trim() !== '') return plain(value, 120)
  }
  return undefined
}

function findTenants(provider: Provider, claims: JsonObject): string[] {
  const value = provider.claims.tenants === undefined ? undefined : claims[provider.claims.tenants]
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  return list.filter((t) => typeof t === 'string' || typeof t === 'number').map((t) => plain(t, 64))
}
