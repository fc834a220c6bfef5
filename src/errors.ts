/** Every code an {@link XdrError} can carry. The code is stable; the message is for people. */
export type XdrErrorCode =
  | 'XDR_ABORTED'
  | 'XDR_BAD_OPTION'
  | 'XDR_BAD_RESPONSE'
  | 'XDR_BAD_URL'
  | 'XDR_CACHE'
  | 'XDR_CONFIRM_NEEDED'
  | 'XDR_DATABASE'
  | 'XDR_FILE'
  | 'XDR_GRAPHQL'
  | 'XDR_HTTP'
  | 'XDR_INPUT_NEEDED'
  | 'XDR_KERNEL'
  | 'XDR_NETWORK'
  | 'XDR_NOTEBOOK'
  | 'XDR_PROXY'
  | 'XDR_QUERY_INVALID'
  | 'XDR_QUERY_SYNTAX'
  | 'XDR_RATE_LIMITED'
  | 'XDR_REDIRECT'
  | 'XDR_SANDBOX'
  | 'XDR_SIGN_IN_DENIED'
  | 'XDR_SIGN_IN_EXPIRED'
  | 'XDR_SIGN_IN_FAILED'
  | 'XDR_SIGN_IN_NEEDED'
  | 'XDR_SQL'
  | 'XDR_STORE_UNWRITABLE'
  | 'XDR_TIMEOUT'
  | 'XDR_TLS'
  | 'XDR_TOO_LARGE'
  | 'XDR_UNAUTHORIZED'
  | 'XDR_UNKNOWN_REGION'

/** What an {@link XdrError} is built from: allow-listed fields only, never a token, a header or a whole response. */
export interface XdrErrorFields {
  /** The next step for the person, in one sentence. */
  hint: string
  /** The platform's request id (`X-Request-Id`, `trace_id`): what its support asks for. */
  requestId?: string | undefined
  /** HTTP status, where an answer arrived. */
  status?: number | undefined
  /** How long the server asks to wait before the next try, milliseconds. */
  retryAfterMs?: number | undefined
}

/**
 * The one error that xdrlab throws on purpose: what is wrong, where, and what to do next.
 *
 * @example
 * try { await xdr.query(doc) } catch (error) {
 *   if (error instanceof XdrError && error.code === 'XDR_RATE_LIMITED') …
 * }
 */
export class XdrError extends Error {
  override readonly name: string = 'XdrError'
  readonly code: XdrErrorCode
  readonly hint: string
  readonly requestId: string | undefined
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: XdrErrorCode, message: string, fields: XdrErrorFields) {
    super(message)
    this.code = code
    this.hint = fields.hint
    this.requestId = fields.requestId
    this.status = fields.status
    this.retryAfterMs = fields.retryAfterMs
  }

  /** The error as data, for `--json` and logs. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.requestId === undefined ? {} : { requestId: this.requestId }),
      ...(this.status === undefined ? {} : { status: this.status }),
    }
  }

  /** Printed by `console.log` and notebooks: message, hint and code, no stack of ours. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return describeError(this)
  }
}

/** One GraphQL error as the server sent it (GraphQL specification, section 7.1.2). */
export interface GraphQLErrorEntry {
  message: string
  path?: readonly (string | number)[]
  locations?: readonly { line: number; column: number }[]
  extensions?: Readonly<Record<string, unknown>>
}

/** A GraphQL answer that holds errors; `data` is what arrived beside them, if anything. */
export class GraphQLFailure extends XdrError {
  override readonly name: string = 'GraphQLFailure'
  readonly errors: readonly GraphQLErrorEntry[]
  readonly data: unknown

  constructor(
    message: string,
    fields: XdrErrorFields & { errors: readonly GraphQLErrorEntry[]; data?: unknown },
  ) {
    super('XDR_GRAPHQL', message, fields)
    this.errors = fields.errors
    // The rows can be large and private: reachable, but never printed or serialised with the error.
    Object.defineProperty(this, 'data', { value: fields.data, enumerable: false })
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), errors: this.errors }
  }
}

/** Whether the platform was not reached at all: what it refuses is an answer. */
export function isAway(error: unknown): error is XdrError {
  return error instanceof XdrError && ['XDR_NETWORK', 'XDR_TIMEOUT', 'XDR_PROXY'].includes(error.code)
}

/** The lines a person reads: `XdrError [XDR_TLS]: message`, the hint, the request id. */
export function describeError(error: XdrError): string {
  const lines = [`${error.name} [${error.code}]: ${error.message}`, `  → ${error.hint}`]
  if (error.requestId !== undefined) lines.push(`  request id: ${error.requestId}`)
  return lines.join('\n')
}

/** An abort as our error, whatever the signal's reason was. */
export function abortedError(what: string): XdrError {
  return new XdrError('XDR_ABORTED', `${what} was cancelled`, { hint: 'run it again when you are ready' })
}
