import type { GraphQLErrorEntry } from '../errors.js'
import type { Provenance, RowSource } from '../results/row-source.js'
import type { Row } from '../results/table.js'
import type { Screen } from '../screen/screen.js'
import type { FanOut, TenantFailure } from './fan-out.js'
import { mergeStreams } from './merge-streams.js'
import type { ReadOptions } from './paging/list.js'
import { Rows } from './rows.js'
import { type RowsOrigin, sourceOrigin } from './rows-origin.js'
import { markLines, markRow } from './tenant-mark.js'
import type { TenantId } from './tenants.js'

/** A row with the id of the tenant that it was asked for in. */
export type TenantRow<T> = T & { tenantContext: string }

/** One tenant of a run. */
export interface TenantPart {
  tenant: TenantId
  /** The rows of this tenant alone. */
  open(options: ReadOptions): Rows<unknown>
}

/** What rows over many tenants are made of. */
export interface TenantRowsParts {
  screen: Screen
  provenance: Provenance
  concurrency: number
  /** Finds the tenants, and begins to count them. */
  start(signal: AbortSignal | undefined, isShown: boolean): Promise<{ run: FanOut; parts: TenantPart[] }>
}

/** The rows of many tenants as they come, each with its `tenantContext`. */
export class TenantRows<T = Row> extends Rows<TenantRow<T>> {
  readonly #state: { failures: readonly TenantFailure[] }

  constructor(parts: TenantRowsParts, options: ReadOptions) {
    const state: { failures: readonly TenantFailure[] } = { failures: [] }
    super(originOf(parts, state), options, parts)
    this.#state = state
  }

  /** The tenants that failed in the latest reading; their rows up to then are among the others. */
  get failures(): readonly TenantFailure[] {
    return this.#state.failures
  }
}

function originOf(
  { provenance, concurrency, start }: TenantRowsParts,
  state: { failures: readonly TenantFailure[] },
): RowsOrigin {
  const errors: GraphQLErrorEntry[] = []
  async function* read<Batch>(
    options: ReadOptions,
    signal: AbortSignal | undefined,
    choose: (source: RowSource, signal: AbortSignal) => AsyncIterable<Batch>,
    mark: (batch: Batch, tenant: string) => Batch,
    count: (batch: Batch) => number,
  ): AsyncGenerator<Batch, void, undefined> {
    errors.length = 0
    const { run, parts } = await start(signal, options.progress !== false)
    state.failures = run.failures
    const opened: Rows<unknown>[] = []
    const streams = parts.map(({ tenant, open }) => ({
      tenant,
      open: (inner: AbortSignal) => {
        const rows = open({ ...options, progress: false })
        opened.push(rows)
        return choose(rows.source, inner)
      },
    }))
    try {
      for await (const { tenant, batch } of mergeStreams(streams, run, concurrency, signal)) {
        run.count(count(batch))
        yield mark(batch, tenant.id)
      }
    } finally {
      errors.push(...opened.flatMap((rows) => rows.errors))
    }
  }
  const origin = sourceOrigin('rows of tenants', (options) => {
    const { signal: _, ...rest } = options
    return {
      provenance,
      rows: (signal) =>
        read(
          rest,
          signal,
          (source, inner) => source.rows(inner),
          (batch, tenant) => batch.map((row) => markRow(row, tenant)),
          (batch) => batch.length,
        ),
      lines: (signal) =>
        read(
          rest,
          signal,
          (source, inner) => source.lines(inner),
          markLines,
          (batch) => batch.count,
        ),
    }
  })
  return { ...origin, errors }
}
