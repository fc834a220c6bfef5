import { choose, hash, mix, RowIds } from './random.js'
import type { Tenant } from './tenants.js'

const sites = ['LON', 'NYC', 'BER', 'SIN', 'TOK', 'PAR', 'DUB', 'TOR'] as const
const firstNames = [
  'ada',
  'amir',
  'bea',
  'carlos',
  'chloe',
  'daniel',
  'elif',
  'emma',
  'farid',
  'grace',
  'hana',
  'ines',
  'ivan',
  'jonas',
  'kira',
  'leo',
  'lina',
  'marta',
  'mei',
  'nadia',
  'noah',
  'olga',
  'omar',
  'priya',
  'rosa',
  'sam',
  'tara',
  'uma',
  'viktor',
  'yuki',
] as const
const lastNames = [
  'abbott',
  'brandt',
  'costa',
  'dietrich',
  'evans',
  'fischer',
  'garcia',
  'haddad',
  'ito',
  'jensen',
  'kovacs',
  'larsen',
  'moreau',
  'nowak',
  'okafor',
  'patel',
  'quinn',
  'rossi',
  'silva',
  'tanaka',
] as const

interface HostKind {
  readonly prefix: string
  readonly osFamily: string
  readonly osVersion: string
  readonly systemType: string
  /** Out of 100. */
  readonly share: number
}

const kinds: readonly [HostKind, ...HostKind[]] = [
  {
    prefix: 'WS',
    osFamily: 'Windows',
    osVersion: 'Windows 11 Enterprise',
    systemType: 'workstation',
    share: 48,
  },
  {
    prefix: 'LT',
    osFamily: 'Windows',
    osVersion: 'Windows 10 Enterprise',
    systemType: 'workstation',
    share: 27,
  },
  { prefix: 'SRV', osFamily: 'Windows', osVersion: 'Windows Server 2022', systemType: 'server', share: 11 },
  {
    prefix: 'DC',
    osFamily: 'Windows',
    osVersion: 'Windows Server 2019',
    systemType: 'domain controller',
    share: 2,
  },
  { prefix: 'LNX', osFamily: 'Linux', osVersion: 'Ubuntu 22.04', systemType: 'server', share: 8 },
  { prefix: 'MAC', osFamily: 'macOS', osVersion: 'macOS 15', systemType: 'workstation', share: 4 },
]

/** The sensors a host can have; the first is the commonest. */
export const endpointTypes = [
  'ENDPOINT_TAEGIS',
  'ENDPOINT_TAEGIS',
  'ENDPOINT_CROWD_STRIKE',
  'ENDPOINT_MICROSOFT_ATP',
  'ENDPOINT_REDCLOAK',
  'ENDPOINT_SENTINELONE',
] as const

/** Host names, addresses and people, worked out from the row number: nothing is kept but each host's tenant. */
export class Hosts {
  readonly count: number
  /** Row of the host's tenant. */
  readonly tenantOf: Uint8Array
  readonly ids: RowIds
  readonly #seed: number

  constructor(seed: number, count: number, tenants: readonly Tenant[]) {
    this.#seed = seed
    this.count = count
    this.ids = new RowIds(seed, 'host')
    this.tenantOf = new Uint8Array(count)
    for (let host = 0; host < count; host++) {
      const draw = mix(hash(seed, 11) + host) / 0x1_0000_0000
      // Half of the hosts at home, the rest thinning out from the first customer to the last.
      const customers = tenants.length - 1
      this.tenantOf[host] = draw < 0.5 ? 0 : 1 + Math.floor(((draw - 0.5) * 2) ** 2 * customers)
    }
  }

  kind(host: number): HostKind {
    let draw = this.#hash(host, 1) % 100
    for (const kind of kinds) {
      if (draw < kind.share) return kind
      draw -= kind.share
    }
    return kinds[0]
  }

  hostname(host: number): string {
    const site = choose(sites, this.#hash(host, 2))
    return `${site}-${this.kind(host).prefix}-${String(host).padStart(4, '0')}`
  }

  ip(host: number): string {
    const subnet = Math.floor(host / 250)
    return `10.${20 + (this.tenantOf[host] ?? 0)}.${subnet % 256}.${2 + (host % 250)}`
  }

  mac(host: number): string {
    const h = this.#hash(host, 3)
    const bytes = [0x02, (host >> 8) & 255, host & 255, (h >> 16) & 255, (h >> 8) & 255, h & 255]
    return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
  }

  endpointType(host: number): (typeof endpointTypes)[number] {
    return choose(endpointTypes, this.#hash(host, 4))
  }

  /** Row of the person who mostly works there. */
  mainUser(host: number): number {
    return this.#hash(host, 5) % userCount
  }

  /** A number that belongs to the host, for attributes that nothing else needs. */
  trait(host: number, salt: number): number {
    return this.#hash(host, 100 + salt)
  }

  #hash(host: number, salt: number): number {
    return hash(this.#seed, 12, host, salt)
  }
}

export const userCount: number = firstNames.length * lastNames.length

/** `first.last`, one for each row. */
export function usernameOf(user: number): string {
  return `${choose(firstNames, user)}.${choose(lastNames, Math.floor(user / firstNames.length))}`
}
