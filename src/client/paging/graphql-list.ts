import { type GraphQLErrorEntry, XdrError } from '../../errors.js'
import type { PagingStyleName } from '../../providers/paged-field.js'
import { isRecord } from '../../record.js'
import type { ColumnPlan } from '../../results/database-shape.js'
import type { Provenance } from '../../results/row-source.js'
import { plain } from '../../text.js'
import { type CallOptions, type ClientParts, runCall } from '../calls.js'
import { failureOf, type GraphQLAnswer, readBody, readJsonBody } from '../graphql-answer.js'
import { graphqlUrl, serialiseRequest } from '../graphql-request.js'
import { checkBeforeSending } from '../validation.js'
import { edgesName } from './edges.js'
import { findList } from './find-list.js'
import {
  type Course,
  type ListReadOptions,
  type PagedList,
  pageTries,
  type ReadOptions,
  readList,
} from './list.js'
import { type FactPaths, type PagePlan, type PageRequest, planPages } from './plan.js'
import { type PageReader, type ReadPage, valueAt } from './readers.js'
import { type Asked, countedRoute, cursorRoute, onceRoute, type PageFacts, type Route } from './routes.js'
import { pagingStyles } from './styles.js'
import type { Page } from './walk.js'
import { PartialErrors } from './watch.js'

/** What is read, as a person gave it. */
export interface GraphQLListOptions {
  source: string
  variables: Readonly<Record<string, unknown>>
  style: PagingStyleName | undefined
  rows: string | undefined
  operationName: string | undefined
  /** `false` sends the document unchecked. */
  validate?: boolean | undefined
  provenance: Provenance
}

/** The pages of a GraphQL field. */
export class GraphQLList implements PagedList {
  readonly #parts: ClientParts
  readonly #options: GraphQLListOptions
  #errors: PartialErrors | undefined
  #name = 'rows'

  constructor(parts: ClientParts, options: GraphQLListOptions) {
    this.#parts = parts
    this.#options = options
  }

  get name(): string {
    return this.#name
  }

  get provenance(): Provenance {
    return this.#options.provenance
  }

  get errors(): readonly GraphQLErrorEntry[] {
    return this.#errors?.entries ?? []
  }

  async columns(): Promise<readonly ColumnPlan[] | undefined> {
    const { source, variables, style, rows, operationName } = this.#options
    const known = this.#parts.target.provider.paging ?? {}
    const { list } = await planPages(source, variables, {
      style,
      rows,
      operationName,
      known,
      pageSize: undefined,
    })
    if (list === undefined) return undefined
    const { columnsBySchema } = await import('./columns.js')
    return columnsBySchema(this.#parts, { source, path: list, operationName })
  }

  read<Batch>(reader: PageReader<Batch>, options: ListReadOptions): AsyncIterable<Page<Batch>> {
    return readList(this.#parts, reader, options, async () => {
      const { source, variables, style, rows, operationName, validate = true } = this.#options
      const known = this.#parts.target.provider.paging ?? {}
      const { pageSize } = options
      const plan = await planPages(source, variables, { style, rows, operationName, known, pageSize })
      this.#name = plan.name
      // As it is sent: what the list's paging needs was put in.
      const { query } = plan.request(plan.start, plan.size, undefined)
      await checkBeforeSending(this.#parts, query, graphqlUrl(this.#parts.target), { validate })
      const { screen } = this.#parts
      this.#errors = new PartialErrors(plan.name, (level, text) => screen.note(level, text))
      return new Reading(this.#parts, plan, reader, options, this.#errors).course()
    })
  }
}

/** One way through the pages of a plan. */
class Reading<Batch> {
  readonly #parts: ClientParts
  readonly #plan: PagePlan
  readonly #reader: PageReader<Batch>
  readonly #options: ReadOptions
  readonly #errors: PartialErrors
  readonly #url: URL
  /** Where the rows are; the first answer shows it where the document does not. */
  #list: readonly string[] | undefined
  #searchId: string | undefined

  constructor(
    parts: ClientParts,
    plan: PagePlan,
    reader: PageReader<Batch>,
    options: ReadOptions,
    errors: PartialErrors,
  ) {
    this.#parts = parts
    this.#plan = plan
    this.#reader = reader
    this.#options = options
    this.#errors = errors
    this.#url = graphqlUrl(parts.target)
    this.#list = plan.list
  }

  course(): Course<Batch> {
    const { name, style, start, firstPage, size } = this.#plan
    const isCounted = style === 'offset' || style === 'page'
    const place = typeof start === 'number' ? start : undefined
    return {
      name,
      route: routeOf(this.#plan, this.#options.limit ?? Number.POSITIVE_INFINITY),
      ahead: pagingStyles[style].ahead,
      isCounted,
      skipped:
        !isCounted || place === undefined
          ? 0
          : style === 'offset'
            ? place
            : Math.max(0, place - firstPage) * size,
      ask: (asked, signal) => this.#ask(asked, signal),
    }
  }

  async #ask(asked: Asked, signal: AbortSignal): Promise<Page<Batch>> {
    const { operationName, ...request } = this.#plan.request(asked.position, asked.size, this.#searchId)
    const named = operationName === undefined ? request : { ...request, operationName }
    const { answer, found, bytes } = await this.#send(named, signal)
    const { data, errors } = answer
    const isFirst = asked.position === undefined || this.#isStart(asked)
    if (found === undefined && (errors.length > 0 || data === undefined)) throw failureOf(answer)
    if (errors.length > 0 && this.#options.strict === true) throw failureOf(answer)
    this.#errors.add(errors)
    if (found === undefined) this.#refuseMissing(data, isFirst)
    const facts = readFacts(data, this.#plan.facts)
    if (isFirst) this.#searchId = textAt(data, this.#plan.facts.searchId)
    const { batch, rows, entries } = found ?? { batch: this.#reader.empty, rows: 0, entries: 0 }
    return { batch, rows, entries, bytes, facts }
  }

  #isStart({ position }: Asked): boolean {
    const { style, start, firstPage } = this.#plan
    return position === (start ?? (style === 'page' ? firstPage : style === 'offset' ? 0 : undefined))
  }

  /** An empty search is no error; a page in the middle that is not there is one, and so is what the server explains. */
  #refuseMissing(data: unknown, isFirst: boolean): void {
    const { name, facts } = this.#plan
    const reason = textAt(data, facts.reason)
    if (isFirst && reason === undefined) return
    const why = reason === undefined ? '' : `: ${plain(reason, 300)}`
    throw new XdrError(
      'XDR_BAD_RESPONSE',
      `${plain(name, 60)} gave no rows${isFirst ? '' : ' for a further page'}${why}`,
      {
        hint: isFirst
          ? 'correct the query or its variables'
          : 'the search may have ended on the server; run it again',
      },
    )
  }

  /** The rows of Relay's connections are their nodes. */
  #readNodes(page: ReadPage<Batch>, path: readonly string[]): ReadPage<Batch> {
    if (path.at(-1) !== edgesName || page.found === undefined) return page
    return { ...page, found: { ...page.found, ...this.#reader.nodes(page.found.batch) } }
  }

  #send(
    request: PageRequest | Omit<PageRequest, 'operationName'>,
    signal: AbortSignal,
  ): Promise<{ answer: GraphQLAnswer; found: ReadPage<Batch>['found']; bytes: number }> {
    const call = {
      method: 'POST',
      url: this.#url,
      body: serialiseRequest({ ...request }),
      isRead: true,
      tries: pageTries,
      read: (response: Parameters<typeof readBody>[1], where: string, now: number) => {
        const bytes = response.bytes.length
        let answer: GraphQLAnswer | undefined
        const parse = () => {
          const body = readJsonBody(response.text)
          answer = readBody(body, response, where, now)
          return body
        }
        if (this.#list === undefined) this.#list = findList(parse(), this.#plan.key)
        const path = this.#list === undefined ? undefined : ['data', ...this.#list]
        const page: ReadPage<Batch> =
          path === undefined
            ? { body: undefined, found: undefined }
            : this.#readNodes(this.#reader.read(response, path, parse), path)
        answer ??= readBody(isRecord(page.body) ? page.body : undefined, response, where, now)
        return { answer, found: page.found, bytes }
      },
    } as const
    return runCall(this.#parts, call, callOptionsOf(this.#options, signal))
  }
}

function callOptionsOf({ tenant, timeoutMs, maxBytes }: ReadOptions, signal: AbortSignal): CallOptions {
  return {
    signal,
    ...(tenant === undefined ? {} : { tenant }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  }
}

function routeOf(plan: PagePlan, limit: number): Route {
  const { style, name, start, size, firstPage } = plan
  const options = { start, size, limit }
  switch (style) {
    case 'offset':
    case 'page':
    case 'parts':
      return countedRoute(style === 'parts' ? { ...options, start: undefined } : options, {
        kind: style,
        firstPage: style === 'parts' ? 1 : firstPage,
      })
    case 'cursor':
    case 'token':
      return cursorRoute(options, name, style === 'token')
    case 'once':
      return onceRoute(options)
  }
}

function readFacts(data: unknown, paths: FactPaths): PageFacts {
  const at = (path: readonly string[] | undefined) => (path === undefined ? undefined : valueAt(data, path))
  const total = countOf(at(paths.total))
  const parts = countOf(at(paths.parts))
  const more = at(paths.more)
  const cursor = at(paths.cursor)
  return {
    ...(total === undefined ? {} : { total }),
    ...(parts === undefined ? {} : { parts }),
    ...(typeof more === 'boolean' ? { more } : {}),
    ...(typeof cursor === 'string' || typeof cursor === 'number' ? { cursor: String(cursor) } : {}),
  }
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

function textAt(data: unknown, path: readonly string[] | undefined): string | undefined {
  const value = path === undefined ? undefined : valueAt(data, path)
  return typeof value === 'string' && value !== '' ? value : undefined
}
