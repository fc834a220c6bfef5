import { XdrError } from '../../errors.js'
import type { ClientParts } from '../calls.js'
import { deliver } from '../deliver.js'
import { readOperation } from '../document.js'
import { checkEventQuery, eventQueryOf } from '../event-check.js'
import { serialiseRequest } from '../graphql-request.js'
import { checkBeforeSending } from '../validation.js'
import type { Received } from './connection.js'
import { checkSubscribeOptions, type SubscribeOptions } from './options.js'
import { receive, type SubscriptionCall } from './receive.js'
import { subscriptionTarget } from './target.js'

/** Partial messages that are shown one by one; the rest is counted. */
const mostShown = 3

/**
 * Runs a subscription; `return()` ends it also while a message is waited for.
 *
 * @throws XdrError, GraphQLFailure at the message where it happens
 */
export function subscribe(
  parts: ClientParts,
  source: unknown,
  variables: unknown,
  options: SubscribeOptions,
): AsyncGenerator<object, void, undefined> {
  let partial = 0
  const warn = (text: string) => {
    if (++partial <= mostShown) parts.screen.note('warning', text)
  }
  const reader = {
    take: ({ answer }: Received) => deliver(answer, options.strict === true, warn),
    end: () => {
      if (partial <= mostShown) return
      const text = `${(partial - mostShown).toLocaleString('en')} more messages were partial; errorsOf(data) gives their errors`
      parts.screen.note('warning', text)
    },
  }
  return stoppable(parts, options.signal, (signal) =>
    receive(parts, () => prepare(parts, source, variables, options), signal, reader),
  )
}

async function prepare(
  parts: ClientParts,
  source: unknown,
  variables: unknown,
  options: SubscribeOptions,
): Promise<SubscriptionCall> {
  const { target, screen } = parts
  checkSubscribeOptions(options)
  const { kind, name } = await readOperation(source, options.operationName)
  if (kind !== 'subscription') {
    throw new XdrError(
      'XDR_BAD_OPTION',
      `subscribe() runs no ${kind === 'query' ? 'queries' : 'mutations'}`,
      {
        hint: 'ask with xdr.query(document, variables)',
      },
    )
  }
  const query = String(source)
  const isChange = (target.provider.subscriptions?.changes ?? []).some((field) => hasWord(query, field))
  if (isChange && screen.kind === 'notebook' && options.confirm !== true) {
    throw new XdrError(
      'XDR_CONFIRM_NEEDED',
      'this subscription changes data on the platform, and was not sent',
      {
        hint: 'if you mean it, run it with { confirm: true } as third argument of subscribe()',
      },
    )
  }
  await checkBeforeSending(parts, query, subscriptionTarget(target, options.path).url, options)
  const cql = await eventQueryOf(query, variables)
  if (cql !== undefined) await checkEventQuery(parts, cql, options)
  // Said here, and not when the connection stands.
  serialiseRequest({ variables })
  return {
    operation: { query, variables, operationName: options.operationName ?? name },
    kind: isChange ? 'change' : 'stream',
    options,
  }
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[^_0-9A-Za-z]+/).includes(word)
}

/**
 * A generator of its own waits for its next value before it can be ended; this one ends its work first.
 *
 * @param make begins the work, which ends when its signal aborts
 */
export function stoppable<T>(
  { screen }: Pick<ClientParts, 'screen'>,
  given: AbortSignal | undefined,
  make: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const left = new AbortController()
  const signals = [left.signal, given, screen.signal].filter((signal) => signal !== undefined)
  const inner = make(AbortSignal.any(signals))
  const end = { done: true, value: undefined } as const
  const settle = (error: unknown) => {
    if (left.signal.aborted) return end
    throw error
  }
  const leave = async () => {
    left.abort()
    await inner.return().catch(settle)
  }
  return {
    next: () => inner.next().catch(settle),
    return: async () => {
      await leave()
      return end
    },
    throw: async (error) => {
      await leave()
      throw error
    },
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: leave,
  }
}
