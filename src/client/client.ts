import { type GraphQLErrorEntry, XdrError } from '../errors.js'
import { type Row, withTable } from '../results/table.js'
import { type CallOptions, type ClientParts, checkOptions, runCall } from './calls.js'
import { ClientAdministration } from './clients-admin.js'
import { type QueryDocument, readOperation } from './document.js'
import { describeEntry, failureOf, type GraphQLAnswer, readAnswer } from './graphql-answer.js'
import { graphqlUrl, serialiseRequest } from './graphql-request.js'
import { type PageOptions, readPages } from './pages.js'
import {
  type AssetFilter,
  openAlerts,
  openAssets,
  openInvestigations,
  openTenants,
  type ReadyRowsOptions,
  type TenantsOptions,
} from './ready-rows.js'
import { getRest, type PostOptions, postRest, type RestOptions } from './rest.js'
import type { KnownAnswers, KnownRows } from './rest-types.js'
import { openRows, type Rows, type RowsOptions } from './rows.js'
import type { SchemaOutput, StandardSchema } from './schema.js'
import type { Alert, Asset, Investigation, Tenant } from './taegis-documents.js'

export interface QueryOptions extends CallOptions {
  /** Which operation of the document runs; needed where it holds several. */
  operationName?: string
  /** Throw also when data arrived beside the errors. Default `false`: the data is given, the errors are shown. */
  strict?: boolean
  /** Needed for a mutation in a notebook: re-running a cell must not change things unasked. */
  confirm?: boolean
}

const errorsBesideData = new WeakMap<object, readonly GraphQLErrorEntry[]>()

/** The GraphQL errors that came beside the data of a partial result; empty for a whole one. */
export function errorsOf(data: object): readonly GraphQLErrorEntry[] {
  return errorsBesideData.get(data) ?? []
}

/** A signed-in client; made by `connect`. */
export class XdrClient {
  readonly #parts: ClientParts

  constructor(parts: ClientParts) {
    this.#parts = parts
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
    const url = graphqlUrl(this.#parts.target)
    const call = { method: 'POST', url, body, isRead: operation.kind === 'query', read: readAnswer } as const
    return this.#deliver(await runCall(this.#parts, call, options), options) as TData
  }

  /**
   * The rows of a list, however long, fetched page by page while they are read. Nothing is asked for before that.
   *
   * How the list is paged is known of the platform's own queries, else read from the document; what the document lacks
   * for it is put in. A page that fails is tried again, so that no row is lost and none comes twice.
   *
   * @param document text or a `gql` document with one list, or a REST path such as `/v3/organizations`
   * @param variables values for the document's variables, or for the path's query
   * @throws XdrError `XDR_BAD_OPTION` at once for an option; in the reading what `query` throws
   * @example
   * for await (const asset of xdr.rows(gql`{ assetsV2 { assets { id hostnames { hostname } } } }`)) console.log(asset.id)
   * const newest = await xdr.rows(document, { cql: 'FROM alert' }, { limit: 5000 }).toArray()
   */
  rows<T = Row>(
    document: QueryDocument<unknown, never>,
    variables: Readonly<Record<string, unknown>> = {},
    options: RowsOptions = {},
  ): Rows<T> {
    return openRows<T>(this.#parts, document, variables, options)
  }

  /**
   * Alerts that a search finds, newest first (Taegis).
   *
   * @param cql a query in the platform's search language
   * @param options `fields` asks for others than the usual
   * @throws XdrError `XDR_BAD_OPTION`; in the reading what `query` throws
   * @example
   * const urgent = await xdr.alerts('FROM alert WHERE severity >= 0.8 EARLIEST=-7d').toArray()
   */
  alerts<T = Alert>(cql: string, options: ReadyRowsOptions = {}): Rows<T> {
    return openAlerts<T>(this.#parts, cql, options)
  }

  /**
   * Endpoints, all of them or those that a filter finds (Taegis).
   *
   * @param filter a part of a host's name, or the platform's own filter
   * @param options `fields` asks for others than the usual
   * @throws XdrError `XDR_BAD_OPTION`; in the reading what `query` throws
   * @example
   * for await (const { hostnames, lastSeenAt } of xdr.assets('web')) console.log(hostnames, lastSeenAt)
   * xdr.assets({ where: { osFamily: 'Linux' } })
   */
  assets<T = Asset>(filter?: AssetFilter, options: ReadyRowsOptions = {}): Rows<T> {
    return openAssets<T>(this.#parts, filter, options)
  }

  /**
   * Investigations, all of them or those that a search finds (Taegis).
   *
   * @param cql a query in the platform's search language
   * @param options `fields` asks for others than the usual
   * @throws XdrError `XDR_BAD_OPTION`; in the reading what `query` throws
   * @example
   * xdr.investigations("FROM investigation WHERE status = 'OPEN'")
   */
  investigations<T = Investigation>(cql?: string, options: ReadyRowsOptions = {}): Rows<T> {
    return openInvestigations<T>(this.#parts, cql, options)
  }

  /**
   * The tenants that you may see (Taegis).
   *
   * @param options `filter` is the platform's own, `fields` asks for others than the usual
   * @throws XdrError `XDR_BAD_OPTION`; in the reading what `query` throws
   * @example
   * const ids = (await xdr.tenants({ filter: { enabled: true } }).toArray()).map(({ id }) => id)
   */
  tenants<T = Tenant>(options: TenantsOptions = {}): Rows<T> {
    return openTenants<T>(this.#parts, options)
  }

  /**
   * Asks the REST interface beside GraphQL. Tried again and renewed as queries are; integers beyond 2^53 arrive as
   * `bigint`; an empty answer is `undefined`.
   *
   * @param path from the platform's origin, such as `/assets/version`; known ones are typed
   * @throws XdrError `XDR_UNAUTHORIZED`, `XDR_HTTP`, `XDR_RATE_LIMITED`, `XDR_BAD_RESPONSE`, `XDR_BAD_URL`, …
   * @example
   * const { tag } = await xdr.get('/assets/version')
   * const groups = await xdr.get<{ data: { name: string }[] }>('/v1/groups', { query: { limit: 10 } })
   */
  get<P extends keyof KnownAnswers>(
    path: P,
    options?: RestOptions & { schema?: never },
  ): Promise<KnownAnswers[P]>
  get<S extends StandardSchema>(path: string, options: RestOptions & { schema: S }): Promise<SchemaOutput<S>>
  get<T = unknown>(path: string, options?: RestOptions): Promise<T>
  get(path: string, options: RestOptions = {}): Promise<unknown> {
    return getRest(this.#parts, path, options)
  }

  /**
   * Sends JSON to the REST interface: once, since it may change things. In a notebook it needs `{ confirm: true }`;
   * a search that is sent by POST takes `{ safe: true }` in its place and is then tried again like a read.
   *
   * @throws XdrError `XDR_CONFIRM_NEEDED`, and what `get` throws
   * @example
   * const found = await xdr.post('/v1/search', { name: 'web*' }, { safe: true })
   */
  post<S extends StandardSchema>(
    path: string,
    body: unknown,
    options: PostOptions & { schema: S },
  ): Promise<SchemaOutput<S>>
  post<T = unknown>(path: string, body?: unknown, options?: PostOptions): Promise<T>
  post(path: string, body?: unknown, options: PostOptions = {}): Promise<unknown> {
    return postRest(this.#parts, path, body, options)
  }

  /**
   * Reads a list that is paged by `start` and `size`, row by row, however long it is: one page is held and one is on
   * its way. A lost connection or a token that ends in the middle costs no row.
   *
   * @throws XdrError what `get` throws, at the row where it happens
   * @example
   * for await (const { name } of xdr.pages('/v3/organizations', { size: 50 })) console.log(name)
   */
  pages<P extends keyof KnownRows>(
    path: P,
    options?: PageOptions & { schema?: never },
  ): AsyncGenerator<KnownRows[P], void, undefined>
  pages<S extends StandardSchema>(
    path: string,
    options: PageOptions & { schema: S },
  ): AsyncGenerator<SchemaOutput<S>, void, undefined>
  pages<Row = Record<string, unknown>>(
    path: string,
    options?: PageOptions,
  ): AsyncGenerator<Row, void, undefined>
  pages(path: string, options: PageOptions = {}): AsyncGenerator<unknown, void, undefined> {
    return readPages(this.#parts, path, options)
  }

  /** Client credentials for programs: list, create, rotate, delete (Taegis). */
  get clients(): ClientAdministration {
    return new ClientAdministration(this.#parts, (document, variables, options) =>
      this.query(document, variables, options),
    )
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
