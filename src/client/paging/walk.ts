import { abortedError } from '../../errors.js'
import { joinSignals } from '../calls.js'
import type { Asked, Came, Route } from './routes.js'

/** A page as it is handed on. */
export interface Page<Batch> extends Came {
  batch: Batch
  /** Rows in the batch. */
  rows: number
  /** Size of the answer. */
  bytes: number
}

/** One way through a list. */
export interface Walk<Batch> {
  /** What is read, for messages. */
  name: string
  route: Route
  ask(asked: Asked, signal: AbortSignal): Promise<Page<Batch>>
  /** The first rows of a batch. */
  cut(batch: Batch, rows: number): Batch
  /** Sees every page before it is handed on, in order. */
  check(page: Page<Batch>): void
  /** Rows in all. */
  limit: number
  /** Pages on their way or waiting while one is used. */
  ahead: number
  signal: AbortSignal | undefined
}

/** What may be on its way or waiting, by the size of the largest page so far. */
const budgetBytes = 64 * 1024 * 1024

/**
 * Gives pages in order, asking for later ones while one is used. A page comes whole or not at all: what fails ends the
 * walk when its turn has come, after all pages before it. Whoever leaves ends the requests that are on their way.
 */
export async function* walkPages<Batch>(walk: Walk<Batch>): AsyncGenerator<Page<Batch>, void, undefined> {
  const { route, limit } = walk
  const stop = new AbortController()
  const signal = joinSignals(stop.signal, walk.signal) ?? stop.signal
  const waiting: { asked: Asked; page: Promise<Page<Batch>> }[] = []
  let largestBytes = 1
  const request = (asked: Asked): Promise<Page<Batch>> => {
    const page = walk.ask(asked, signal).then((came) => {
      largestBytes = Math.max(largestBytes, came.bytes)
      route.arrived(asked, came)
      askMore()
      return came
    })
    // Whoever stops early never looks at this one: its failure is nobody's.
    page.catch(() => {})
    return page
  }
  const askMore = () => {
    const room = Math.max(1, Math.min(walk.ahead, Math.floor(budgetBytes / largestBytes)))
    while (waiting.length < room && !signal.aborted) {
      const asked = route.take()
      if (asked === undefined) return
      waiting.push({ asked, page: request(asked) })
    }
  }
  let given = 0
  const trim = (page: Page<Batch>): Page<Batch> => {
    const rows = Math.min(page.rows, limit - given)
    given += rows
    walk.check(page)
    return rows === page.rows ? page : { ...page, rows, batch: walk.cut(page.batch, rows) }
  }
  try {
    if (limit > 0) askMore()
    for (let head = waiting.shift(); head !== undefined; head = waiting.shift()) {
      let { asked } = head
      let page = await head.page
      if (walk.signal?.aborted) throw abortedError(`reading ${walk.name}`)
      const isEnough = given + page.rows >= limit
      if (!isEnough) askMore()
      yield trim(page)
      for (
        let rest = isEnough ? undefined : route.rest(asked, page);
        rest !== undefined;
        rest = route.rest(asked, page)
      ) {
        asked = rest
        page = await walk.ask(rest, signal)
        if (given >= limit) return
        yield trim(page)
      }
      if (given >= limit) return
      askMore()
    }
  } finally {
    stop.abort()
  }
}
