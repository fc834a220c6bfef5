import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { type ClientParts, joinSignals } from './calls.js'
import { isRecord } from './refusal.js'
import { getRest, type RestOptions } from './rest.js'
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

interface Page {
  rows: readonly unknown[]
  /** Rows in the whole list, where the server says. */
  total: number | undefined
  /** Rows a page by the server's own word. */
  size: number | undefined
}

const usualSize = 100

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
  const { limit = Number.POSITIVE_INFINITY, progress = true, schema, ...rest } = options
  const from = wholeNumber('start', options.start ?? 0, 0)
  if (limit !== Number.POSITIVE_INFINITY) wholeNumber('limit', limit, 0)
  const size = Math.min(wholeNumber('size', options.size ?? usualSize, 1), Math.max(limit, 1))
  if (limit === 0) return
  const stop = new AbortController()
  const signal = joinSignals(stop.signal, options.signal)
  const where = `GET ${path}`
  const ask = async (start: number): Promise<Page> => {
    const query = { ...options.query, start, size }
    const answer = await getRest(parts, path, { ...rest, query, ...(signal === undefined ? {} : { signal }) })
    return readPage(answer, start, where)
  }
  const counter = progress ? startCounter(parts, path) : undefined
  let given = 0
  try {
    for (let start = from, page = ask(from); ; ) {
      const { rows, total, size: pageSize } = await page
      start += rows.length
      const isFull = rows.length >= (pageSize ?? size)
      // Without a total, a page that is not full is the last one only where the server names its own size.
      const hasMore =
        rows.length > 0 && (total === undefined ? isFull || pageSize === undefined : start < total)
      const isLast = !hasMore || given + rows.length >= limit
      if (!isLast) {
        page = ask(start)
        // Whoever stops early never looks at this one: its failure is nobody's.
        page.catch(() => {})
      }
      for (const row of rows) {
        if (given >= limit) return
        given++
        yield schema === undefined ? row : await checkSchema(schema, row, `${where}, row ${from + given - 1}`)
      }
      counter?.update(given, total === undefined ? undefined : Math.min(total - from, limit))
      if (!isLast) continue
      if (total !== undefined && start < total && given < limit) {
        const text = `${plain(path, 80)} ended after ${start} of ${total} rows; rows may have gone meanwhile`
        parts.screen.note('warning', text)
      }
      return
    }
  } finally {
    stop.abort()
    counter?.end(given)
  }
}

function readPage(answer: unknown, start: number, where: string): Page {
  const meta = isRecord(answer) && isRecord(answer.meta) ? answer.meta : {}
  const rows = isRecord(answer) ? answer.data : undefined
  if (!Array.isArray(rows)) {
    throw new XdrError('XDR_BAD_RESPONSE', `${plain(where, 120)} answered no page of a list`, {
      hint: 'pages() reads { meta: { start, size, total }, data: [] }; for other answers use get()',
    })
  }
  // A server that leaves `start` out of account would give its first page for ever.
  const given = numberOf(meta.start)
  if (given !== undefined && given !== start) {
    throw new XdrError(
      'XDR_BAD_RESPONSE',
      `${plain(where, 120)} answered from row ${given} in place of ${start}`,
      { hint: 'the server does not page by start and size here; use get()' },
    )
  }
  return { rows, total: numberOf(meta.total), size: numberOf(meta.size) }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new XdrError('XDR_BAD_OPTION', `${name} must be a whole number of at least ${least}`, {
    hint: 'for example { start: 0, size: 100 }',
  })
}

/** Counts rows on the screen, once more than one page has come. */
function startCounter({ screen, clock }: ClientParts, path: string) {
  if (screen.kind === 'none') return undefined
  const name = plain(path, 60)
  let live: ReturnType<typeof screen.show> | undefined
  let shownAtMs = clock.monotonicMs()
  return {
    update: (count: number, total: number | undefined) => {
      const nowMs = clock.monotonicMs()
      if (nowMs - shownAtMs < screen.refreshMs) return
      shownAtMs = nowMs
      const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`
      const text = `${name}: ${count.toLocaleString('en')}${of} rows`
      if (live === undefined) live = screen.show({ text })
      else live.update({ text })
    },
    end: (count: number) => live?.update({ text: `${name}: ${count.toLocaleString('en')} rows read` }),
  }
}
