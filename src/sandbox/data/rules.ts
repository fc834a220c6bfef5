import { type DetectionRule, detectionRules } from './catalog.js'
import type { Person } from './people.js'
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

type Detection = Pick<DetectionRule, 'title' | 'severity' | 'confidence' | 'techniques' | 'eventType'>

/** What rules look for that nothing in the sandbox does: they never fire. Some are switched off. */
const unseenDetections: readonly (Detection & { isOff?: true })[] = [
  {
    title: 'Sign-in to the retired VPN',
    severity: 55,
    confidence: 80,
    techniques: ['T1133'],
    eventType: 'auth',
  },
  {
    title: 'Driver known to be vulnerable loaded',
    severity: 82,
    confidence: 75,
    techniques: ['T1068'],
    eventType: 'process',
  },
  {
    title: 'Mail sent by the old ticket system',
    severity: 20,
    confidence: 60,
    techniques: ['T1566'],
    eventType: 'email',
  },
  {
    title: 'Telnet between inside hosts',
    severity: 45,
    confidence: 70,
    techniques: ['T1021'],
    eventType: 'netflow',
    isOff: true,
  },
  {
    title: 'Domain trust list asked for',
    severity: 64,
    confidence: 58,
    techniques: ['T1482'],
    eventType: 'process',
    isOff: true,
  },
]

/** Suppressions, by the detection that they hide, that let nothing of their type of event through. */
const catchAll: Readonly<Record<number, string>> = { 14: '.*', 24: 'FROM netflow', 34: '.+' }
/** The detection whose suppression was taken out; what it had hidden still names it. */
const formerSuppression = 29

/**
 * One rule for each kind of detection, and a few that never fire; every third is a query, the others are patterns.
 *
 * @param owners ids of the people who wrote them
 */
export function createRules(now: number, owners: readonly string[]): readonly Rule[] {
  return [...detectionRules, ...unseenDetections].map((detection, i) =>
    makeRule({ id: `rule-${i}`, name: detection.title, createAlert: true, detection, i, now, owners }),
  )
}

/** One suppression rule for every second kind of detection. */
export function createSuppressionRules(now: number, owners: readonly string[]): readonly Rule[] {
  return detectionRules.flatMap((detection, i) => {
    const name = `Known and accepted: ${detection.title}`
    return i % 2 === 0
      ? [makeRule({ id: `suppression-${i}`, name, createAlert: false, detection, i, now, owners })]
      : []
  })
}

/** Whoever has signed in at some time may have written rules; some have left since. */
export function ruleOwners(directory: readonly Person[]): readonly string[] {
  return directory.filter(({ last_login }) => last_login !== null).map(({ id }) => id)
}

/** The suppression that hides alerts of a detection; none where a person hid them. */
export function suppressionsOf(detection: number): readonly string[] {
  return detection % 2 === 0 || detection === formerSuppression ? [`suppression-${detection}`] : []
}

interface RuleParts {
  readonly id: string
  readonly name: string
  readonly createAlert: boolean
  readonly detection: Detection & { readonly isOff?: true }
  readonly i: number
  readonly now: number
  readonly owners: readonly string[]
}

function makeRule({ id, name, createAlert, detection, i, now, owners }: RuleParts): Rule {
  const { eventType } = detection
  const everything = createAlert ? undefined : catchAll[i]
  const ruleType = i % 3 === 0 ? 'QL' : 'REGEX'
  const createdAt = new Date(now - (60 + (hash(i, 61) % 300)) * dayMs).toISOString()
  const updatedAt = new Date(now - (hash(i, 62) % 60) * dayMs).toISOString()
  return {
    id,
    tenantID: homeTenantId,
    name,
    description: `${name}: fires on ${eventType} events.`,
    severity: detection.severity / 100,
    confidence: detection.confidence / 100,
    enabled: detection.isOff !== true,
    deleted: false,
    createAlert,
    tags: [eventType],
    attackCategories: detection.techniques,
    eventType,
    ruleType,
    createdAt,
    updatedAt,
    userID: owners[hash(i, 65) % owners.length] ?? '',
    filters:
      ruleType === 'QL'
        ? []
        : [
            {
              id: `${id}-filter`,
              ruleID: id,
              key: filterKeysOf(eventType)[0],
              pattern: everything ?? `.*${hash(i, 64).toString(36)}.*`,
              inverted: false,
              caseSensitive: false,
            },
          ],
    qlFilter:
      ruleType === 'QL'
        ? {
            id: `${id}-ql`,
            ruleID: id,
            query: everything ?? `FROM ${eventType} WHERE hostname CONTAINS 'SRV'`,
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
