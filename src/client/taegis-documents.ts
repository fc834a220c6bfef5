/** What is asked for of an alert, where nobody says otherwise: what an analyst sorts and decides by. */
const alertFields = `
  id status suppressed
  metadata {
    title description severity confidence
    created_at { seconds nanos }
    creator { detector { detector_id detector_name } }
  }
  attack_technique_ids sensor_types tags
  entities { entities }
  investigation_ids { id }
  tenant { id name }`

const assetFields = `
  id hostId
  hostnames { hostname }
  ipAddresses { ip }
  users { username }
  tags { tag }
  osFamily osVersion endpointType sensorVersion isolationStatus lastSeenAt createdAt tenantId`

const investigationFields = `
  id shortId title status type priority riskScore tags
  assigneeId createdAt updatedAt closeReason
  alertsEvidenceCount eventsEvidenceCount assetsEvidenceCount
  tenantId`

const tenantFields = `
  id name enabled isPartner isOrganization parentTenantID
  partnerTenantID partnerName enabledAtEnvironments createdAt`

export function alertsDocument(fields = alertFields): string {
  return `query alerts($cql: String!) {
  alertsServiceSearch(in: {cql_query: $cql}) { alerts { list { ${fields} } } }
}`
}

export function assetsDocument(fields = assetFields): string {
  return `query assets($filter: AssetFilter) {
  assetsV2(filter: $filter) { assets { ${fields} } }
}`
}

export function investigationsDocument(fields = investigationFields): string {
  return `query investigations($cql: String) {
  investigationsV2(arguments: {cql: $cql}) { investigations { ${fields} } }
}`
}

export function tenantsDocument(fields = tenantFields): string {
  return `query tenants($query: TenantsQuery!) {
  tenants(tenantsQuery: $query) { tenants { ${fields} } }
}`
}

/** A row of `xdr.alerts()`, with the fields that it asks for by itself. */
export interface Alert {
  id: string
  /** `OPEN`, `SUPPRESSED`, `TRUE_POSITIVE_MALICIOUS`, … */
  status: string | null
  suppressed: boolean | null
  metadata: {
    title: string | null
    description: string | null
    /** 0 to 1. */
    severity: number | null
    /** 0 to 1. */
    confidence: number | null
    /** Seconds since 1970, and the nanoseconds of the second. */
    created_at: { seconds: number; nanos: number } | null
    creator: { detector: { detector_id: string | null; detector_name: string | null } | null } | null
  } | null
  attack_technique_ids: string[] | null
  sensor_types: string[] | null
  tags: string[] | null
  entities: { entities: string[] | null } | null
  investigation_ids: { id: string | null }[] | null
  tenant: { id: string; name: string | null } | null
}

/** A row of `xdr.assets()`, with the fields that it asks for by itself. */
export interface Asset {
  id: string
  hostId: string | null
  hostnames: { hostname: string | null }[] | null
  ipAddresses: { ip: string | null }[] | null
  users: { username: string | null }[] | null
  tags: { tag: string | null }[] | null
  osFamily: string | null
  osVersion: string | null
  endpointType: string | null
  sensorVersion: string | null
  isolationStatus: string | null
  /** RFC 3339. */
  lastSeenAt: string | null
  /** RFC 3339. */
  createdAt: string | null
  tenantId: string | null
}

/** A row of `xdr.investigations()`, with the fields that it asks for by itself. */
export interface Investigation {
  id: string
  shortId: string | null
  title: string | null
  status: string | null
  type: string | null
  /** 1 (low) to 4 (critical). */
  priority: number | null
  riskScore: number | null
  tags: string[] | null
  assigneeId: string | null
  /** RFC 3339. */
  createdAt: string | null
  /** RFC 3339. */
  updatedAt: string | null
  closeReason: string | null
  alertsEvidenceCount: number | null
  eventsEvidenceCount: number | null
  assetsEvidenceCount: number | null
  tenantId: string | null
}

/** A row of `xdr.tenants()`, with the fields that it asks for by itself. */
export interface Tenant {
  id: string
  name: string | null
  enabled: boolean | null
  isPartner: boolean | null
  isOrganization: boolean | null
  parentTenantID: string | null
  partnerTenantID: string | null
  partnerName: string | null
  enabledAtEnvironments: string[] | null
  /** RFC 3339. */
  createdAt: string | null
}
