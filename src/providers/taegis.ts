import { type Provider, sandboxOrigin } from './provider.js'
import { taegisPaging } from './taegis-paging.js'
import { taegisClientRoles } from './taegis-roles.js'

/**
 * Secureworks Taegis XDR (Sophos). The first four origins are documented by the vendor, the rest and `universal`
 * (one sign-in good for every region) are read from the vendor's Python SDK.
 */
export const taegis = {
  name: 'taegis',
  title: 'Taegis XDR',
  regions: {
    us1: { origin: 'https://api.ctpx.secureworks.com', aliases: ['charlie', 'production'] },
    us2: { origin: 'https://api.delta.taegis.secureworks.com', aliases: ['delta'] },
    us3: { origin: 'https://api.foxtrot.taegis.secureworks.com', aliases: ['foxtrot'] },
    eu: { origin: 'https://api.echo.taegis.secureworks.com', aliases: ['echo'] },
    euw1: { origin: 'https://api.golf.taegis.secureworks.com', aliases: ['golf'] },
    apse2: { origin: 'https://api.hotel.taegis.secureworks.com', aliases: ['hotel'] },
    aps1: { origin: 'https://api.india.taegis.secureworks.com', aliases: ['india'] },
    apne1: { origin: 'https://api.juliet.taegis.secureworks.com', aliases: ['juliet'] },
    sae1: { origin: 'https://api.kilo.taegis.secureworks.com', aliases: ['kilo'] },
    cac1: { origin: 'https://api.quebec.taegis.secureworks.com', aliases: ['quebec'] },
    universal: { origin: 'https://api.taegis.secureworks.com', aliases: [] },
    sandbox: { origin: sandboxOrigin, aliases: [] },
  },
  defaultRegion: 'us1',
  signIn: {
    dialect: 'taegis',
    deviceAuthorizationEndpoint: '/universal-auth/device/code/auth',
    tokenEndpoint: '/universal-auth/device/code/token',
  },
  // One tenant, one region, no refresh token: an expired one is asked for anew. A form body is accepted as well.
  clientCredentials: {
    tokenEndpoint: '/auth/api/v2/auth/token',
    body: 'json',
    clientAuth: 'basic-plain',
    expiry: ['expires_in', 'expiry', 'jwt'],
  },
  account: { asks: 'username', label: 'Taegis username' },
  graphql: '/graphql',
  // As the vendor's Python SDK opens them: the older Apollo framing, with token and tenant as subprotocols.
  subscriptions: {
    protocol: 'legacy-apollo',
    auth: { kind: 'subprotocol', tokenPrefix: 'access-token-', tenantPrefix: 'x-tenant-context-' },
    events: '/events/query',
    changes: ['alertsServiceBulkResolutionProcessor'],
  },
  paging: taegisPaging,
  queryValidator: { path: '/cql-metadata/query', field: 'validateEventQuery' },
  rest: { check: '/assets/version' },
  headers: {
    tenant: 'X-Tenant-Context',
    clientName: 'apollographql-client-name',
    clientVersion: 'apollographql-client-version',
  },
  claims: {
    // What a production token calls the person is not documented: the readable names first, `sub` last.
    subject: ['email', 'preferred_username', 'username', 'name', 'sub'],
    tenants: 'https://missione/octolabs/io/tenantIds',
  },
  clientRoles: taegisClientRoles,
  // As the vendor's SDK reads them.
  environment: { clientId: 'CLIENT_ID', clientSecret: 'CLIENT_SECRET' },
  // The vendor's client treats a token with less than 15 s left as expired.
  expiryMarginS: 15,
} as const satisfies Provider
