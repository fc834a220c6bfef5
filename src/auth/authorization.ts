import type { Provider } from '../providers/provider.js'
import type { Session } from '../store/profile.js'
import { createProof } from './dpop.js'

/** The headers that show a platform who is calling: a bearer token, or what its fixed credential asks for. */
export function authorizationHeaders(
  provider: Provider,
  session: Session,
  method: string,
  url: URL,
): Record<string, string> {
  const value = session.accessToken.reveal()
  const { fixed } = provider
  switch (fixed?.kind) {
    case 'basic':
      return { authorization: `Basic ${value}` }
    case 'apiKey':
      return { [fixed.header.toLowerCase()]: fixed.prefix === undefined ? value : `${fixed.prefix} ${value}` }
    default:
      // The scheme is part of it (RFC 9449 section 7.1): as a bearer token it would be refused.
      return session.dpopKey === undefined
        ? { authorization: `Bearer ${value}` }
        : { authorization: `DPoP ${value}`, dpop: createProof(session.dpopKey, method, url, value) }
  }
}
