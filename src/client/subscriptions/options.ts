import { XdrError } from '../../errors.js'
import { type CallOptions, checkOptions } from '../calls.js'
import type { ValidationOptions } from '../validation.js'

export interface SubscribeOptions extends Omit<CallOptions, 'timeoutMs'>, ValidationOptions {
  /** Which operation of the document runs; needed where it holds several. */
  operationName?: string
  /** Path of the platform that answers the subscription, such as `/events/query`. Default: the provider's. */
  path?: string
  /** Throw also when data arrived beside the errors. Default `false`: the data is given, the errors are shown. */
  strict?: boolean
  /**
   * Connect again also after messages have come. What the server sends in between is missed, and a server that begins
   * anew sends again what came already: for streams of news, not for the rows of a search. Default `false`.
   */
  resumable?: boolean
  /**
   * Needed in a notebook for the few subscriptions that change data: re-running a cell must not change things
   * unasked.
   */
  confirm?: boolean
  /** Largest message, bytes. Default 32 MiB. */
  maxBytes?: number
  /** Until the server is ready to send, milliseconds. Default 15,000. */
  connectTimeoutMs?: number
  /** A server that is not heard of for twice as long is given up, milliseconds. Default 20,000. */
  keepAliveMs?: number
}

export const defaultConnectTimeoutMs = 15_000
export const defaultKeepAliveMs = 20_000

/** @throws XdrError `XDR_BAD_OPTION` */
export function checkSubscribeOptions(options: SubscribeOptions): void {
  checkOptions(options)
  for (const name of ['connectTimeoutMs', 'keepAliveMs'] as const) {
    const value = options[name]
    if (value === undefined || (value > 0 && value < 2 ** 31)) continue
    throw new XdrError('XDR_BAD_OPTION', `${name} must be a number of milliseconds above 0`, {
      hint: `for example { ${name}: 30_000 } for half a minute`,
    })
  }
}
