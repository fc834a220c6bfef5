const live = new Set<string>()

/** Shorter values would blank ordinary words out of the outputs. */
const shortestKnownSecret = 8

/** Makes a value known to the kernel's output filter for the life of the process. */
export function rememberSecret(value: string): void {
  if (value.length >= shortestKnownSecret) live.add(value)
}

/** The secrets of this process, for the filter on outgoing messages only. */
export function liveSecrets(): ReadonlySet<string> {
  return live
}

/** The text without any live secret in it: servers quote tokens and codes back in their error messages. */
export function hideSecrets(text: string): string {
  const quoted = [...live].filter((secret) => text.includes(secret))
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

  constructor(value: string) {
    this.#value = value
    rememberSecret(value)
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
    rememberSecret(value)
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
