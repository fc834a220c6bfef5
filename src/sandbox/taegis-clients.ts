import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { roles } from './data/people.js'
import { RowIds } from './data/random.js'
import { homeTenantId } from './data/tenants.js'
import type { World } from './data/world.js'

/** Client credentials as the directory knows them; the secret itself is kept nowhere. */
export interface TaegisClient {
  readonly id: string
  readonly name: string
  readonly clientId: string
  readonly tenantId: string
  readonly roleIds: readonly string[]
  readonly createdAt: number
  /** The subject of whoever made it. */
  readonly createdBy: string
  /** The last change, and whose it was. */
  readonly updatedAt: number
  readonly updatedBy: string
  /** When it last asked for a token; `null` where it never has. */
  readonly tokenRequestTime: number | null
  readonly tokenRequestCount: number
}

/** A client and its secret, which is told only when it is made. */
export interface ClientWithSecret {
  readonly client: TaegisClient
  readonly secret: string
}

const [, analystRole] = roles
/** In use, forgotten for a while, and never used. */
const seeded = [
  { name: 'nightly-report', usedDaysAgo: 0.4, tokens: 30 },
  { name: 'ticket-sync', usedDaysAgo: 41, tokens: 168 },
  { name: 'asset-export', usedDaysAgo: null, tokens: 0 },
] as const
const dayMs = 86_400_000
const hourMs = 3_600_000
/** So many may be made in an hour, deleted ones included (the vendor's documents). */
const createdPerHour = 10
/** Fixed as the test person's password is: what was set in a shell still works after a restart. */
const seededSecret = 'sandbox-only-taegis-secret'

/** The client credentials of the tenants: what the administration changes is what the token route goes by. */
export class TaegisClients {
  /** The first seeded client, which anybody may use. */
  readonly known: { id: string; secret: string }
  readonly #world: World
  readonly #hashes = new Map<string, Buffer>()
  readonly #created: { tenantId: string; at: number }[] = []
  #clients: readonly TaegisClient[]

  constructor(world: World, seededBy: string) {
    this.#world = world
    const ids = new RowIds(world.seed, 'client')
    this.#clients = seeded.map(({ name, usedDaysAgo, tokens }, i) => {
      const createdAt = world.now - (30 + 40 * i) * dayMs
      return {
        id: ids.uuid(i),
        name,
        clientId: ids.uuid(i + 100).replaceAll('-', ''),
        tenantId: homeTenantId,
        roleIds: [analystRole.id],
        createdAt,
        createdBy: seededBy,
        updatedAt: createdAt,
        updatedBy: seededBy,
        tokenRequestTime: usedDaysAgo === null ? null : world.now - usedDaysAgo * dayMs,
        tokenRequestCount: tokens,
      }
    })
    const [first] = this.#clients
    if (first === undefined) throw new Error('no client is seeded')
    this.#hashes.set(first.id, hashOf(seededSecret))
    this.known = { id: first.clientId, secret: seededSecret }
  }

  get all(): readonly TaegisClient[] {
    return this.#clients
  }

  /** Milliseconds until the tenant may make another one; 0 where it may now. */
  waitMs(tenantId: string): number {
    const now = this.#world.currentTime()
    const recent = this.#created.filter(({ tenantId: t, at }) => t === tenantId && at > now - hourMs)
    const first = recent.at(-createdPerHour)
    return first === undefined ? 0 : first.at + hourMs - now
  }

  create(wanted: {
    name: string
    tenantId: string
    roleIds?: readonly string[]
    by: string
  }): ClientWithSecret {
    const now = this.#world.currentTime()
    const client: TaegisClient = {
      id: crypto.randomUUID(),
      name: wanted.name,
      clientId: randomBytes(16).toString('hex'),
      tenantId: wanted.tenantId,
      roleIds: wanted.roleIds ?? [analystRole.id],
      createdAt: now,
      createdBy: wanted.by,
      updatedAt: now,
      updatedBy: wanted.by,
      tokenRequestTime: null,
      tokenRequestCount: 0,
    }
    this.#clients = [...this.#clients, client]
    this.#created.push({ tenantId: client.tenantId, at: now })
    return { client, secret: this.#newSecret(client) }
  }

  /** A new secret; the old one is worth nothing from now on. */
  rotate(old: TaegisClient, by: string): ClientWithSecret {
    const client = { ...old, updatedAt: this.#world.currentTime(), updatedBy: by }
    this.#clients = this.#clients.map((known) => (known.id === old.id ? client : known))
    return { client, secret: this.#newSecret(client) }
  }

  remove(gone: TaegisClient): void {
    this.#clients = this.#clients.filter(({ id }) => id !== gone.id)
    this.#hashes.delete(gone.id)
  }

  /** The client that has this id and secret; which of the two is wrong is not told. */
  authenticate(clientId: string, secret: string): TaegisClient | undefined {
    const client = this.#clients.find((known) => known.clientId === clientId)
    return client !== undefined && this.hasSecret(client, secret) ? client : undefined
  }

  /** A token was given out to it. */
  countToken(used: TaegisClient): void {
    const tokenRequestTime = this.#world.currentTime()
    this.#clients = this.#clients.map((known) =>
      known.id === used.id
        ? { ...known, tokenRequestTime, tokenRequestCount: known.tokenRequestCount + 1 }
        : known,
    )
  }

  hasSecret(client: TaegisClient, secret: string): boolean {
    const hash = this.#hashes.get(client.id)
    return hash !== undefined && timingSafeEqual(hash, hashOf(secret))
  }

  #newSecret(client: TaegisClient): string {
    const secret = randomBytes(30).toString('base64url')
    this.#hashes.set(client.id, hashOf(secret))
    return secret
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
