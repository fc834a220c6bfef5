import { filterKeysOf } from '../../../src/sandbox/data/rules.js'
import { logicalTypes } from '../../../src/sandbox/logical-types.js'

/** What `FROM` takes for events, as the platform's own types of events are called. */
export const eventSources =
  'process auth dnsquery netflow http filemod registry cloudaudit email antivirus apicall dhcp encrypt generic management_event nids persistence script_block thirdpartyalert thread_injection process_module detection_finding'.split(
    ' ',
  )

/** What `FROM` takes beside events. */
export const otherSources = ['alert', 'investigation']

const alertFields =
  'severity title status sensor_type tenant_id hostname username created_at confidence detector tags attack_technique_ids suppressed resolution_status id metadata.title metadata.severity metadata.confidence metadata.created_at metadata.creator.detector.detector_id detector_id mitre_attack_info.technique_id sensor_types tenant.name'.split(
    ' ',
  )
const investigationFields =
  'title status type priority short_id tags created_at updated_at assignee_id created_by_id close_reason key_findings risk_score tenant_id id'.split(
    ' ',
  )

/** The fields that a query over a source can name. */
export function fieldsOf(source: string): readonly string[] {
  const name = source.toLowerCase()
  if (name === 'investigation') return investigationFields
  return [...(name === 'alert' ? alertFields : filterKeysOf(name)), ...logicalTypes]
}

const severities = ['informational', 'low', 'medium', 'high', 'critical']
const alertStatuses =
  "'OPEN' 'TRUE_POSITIVE_BENIGN' 'TRUE_POSITIVE_MALICIOUS' 'FALSE_POSITIVE' 'NOT_ACTIONABLE' 'OTHER' 'SUPPRESSED'".split(
    ' ',
  )

/** Values that a field of a source is usually compared with. */
export function valuesOf(source: string, field: string): readonly string[] {
  if (source.toLowerCase() !== 'alert') return []
  const last = field.toLowerCase().replace('metadata.', '')
  if (last === 'severity') return severities
  return last === 'status' || last === 'resolution_status' ? alertStatuses : []
}
