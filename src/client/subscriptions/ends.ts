import { XdrError } from '../../errors.js'
import { isTransient } from '../../http.js'
import { plain } from '../../text.js'
import { refusedSignIn } from './speech.js'

/** What the server closes with when it does not accept who asks. */
const refusals = new Set([4401, 4403])
/**
 * What another try may cure: RFC 6455 section 7.4.1, and the registry that it began (1012 restart, 1013
 * later, 1014 gateway).
 */
const passing = new Set([1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014])

/** A connection that the server closed although the subscription was not complete. */
export function closedError(where: string, code: number, reason: string): XdrError {
  const words = plain(reason, 200)
  if (refusals.has(code)) return refusedSignIn(where, words)
  const said = words === '' ? '' : `: ${words}`
  const what =
    code === 1006 || code === 1005 ? 'lost the connection' : `closed the connection (${code}${said})`
  if (passing.has(code)) {
    return new XdrError('XDR_NETWORK', `${where} ${what} before the subscription was complete`, {
      hint: 'run it again; if it happens each time, check the network, the VPN and the proxy',
    })
  }
  return new XdrError('XDR_BAD_RESPONSE', `${where} ${what}`, {
    hint: 'the server did not accept what it was sent; check the document, the path and the provider',
  })
}

export function connectTimeout(where: string): XdrError {
  return new XdrError('XDR_TIMEOUT', `${where} was not ready in time`, {
    hint: 'try again, check the network, or raise connectTimeoutMs',
  })
}

export function silentServer(where: string, keepAliveMs: number): XdrError {
  const seconds = Math.round((2 * keepAliveMs) / 1000)
  return new XdrError('XDR_TIMEOUT', `${where} was silent for ${seconds} s and answers no ping`, {
    hint: 'run it again; if the network is slow, raise keepAliveMs',
  })
}

/** The same error, with what had come by then and what can be done about the rest. */
export function afterMessages(error: XdrError, count: number, mayHaveRun: boolean): XdrError {
  const had = `${count.toLocaleString('en')} ${count === 1 ? 'message' : 'messages'} had come`
  const lostHint = 'what has come is whole; run it again, or give { resumable: true } if a gap does no harm'
  const hint = isTransient(error) ? lostHint : error.hint
  return new XdrError(error.code, `${error.message}; ${had}`, {
    hint: mayHaveRun ? 'it may have changed data: look before you run it again' : hint,
    status: error.status,
    requestId: error.requestId,
  })
}
