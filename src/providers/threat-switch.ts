import { XdrError } from '../errors.js'
import { checkUrl } from '../http.js'
import { describeApi } from './general.js'
import type { Provider } from './provider.js'

/**
 * ThreatSwitch (Sign In Compliance): client credentials only, as its documents say. Neither the token endpoint's
 * address nor its body is public: both are given here as the platform's own API documentation shows them.
 *
 * @throws XdrError `XDR_BAD_URL`, `XDR_BAD_OPTION`
 * @example
 * const xdr = await connect(threatSwitch({ tokenUrl: 'https://….threatswitch.com/…/token', api: 'https://….threatswitch.com' }))
 */
export function threatSwitch(options: {
  /** Address of the client credentials "Auth" endpoint. */
  tokenUrl: string
  /** Origin of the API. */
  api: string
  /** Default `form`, as RFC 6749 asks. */
  body?: 'form' | 'json'
  /** Where id and secret go. Default `basic`. */
  clientAuth?: 'basic' | 'basic-plain' | 'body'
}): Provider {
  if (typeof options?.tokenUrl !== 'string') {
    throw new XdrError('XDR_BAD_OPTION', 'threatSwitch() needs tokenUrl', {
      hint: 'give the address of the client credentials endpoint, as the API documentation there shows it',
    })
  }
  return {
    ...describeApi({ api: options.api, name: 'threat-switch', title: 'ThreatSwitch' }, 'threatSwitch'),
    clientCredentials: {
      tokenEndpoint: checkUrl(options.tokenUrl, 'threatSwitch() tokenUrl').href,
      body: options.body ?? 'form',
      clientAuth: options.clientAuth ?? 'basic',
      expiry: ['expires_in', 'expiry', 'jwt'],
    },
  }
}
