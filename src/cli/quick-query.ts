import { endNow, guardOutputs, runToEnd } from './outcome.js'
import { type QueryCommandOptions, query } from './query.js'

/**
 * `xdrlab query`, its command line already read.
 *
 * @param given.options the values of `placeLines` and `queryLines`
 */
export async function runQueryCommand({
  argument,
  options,
}: {
  argument: string
  options: object
}): Promise<void> {
  // What traces writes to stderr by itself.
  if (process.env.XDRLAB_TRACE === '1') guardOutputs()
  let isAnswered = false
  await runToEnd(async () => {
    isAnswered = (await query(argument, options as QueryCommandOptions)) === 'answered'
    return true
  })
  if (isAnswered) await endNow()
}
