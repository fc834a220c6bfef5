import { ciscoXdr } from './cisco-xdr.js'
import { type Provider, sandboxOrigin } from './provider.js'

/**
 * Cisco Secure Endpoint, API v3: a Cisco XDR token is exchanged for the one that its calls need. From the vendor's
 * documents; the second answer holds `access_token` and nothing else, so the token's own `exp` tells its end.
 */
export const secureEndpoint = {
  name: 'secure-endpoint',
  title: 'Cisco Secure Endpoint',
  regions: {
    nam: { origin: 'https://api.amp.cisco.com', aliases: ['us'] },
    eu: { origin: 'https://api.eu.amp.cisco.com', aliases: [] },
    apjc: { origin: 'https://api.apjc.amp.cisco.com', aliases: [] },
    sandbox: { origin: sandboxOrigin, aliases: [] },
  },
  defaultRegion: 'nam',
  // Regions have the same names on both sides.
  tokenFrom: {
    provider: ciscoXdr,
    exchange: {
      endpoint: '/v3/access_tokens',
      body: 'form',
      parameters: { grant_type: 'client_credentials' },
      expiry: ['expires_in', 'jwt'],
    },
  },
  account: { asks: 'none' },
  rest: { paging: 'start-size', check: '/v3/organizations?size=1' },
  headers: {},
  claims: { subject: ['email', 'sub'] },
  requestIds: ['trace_id'],
  expiryMarginS: 15,
} as const satisfies Provider
