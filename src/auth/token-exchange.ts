import type { Clock } from '../clock.js'
import type { BorrowedToken } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import type { Session } from '../store/profile.js'
import { authorizationHeaders } from './authorization.js'
import { requestToken } from './client-credentials.js'

/**
 * Exchanges a token of `source`'s for one of `target`'s, at the endpoint that the provider names.
 *
 * @throws XdrError with status 401 where the token handed in is no longer good
 */
export async function exchangeToken(
  target: Target,
  exchange: NonNullable<BorrowedToken['exchange']>,
  source: Target,
  session: Session,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const url = new URL(exchange.endpoint, target.origin)
  const got = await requestToken(
    target,
    {
      url,
      headers: authorizationHeaders(source.provider, session, 'POST', url),
      body: exchange.body,
      parameters: exchange.parameters,
      expiry: exchange.expiry,
      hint: `check that ${target.provider.title} is integrated with ${source.provider.title}, and that both are in the same region`,
    },
    clock,
    signal,
  )
  const { tenants, subject } = got
  return {
    ...got,
    subject: subject ?? session.subject,
    tenants: tenants.length > 0 ? tenants : session.tenants,
  }
}
