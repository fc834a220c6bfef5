import { authorizationHeaders } from '../auth/authorization.js'
import type { Credentials } from '../auth/credentials.js'
import type { Clock } from '../clock.js'
import { type GraphQLErrorEntry, XdrError } from '../errors.js'
import { defaultMaxBytes, defaultTimeoutMs, isTransient, send } from '../http.js'
import { stringifyExactJson } from '../json.js'
import { version } from '../package.js'
import type { Target } from '../providers/target.js'
import { withTable } from '../results/table.js'
import type { Screen } from '../screen/screen.js'
import type { Session } from '../store/profile.js'
import { plain } from '../text.js'
import { type QueryDocument, readOperation } from './document.js'
import { describeEntry, failureOf, type GraphQLAnswer, readAnswer } from './graphql-answer.js'

export interface QueryOptions {
  /** Which operation of the document runs; needed where it holds several. */
  operationName?: string
  /** Tenant for this query, in place of the client's. */
  tenant?: string
  /** Throw also when data arrived beside the errors. Default `false`: the data is given, the errors are shown. */
  strict?: boolean
  /** Needed for a mutation in a notebook: re-running a cell must not change things unasked. */
  confirm?: boolean
  /** Until the whole answer is there, milliseconds. Default 60,000. */
  timeoutMs?: number
  /** Largest answer, bytes. Default 32 MiB. */
  maxBytes?: number
  /** Ends the query early. The notebook's stop button does so without it. */
  signal?: AbortSignal
}

export interface ClientParts {
  target: Target
  credentials: Credentials
  screen: Screen
  clock: Clock
  tenant: string | undefined
}

/** Tries for a read, the first included. */
const mostTries = 4
const firstBackoffMs = 500
/** A server that asks for a longer wait gets an error in place of a silent hour. */
const longestWaitMs = 60_000

const errorsBesideData = new WeakMap<object, readonly GraphQLErrorEntry[]>()

/** The GraphQL errors that came beside the data of a partial result; empty for a whole one. */
export function errorsOf(data: object): readonly GraphQLErrorEntry[] {
  return errorsBesideData.get(data) ?? []
}

/** A signed-in client; made by `connect`. */
export class XdrClient {
  readonly #parts: ClientParts
  readonly #url: URL | undefined

  constructor(parts: ClientParts) {
    this.#parts = parts
    const { graphql } = parts.target.provider
    this.#url = graphql === undefined ? undefined : new URL(graphql, parts.target.origin)
  }

  /** Short name of the platform, region and origin in use. */
  get target(): { provider: string; region: string; origin: string } {
    const { provider, region, origin } = this.#parts.target
    return { provider: provider.name, region, origin }
  }

  /** Who is signed in, for which tenants, until when. */
  get session(): {
    account: string | undefined
    subject: string | undefined
    tenants: readonly string[]
    expiresAt: Date | undefined
  } {
    const { account, session } = this.#parts.credentials
    const expiresAt = session?.accessToken.expiresAt
    return {
      account,
      subject: session?.subject,
      tenants: session?.tenants ?? [],
      expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
    }
  }

  /**
   * Runs a GraphQL query and gives its data.
   *
   * Queries are tried again on 429, 502–504 and lost connections; mutations never are. An expired sign-in is renewed
   * once. Integers beyond 2^53 arrive as `bigint`.
   *
   * @param document text or a `gql` document
   * @param variables values for the document's variables
   * @throws GraphQLFailure when the server gives errors and no data (or any errors in strict mode)
   * @throws XdrError `XDR_QUERY_SYNTAX`, `XDR_CONFIRM_NEEDED`, `XDR_RATE_LIMITED`, `XDR_NETWORK`, `XDR_TIMEOUT`, …
   * @example
   * const data = await xdr.query(gql`query { currentTDRUser { email } }`)
   */
  async query<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
    document: QueryDocument<TData, TVariables>,
    variables?: TVariables,
    options: QueryOptions = {},
  ): Promise<TData> {
    checkOptions(options)
    const source = typeof document === 'string' ? document : document?.source
    const operation = await readOperation(source, options.operationName)
    this.#checkKind(operation.kind, options)
    const body = serialiseRequest({ query: source, variables, operationName: options.operationName })
    const answer = await this.#ask(body, operation.kind === 'query' ? mostTries : 1, options)
    return this.#deliver(answer, options) as TData
  }

  #checkKind(kind: 'query' | 'mutation' | 'subscription', options: QueryOptions): void {
    if (kind === 'subscription') {
      throw new XdrError('XDR_BAD_OPTION', 'query() runs no subscriptions', {
        hint: 'ask with a query; for events use the search operations',
      })
    }
    if (kind === 'mutation' && this.#parts.screen.kind === 'notebook' && options.confirm !== true) {
      throw new XdrError(
        'XDR_CONFIRM_NEEDED',
        'this mutation changes data on the platform, and was not sent',
        {
          hint: 'if you mean it, run it with { confirm: true } as third argument of query()',
        },
      )
    }
  }

  async #ask(body: string, tries: number, options: QueryOptions): Promise<GraphQLAnswer> {
    const { clock, credentials } = this.#parts
    const signal = joinSignals(options.signal, this.#parts.screen.signal)
    let session = await credentials.get(signal)
    let renewed = false
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#send(body, session, options, signal)
      } catch (error) {
        if (!(error instanceof XdrError)) throw error
        if (error.status === 401 && !renewed) {
          renewed = true
          attempt--
          session = await credentials.replace(session, signal)
          continue
        }
        // What took too long once would take as long again, at the server's cost and the person's.
        const isWorthIt = isTransient(error) && error.code !== 'XDR_TIMEOUT' && attempt < tries
        const waitMs = Math.max(error.retryAfterMs ?? 0, backoff(attempt))
        if (!isWorthIt || waitMs > longestWaitMs) throw error
        await clock.sleep(waitMs, signal)
      }
    }
  }

  async #send(
    body: string,
    session: Session,
    options: QueryOptions,
    signal: AbortSignal | undefined,
  ): Promise<GraphQLAnswer> {
    const { headers, title } = this.#parts.target.provider
    const url = this.#url
    if (url === undefined) {
      throw new XdrError('XDR_BAD_OPTION', `${title} has no GraphQL interface`, {
        hint: 'use its REST interface: xdr.get(path)',
      })
    }
    const tenant = options.tenant ?? this.#parts.tenant
    const response = await send({
      method: 'POST',
      url,
      headers: {
        ...authorizationHeaders(this.#parts.target.provider, session),
        'content-type': 'application/json',
        ...(headers.tenant !== undefined && tenant !== undefined ? { [headers.tenant]: tenant } : {}),
        ...(headers.clientName === undefined ? {} : { [headers.clientName]: 'xdrlab' }),
        ...(headers.clientVersion === undefined ? {} : { [headers.clientVersion]: version }),
      },
      body,
      signal,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      maxBytes: options.maxBytes ?? defaultMaxBytes,
    })
    return readAnswer(response, `POST ${url.origin}${url.pathname}`, this.#parts.clock.now())
  }

  #deliver(answer: GraphQLAnswer, options: QueryOptions): object {
    const { data, errors } = answer
    const isEmpty = data === undefined || Object.values(data).every((field) => field === null)
    if (data === undefined || (errors.length > 0 && (isEmpty || options.strict === true)))
      throw failureOf(answer)
    if (errors.length > 0) {
      errorsBesideData.set(data, errors)
      const listed = errors.slice(0, 5).map((entry) => `\n  ${describeEntry(entry)}`)
      const more = errors.length > 5 ? `\n  … and ${errors.length - 5} more` : ''
      this.#parts.screen.note(
        'warning',
        `the result is partial, ${errors.length === 1 ? '1 error' : `${errors.length} errors`} came with it:${listed.join('')}${more}`,
      )
    }
    return withTable(data)
  }

  /** Shown by notebooks and `console.log`: where and who, no token. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { provider, region, origin } = this.target
    const { subject, account, expiresAt } = this.session
    const until = expiresAt === undefined ? '' : ` until ${expiresAt.toISOString()}`
    return `XdrClient { ${provider} ${region} ${origin} as ${subject ?? account ?? 'unknown'}${until} }`
  }
}

/** The largest wait that a timer takes: 24 days. */
const longestTimeoutMs = 2 ** 31 - 1

function checkOptions({ timeoutMs, maxBytes, tenant }: QueryOptions): void {
  const isOff = (value: number | undefined, most: number) =>
    value !== undefined && !(value > 0 && value <= most)
  if (isOff(timeoutMs, longestTimeoutMs)) {
    throw new XdrError('XDR_BAD_OPTION', `timeoutMs must be a number of milliseconds above 0`, {
      hint: 'for example { timeoutMs: 120_000 } for two minutes',
    })
  }
  if (isOff(maxBytes, Number.MAX_SAFE_INTEGER)) {
    throw new XdrError('XDR_BAD_OPTION', 'maxBytes must be a number of bytes above 0', {
      hint: 'for example { maxBytes: 64 * 1024 * 1024 }',
    })
  }
  checkTenant(tenant)
}

/** A tenant goes out in a header, where a line break or another script cannot stand. */
export function checkTenant(tenant: string | undefined): void {
  if (tenant === undefined || /^[\x21-\x7e]+$/.test(tenant)) return
  throw new XdrError('XDR_BAD_OPTION', `"${plain(tenant, 40)}" is no tenant id`, {
    hint: 'give the id as the platform writes it: letters, digits and dashes',
  })
}

/** Full jitter, so that many notebooks do not come back at the same moment. */
function backoff(attempt: number): number {
  return firstBackoffMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
}

function joinSignals(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined)
  return given.length > 1 ? AbortSignal.any(given) : given[0]
}

function serialiseRequest(request: Record<string, unknown>): string {
  try {
    return stringifyExactJson(request)
  } catch {
    throw new XdrError('XDR_BAD_OPTION', 'the variables cannot be written as JSON', {
      hint: 'give plain values: texts, numbers, lists and objects of them, and no reference to themselves',
    })
  }
}
