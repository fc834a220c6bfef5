import { isRecord } from '../record.js'
import type { ApiClient, ApiClientList } from './clients-admin.js'

// The documented selection, less `updated_at`, `created_by` and `updated_by`: not every deployment's schema has them.
const fields =
  'id name client_id roles tenant_id created_at role_assignments { id tenant_id role_id role_name expires_at }'

/** The changes and the search, in the documented wire spelling (snake case). */
export const documents = {
  create: `mutation createClient($name: String!, $roles: [ID!]) {
    createClient(name: $name, roles: $roles) { client { ${fields} } client_secret }
  }`,
  rotate: `mutation rotateClientSecret($id: ID!, $secret: String) {
    rotateClientSecret(id: $id, secret: $secret) { client { ${fields} } client_secret }
  }`,
  forceRotate: `mutation forceRotateClientSecret($id: ID!) {
    forceRotateClientSecret(id: $id) { client { ${fields} } client_secret }
  }`,
  delete: `mutation deleteClient($id: ID!) { deleteClient(id: $id) { id name client_id } }`,
  search: `query clientsSearch($filters: ClientsSearchInput) {
    clientsSearch(filters: $filters) { totalCount results { ${fields} } }
  }`,
} as const

/**
 * The older listing. Its arguments are written out: the documents declare them as `[String]`, the SDK's schema as
 * `[ID!]`, and a text in place is right for both.
 */
export function listDocument(filters: Record<string, unknown>): string {
  const given = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    // A JSON text is a GraphQL text as well.
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  const list = given.length === 0 ? '' : `(${given.join(', ')})`
  return `query clients { clients${list} { ${fields} } }`
}

/** Reads both listings. */
export function readClientList(
  data: Record<string, unknown>,
  roles: Readonly<Record<string, string>>,
): ApiClientList {
  const found = isRecord(data.clientsSearch) ? data.clientsSearch : { results: data.clients }
  const rows = Array.isArray(found.results) ? found.results : []
  const clients = rows.map((row) => readClient(row, roles)).filter((client) => client !== undefined)
  return { clients, total: typeof found.totalCount === 'number' ? found.totalCount : undefined }
}

/** `undefined` for what has no id. */
export function readClient(value: unknown, roles: Readonly<Record<string, string>>): ApiClient | undefined {
  if (!isRecord(value) || typeof value.id !== 'string') return undefined
  const names = new Map(Object.entries(roles).map(([name, id]) => [id, name]))
  const assignments = Array.isArray(value.role_assignments) ? value.role_assignments.filter(isRecord) : []
  return {
    id: value.id,
    clientId: textOf(value.client_id) || value.id,
    name: textOf(value.name),
    roles: assignments.map(
      ({ role_id, role_name }) => names.get(textOf(role_id)) ?? (textOf(role_name) || textOf(role_id)),
    ),
    tenantId: textOf(value.tenant_id),
    createdAt: textOf(value.created_at),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
