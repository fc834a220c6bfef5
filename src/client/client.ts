import type { Row } from '../results/table.js'
import { type CallOptions, type ClientParts, checkTenant } from './calls.js'
import { type DryRun, sendOnce } from './changes.js'
import { ClientAdministration } from './clients-admin.js'
import { type Count, openCounts } from './counts.js'
import type { GraphQLDocument, QueryDocument } from './document.js'
import type {
  DocumentArguments,
  DocumentGiving,
  Given,
  ListVariables,
  RowOf,
  VariablesBefore,
} from './document-types.js'
import { type PageOptions, readPages } from './pages.js'
import { prepareOperation, type QueryOptions, runQuery } from './query.js'
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
import { openRows, Rows, type RowsOptions } from './rows.js'
import { sourceOrigin } from './rows-origin.js'
import type { SchemaOutput, StandardSchema } from './schema.js'
import { SchemaAccess } from './schema-access.js'
import { type EventOptions, eventSource } from './subscriptions/events.js'
import type { SubscribeOptions } from './subscriptions/options.js'
import { subscribe } from './subscriptions/subscribe.js'
import type { Alert, Asset, Investigation, Tenant } from './taegis-documents.js'
import { type ForTenantsOptions, TenantGroup } from './tenant-group.js'
import type { TenantList } from './tenants.js'

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
   * Runs a GraphQL query and gives its data. A mutation asks first; `confirm` answers, `dryRun` shows what would be
   * sent and sends nothing.
   *
   * Queries are tried again on 429, 502–504 and lost connections; mutations never are. An expired sign-in is renewed
   * once. Integers beyond 2^53 arrive as `bigint`.
   *
   * @param document text or a `gql` document
   * @param variables values for the document's variables
   * @throws GraphQLFailure when the server gives errors and no data (or any errors in strict mode)
   * @throws XdrError `XDR_QUERY_SYNTAX`, `XDR_QUERY_INVALID`, `XDR_CONFIRM_NEEDED`, `XDR_RATE_LIMITED`, `XDR_NETWORK`, `XDR_TIMEOUT`, …
   * @example
   * const data = await xdr.query(gql`query { currentTDRUser { email } }`)
   * await xdr.query(gql`mutation($id: ID!) { … }`, { id }, { dryRun: true })
   */
  query<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
    document: QueryDocument<TData, TVariables>,
    ...rest: DocumentArguments<TVariables, QueryOptions & { dryRun?: false }>
  ): Promise<TData>
  query<TData = never>(
    document: DocumentGiving<TData>,
    variables?: Readonly<Record<string, unknown>>,
    options?: QueryOptions & { dryRun?: false },
  ): Promise<Given<TData>>
  query<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
    document: QueryDocument<TData, TVariables>,
    variables: VariablesBefore<TVariables>,
    options: QueryOptions & { dryRun: true },
  ): Promise<DryRun>
  query<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
    document: QueryDocument<TData, TVariables>,
    ...rest: DocumentArguments<TVariables, QueryOptions>
  ): Promise<TData | DryRun>
  query(
    document: QueryDocument<unknown, never>,
    variables?: unknown,
    options: QueryOptions = {},
  ): Promise<unknown> {
    return runQuery(this.#parts, document, variables, options)
  }

  /**
   * Runs a GraphQL subscription: a loop over what the server sends, message by message, until the server ends it or the
   * loop is left. A loop that is slower than the server holds the server back; nothing is lost and little is kept.
   *
   * A connection that is lost before the first message is made again; one that is lost later is an error that says how
   * many messages came, unless `resumable` is given. Integers beyond 2^53 arrive as `bigint`.
   *
   * @param document text or a `gql` document
   * @param variables values for the document's variables
   * @throws GraphQLFailure when the server gives errors and no data (or any errors in strict mode)
   * @throws XdrError `XDR_NETWORK`, `XDR_TIMEOUT`, `XDR_UNAUTHORIZED`, `XDR_TOO_LARGE`, `XDR_BAD_RESPONSE`, …
   * @example
   * const doc = gql`subscription ($q: String!) { eventQuery(query: $q) { next result { type rows } } }`
   * for await (const { eventQuery } of xdr.subscribe(doc, { q: 'FROM process EARLIEST=-1h' }, { path: '/events/query' }))
   *   console.log(eventQuery)
   */
  subscribe<TData, TVariables>(
    document: GraphQLDocument<TData, TVariables>,
    ...rest: DocumentArguments<TVariables, SubscribeOptions>
  ): AsyncGenerator<TData, void, undefined>
  subscribe<TData = never>(
    document: DocumentGiving<TData>,
    variables?: Readonly<Record<string, unknown>>,
    options?: SubscribeOptions,
  ): AsyncGenerator<Given<TData>, void, undefined>
  subscribe<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
    document: QueryDocument<TData, TVariables>,
    ...rest: DocumentArguments<TVariables, SubscribeOptions>
  ): AsyncGenerator<TData, void, undefined>
  subscribe(
    document: QueryDocument<unknown, never>,
    variables?: unknown,
    options: SubscribeOptions = {},
  ): AsyncGenerator<unknown, void, undefined> {
    const source = typeof document === 'string' ? document : document?.source
    return subscribe(this.#parts, source, variables, options)
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
  rows<TData, TVariables>(
    document: GraphQLDocument<TData, TVariables>,
    ...rest: DocumentArguments<ListVariables<TVariables>, RowsOptions & { rows?: never }>
  ): Rows<RowOf<TData>>
  rows<T = Row>(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    options?: RowsOptions,
  ): Rows<T>
  rows<T = never>(
    document: DocumentGiving<T>,
    variables?: Readonly<Record<string, unknown>>,
    options?: RowsOptions,
  ): Rows<Given<T>>
  rows<TVariables = Record<string, unknown>>(
    document: QueryDocument<unknown, TVariables>,
    ...rest: DocumentArguments<ListVariables<TVariables>, RowsOptions>
  ): Rows
  rows(
    document: QueryDocument<unknown, never>,
    variables: Readonly<Record<string, unknown>> = {},
    options: RowsOptions = {},
  ): Rows<unknown> {
    return openRows<unknown>(this.#parts, document, variables, options)
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
   * Alerts counted where they are, by a query that ends in `| aggregate count by …`: a row for each value, with a field
   * for each name (`title` for `metadata.title`) and `count` (Taegis).
   *
   * @param cql a query in the platform's search language
   * @throws XdrError `XDR_BAD_OPTION` for a query that counts nothing; in the reading what `query` throws
   * @example
   * xdr.counts('FROM alert EARLIEST=-7d | aggregate count by metadata.title, status')
   */
  counts(cql: string, options: CallOptions = {}): Rows<Count> {
    return openCounts(this.#parts, cql, options)
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
   * Events that a search finds, of every type, newest first (Taegis): the search runs as a subscription, further pages
   * follow. What one type could not be searched for is shown beside the rows of the others.
   *
   * @param cql a query in the platform's search language, of one type of event or several
   * @throws XdrError `XDR_BAD_OPTION`; in the reading what `subscribe` throws
   * @example
   * for await (const event of xdr.events("FROM process WHERE commandline CONTAINS 'curl' EARLIEST=-1d")) console.log(event)
   */
  events<T = Row>(cql: string, options: EventOptions = {}): Rows<T> {
    const { limit, ...rest } = options
    const origin = sourceOrigin('events', ({ signal: _, limit: most }) =>
      eventSource(this.#parts, cql, most === undefined ? rest : { ...rest, limit: most }),
    )
    return new Rows<T>(origin, limit === undefined ? {} : { limit }, this.#parts)
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
   * Sends JSON to the REST interface: once, since it may change things. It asks first; `{ confirm: true }` answers;
   * a search that is sent by POST takes `{ safe: true }` in its place and is then tried again like a read.
   *
   * @throws XdrError `XDR_CONFIRM_NEEDED`, and what `get` throws
   * @example
   * const found = await xdr.post('/v1/search', { name: 'web*' }, { safe: true })
   */
  post<S extends StandardSchema>(
    path: string,
    body: unknown,
    options: PostOptions & { schema: S; dryRun?: false },
  ): Promise<SchemaOutput<S>>
  post(path: string, body: unknown, options: PostOptions & { dryRun: true }): Promise<DryRun>
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

  /** A client for another tenant, with the same sign-in. */
  forTenant(tenant: string): XdrClient {
    checkTenant(tenant)
    return new XdrClient({ ...this.#parts, tenant })
  }

  /**
   * Many tenants at once: one query over all, a few at a time, with one progress display. What fails in one tenant
   * stands beside the results of the others; a 429 holds all of them back.
   *
   * @param tenants ids, or rows that have one, such as those of a query
   * @throws XdrError `XDR_BAD_OPTION`
   * @example
   * const { results, failures } = await xdr.forTenants(['50530', '50531']).query(gql`query { currentTDRUser { id } }`)
   * us.forTenants(['50530']).and(eu.forTenants(['60001']))      // other regions, or other platforms
   */
  forTenants(tenants: TenantList, options: ForTenantsOptions = {}): TenantGroup {
    const make = (parts: ClientParts) => new XdrClient(parts)
    return new TenantGroup([{ parts: this.#parts, tenants, make }], options)
  }

  /** What the platform's GraphQL schema has: search it, look at its types, ask for it anew. */
  get schema(): SchemaAccess {
    return new SchemaAccess(this.#parts)
  }

  /** Client credentials for programs: list, create, rotate, delete (Taegis). */
  get clients(): ClientAdministration {
    return new ClientAdministration(this.#parts, async (document, variables, options) => {
      const { operation, run } = await prepareOperation(this.#parts, document, variables, options)
      return operation.kind === 'query' ? run() : sendOnce(operation.fields.join(', '), run)
    })
  }

  /** Shown by notebooks and `console.log`: where and who, no token. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { provider, region, origin } = this.target
    const { subject, account, expiresAt } = this.session
    const until = expiresAt === undefined ? '' : ` until ${expiresAt.toISOString()}`
    return `XdrClient { ${provider} ${region} ${origin} as ${subject ?? account ?? 'unknown'}${until} }`
  }
}
