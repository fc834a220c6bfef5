import type { ClientParts } from './calls.js'
import { provenanceOf, wholeNumber } from './paging/options.js'
import { usualPageSize } from './paging/styles.js'
import type { RestOptions } from './rest.js'
import { checkSchema } from './schema.js'

export interface PageOptions extends RestOptions {
  /** Row to begin with; the first is 0. */
  start?: number
  /** Rows a request. Default 100; a server that gives fewer is followed. */
  size?: number
  /** Ends after so many rows. Default: all. */
  limit?: number
  /** `false` shows no count of rows while they come. */
  progress?: boolean
}

/**
 * Reads a list that is paged by `start` and `size`, row by row: the next page is on its way while the rows of one are
 * used, and no more than that is held. A page is read whole or not at all, so that a retry or a renewed token in the
 * middle loses no row and gives none twice.
 *
 * @throws XdrError what a call ends with; `XDR_BAD_RESPONSE` where the answer is no page, or another than asked for
 */
export async function* readPages(
  parts: ClientParts,
  path: string,
  options: PageOptions,
): AsyncGenerator<unknown, void, undefined> {
  const { schema, query = {}, size, start, ...rest } = options
  const from = wholeNumber('start', start ?? 0, 0)
  const pageSize = wholeNumber('size', size ?? usualPageSize, 1)
  if (rest.limit !== undefined && rest.limit !== Number.POSITIVE_INFINITY) wholeNumber('limit', rest.limit, 0)
  const provenance = provenanceOf(parts, `GET ${path}`, query, rest.tenant)
  const [{ RestList }, { valueReader }] = await Promise.all([
    import('./paging/rest-list.js'),
    import('./paging/readers.js'),
  ])
  const list = new RestList(parts, { path, query, start: from, provenance })
  let row = from
  for await (const { batch } of list.read(valueReader, { ...rest, pageSize })) {
    for (const value of batch) {
      yield schema === undefined ? value : await checkSchema(schema, value, `GET ${path}, row ${row}`)
      row++
    }
  }
}
