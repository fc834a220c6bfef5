import { tagsOf } from './alert-source.js'
import { sensorTypes } from './data/alerts.js'
import { detectionRules, resolutionStatuses } from './data/catalog.js'
import { entitiesOf, remoteAddressOf } from './data/entities.js'
import { eventIdsOf } from './data/events.js'
import { suppressionsOf } from './data/rules.js'
import { techniques } from './data/techniques.js'
import type { World } from './data/world.js'

interface Timestamp {
  readonly seconds: number
  readonly nanos: number
}

function toTimestamp(timeMs: number): Timestamp {
  return { seconds: Math.floor(timeMs / 1000), nanos: (timeMs % 1000) * 1_000_000 }
}

/** One alert as the schema's Alert2. Its getters work a field out when a query selects it, and not before. */
export class AlertRow {
  readonly #world: World
  readonly #row: number

  constructor(world: World, row: number) {
    this.#world = world
    this.#row = row
  }

  get #alerts() {
    return this.#world.alerts
  }

  get #rule() {
    return detectionRules[this.#alerts.rule[this.#row] ?? 0] ?? detectionRules[0]
  }

  get #host(): number {
    return this.#alerts.host[this.#row] ?? 0
  }

  get #hostname(): string {
    return this.#alerts.hosts.hostname(this.#host)
  }

  get #createdAt(): number {
    return this.#alerts.createdAt[this.#row] ?? 0
  }

  get #changes() {
    return this.#alerts.changes.get(this.#row) ?? []
  }

  get #severity(): number {
    return (this.#alerts.severity[this.#row] ?? 0) / 100
  }

  get id() {
    return this.#alerts.id(this.#row)
  }

  get group_key() {
    return [`${this.#rule?.detector}:${this.#hostname}`]
  }

  get metadata() {
    const created = this.#createdAt
    const began = created - 1000 * (30 + (this.#alerts.trait(this.#row, 1) % 3600))
    const status = resolutionStatuses[this.#alerts.status[this.#row] ?? 0]
    const resolved =
      this.#changes.at(-1)?.at ??
      Math.min(this.#world.now, created + 60_000 * (20 + (this.#alerts.trait(this.#row, 2) % 2000)))
    const investigated = this.#alerts.investigation[this.#row] === 0 ? null : toTimestamp(created + 300_000)
    return {
      title: this.#rule?.title,
      full_title: `${this.#rule?.title} on ${this.#hostname}`,
      description: `${this.#rule?.title}, seen on ${this.#hostname} for ${this.#alerts.username(this.#row)}.`,
      severity: this.#severity,
      confidence: (this.#alerts.confidence[this.#row] ?? 0) / 100,
      read_only: false,
      creator: {
        detector: {
          detector_id: this.#rule?.detector,
          detector_name: this.#rule?.detector.slice('app:detect:'.length).replaceAll('-', ' '),
          version: '4.2.0',
        },
        rule: { rule_id: `rule-${this.#alerts.rule[this.#row]}`, version: '1' },
      },
      engine: { name: 'detect', version: '4.2.0' },
      origin: 'INTERNAL',
      severity_updated_at: toTimestamp(created),
      began_at: toTimestamp(began),
      ended_at: toTimestamp(created),
      created_at: toTimestamp(created),
      inserted_at: toTimestamp(created + 1500),
      updated_at: toTimestamp(status === 'OPEN' && this.#changes.length === 0 ? created + 1500 : resolved),
      first_seen_at: toTimestamp(began),
      first_investigated_at: investigated,
      first_resolved_at: status === 'OPEN' ? null : toTimestamp(this.#changes[0]?.at ?? resolved),
    }
  }

  get visibility() {
    return 'DEPLOYED'
  }

  get attack_technique_ids() {
    return this.#rule?.techniques
  }

  get tenant() {
    return this.#world.tenants[this.#alerts.tenantRow(this.#row)]
  }

  get tenant_id() {
    return this.tenant?.id
  }

  get parent_tenant_id() {
    return this.tenant?.parentTenantID
  }

  get mdr_provider() {
    return 'sandbox'
  }

  get suppressed() {
    return this.status === 'SUPPRESSED'
  }

  get suppression_rules() {
    const ids = this.suppressed ? suppressionsOf(this.#alerts.rule[this.#row] ?? 0) : []
    return ids.map((id) => ({ id, version: '1' }))
  }

  get alerting_rules() {
    return [{ id: `rule-${this.#alerts.rule[this.#row]}`, version: '1' }]
  }

  get status() {
    return resolutionStatuses[this.#alerts.status[this.#row] ?? 0]
  }

  get resolution_reason() {
    if (this.#changes.length > 0) return this.#changes.at(-1)?.reason
    return this.status === 'OPEN' ? null : 'settled during triage'
  }

  get resolution_history() {
    return this.#changes.map((change, i) => ({
      id: `${this.#alerts.ids.uuid(this.#row)}:${i}`,
      user_id: change.userId,
      uuid_user_id: change.userId,
      reason: change.reason,
      num_alerts_affected: change.affected,
      timestamp: toTimestamp(change.at),
      status: resolutionStatuses[change.status],
    }))
  }

  get severity_history() {
    return [
      {
        id: `${this.#alerts.ids.uuid(this.#row)}:0`,
        severity: this.#severity,
        changed_at: toTimestamp(this.#createdAt),
      },
    ]
  }

  get tags() {
    return tagsOf(this.#alerts.tags[this.#row] ?? 0)
  }

  get sensor_types() {
    return [sensorTypes[this.#alerts.sensor[this.#row] ?? 0]]
  }

  get entities() {
    const entities = entitiesOf(this.#alerts, this.#row).map(({ type, value }) => `${type}:${value}`)
    const [host, user, source, target] = entities
    return {
      entities,
      relationships: [
        { from_entity: user, to_entity: host, relationship: 'signedInTo', type: 'auth' },
        { from_entity: source, to_entity: target, relationship: 'connectedTo', type: 'netflow' },
      ],
    }
  }

  get key_entities() {
    return [
      { entity: `hostname:${this.#hostname}`, label: 'host' },
      { entity: `userName:${this.#alerts.username(this.#row)}`, label: 'user' },
    ]
  }

  get event_ids() {
    return eventIdsOf(this.#alerts, this.#row).map((id) => ({ id }))
  }

  get observation_ids() {
    return []
  }

  get investigation_ids() {
    const investigation = this.#alerts.investigation[this.#row] ?? 0
    const found = this.#world.investigations[investigation - 1]
    return found === undefined ? [] : [{ id: found.id }]
  }

  get enrichment_details() {
    const attack = (this.#rule?.techniques ?? []).map((id) => ({
      mitre_attack_info: {
        technique_id: id,
        technique: techniques[id]?.name,
        tactics: techniques[id]?.tactics,
        type: id.includes('.') ? 'sub-technique' : 'technique',
        description: `${techniques[id]?.name} (${techniques[id]?.tactics.join(', ')})`,
        platform: ['Windows', 'Linux', 'macOS'],
        url: `https://attack.mitre.org/techniques/${id.replace('.', '/')}`,
        data_sources: ['Process', 'Network Traffic'],
        version: '15.1',
      },
    }))
    const h = this.#alerts.trait(this.#row, 3)
    const place = places[h % places.length]
    const geo = { ...place, ip_address: remoteAddressOf(this.#alerts, this.#row), asn: 64_496 + (h % 15) }
    const generic = {
      name: 'threat score',
      generic: { record: [{ key: 'host_alerts_7d', value: String(h % 40) }] },
    }
    return [...attack, { geo_ip: geo }, { generic }]
  }

  get third_party_details() {
    return []
  }

  get reference_details() {
    return (this.#rule?.techniques ?? []).map((id) => ({
      reference: {
        type: 'attack',
        url: `https://attack.mitre.org/techniques/${id.replace('.', '/')}`,
        description: techniques[id]?.name,
      },
    }))
  }

  get priority() {
    return {
      value: this.threat_score,
      prioritizer: 'sandbox',
      version: '1',
      model_name: 'made-up',
      model_version: '1',
      evidence: ['severity', 'confidence'],
      applied_time: toTimestamp(this.#createdAt),
    }
  }

  get threat_score() {
    const confidence = (this.#alerts.confidence[this.#row] ?? 0) / 100
    return Math.round(this.#severity * confidence * 100) / 10
  }

  get threat_score_v2() {
    return this.threat_score
  }

  get observation() {
    return false
  }

  get events_metadata() {
    const ids = eventIdsOf(this.#alerts, this.#row)
    return {
      first_event_id: ids[0],
      last_event_id: ids.at(-1),
      total_events: ids.length,
      updated_at: toTimestamp(this.#createdAt),
      began_at: toTimestamp(this.#createdAt - 60_000),
      ended_at: toTimestamp(this.#createdAt),
    }
  }
}

const places = [
  { latitude: 52.37, longitude: 4.9, geohash: 'u173z', country_code_iso: 'NL' },
  { latitude: 40.71, longitude: -74.01, geohash: 'dr5re', country_code_iso: 'US' },
  { latitude: 1.35, longitude: 103.82, geohash: 'w21z7', country_code_iso: 'SG' },
  { latitude: -23.55, longitude: -46.63, geohash: '6gyf4', country_code_iso: 'BR' },
  { latitude: 59.33, longitude: 18.07, geohash: 'u6sce', country_code_iso: 'SE' },
] as const
