import { hash, RowIds } from './random.js'
import { groups, traces } from './traces.js'

const dayMs = 86_400_000
const kinds = ['Threat Analysis', 'Advisory', 'Tips', 'Weekly Summary'] as const
const publicationCount = 60
const indicatorsPerPublication = 5
const relationshipsPerType = 40

/** Publications, indicators and watch lists about groups that do not exist; addresses are RFC 5737 ones. */
export class Intelligence {
  readonly #seed: number
  readonly #now: number
  readonly #publicationIds: RowIds
  readonly #indicatorIds: RowIds

  constructor(seed: number, now: number) {
    this.#seed = seed
    this.#now = now
    this.#publicationIds = new RowIds(seed, 'publication')
    this.#indicatorIds = new RowIds(seed, 'indicator')
  }

  /** The latest first. */
  latest(from: number, size: number) {
    const end = Math.min(publicationCount, from + size)
    return Array.from({ length: Math.max(0, end - from) }, (_, i) => this.#publication(from + i))
  }

  /** Those whose name or text has the words in it. */
  search(text: string) {
    const wanted = text.toLowerCase()
    return this.latest(0, publicationCount).filter(({ Name, Description }) =>
      `${Name} ${Description}`.toLowerCase().includes(wanted),
    )
  }

  indicators(ids: readonly string[]) {
    return ids.flatMap((id) => {
      const row = this.#indicatorIds.rowOf(id.slice(-36))
      const known = row >= 0 && row < publicationCount * indicatorsPerPublication
      return known && id === this.#indicatorId(row) ? [this.#indicator(row)] : []
    })
  }

  indicatorsOf(publicationIds: readonly string[]) {
    return publicationIds.flatMap((id) => {
      const row = this.#publicationIds.rowOf(id.slice(-36))
      if (row < 0 || row >= publicationCount || id !== this.#publicationId(row)) return []
      return Array.from({ length: indicatorsPerPublication }, (_, i) =>
        this.#indicator(row * indicatorsPerPublication + i),
      )
    })
  }

  watchlist(type: 'IP' | 'DOMAIN') {
    return Array.from({ length: relationshipsPerType }, (_, i) => {
      const h = hash(this.#seed, 71, type.length, i)
      const target = type === 'IP' ? `203.0.113.${1 + (h % 254)}` : `${h.toString(36)}.example.net`
      const [group, about] = groups[h % groups.length] ?? groups[0]
      return {
        id: `relationship--${new RowIds(this.#seed, `watchlist-${type}`).uuid(i)}`,
        created: this.#day(200 + (h % 300)),
        modified: this.#day(h % 60),
        description: `${target} was used by ${group}`,
        src_desc: about,
        tgt_desc: target,
        source_ref: `intrusion-set--${group.toLowerCase().replace(' ', '-')}`,
        target_ref: `${type === 'IP' ? 'ipv4-addr' : 'domain-name'}--${target}`,
        confidence: 40 + (h % 60),
        label: 'indicates',
        tags: ['watchlist', type.toLowerCase()],
        start_time: this.#day(200 + (h % 300)),
        stop_time: this.#day(-90),
        reference: 'https://intel.example/watchlist',
      }
    })
  }

  #publicationId(row: number): string {
    return `report--${this.#publicationIds.uuid(row)}`
  }

  #indicatorId(row: number): string {
    return `indicator--${this.#indicatorIds.uuid(row)}`
  }

  #publication(row: number) {
    const h = hash(this.#seed, 72, row)
    const [group, about] = groups[h % groups.length] ?? groups[0]
    const kind = kinds[row % kinds.length] ?? kinds[0]
    const published = this.#day(2 + row * 4)
    const id = this.#publicationId(row)
    return {
      id,
      Type: 'report',
      Name: `${kind}: ${group}`,
      Description: `${group}, ${about}: what we saw up to ${published.slice(0, 10)}.`,
      Published: published,
      Content: `# ${group}\n\nSeen: ${about}.\n\n- look for the indicators of this report\n- check the hosts they name`,
      TLP: ['clear', 'green', 'amber'][h % 3],
      VID: String(90_000 + row),
      ReportID: `SBX-${1000 + row}`,
      Reference: `https://intel.example/reports/${1000 + row}`,
      Category: kind,
      Language: 'en',
      PDFUrl: `https://intel.example/reports/${1000 + row}.pdf`,
    }
  }

  /** The first three of a publication are its group's own; the others have been seen nowhere. */
  #indicator(row: number) {
    const h = hash(this.#seed, 73, row)
    const report = Math.floor(row / indicatorsPerPublication)
    const group = hash(this.#seed, 72, report) % groups.length
    const trace = traces[group]
    const address = `198.51.100.${1 + (h % 254)}`
    const own =
      trace === undefined ? [] : [asAddress(trace.address), asDomain(trace.domain), asHash(trace.sha256)]
    const { value, pattern, ipv4 } = own[row % indicatorsPerPublication] ?? asAddress(address)
    return {
      id: this.#indicatorId(row),
      name: value,
      description: `Seen with ${(groups[group] ?? groups[0])[0]}`,
      created: this.#day(100 + (h % 200)),
      modified: this.#day(h % 90),
      pattern,
      valid_from: this.#day(100 + (h % 200)),
      valid_until: this.#day(-180),
      score: 30 + (h % 70),
      original_indicator: value,
      ipv4,
      label: 'malicious-activity',
      tags: ['c2'],
      noResults: false,
    }
  }

  #day(daysAgo: number): string {
    return new Date(this.#now - daysAgo * dayMs).toISOString()
  }
}

/** An indicator's value, and the STIX pattern that finds it. */
interface Observable {
  readonly value: string
  readonly pattern: string
  readonly ipv4: string | null
}

function asAddress(value: string): Observable {
  return { value, pattern: `[ipv4-addr:value = '${value}']`, ipv4: value }
}

function asDomain(value: string): Observable {
  return { value, pattern: `[domain-name:value = '${value}']`, ipv4: null }
}

function asHash(value: string): Observable {
  return { value, pattern: `[file:hashes.'SHA-256' = '${value}']`, ipv4: null }
}
