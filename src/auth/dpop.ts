import type { KeyObject } from 'node:crypto'
import { Secret } from '../secrets.js'
import { learnSkew, skewOf } from './clock-skew.js'

/** The one algorithm: every server that does DPoP has it. */
export const dpopAlgorithm = 'ES256'

/** The last nonce that each server gave (RFC 9449 section 8), by origin. */
const nonces = new Map<string, string>()
/** Parsing a key costs more than signing with it. */
const parsed = new WeakMap<Secret, { key: KeyObject; jwk: object }>()

/** Loaded when first used: no command is to wait for what few sign-ins need. */
const crypto = () => process.getBuiltinModule('node:crypto')

/** A new private key, as the text of a JWK: it lives as long as the tokens that are bound to it. */
export function createDpopKey(): Secret {
  const { privateKey } = crypto().generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return new Secret(JSON.stringify(privateKey.export({ format: 'jwk' })), 'signing key')
}

/**
 * A proof that the sender of one request holds the key (RFC 9449 section 4.2).
 *
 * @param key from {@link createDpopKey}
 * @param accessToken the token that goes with the request, where it is not for the token endpoint
 */
export function createProof(key: Secret, method: string, url: URL, accessToken?: string): string {
  const { key: privateKey, jwk } = parseKey(key)
  const nonce = nonces.get(url.origin)
  const claims = {
    jti: crypto().randomUUID(),
    htm: method,
    htu: `${url.origin}${url.pathname}`,
    // In the server's time: it takes no proof that is minutes old, or of tomorrow.
    iat: Math.floor((Date.now() + skewOf(url)) / 1000),
    ...(accessToken === undefined
      ? {}
      : { ath: crypto().createHash('sha256').update(accessToken).digest('base64url') }),
    ...(nonce === undefined ? {} : { nonce }),
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${encode({ typ: 'dpop+jwt', alg: dpopAlgorithm, jwk })}.${encode(claims)}`
  // JWS wants the two numbers side by side (RFC 7518 section 3.4), not in ASN.1.
  const signature = crypto().sign('sha256', Buffer.from(unsigned), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${unsigned}.${signature.toString('base64url')}`
}

/**
 * Keeps what an answer says for later proofs: the server's next nonce and its clock.
 *
 * @returns whether the same request is worth sending again, with the nonce that the server asked for
 */
export function learnFromAnswer(
  url: URL,
  answer: { status: number; headers: Readonly<Record<string, string>>; text: string },
): boolean {
  if (answer.status === 400 || answer.status === 401) learnSkew(url, answer.headers, Date.now())
  const nonce = answer.headers['dpop-nonce']
  // A nonce goes back in a signed token: what is no NQCHAR text of a usual length is none (section 8.1).
  if (nonce === undefined || nonce.length > 1_000 || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(nonce)) return false
  const isNew = nonces.get(url.origin) !== nonce
  nonces.set(url.origin, nonce)
  const asked =
    (answer.status === 401 && /use_dpop_nonce/.test(answer.headers['www-authenticate'] ?? '')) ||
    (answer.status === 400 && /"error"\s*:\s*"use_dpop_nonce"/.test(answer.text))
  return asked && isNew
}

function parseKey(secret: Secret): { key: KeyObject; jwk: object } {
  const known = parsed.get(secret)
  if (known !== undefined) return known
  const key = crypto().createPrivateKey({ key: JSON.parse(secret.reveal()), format: 'jwk' })
  const { kty, crv, x, y } = key.export({ format: 'jwk' })
  const made = { key, jwk: { kty, crv, x, y } }
  parsed.set(secret, made)
  return made
}
