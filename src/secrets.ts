/** What a secret is, for the mark that stands in its place. */
export type SecretKind =
  | 'access token'
  | 'API key'
  | 'client secret'
  | 'device code'
  | 'password'
  | 'proxy password'
  | 'refresh token'
  | 'secret'
  | 'signing key'
  | 'user code'

const live = new Map<string, SecretKind>()

/** Shorter values would blank ordinary words out of the outputs. */
const shortestKnownSecret = 8

/** Makes a value known to the kernel's output filter for the life of the process. */
export function rememberSecret(value: string, kind: SecretKind = 'secret'): void {
  if (value.length < shortestKnownSecret) return
  // What it was called first stands, where it is called nothing now: what is typed as a password may be passed on.
  if (kind !== 'secret' || !live.has(value)) live.set(value, kind)
}

/** The secrets of this process, for the filter on outgoing messages only. */
export function liveSecrets(): ReadonlyMap<string, SecretKind> {
  return live
}

/** The text without any live secret in it: servers quote tokens and codes back in their error messages. */
export function hideSecrets(text: string): string {
  const quoted = [...live.keys()].filter((secret) => text.includes(secret))
  // The longest first: a short one may be a part of it.
  quoted.sort((a, b) => b.length - a.length)
  return quoted.reduce((hidden, secret) => hidden.replaceAll(secret, '‹hidden›'), text)
}

/**
 * A value that never prints itself: `console.log`, `JSON.stringify`, `structuredClone` and string
 * interpolation show only that something is hidden. {@link Secret.reveal} is the one way out.
 */
export class Secret {
  readonly #value: string

  /** @param kind what stands in its place where a cell prints it all the same */
  constructor(value: string, kind: SecretKind = 'secret') {
    this.#value = value
    rememberSecret(value, kind)
  }

  /** The value itself: for the wire and the store, never for a screen. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '‹hidden›'
  }

  toJSON(): string {
    return '‹hidden›'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return 'Secret ‹hidden›'
  }
}

/** A bearer token that shows when it expires and no more. */
export class AccessToken {
  readonly #value: string
  /** Milliseconds since 1970 (UTC); `undefined` where neither the answer nor the token says. */
  readonly expiresAt: number | undefined

  constructor(value: string, expiresAt: number | undefined) {
    this.#value = value
    // An end that no calendar knows (a server's or a file's mistake) could not be printed.
    this.expiresAt = Number.isNaN(new Date(expiresAt ?? 0).getTime()) ? undefined : expiresAt
    rememberSecret(value, 'access token')
  }

  /** The token itself: for the `Authorization` header and the store, never for a screen. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '‹access token›'
  }

  toJSON(): { expiresAt: string | null } {
    return { expiresAt: this.expiresAt === undefined ? null : new Date(this.expiresAt).toISOString() }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `AccessToken { expiresAt: ${this.toJSON().expiresAt ?? 'unknown'} }`
  }
}
