import { analyst } from '../account.js'
import { detectionRules } from './catalog.js'
import { hash } from './random.js'
import { homeTenantId } from './tenants.js'

/** A rule as the schema's Rule, without its author, who is resolved when asked for. */
export interface Rule {
  readonly id: string
  readonly tenantID: string
  readonly name: string
  readonly description: string
  readonly severity: number
  readonly confidence: number
  readonly enabled: boolean
  readonly deleted: boolean
  readonly createAlert: boolean
  readonly tags: readonly string[]
  readonly attackCategories: readonly string[]
  readonly eventType: string
  readonly ruleType: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly userID: string
  readonly filters: readonly Record<string, unknown>[]
  readonly qlFilter: Record<string, unknown> | null
}

const dayMs = 86_400_000

/** One rule for each kind of detection; every third is a query, the others are patterns. */
export function createRules(now: number): readonly Rule[] {
  return detectionRules.map((rule, i) => makeRule(`rule-${i}`, rule.title, true, i, now))
}

/** One suppression rule for every second kind of detection. */
export function createSuppressionRules(now: number): readonly Rule[] {
  return detectionRules.flatMap((rule, i) =>
    i % 2 === 0 ? [makeRule(`suppression-${i}`, `Known and accepted: ${rule.title}`, false, i, now)] : [],
  )
}

function makeRule(id: string, name: string, createAlert: boolean, i: number, now: number): Rule {
  const rule = detectionRules[i]
  const ruleType = i % 3 === 0 ? 'QL' : 'REGEX'
  const eventType = rule?.eventType ?? 'generic'
  const createdAt = new Date(now - (60 + (hash(i, 61) % 300)) * dayMs).toISOString()
  const updatedAt = new Date(now - (hash(i, 62) % 60) * dayMs).toISOString()
  return {
    id,
    tenantID: homeTenantId,
    name,
    description: `${name}: fires on ${eventType} events.`,
    severity: (rule?.severity ?? 0) / 100,
    confidence: (rule?.confidence ?? 0) / 100,
    enabled: hash(i, 63) % 7 !== 0,
    deleted: false,
    createAlert,
    tags: [eventType],
    attackCategories: rule?.techniques ?? [],
    eventType,
    ruleType,
    createdAt,
    updatedAt,
    userID: analyst.id,
    filters:
      ruleType === 'QL'
        ? []
        : [
            {
              id: `${id}-filter`,
              ruleID: id,
              key: filterKeysOf(eventType)[0],
              pattern: `.*${hash(i, 64).toString(36)}.*`,
              inverted: false,
              caseSensitive: false,
            },
          ],
    qlFilter:
      ruleType === 'QL'
        ? {
            id: `${id}-ql`,
            ruleID: id,
            query: `FROM ${eventType} WHERE hostname CONTAINS 'SRV'`,
            createdAt,
            updatedAt,
          }
        : null,
  }
}

const commonKeys = [
  'tenant_id',
  'sensor_type',
  'sensor_id',
  'host_id',
  'hostname',
  'username',
  'event_time_usec',
  'resource_id',
]
const ownKeys: Readonly<Record<string, readonly string[]>> = {
  antivirus: ['threat_name', 'action_taken', 'filename'],
  apicall: ['api_name', 'process_correlation_id'],
  auth: ['action', 'auth_type', 'result', 'source_address', 'target_domain_name', 'target_user_name'],
  cloudaudit: ['event_name', 'event_source', 'source_address', 'user_agent'],
  dhcp: ['source_address', 'lease_time'],
  dnsquery: ['query_name', 'query_type', 'resolved', 'source_address'],
  email: ['from_email_address', 'to_email_address', 'subject', 'attachment_count', 'source_address'],
  encrypt: ['certificate_subject', 'ja3'],
  filemod: [
    'filename',
    'action',
    'process_correlation_id',
    'image_path',
    'commandline',
    'process_file_hash.sha256',
  ],
  http: ['source_address', 'destination_address', 'http_method', 'uri_path', 'user_agent', 'response_code'],
  netflow: [
    'source_address',
    'source_port',
    'destination_address',
    'destination_port',
    'protocol',
    'bytes_out',
    'bytes_in',
  ],
  nids: ['signature', 'source_address', 'destination_address'],
  process: [
    'commandline',
    'image_path',
    'program_hash.sha256',
    'process_id',
    'process_correlation_id',
    'parent_process_correlation_id',
    'process_time_window',
  ],
  registry: ['path', 'value', 'process_correlation_id'],
  script_block: ['script', 'process_correlation_id'],
  thirdpartyalert: ['title', 'severity', 'vendor'],
}

/** The fields that a query or a rule can name for a type of event: its own first, then those of every event. */
export function filterKeysOf(eventType: string): readonly string[] {
  return [...(ownKeys[eventType] ?? ['message']), ...commonKeys]
}
