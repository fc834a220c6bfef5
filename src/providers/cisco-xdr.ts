import { type Provider, sandboxOrigin } from './provider.js'

/**
 * Cisco XDR (IROH; formerly SecureX and Threat Response). Origins, client credentials and the error shape are from
 * the vendor's documents, the device endpoint from its server metadata (2026-08). Those name the issuer `IROH Auth`,
 * which is no URL, so that no library's discovery takes them: the endpoints are written down here.
 */
export const ciscoXdr = {
  name: 'cisco-xdr',
  title: 'Cisco XDR',
  regions: {
    nam: { origin: 'https://visibility.amp.cisco.com', aliases: ['us'] },
    eu: { origin: 'https://visibility.eu.amp.cisco.com', aliases: [] },
    apjc: { origin: 'https://visibility.apjc.amp.cisco.com', aliases: [] },
    sandbox: { origin: sandboxOrigin, aliases: [] },
  },
  defaultRegion: 'nam',
  signIn: {
    dialect: 'rfc8628',
    // Every organisation registers its own client; a confidential one has a secret, sent as `curl --user` does.
    clientAuth: 'basic-plain',
    scopes: [],
    deviceAuthorizationEndpoint: '/iroh/oauth2/device_authorization',
    tokenEndpoint: '/iroh/oauth2/token',
    // No revocation endpoint is published.
  },
  clientCredentials: {
    tokenEndpoint: '/iroh/oauth2/token',
    body: 'form',
    clientAuth: 'basic-plain',
    // Ten minutes.
    expiry: ['expires_in', 'jwt'],
  },
  account: { asks: 'none' },
  rest: { whoAmI: '/iroh/profile/whoami', check: '/iroh/profile/whoami' },
  headers: {},
  claims: { subject: ['email', 'https://schemas.cisco.com/iroh/identity/claims/user/email', 'sub'] },
  requestIds: ['trace_id'],
  expiryMarginS: 15,
} as const satisfies Provider
