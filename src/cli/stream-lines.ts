import { once } from 'node:events'
import type { ClientParts } from '../client/calls.js'
import { errorsOf } from '../client/graphql-answer.js'
import type { SubscribeOptions } from '../client/subscriptions/options.js'
import { subscribe } from '../client/subscriptions/subscribe.js'
import { stringifyExactJson } from '../json.js'
import { guardOutputs } from './outcome.js'
import { startProgress } from './progress.js'

/** Prints the messages of a subscription, one JSON object a line, as fast as they are read and no faster. */
export async function streamLines(
  parts: ClientParts,
  document: string,
  variables: Record<string, unknown>,
  interrupt: AbortSignal,
  options: SubscribeOptions,
): Promise<void> {
  guardOutputs()
  const { stdout } = process
  // A reader that has seen enough (`| head`) ends the subscription, and that is no failure.
  const gone = new AbortController()
  stdout.once('error', () => gone.abort())
  stdout.once('close', () => gone.abort())
  const signal = AbortSignal.any([interrupt, gone.signal])
  const stopProgress = startProgress(`waiting for ${new URL(parts.target.origin).host}`)
  try {
    for await (const data of subscribe(parts, document, variables, { ...options, signal })) {
      stopProgress()
      if (errorsOf(data).length > 0) process.exitCode = 1
      // What ends the wait early ends the loop as well, which says how.
      if (!stdout.write(`${stringifyExactJson(data)}\n`))
        await once(stdout, 'drain', { signal }).catch(() => {})
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    stopProgress()
  }
}
