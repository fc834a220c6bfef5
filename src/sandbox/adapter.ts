import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

interface Entry {
  payload: AdapterPayload
  /** Milliseconds since 1970. */
  forgetAt: number
}

/** How long something expired is still known: it lets a late poll hear `expired_token`, not `invalid_grant`. */
const graceMs = 15 * 60_000
const sweepEvery = 500

/**
 * Storage for the authorization server, in memory and its own for each sandbox: the server's built-in one is shared
 * by the whole process and forgets a device code at the moment it expires.
 */
export function createMemoryStorage(): AdapterFactory {
  const entries = new Map<string, Entry>()
  let writes = 0

  const sweep = () => {
    const now = Date.now()
    for (const [key, entry] of entries) if (entry.forgetAt <= now) entries.delete(key)
  }

  return (model) => {
    const prefix = `${model}:`
    const keyOf = (id: string) => prefix + id
    const findWhere = (matches: (payload: AdapterPayload) => boolean) => {
      for (const [key, { payload }] of entries) if (key.startsWith(prefix) && matches(payload)) return payload
      return undefined
    }
    return {
      async upsert(id, payload, expiresIn) {
        if (++writes % sweepEvery === 0) sweep()
        const forgetAt =
          expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000 + graceMs
        entries.set(keyOf(id), { payload, forgetAt })
      },
      async find(id) {
        return entries.get(keyOf(id))?.payload
      },
      async findByUserCode(userCode) {
        return findWhere((payload) => payload.userCode === userCode)
      },
      async findByUid(uid) {
        return findWhere((payload) => payload.uid === uid)
      },
      async consume(id) {
        const entry = entries.get(keyOf(id))
        if (entry !== undefined) entry.payload.consumed = Math.floor(Date.now() / 1000)
      },
      async destroy(id) {
        entries.delete(keyOf(id))
      },
      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of entries) {
          if (key.startsWith(prefix) && payload.grantId === grantId) entries.delete(key)
        }
      },
    } satisfies Adapter
  }
}
