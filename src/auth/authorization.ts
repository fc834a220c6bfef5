import type { Provider } from '../providers/provider.js'
import type { Session } from '../store/profile.js'

/** The headers that show a platform who is calling: a bearer token, or what its fixed credential asks for. */
export function authorizationHeaders(provider: Provider, session: Session): Record<string, string> {
  const value = session.accessToken.reveal()
  const { fixed } = provider
  switch (fixed?.kind) {
    case 'basic':
      return { authorization: `Basic ${value}` }
    case 'apiKey':
      return { [fixed.header.toLowerCase()]: fixed.prefix === undefined ? value : `${fixed.prefix} ${value}` }
    default:
      return { authorization: `Bearer ${value}` }
  }
}
