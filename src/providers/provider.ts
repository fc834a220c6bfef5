import type { Secret } from '../secrets.js'

/** A deployment of a platform: one API origin. */
export interface Region {
  /** `https://host`, no path; {@link sandboxOrigin} for the embedded sandbox. */
  origin: string
  /** Other names people use for it. */
  aliases: readonly string[]
}

/**
 * RFC 8628 with a client id, form encoded. Where `issuer` is given, the endpoints are discovered (RFC 8414 or
 * OpenID Connect Discovery); otherwise they are described by hand. Paths are relative to the region's origin.
 */
export interface Rfc8628SignIn {
  dialect: 'rfc8628'
  clientId: string
  /** For a confidential client only; sent with HTTP Basic (RFC 6749 section 2.3.1). `oauth()` makes it a `Secret`, which does not print. */
  clientSecret?: string | Secret
  scopes: readonly string[]
  issuer?: string
  deviceAuthorizationEndpoint?: string
  tokenEndpoint?: string
}

/** Taegis: no client id, JSON bodies, a token request that the server may hold (long poll). */
export interface TaegisSignIn {
  dialect: 'taegis'
  deviceAuthorizationEndpoint: string
  tokenEndpoint: string
}

/** A platform as data: no functions, so that a person can write one in a few lines. */
export interface Provider {
  /** Short name, as on the command line: `taegis`. */
  name: string
  /** Name for people: `Taegis XDR`. */
  title: string
  regions: Readonly<Record<string, Region>>
  /** Taken where neither option nor environment names a region. */
  defaultRegion: string
  signIn: Rfc8628SignIn | TaegisSignIn
  /** What the sign-in asks for; `none` where the platform's sign-in page asks by itself. */
  account: { asks: 'username'; label: string } | { asks: 'none' }
  /** Path of the GraphQL endpoint, or a full URL on another origin. */
  graphql: string
  headers: {
    /** Carries the chosen tenant. */
    tenant?: string
    clientName?: string
    clientVersion?: string
  }
  claims: {
    /** JWT claims that name the person, first match wins. */
    subject: readonly string[]
    /** JWT claim with the tenant id, or a list of them. */
    tenants?: string
  }
  /** A token with less than this left counts as expired, seconds. */
  expiryMarginS: number
}

/** Stands in a region's `origin` for the sandbox that runs on this machine, whatever its port. */
export const sandboxOrigin = 'sandbox:'

/** Every name and alias that `connect(provider, { region })` takes. */
export type RegionName<P extends Provider> =
  | (keyof P['regions'] & string)
  | P['regions'][keyof P['regions']]['aliases'][number]
