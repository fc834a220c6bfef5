import { stringifyExactJson } from '../../src/json.js'
import type { Provenance, RowLines, RowSource } from '../../src/results/row-source.js'
import type { Row } from '../../src/results/table.js'

export interface ListSource extends RowSource {
  /** How often it was read from the beginning. */
  readonly reads: number
}

export const provenance: Provenance = {
  provider: 'taegis',
  region: 'us1',
  origin: 'https://api.example.com',
  tenant: '50530',
  query: 'query { alerts { id } }',
  variables: { limit: 10 },
}

/** Rows given as a list, or as the text that a server would send, a page of `pageRows` at a time. */
export function listSource(
  rows: readonly (Row | string)[],
  options: {
    pageRows?: number
    provenance?: Partial<Provenance>
    /** Called before each page; what it throws ends the rows, as a lost connection does. */
    beforePage?: (page: number) => void | Promise<void>
  } = {},
): ListSource {
  const { pageRows = 1_000, beforePage } = options
  let reads = 0
  async function* pages() {
    reads++
    for (let from = 0, page = 0; from < rows.length; from += pageRows, page++) {
      await beforePage?.(page)
      yield rows.slice(from, from + pageRows)
    }
  }
  const textOf = (row: Row | string) => (typeof row === 'string' ? row : stringifyExactJson(row))
  return {
    provenance: { ...provenance, ...options.provenance },
    get reads() {
      return reads
    },
    async *rows() {
      for await (const page of pages()) yield page.filter((row) => typeof row !== 'string')
    },
    async *lines(): AsyncGenerator<RowLines> {
      for await (const page of pages()) {
        yield { ndjson: Buffer.from(page.map((row) => `${textOf(row)}\n`).join('')), count: page.length }
      }
    },
  }
}
