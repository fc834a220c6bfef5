import { createLocalJWKSet, errors, type JWK, jwtVerify } from 'jose'
import { tenantsClaim } from './auth-server.js'

/** Whose token it is and which tenant the call is about. */
export interface Principal {
  readonly subject: string
  /** Empty where a program calls. */
  readonly email: string
  /** From the token; the first is the person's home. */
  readonly tenantIds: readonly string[]
}

export type BearerCheck =
  | { state: 'valid'; principal: Principal }
  | { state: 'missing' }
  | { state: 'refused'; why: string }

export interface BearerOptions {
  jwks: { keys: JWK[] }
  issuer: string
  audience: string
  /** Claims that a token needs beside the standard's. Default: the tenants. */
  claims?: readonly string[]
}

const rememberedTokens = 500

/**
 * Checks access tokens as RFC 9068 and RFC 6750 ask: signature, issuer, audience, expiry. What was verified once is
 * remembered until it expires, so that the check costs a busy client one signature and not thousands.
 */
export function createBearerCheck(
  options: BearerOptions,
): (header: string | undefined) => Promise<BearerCheck> {
  const keys = createLocalJWKSet(options.jwks)
  const verified = new Map<string, { principal: Principal; expiresAtMs: number }>()

  return async (header) => {
    if (header === undefined) return { state: 'missing' }
    const token = /^bearer +([\w.~+/=-]+)$/i.exec(header.trim())?.[1]
    if (token === undefined)
      return { state: 'refused', why: 'the Authorization header is not a bearer token' }
    const known = verified.get(token)
    if (known !== undefined && known.expiresAtMs > Date.now())
      return { state: 'valid', principal: known.principal }
    verified.delete(token)
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: options.issuer,
        audience: options.audience,
        algorithms: ['ES256'],
        requiredClaims: ['exp', 'iat', 'sub', ...(options.claims ?? [tenantsClaim])],
      })
      const tenants: unknown = payload[tenantsClaim]
      const principal = {
        subject: String(payload.sub),
        email: typeof payload.email === 'string' ? payload.email : '',
        tenantIds: Array.isArray(tenants) ? tenants.map(String) : [],
      }
      if (verified.size >= rememberedTokens) verified.clear()
      verified.set(token, { principal, expiresAtMs: Number(payload.exp) * 1000 })
      return { state: 'valid', principal }
    } catch (error) {
      return { state: 'refused', why: explain(error) }
    }
  }
}

function explain(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the signature is wrong'
  if (error instanceof errors.JWTClaimValidationFailed) return `the claim "${error.claim}" is wrong`
  return 'the token is not one of ours'
}
