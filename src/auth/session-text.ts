import { clientIdOf } from '../store/profile.js'
import { plain } from '../text.js'

/** An account name is cut to this before it is shown, characters. */
export const longestAccount = 120

/** What a session says of itself: person, tenant, end; and whether the person is not the one who was typed. */
export function describeSession(session: {
  subject: string | undefined
  account: string | undefined
  tenants: readonly string[]
  tenant: string | undefined
  expiresAt: number | undefined
}): string {
  const { subject, account, tenants, tenant, expiresAt } = session
  const client = account === undefined ? undefined : clientIdOf(account)
  const named = account === undefined ? undefined : plain(account, longestAccount)
  const person = client === undefined ? (subject ?? named) : `client ${plain(client, longestAccount)}`
  const parts = [`Signed in as ${person ?? 'a person the token does not name'}`]
  if (tenant !== undefined) parts.push(`tenant ${plain(tenant, 64)}`)
  else if (tenants.length === 1) parts.push(`tenant ${tenants[0]}`)
  else if (tenants.length > 1) parts.push(`${tenants.length} tenants`)
  parts.push(expiresAt === undefined ? 'until the server ends it' : `until ${formatTime(expiresAt)}`)
  const line = parts.join(' · ')
  const differs =
    client === undefined &&
    subject !== undefined &&
    account !== undefined &&
    subject.toLowerCase() !== account.toLowerCase()
  return differs ? `${line} (note: the username typed was ${plain(account, longestAccount)})` : line
}

/** Local time to the minute, with the date when it is not today. */
export function formatTime(ms: number, now: number = Date.now()): string {
  const date = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (date.toDateString() === new Date(now).toDateString()) return time
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}
