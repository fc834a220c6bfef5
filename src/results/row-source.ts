import type { RowScan } from './database-scan.js'
import type { Row } from './table.js'

/** Where rows come from: what is kept beside them, so that they can be told, named and asked for again. */
export interface Provenance {
  /** Short name of the platform, such as `taegis`. */
  provider: string
  region: string
  origin: string
  tenant: string | undefined
  /** Who asked: the token's own name for the person, else the account; what one may see another may not. */
  account?: string | undefined
  /** The GraphQL document, or `GET /path`. */
  query: string
  variables: Readonly<Record<string, unknown>>
}

/** Rows as the bytes that the server sent, one JSON object a line. */
export interface RowLines {
  /** UTF-8; every row ends in a line feed and has none inside. Good until the next batch is asked for. */
  ndjson: Uint8Array
  /** Rows in it. */
  count: number
  /** What has looked at these rows, and at those before them, while they were cut out: nobody need look again. */
  scan?: RowScan
}

/**
 * Rows that are fetched while they are read, a page or so at a time: the seam between what fetches (paging styles,
 * subscriptions, a cache) and what takes (loops, tables, the database). Each call begins anew; leaving its loop ends
 * the requests that are on their way.
 */
export interface RowSource {
  readonly provenance: Provenance
  /** Parsed rows, a batch (usually a page) at a time; integers beyond 2^53 are `bigint`. */
  rows(signal?: AbortSignal): AsyncIterable<readonly Row[]>
  /** The same rows, unparsed: what goes to disk needs no objects. */
  lines(signal?: AbortSignal): AsyncIterable<RowLines>
}
