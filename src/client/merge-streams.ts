import { abortedError } from '../errors.js'
import type { FanOut } from './fan-out.js'
import type { TenantId } from './tenants.js'

/** One tenant's part of a run: what it gives, a batch at a time. */
export interface TenantStream<T> {
  tenant: TenantId
  open(signal: AbortSignal): AsyncIterable<T>
}

/**
 * Reads many streams at once and gives what comes, whichever is first: `concurrency` of them are open, each with one
 * batch on its way, and no more than that is held. What fails is left out and kept in the run's failures.
 *
 * @throws XdrError where all tenants failed, or the error concerns them all
 */
export async function* mergeStreams<T>(
  streams: readonly TenantStream<T>[],
  run: FanOut,
  concurrency: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ tenant: TenantId; batch: T }, void, undefined> {
  const stop = new AbortController()
  const ended = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal])
  const waiting = [...streams]
  const open = new Map<AsyncIterator<T>, Promise<Step<T>>>()
  const ask = (tenant: TenantId, iterator: AsyncIterator<T>) => open.set(iterator, step(tenant, iterator))
  try {
    for (;;) {
      while (open.size < concurrency) {
        const next = waiting.shift()
        if (next === undefined) break
        ask(next.tenant, next.open(ended)[Symbol.asyncIterator]())
      }
      if (open.size === 0) break
      if (signal?.aborted) throw abortedError('the run over the tenants')
      const { tenant, iterator, outcome } = await Promise.race(open.values())
      // Asked anew it goes to the end of the line: a quick tenant keeps no slow one waiting.
      open.delete(iterator)
      if ('error' in outcome) run.fail(tenant, outcome.error)
      else if (outcome.result.done === true) run.finish()
      else {
        ask(tenant, iterator)
        yield { tenant, batch: outcome.result.value }
      }
    }
    run.end()
  } catch (error) {
    run.stop()
    throw error
  } finally {
    stop.abort()
    // Whoever leaves early waits for the requests to be given up, not for their answers.
    await Promise.allSettled([...open.keys()].map((iterator) => iterator.return?.()))
  }
}

interface Step<T> {
  tenant: TenantId
  iterator: AsyncIterator<T>
  outcome: { result: IteratorResult<T> } | { error: unknown }
}

async function step<T>(tenant: TenantId, iterator: AsyncIterator<T>): Promise<Step<T>> {
  try {
    return { tenant, iterator, outcome: { result: await iterator.next() } }
  } catch (error) {
    return { tenant, iterator, outcome: { error } }
  }
}
