import { abortedError, XdrError } from '../errors.js'
import type { Row } from '../results/table.js'
import type { Screen } from '../screen/screen.js'
import { plain } from '../text.js'
import { type ClientParts, joinSignals } from './calls.js'
import { askConfirmation, type DryRun } from './changes.js'
import type { XdrClient } from './client.js'
import { type GraphQLDocument, type QueryDocument, readOperation } from './document.js'
import type {
  DocumentArguments,
  DocumentGiving,
  Given,
  ListVariables,
  RowOf,
  VariablesBefore,
} from './document-types.js'
import { FanOut } from './fan-out.js'
import type { ReadOptions } from './paging/list.js'
import type { QueryOptions } from './query.js'
import type { Rows, RowsOptions } from './rows.js'
import { type TenantResult, type TenantResults, withTenantTable } from './tenant-results.js'
import { type TenantPart, TenantRows } from './tenant-rows.js'
import { readTenants, type TenantId, type TenantList } from './tenants.js'

export interface ForTenantsOptions {
  /** Tenants that are asked at the same time, 1 to 32. Default 4. */
  concurrency?: number
  /** `false` shows no progress. */
  progress?: boolean
}

/** Tenants that are asked through one sign-in. */
interface TenantSource {
  parts: ClientParts
  tenants: TenantList
  make: (parts: ClientParts) => XdrClient
}

interface Member {
  tenant: TenantId
  source: TenantSource
}

/** What rows over tenants take. */
export type TenantRowsOptions = Pick<RowsOptions, 'limit' | 'signal' | 'progress'>

type TenantQueryOptions = Omit<QueryOptions, 'tenant'>

const usualConcurrency = 4
const mostConcurrency = 32

/** Many tenants, asked as one; made by `xdr.forTenants`. */
export class TenantGroup {
  readonly #sources: readonly TenantSource[]
  readonly #options: ForTenantsOptions
  #members: Promise<Member[]> | undefined
  #last: TenantResults<unknown> | undefined

  constructor(sources: readonly TenantSource[], options: ForTenantsOptions) {
    const { concurrency = usualConcurrency } = options
    if (!Number.isSafeInteger(concurrency) || concurrency < 1 || concurrency > mostConcurrency) {
      throw new XdrError(
        'XDR_BAD_OPTION',
        `concurrency must be a whole number from 1 to ${mostConcurrency}`,
        {
          hint: `for example { concurrency: ${usualConcurrency} }`,
        },
      )
    }
    this.#sources = sources
    this.#options = options
  }

  /** These tenants and those of another region or platform, in one run with one progress. */
  and(other: TenantGroup): TenantGroup {
    return new TenantGroup([...this.#sources, ...other.#sources], this.#options)
  }

  /** The tenants of this group, each once; a query that finds them runs with the first call. */
  async tenants(): Promise<TenantId[]> {
    return (await this.#findMembers()).map(({ tenant }) => tenant)
  }

  /** What the latest run gave so far: also where it was interrupted. */
  get last(): TenantResults<unknown> | undefined {
    return this.#last
  }

  /**
   * Runs one GraphQL document for every tenant. A mutation asks once for all.
   *
   * @throws XdrError where it concerns all tenants (a sign-in, the document), or all failed
   */
  query<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
    document: QueryDocument<TData, TVariables>,
    ...rest: DocumentArguments<TVariables, TenantQueryOptions & { dryRun?: false }>
  ): Promise<TenantResults<TData>>
  query<TData = never>(
    document: DocumentGiving<TData>,
    variables?: Readonly<Record<string, unknown>>,
    options?: TenantQueryOptions & { dryRun?: false },
  ): Promise<TenantResults<Given<TData>>>
  query<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
    document: QueryDocument<TData, TVariables>,
    variables: VariablesBefore<TVariables>,
    options: TenantQueryOptions & { dryRun: true },
  ): Promise<TenantResults<DryRun>>
  query<TData = Record<string, unknown>, TVariables = Record<string, unknown>>(
    document: QueryDocument<TData, TVariables>,
    ...rest: DocumentArguments<TVariables, TenantQueryOptions>
  ): Promise<TenantResults<TData | DryRun>>
  async query(
    document: QueryDocument<unknown, never>,
    variables?: Readonly<Record<string, unknown>>,
    options: TenantQueryOptions = {},
  ): Promise<TenantResults<unknown>> {
    const source = typeof document === 'string' ? document : document?.source
    const { kind, fields } = await readOperation(source, options.operationName)
    const name = fields.join(', ')
    const isChange = kind === 'mutation' && options.dryRun !== true
    if (isChange && options.confirm !== true) await this.#askOnce(name)
    const answer = await this.#runAll(name, options.signal, true, (client) =>
      client.query(source, variables, { ...options, ...(isChange ? { confirm: true } : {}) }),
    )
    if (isChange) {
      const count = `${answer.results.length} of ${answer.results.length + answer.failures.length} tenants`
      this.#screen().note('info', `${plain(name, 200)} was done in ${count}`)
    }
    return answer
  }

  /**
   * The rows of a list over all tenants as they come, each marked with its `tenantContext`: read, counted and
   * kept as those of one. What fails in one tenant is in `failures`, and is said at the end.
   *
   * @param of a GraphQL document or REST path as for `xdr.rows`, or what gives the rows of one tenant
   * @example
   * for await (const { tenantContext, hostnames } of xdr.forTenants(ids).rows((one) => one.assets())) …
   * await xdr.forTenants(xdr.tenants()).rows(document, variables).into('everywhere')
   */
  rows<T = Row>(of: (client: XdrClient) => Rows<T>, options?: TenantRowsOptions): TenantRows<T>
  rows<TData, TVariables>(
    of: GraphQLDocument<TData, TVariables>,
    ...rest: DocumentArguments<ListVariables<TVariables>, TenantRowsOptions & RowsOptions & { rows?: never }>
  ): TenantRows<RowOf<TData>>
  rows<T = Row>(
    of: string,
    variables?: Readonly<Record<string, unknown>>,
    options?: TenantRowsOptions & RowsOptions,
  ): TenantRows<T>
  rows<T = never>(
    of: DocumentGiving<T>,
    variables?: Readonly<Record<string, unknown>>,
    options?: TenantRowsOptions & RowsOptions,
  ): TenantRows<Given<T>>
  rows<TVariables = Record<string, unknown>>(
    of: QueryDocument<unknown, TVariables>,
    ...rest: DocumentArguments<ListVariables<TVariables>, TenantRowsOptions & RowsOptions>
  ): TenantRows
  rows<T>(
    of: QueryDocument<unknown, never> | ((client: XdrClient) => Rows<T>),
    second: Readonly<Record<string, unknown>> = {},
    third: TenantRowsOptions & RowsOptions = {},
  ): TenantRows<T> {
    const [variables, options]: [Readonly<Record<string, unknown>>, TenantRowsOptions & RowsOptions] =
      typeof of === 'function' ? [{}, second] : [second, third]
    const { limit, signal, progress, ...rest } = options
    const open = (client: XdrClient, read: ReadOptions) => {
      if (typeof of !== 'function') return client.rows<Row>(of, variables, { ...rest, ...read })
      const rows = of(client)
      return read.limit === undefined ? rows : rows.take(read.limit)
    }
    const [first] = this.#sources
    if (first === undefined) throw noTenants()
    // Read by nobody yet: where the rows come from is known before they are.
    const { provenance } = open(first.make(first.parts), {}).source
    return new TenantRows<T>(
      {
        screen: first.parts.screen,
        provenance: { ...provenance, tenant: undefined },
        concurrency: this.#options.concurrency ?? usualConcurrency,
        start: (stop, isShown) => this.#startRows(stop, isShown && progress !== false, open),
      },
      { ...(limit === undefined ? {} : { limit }), ...(signal === undefined ? {} : { signal }) },
    )
  }

  async #startRows(
    given: AbortSignal | undefined,
    isShown: boolean,
    open: (client: XdrClient, read: ReadOptions) => Rows<unknown>,
  ): Promise<{ run: FanOut; parts: TenantPart[] }> {
    const members = await this.#findMembers()
    const shown = isShown && this.#options.progress !== false
    const run = new FanOut(this.#screen(), 'rows', members.length, shown)
    const signal = joinSignals(given, this.#screen().signal)
    const parts = members.map(({ tenant, source }) => ({
      tenant,
      open: (read: ReadOptions) => {
        const screen = childScreen(source.parts.screen, tenant, run, signal)
        return open(source.make({ ...source.parts, tenant: tenant.id, screen }), read)
      },
    }))
    return { run, parts }
  }

  /**
   * Runs anything for every tenant, such as several queries or REST calls, with a client for that tenant.
   *
   * @throws XdrError where it concerns all tenants, or all failed
   * @example
   * await xdr.forTenants(ids).run(async (one) => (await one.get('/assets/version')).tag)
   */
  run<T>(
    work: (client: XdrClient, tenant: TenantId) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<TenantResults<T>> {
    return this.#runAll('run', options.signal, false, work)
  }

  async #runAll<T>(
    what: string,
    given: AbortSignal | undefined,
    isQuiet: boolean,
    work: (client: XdrClient, tenant: TenantId) => Promise<T>,
  ): Promise<TenantResults<T>> {
    const members = await this.#findMembers()
    const run = this.#start(what, members.length)
    // Whatever stops the run stops the others at once: none goes on unseen.
    const stop = new AbortController()
    const signal = joinSignals(stop.signal, given, this.#screen().signal)
    const answer = withTenantTable<T>({ results: [], failures: run.failures })
    const isThere = members.map(() => false)
    const keep = (place: number, result: TenantResult<T>) => {
      answer.results.splice(isThere.slice(0, place).filter(Boolean).length, 0, result)
      isThere[place] = true
    }
    this.#last = answer
    const one = async ({ tenant, source }: Member, place: number) => {
      if (signal?.aborted) throw abortedError('the run over the tenants')
      const screen = childScreen(source.parts.screen, tenant, isQuiet ? run : undefined, signal)
      const client = source.make({ ...source.parts, tenant: tenant.id, screen })
      try {
        const data = await work(client, tenant)
        keep(place, { tenant: tenant.id, ...(tenant.name === undefined ? {} : { name: tenant.name }), data })
        run.finish()
      } catch (error) {
        run.fail(tenant, error)
      }
    }
    const { default: pLimit } = await import('p-limit')
    const limit = pLimit(this.#options.concurrency ?? usualConcurrency)
    const tasks = members.map((member, place) => limit(() => one(member, place)))
    try {
      await Promise.all(tasks)
    } catch (error) {
      limit.clearQueue()
      stop.abort()
      run.stop()
      throw answer.results.length === 0 ? error : withWhatCame(error, answer.results.length, members.length)
    }
    run.end()
    return answer
  }

  async #askOnce(name: string): Promise<void> {
    const members = await this.#findMembers()
    const labels = members.slice(0, 5).map(({ tenant }) => plain(tenant.name ?? tenant.id, 60))
    const more = members.length > 5 ? ` and ${members.length - 5} more` : ''
    const [first] = this.#sources
    if (first === undefined) return
    await askConfirmation(
      first.parts,
      `Send ${plain(name, 200)} to ${members.length} tenants: ${labels.join(', ')}${more}`,
      undefined,
    )
  }

  #findMembers(): Promise<Member[]> {
    this.#members ??= this.#readMembers().catch((error) => {
      // A failure is not kept: the next call looks again.
      this.#members = undefined
      throw error
    })
    return this.#members
  }

  async #readMembers(): Promise<Member[]> {
    const members: Member[] = []
    for (const source of this.#sources) {
      for (const tenant of await readTenants(source.tenants)) members.push({ tenant, source })
    }
    return members
  }

  #start(what: string, total: number): FanOut {
    return new FanOut(this.#screen(), what, total, this.#options.progress !== false)
  }

  #screen(): Screen {
    const [first] = this.#sources
    if (first === undefined) throw noTenants()
    return first.parts.screen
  }
}

function noTenants(): XdrError {
  return new XdrError('XDR_BAD_OPTION', 'the group has no tenants', {
    hint: 'make it with xdr.forTenants(ids)',
  })
}

/** One tenant's part of the screen: no progress of its own, and its warnings under its name. */
function childScreen(
  screen: Screen,
  tenant: TenantId,
  run: FanOut | undefined,
  signal: AbortSignal | undefined,
): Screen {
  return {
    kind: screen.kind,
    refreshMs: screen.refreshMs,
    signal,
    ask: (question, asked) => screen.ask(question, asked),
    show: run === undefined ? (view) => screen.show(view) : () => ({ update: () => undefined }),
    note: (level, text) => {
      if (run === undefined) screen.note(level, `tenant ${plain(tenant.name ?? tenant.id, 80)}: ${text}`)
      else if (level === 'warning') run.warn(tenant, text)
    },
  }
}

function withWhatCame(error: unknown, came: number, total: number): unknown {
  if (!(error instanceof XdrError)) return error
  const { code, message, hint, requestId, status, retryAfterMs } = error
  return new XdrError(code, message, {
    hint: `${hint}; ${came} of ${total} tenants had answered: their results are in the group's "last"`,
    requestId,
    status,
    retryAfterMs,
  })
}
