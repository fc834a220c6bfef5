import { authorizationHeaders } from '../../auth/authorization.js'
import { XdrError } from '../../errors.js'
import { checkUrl } from '../../http.js'
import { version } from '../../package.js'
import type { SubscriptionApi } from '../../providers/provider.js'
import type { Target } from '../../providers/target.js'
import type { Session } from '../../store/profile.js'
import { plain } from '../../text.js'
import type { SocketRequest } from './open-socket.js'
import type { Speak } from './speech.js'

/** Where a subscription is sent, and how. */
export interface SubscriptionTarget {
  api: SubscriptionApi
  url: URL
  /** For messages. */
  where: string
}

/**
 * Finds the address of a subscription.
 *
 * @throws XdrError `XDR_BAD_OPTION` for a platform without subscriptions, `XDR_BAD_URL` for another server
 */
export function subscriptionTarget(
  { provider, origin }: Target,
  path: string | undefined,
): SubscriptionTarget {
  const api = provider.subscriptions
  const usual = api?.path ?? provider.graphql
  if (api === undefined || usual === undefined) {
    throw new XdrError('XDR_BAD_OPTION', `${provider.title} has no subscriptions that are known here`, {
      hint: 'if it has some, describe them in the provider: graphql, and subscriptions: { protocol, auth }',
    })
  }
  const base = new URL(usual, origin)
  if (path !== undefined && !URL.canParse(path, base.href)) {
    throw new XdrError('XDR_BAD_URL', `"${plain(path, 80)}" is no path`, {
      hint: 'give a path of the API, such as /events/query',
    })
  }
  const url = path === undefined ? base : new URL(path, base)
  if (url.origin !== base.origin) {
    throw new XdrError(
      'XDR_BAD_URL',
      `${plain(url.origin, 120)} is another server than ${base.origin}; the sign-in is not sent there`,
      { hint: 'give a path of this platform, such as /events/query' },
    )
  }
  url.hash = ''
  return { api, url: checkUrl(url.href, 'the address'), where: `WebSocket ${url.origin}${url.pathname}` }
}

const subprotocols = {
  'legacy-apollo': 'graphql-ws',
  'graphql-transport-ws': 'graphql-transport-ws',
} as const

/** Who asks, and for which tenant: what goes with the handshake, and what goes into `connection_init`. */
export function introduce(
  { api, url }: SubscriptionTarget,
  { provider }: Target,
  session: Session,
  tenant: string | undefined,
): Pick<SocketRequest, 'protocols' | 'headers'> & { parameters: Record<string, string> } {
  const { auth, protocol } = api
  const { headers: names } = provider
  const headers = {
    ...(names.clientName === undefined ? {} : { [names.clientName]: 'xdrlab' }),
    ...(names.clientVersion === undefined ? {} : { [names.clientVersion]: version }),
  }
  const own = { value: subprotocols[protocol] }
  if (auth.kind === 'connection-params') {
    const { authorization, ...others } = authorizationHeaders(provider, session, 'GET', url)
    const parameters = {
      ...others,
      // The usual spelling: unlike a header's name, a key is compared as it stands.
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(names.tenant === undefined || tenant === undefined ? {} : { [names.tenant]: tenant }),
    }
    return { protocols: [own], headers, parameters }
  }
  const { tokenPrefix, tenantPrefix } = auth
  const token = {
    value: `${tokenPrefix}${session.accessToken.reveal()}`,
    shown: `${tokenPrefix}‹hidden›`,
  }
  const forTenant =
    tenantPrefix === undefined || tenant === undefined ? [] : [{ value: `${tenantPrefix}${tenant}` }]
  return { protocols: [own, token, ...forTenant], headers, parameters: {} }
}

/** The framing, loaded when it is first spoken. */
export async function loadFraming(protocol: SubscriptionApi['protocol']): Promise<Speak> {
  return protocol === 'legacy-apollo'
    ? (await import('./legacy-apollo.js')).speakLegacyApollo
    : (await import('./transport-ws.js')).speakTransportWs
}
