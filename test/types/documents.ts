/** A document over the schema of the sandbox, with the types that a person reads out of that schema. */
export interface TypedDocument {
  name: string
  source: string
  /** TypeScript; enums and inputs by their names. */
  data: string
  variables: string
  /** What it is sent with, as TypeScript. */
  given: string
  kind?: 'mutation' | 'subscription'
  /** What `xdr.rows` gives of it, where it is a list. */
  row?: string
}

const noVariables = 'Record<string, never>'
const json = 'Record<string, unknown>'

/** Ids of things that the sandbox always has. */
const indicatorPublication = '"publication-1"'

export const typedDocuments: readonly TypedDocument[] = [
  {
    name: 'alerts: nested objects, lists, aliases, an enum',
    source: `query alerts($in: SearchRequestInput!) {
      found: alertsServiceSearch(in: $in) {
        search_id
        alerts { total: total_results list { id status tags severity: threat_score metadata { title severity created_at { seconds } } } }
      }
    }`,
    variables: '{ in: SearchRequestInput }',
    given: '{ in: { cql_query: "FROM alert EARLIEST=-7d", limit: 5, locale: "en" } }',
    data: `{ found: { search_id: string | null; alerts: { total: number | null; list: {
      id: string; status: ResolutionStatus | null; tags: string[] | null; severity: number | null
      metadata: { title: string | null; severity: number | null; created_at: { seconds: number | null } | null } | null
    }[] | null } | null } | null }`,
    row: `{ id: string; status: ResolutionStatus | null; tags: string[] | null; severity: number | null
      metadata: { title: string | null; severity: number | null; created_at: { seconds: number | null } | null } | null }`,
  },
  {
    name: 'alerts: fragments in fragments, one field in two of them',
    source: `query ($limit: Int = 3) {
      alertsServiceSearch(in: { cql_query: "FROM alert", limit: $limit }) { alerts { list { ...short ...long } } }
    }
    fragment short on Alert2 { id tenant { ...who } metadata { title } }
    fragment long on Alert2 { id ...short metadata { title confidence engine { name } } tenant { ...who parentTenantID } }
    fragment who on TenantV4 { id name }`,
    variables: '{ limit?: number | null | undefined }',
    given: '{}',
    data: `{ alertsServiceSearch: { alerts: { list: {
      id: string
      tenant: { id: string; name: string | null; parentTenantID: string | null } | null
      metadata: { title: string | null; confidence: number | null; engine: { name: string | null } | null } | null
    }[] | null } | null } | null }`,
    row: `{ id: string
      tenant: { id: string; name: string | null; parentTenantID: string | null } | null
      metadata: { title: string | null; confidence: number | null; engine: { name: string | null } | null } | null }`,
  },
  {
    name: 'alerts: fields on conditions, alone and beside the same ones without',
    source: `query ($full: Boolean!, $brief: Boolean = false) {
      alertsServiceSearch(in: { cql_query: "FROM alert", limit: 2 }) { alerts { list {
        id @include(if: $full) id
        status @skip(if: $brief)
        metadata @include(if: $full) { title description } metadata @skip(if: $full) { title }
        tenant @include(if: $full) { id } tenant { name }
        ... @include(if: $full) { suppressed visibility @skip(if: $brief) }
        tags @include(if: true) group_key @skip(if: true)
      } } }
    }`,
    variables: '{ full: boolean; brief?: boolean | null | undefined }',
    given: '{ full: true, brief: true }',
    data: `{ alertsServiceSearch: { alerts: { list: {
      id: string
      status?: ResolutionStatus | null
      metadata: { title: string | null; description?: string | null } | null
      tenant: { id?: string; name: string | null } | null
      suppressed?: boolean | null
      visibility?: Visibility | null
      tags: string[] | null
    }[] | null } | null } | null }`,
  },
  {
    name: 'alerts: a list argument, JSON and 32-bit floats',
    source: `query byId($ids: [String!], $with: Boolean! = true) {
      alertsServiceRetrieveAlertsById(in: { iDs: $ids }) {
        status
        alerts { list { threat_score_v2 event_ids { id event_data @include(if: $with) } } }
      }
    }`,
    variables: '{ ids?: readonly string[] | string | null | undefined; with?: boolean | undefined }',
    given: '{ ids: "alert://nobody" }',
    data: `{ alertsServiceRetrieveAlertsById: { status: RPCResponseStatus | null; alerts: { list: {
      threat_score_v2: number | null
      event_ids: { id: string | null; event_data?: ${json} | null }[] | null
    }[] | null } | null } | null }`,
  },
  {
    name: 'alerts: counts by tenant, a required input',
    source:
      'query ($in: AlertsCountByTenantInput!) { alertsCountByTenant(in: $in) { items { count tenant { id } } } }',
    variables: '{ in: AlertsCountByTenantInput }',
    given: '{ in: { ql_query: "FROM alert", tenant_service_filters: null } }',
    data: '{ alertsCountByTenant: { items: { count: number | null; tenant: { id: string } | null }[] | null } | null }',
    row: '{ count: number | null; tenant: { id: string } | null }',
  },
  {
    name: 'investigations: times, enums and counts',
    source: `query investigations($arguments: InvestigationsV2Arguments!) {
      investigationsV2(arguments: $arguments) {
        totalCount
        investigations { id status type createdAt riskScore processingStatus { alerts } assigneeSubject { displayName } }
      }
    }`,
    variables: '{ arguments: InvestigationsV2Arguments }',
    given: '{ arguments: { page: 1, perPage: 3, orderBy: "DESCENDING" } }',
    data: `{ investigationsV2: { totalCount: number | null; investigations: {
      id: string; status: InvestigationStatus | null; type: InvestigationType | null; createdAt: string | null
      riskScore: number | null
      processingStatus: { alerts: InvestigationProcessingState | null } | null
      assigneeSubject: { displayName: string | null } | null
    }[] | null } | null }`,
  },
  {
    name: 'investigations: a mutation with an input',
    kind: 'mutation',
    source:
      'mutation create($input: CreateInvestigationInput!) { createInvestigationV2(input: $input) { id shortId tags priority } }',
    variables: '{ input: CreateInvestigationInput }',
    given: '{ input: { title: "Typed", priority: 2, tags: "one", type: "THREAT_HUNT" } }',
    data: '{ createInvestigationV2: { id: string; shortId: string | null; tags: string[] | null; priority: number | null } | null }',
  },
  {
    name: 'cases: two root fields and a cursor',
    source: `{ cases(arguments: {}) { cases { id severity } pageInfo { endCursor hasNextPage } } currentTDRUser { roles } }`,
    variables: noVariables,
    given: '{}',
    data: `{ cases: {
      cases: { id: string; severity: number | null }[] | null
      pageInfo: { endCursor: string | null; hasNextPage: boolean | null } | null
    } | null; currentTDRUser: { roles: string[] | null } | null }`,
    row: '{ id: string; severity: number | null }',
  },
  {
    name: 'assets: inputs in inputs, times as variables, an enum',
    source: `query assets($first: Int, $after: String, $filter: AssetFilter, $orderBy: AssetSearchOrderByInputV2) {
      assetsV2(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
        assets { id hostnames { hostname } lastSeenAt endpointGroup { name } } pageInfo { endCursor }
      }
    }`,
    variables: `{ first?: number | null | undefined; after?: string | null | undefined
      filter?: AssetFilter | null | undefined; orderBy?: AssetSearchOrderByInputV2 | null | undefined }`,
    given: `{ first: 2, orderBy: 'hostname_desc', filter: { where: { or: [{ osFamily: 'Linux' }, { not: { osFamily: 'Linux' } }], lastSeenAt_gte: new Date(0) } } }`,
    data: `{ assetsV2: { assets: {
      id: string; hostnames: { hostname: string | null }[] | null; lastSeenAt: string | null
      endpointGroup: { name: string | null } | null
    }[] | null; pageInfo: { endCursor: string | null } | null } | null }`,
  },
  {
    name: 'tenants: enums in lists, deprecated fields',
    source: `query tenants($query: TenantsQuery!) {
      tenants(tenantsQuery: $query) { hasMore tenants { id hierarchyPath enabledAtEnvironments subscriptions { granted { serviceName grantedAt } } } }
    }`,
    variables: '{ query: TenantsQuery }',
    given: '{ query: { count: 2, ids: [50530, "50531"], enabledInEnvironments: "CHARLIE" } }',
    data: `{ tenants: { hasMore: boolean | null; tenants: {
      id: string; hierarchyPath: string | null; enabledAtEnvironments: TenantEnvironment[] | null
      subscriptions: { granted: { serviceName: string | null; grantedAt: string | null }[] | null } | null
    }[] | null } | null }`,
  },
  {
    name: 'people: a union told apart by __typename',
    source: `{ currentSubject { id identity { kind: __typename ... on TDRUser { id email } ... on Client { id clientID } } } }`,
    variables: noVariables,
    given: '{}',
    data: `{ currentSubject: { id: string; identity:
      | { kind: 'TDRUser'; id: string; email: string | null }
      | { kind: 'Client'; id: string; clientID: string | null }
      | null } | null }`,
  },
  {
    name: 'people: a union that nothing tells apart',
    source: `{ __typename currentSubject { __typename identity { ... on TDRUser { email } ...client } } }
      fragment client on Client { name email: environment }`,
    variables: noVariables,
    given: '{}',
    data: `{ __typename: 'Query'; currentSubject: { __typename: 'Subject'; identity:
      | { email: string | null; name?: undefined }
      | { name: string | null; email: string | null }
      | null } | null }`,
  },
  {
    name: 'people: one shape of a union, and ids as whole numbers',
    source: `query ($id: ID!) { tdruser(id: $id) { role_assignments { tenant_id expires_at } } currentSubject { identity { __typename } } }`,
    variables: '{ id: string | number }',
    given: '{ id: "USER" }',
    data: `{
      tdruser: { role_assignments: { tenant_id: string | null; expires_at: string | null }[] | null } | null
      currentSubject: { identity: { __typename: 'TDRUser' | 'Client' } | null } | null
    }`,
  },
  {
    name: 'clients: a list at the root',
    source:
      'query ($ids: [ID!]) { clients(clientIDs: $ids, perPage: 2) { id name roleAssignments { roleName } tokenRequestCount } }',
    variables: '{ ids?: readonly (string | number)[] | string | number | null | undefined }',
    given: '{}',
    data: `{ clients: { id: string; name: string | null; roleAssignments: { roleName: string | null }[] | null
      tokenRequestCount: number | null }[] | null }`,
    row: `{ id: string; name: string | null; roleAssignments: { roleName: string | null }[] | null
      tokenRequestCount: number | null }`,
  },
  {
    name: 'rules: the same field twice, with other arguments',
    source: `query ($kind: RuleQueryKind, $eventType: RuleEventType!) {
      all: rules(page: 1, count: 2) { id eventType filters { key inverted } }
      quiet: suppressionRules(kind: $kind, count: 1) { id ruleType user { email } }
      filterKeys(eventType: $eventType)
    }`,
    variables: '{ kind?: RuleQueryKind | null | undefined; eventType: RuleEventType }',
    given: '{ kind: "global", eventType: "process" }',
    data: `{
      all: { id: string; eventType: RuleEventType | null; filters: { key: string | null; inverted: boolean | null }[] | null }[] | null
      quiet: { id: string; ruleType: RuleType | null; user: { email: string | null } | null }[] | null
      filterKeys: string[] | null
    }`,
  },
  {
    name: 'threat intelligence: names with capitals, required lists',
    source: `query ($ID: [ID!]!, $type: ThreatParentType!) {
      threatPublicationsIndicators(ID: $ID) { id score valid_from tags }
      threatLatestPublications(from: 0, size: 1, contentFormat: MD) { id Name TLP }
      threatWatchlist(type: $type) { confidence }
    }`,
    variables: '{ ID: readonly (string | number)[] | string | number; type: ThreatParentType }',
    given: `{ ID: [${indicatorPublication}], type: "IP" }`,
    data: `{
      threatPublicationsIndicators: { id: string; score: number | null; valid_from: string | null; tags: string[] | null }[] | null
      threatLatestPublications: { id: string; Name: string | null; TLP: string | null }[] | null
      threatWatchlist: { confidence: number | null }[] | null
    }`,
  },
  {
    name: 'records: JSON in a mutation, there and back',
    kind: 'mutation',
    source: `mutation ($input: CreateSavedQLQueryInput!, $link: ShareLinkCreateInput!) {
      createSavedQLQuery(input: $input) { rn metadata tenantIds }
      createShareLink(input: $link) { id extraParameters { key value } }
    }`,
    variables: '{ input: CreateSavedQLQueryInput; link: ShareLinkCreateInput }',
    given:
      '{ input: { qlQuery: { name: "n", rawQuery: "FROM alert", metadata: { a: [1, { b: null }] } } }, link: { linkType: "alertId", linkRef: "a", extraParameters: { key: "k", value: "v" } } }',
    data: `{
      createSavedQLQuery: { rn: string | null; metadata: ${json} | null; tenantIds: string[] | null } | null
      createShareLink: { id: string; extraParameters: { key: string | null; value: string | null }[] | null } | null
    }`,
  },
  {
    name: 'audits: a search by time, JSON states',
    source:
      'query ($in: AuditSearchInput!) { searchAudits(auditSearchInput: $in) { totalResults audits { id timestamp responseCode afterState } } }',
    variables: '{ in: AuditSearchInput }',
    given: '{ in: { limit: 3, sortBy: "timestamp", sortOrder: "desc", after: "2020-01-01T00:00:00Z" } }',
    data: `{ searchAudits: { totalResults: number | null; audits: {
      id: string; timestamp: string | null; responseCode: number | null; afterState: ${json} | null
    }[] | null } | null }`,
  },
  {
    name: 'processes: 64-bit integers',
    source: `query ($tenant: ID!, $host: ID!, $process: String!, $time: Int64) {
      processLineage(tenantID: $tenant, hostID: $host, processCorrelationID: $process, processCreateTime: $time) {
        depth lineage { processTimeWindow eventTimeUsec realPid programHash { sha256 } }
      }
    }`,
    variables: `{ tenant: string | number; host: string | number; process: string; time?: number | bigint | null | undefined }`,
    given: '{ tenant: "TENANT", host: "HOST", process: "PROCESS", time: 9007199254740993n }',
    data: `{ processLineage: { depth: number | null; lineage: {
      processTimeWindow: number | bigint | null; eventTimeUsec: number | bigint | null; realPid: string | null
      programHash: { sha256: string | null } | null
    }[] | null } | null }`,
  },
  {
    name: 'events: a subscription',
    kind: 'subscription',
    source: `subscription ($query: String!, $options: EventQueryOptions, $metadata: JSONObject) {
      eventQuery(query: $query, options: $options, metadata: $metadata) { next result { type rows submitted progress { totalRows } } }
    }`,
    variables: `{ query: string; options?: EventQueryOptions | null | undefined; metadata?: ${json} | null | undefined }`,
    given:
      '{ query: "FROM process EARLIEST=-1d", options: { maxRows: 3 }, metadata: { callerName: "test" } }',
    data: `{ eventQuery: { next: string | null; result: {
      type: string | null; rows: ${json}[] | null; submitted: string | null; progress: { totalRows: number | null } | null
    } | null } | null }`,
  },
  {
    name: 'the schema itself',
    source: `{ __schema { queryType { name } } __type(name: "Alert2") { kind fields(includeDeprecated: true) { name isDeprecated type { kind ofType { name } } } } }`,
    variables: noVariables,
    given: '{}',
    data: `{
      __schema: { queryType: { name: string | null } }
      __type: { kind: __TypeKind; fields: {
        name: string; isDeprecated: boolean; type: { kind: __TypeKind; ofType: { name: string | null } | null }
      }[] | null } | null
    }`,
  },
]

/** Documents with something wrong, and what can be said of them. */
export const wrongDocuments: readonly Pick<TypedDocument, 'name' | 'source' | 'data' | 'variables'>[] = [
  { name: 'no GraphQL', source: 'query { a(', data: 'any', variables: 'any' },
  { name: 'nothing', source: '', data: 'any', variables: 'any' },
  {
    name: 'a field that is not there',
    source: '{ currentTDRUser { email nickname } }',
    data: '{ currentTDRUser: { email: string | null; nickname: any } | null }',
    variables: noVariables,
  },
  {
    name: 'a field at the root that is not there',
    source: '{ nobody { id } currentTDRUser { id } }',
    data: '{ nobody: any; currentTDRUser: { id: string } | null }',
    variables: noVariables,
  },
  {
    name: 'a type of a variable that is not there',
    source: 'query ($a: Nothing!, $b: [Nothing], $c: Alert2, $n: Int) { currentTDRUser { id } }',
    data: '{ currentTDRUser: { id: string } | null }',
    variables: '{ a: any; b?: any; c?: any; n?: number | null | undefined }',
  },
  {
    name: 'objects without a selection, and a selection without objects',
    source: '{ currentTDRUser tenant(id: 1) { name { first } } }',
    data: '{ currentTDRUser: any; tenant: { name: string | null } | null }',
    variables: noVariables,
  },
  {
    name: 'a fragment that nobody has written',
    source: '{ currentTDRUser { id ...missing ... on Nothing { a } } }',
    data: '{ currentTDRUser: { id: string } | null }',
    variables: noVariables,
  },
  {
    name: 'fragments that go round',
    source:
      '{ currentTDRUser { ...a } } fragment a on TDRUser { id ...b } fragment b on TDRUser { ...c } fragment c on TDRUser { ...a email }',
    data: 'any',
    variables: 'any',
  },
  {
    name: 'several operations',
    source: 'query a { currentTDRUser { id } } query b($n: Int!) { rules(count: $n) { id } }',
    data: 'Record<string, unknown>',
    variables: 'Record<string, unknown>',
  },
]
