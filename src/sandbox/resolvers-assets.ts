import type { Maybe, Resolvers } from './context.js'
import type { Hosts } from './data/hosts.js'
import { usernameOf } from './data/hosts.js'
import type { World } from './data/world.js'
import { decodeCursor, encodeCursor, invalidInput, pageSize, toTime } from './paging.js'

interface Where {
  id?: Maybe<string>
  hostId?: Maybe<string>
  hostId_contains?: Maybe<string>
  hostname?: Maybe<string>
  hostname_contains?: Maybe<string>
  ipAddress?: Maybe<string>
  ipAddress_contains?: Maybe<string>
  macAddress?: Maybe<string>
  username?: Maybe<string>
  username_contains?: Maybe<string>
  osFamily?: Maybe<string>
  isolationStatus?: Maybe<string>
  investigationId?: Maybe<string>
  lastSeenAt_lt?: Maybe<string>
  lastSeenAt_gte?: Maybe<string>
  and?: Maybe<Where[]>
  or?: Maybe<Where[]>
  not?: Maybe<Where>
}

interface AssetArguments {
  first?: Maybe<number>
  last?: Maybe<number>
  after?: Maybe<string>
  before?: Maybe<string>
  filter?: Maybe<{ endpointTypes?: Maybe<string[]>; where?: Maybe<Where> }>
  orderBy?: Maybe<string>
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** One asset as the schema's AssetV2, worked out as it is read. */
class AssetRow {
  readonly #world: World
  readonly #host: number

  constructor(world: World, host: number) {
    this.#world = world
    this.#host = host
  }

  get #hosts(): Hosts {
    return this.#world.hosts
  }

  get id() {
    return this.#hosts.ids.uuid(this.#host)
  }

  get hostId() {
    return this.id
  }

  get rn() {
    return `rn:assets:host:${this.tenantId}:${this.id}`
  }

  get tenantId() {
    return this.#world.tenants[this.#hosts.tenantOf[this.#host] ?? 0]?.id
  }

  get sensorId() {
    return this.id.replaceAll('-', '')
  }

  get createdAt() {
    return toTime(this.#world.now - (40 + (this.#hosts.trait(this.#host, 1) % 700)) * dayMs)
  }

  get updatedAt() {
    return this.lastSeenAt
  }

  get deletedAt() {
    return null
  }

  /** One host in twelve has been silent for days. */
  get lastSeenAt() {
    const h = this.#hosts.trait(this.#host, 2)
    const age = h % 12 === 0 ? (1 + (h % 25)) * dayMs : h % (3 * hourMs)
    return toTime(this.#world.now - age)
  }

  get sensorVersion() {
    return `3.${this.#hosts.trait(this.#host, 3) % 6}.${this.#hosts.trait(this.#host, 4) % 10}`
  }

  get endpointType() {
    return this.#hosts.endpointType(this.#host)
  }

  get endpointPlatform() {
    return `PLATFORM_${this.osFamily.toUpperCase()}`
  }

  get architecture() {
    return this.osFamily === 'macOS' ? 'arm64' : 'x86_64'
  }

  get osFamily() {
    return this.#hosts.kind(this.#host).osFamily
  }

  get osVersion() {
    return this.#hosts.kind(this.#host).osVersion
  }

  get osRelease() {
    return `${this.#hosts.trait(this.#host, 5) % 30}`
  }

  get systemType() {
    return this.#hosts.kind(this.#host).systemType
  }

  get connectionStatus() {
    return this.#hosts.trait(this.#host, 2) % 12 === 0 ? 'Disconnected' : 'Connected'
  }

  get isolationStatus() {
    return this.#hosts.trait(this.#host, 6) % 97 === 0 ? 'ISOLATED' : 'NOT_ISOLATED'
  }

  get desiredIsolationStatus() {
    return this.isolationStatus
  }

  get hostname() {
    return this.#hosts.hostname(this.#host)
  }

  get ip() {
    return this.#hosts.ip(this.#host)
  }

  get mac() {
    return this.#hosts.mac(this.#host)
  }

  get username() {
    return usernameOf(this.#hosts.mainUser(this.#host))
  }

  get hostnames() {
    return [{ ...this.#part('hostname'), hostname: this.hostname }]
  }

  get ethernetAddresses() {
    return [{ ...this.#part('mac'), mac: this.mac }]
  }

  get ipAddresses() {
    return [{ ...this.#part('ip'), ip: this.ip }]
  }

  get users() {
    return [{ ...this.#part('user'), username: this.username }]
  }

  get tags() {
    const h = this.#hosts.trait(this.#host, 7)
    if (h % 4 !== 0) return []
    const tag = ['critical', 'finance', 'kiosk', 'lab'][(h >>> 4) % 4]
    return [{ ...this.#part('tag'), tenantId: this.tenantId, tag, key: 'role', value: tag }]
  }

  get endpointGroup() {
    return { id: `group-${this.systemType.replaceAll(' ', '-')}`, name: `All ${this.systemType}s` }
  }

  #part(kind: string) {
    return { id: `${kind}-${this.id}`, hostId: this.id, createdAt: this.createdAt, updatedAt: this.updatedAt }
  }
}

export function createAssetResolvers(world: World): Resolvers {
  return {
    Query: {
      assetsV2: (_root, args: AssetArguments, context) => {
        const types = args.filter?.endpointTypes ?? []
        const where = args.filter?.where ?? {}
        const found: AssetRow[] = []
        for (let host = 0; host < world.hosts.count; host++) {
          if (!context.seesTenant(world.hosts.tenantOf[host] ?? 0)) continue
          const asset = new AssetRow(world, host)
          const wanted = types.length === 0 || types.includes(asset.endpointType)
          if (wanted && matches(asset, where, world)) found.push(asset)
        }
        if (args.orderBy !== undefined && args.orderBy !== null) sort(found, args.orderBy)
        return page(found, args)
      },
    },
  }
}

function matches(asset: AssetRow, where: Where, world: World): boolean {
  const equal = (wanted: Maybe<string>, value: string) =>
    wanted === undefined || wanted === null || wanted.toLowerCase() === value.toLowerCase()
  const within = (wanted: Maybe<string>, value: string) =>
    wanted === undefined || wanted === null || value.toLowerCase().includes(wanted.toLowerCase())
  const evidence = world.investigations.find(({ id }) => id === where.investigationId)?.assets ?? []
  return (
    equal(where.id, asset.id) &&
    equal(where.hostId, asset.id) &&
    within(where.hostId_contains, asset.id) &&
    equal(where.hostname, asset.hostname) &&
    within(where.hostname_contains, asset.hostname) &&
    equal(where.ipAddress, asset.ip) &&
    within(where.ipAddress_contains, asset.ip) &&
    equal(where.macAddress, asset.mac) &&
    equal(where.username, asset.username) &&
    within(where.username_contains, asset.username) &&
    equal(where.osFamily, asset.osFamily) &&
    equal(where.isolationStatus, asset.isolationStatus) &&
    (where.investigationId === undefined ||
      where.investigationId === null ||
      evidence.some(({ subject }) => subject === asset.id)) &&
    (where.lastSeenAt_lt ?? '\uffff') > asset.lastSeenAt &&
    (where.lastSeenAt_gte ?? '') <= asset.lastSeenAt &&
    (where.and ?? []).every((inner) => matches(asset, inner, world)) &&
    (where.or === undefined || where.or === null || where.or.some((inner) => matches(asset, inner, world))) &&
    (where.not === undefined || where.not === null || !matches(asset, where.not, world))
  )
}

function sort(assets: AssetRow[], orderBy: string): void {
  const [, field = '', direction] = /^(.*)_(asc|desc)$/.exec(orderBy) ?? []
  const keys = new Map(assets.map((asset) => [asset, sortKey(asset, field)]))
  const sign = direction === 'desc' ? -1 : 1
  assets.sort((a, b) => {
    const x = keys.get(a) ?? ''
    const y = keys.get(b) ?? ''
    return x === y ? 0 : x < y ? -sign : sign
  })
}

function sortKey(asset: AssetRow, field: string): string {
  switch (field) {
    case 'hostname':
      return asset.hostname
    case 'last_seen':
      return asset.lastSeenAt
    case 'created_at':
      return asset.createdAt
    case 'os_family':
      return asset.osFamily
    default:
      return asset.endpointType
  }
}

/** Relay's rules: first/after from the front, last/before from the back. */
function page(assets: readonly AssetRow[], { first, last, after, before }: AssetArguments) {
  if (first !== undefined && first !== null && last !== undefined && last !== null) {
    throw invalidInput('give first or last, not both')
  }
  let start = 0
  let end = assets.length
  if (after !== undefined && after !== null) start = positionOf(assets, after) + 1
  if (before !== undefined && before !== null) end = positionOf(assets, before)
  if (last !== undefined && last !== null) start = Math.max(start, end - pageSize(last, 100, 1000))
  else end = Math.min(end, start + pageSize(first, 100, 1000))
  const rows = assets.slice(start, Math.max(start, end))
  const startId = rows[0]?.id
  const endId = rows.at(-1)?.id
  return {
    totalCount: assets.length,
    assets: rows,
    pageInfo: {
      startCursor: startId === undefined ? null : encodeCursor(startId),
      endCursor: endId === undefined ? null : encodeCursor(endId),
      hasNextPage: end < assets.length,
      hasPreviousPage: start > 0,
    },
  }
}

function positionOf(assets: readonly AssetRow[], cursor: string): number {
  const id = decodeCursor(cursor)
  const position = assets.findIndex((asset) => asset.id === id)
  if (position < 0) throw invalidInput('the cursor belongs to another query')
  return position
}
