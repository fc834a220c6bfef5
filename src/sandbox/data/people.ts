import { analyst } from '../account.js'
import { RowIds } from './random.js'
import { homeTenantId, type Tenant } from './tenants.js'

/** A person of the directory, as the schema's TDRUser. */
export interface Person {
  readonly id: string
  readonly idp_user_id: string
  readonly user_id: string
  readonly created_at: string
  readonly updated_at: string
  readonly last_login: string | null
  readonly status: string
  readonly email: string
  readonly family_name: string
  readonly given_name: string
  readonly environments: readonly string[]
  readonly timezone: string
  readonly roles: readonly string[]
  readonly is_scwx: boolean
  readonly is_partner: boolean
  readonly accessible_tenants: readonly Record<string, unknown>[]
  readonly role_assignments: readonly RoleAssignment[]
}

/** A role in a tenant, as the schema's TDRUserRoleAssignment. */
interface RoleAssignment {
  readonly id: string
  readonly tenant_id: string
  readonly role_id: string
  readonly role_name: string
  readonly role_display_name: string
  readonly deactivated: boolean
  readonly expires_at: string | null
}

export interface Subject {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly identity: Person
  readonly roleAssignmentData: Record<string, unknown>
}

/** Role ids as the platform documents them. */
export const roles = [
  { id: 'ba0fdcbd-e87d-4bdd-ae7d-ca6118b25068', name: 'Administrator' },
  { id: 'a4903f9f-465b-478f-a24e-82fa2e129d2e', name: 'Analyst' },
  { id: 'a72dace7-4536-4dbc-947d-015a8eb65f4d', name: 'Responder' },
  { id: 'ace1cae4-59fd-4fd1-9500-40077dc529a7', name: 'Auditor' },
] as const
const [administrator, analystRole, responder, auditor] = roles
export type Role = (typeof roles)[number]

/** A person's role in the tenant that they belong to. */
export function assignmentOf(
  personId: string,
  role: Role,
  state: Pick<RoleAssignment, 'deactivated' | 'expires_at'>,
): RoleAssignment {
  return {
    id: `assignment-${personId}`,
    tenant_id: homeTenantId,
    role_id: role.id,
    role_name: role.name.toLowerCase(),
    role_display_name: role.name,
    ...state,
  }
}

const colleagues = [
  ['Bea', 'Novak', administrator],
  ['Chidi', 'Okafor', analystRole],
  ['Dana', 'Lindqvist', analystRole],
  ['Emil', 'Horvath', analystRole],
  ['Farah', 'Aziz', responder],
  ['Gus', 'Petersen', analystRole],
  ['Hina', 'Sato', analystRole],
  ['Ivo', 'Marin', auditor],
  ['June', 'Whitfield', responder],
  ['Kofi', 'Mensah', analystRole],
  ['Lea', 'Dubois', analystRole],
] as const

const dayMs = 86_400_000

/** The signed-in analyst first, then eleven colleagues. */
export function createPeople(seed: number, now: number, tenants: readonly Tenant[]): readonly Person[] {
  const ids = new RowIds(seed, 'person')
  const accessible = tenants.map((tenant) => ({
    id: tenant.id,
    name: tenant.name,
    enabled: tenant.enabled,
    is_partner: tenant.isPartner,
    is_organization: tenant.isOrganization,
    partner: tenant.partnerTenantID,
    parent: tenant.parentTenantID,
  }))
  const day = (daysAgo: number) => new Date(now - daysAgo * dayMs).toISOString()
  const make = (id: string, given: string, family: string, email: string, role: Role, i: number) => ({
    id,
    idp_user_id: `sandbox|${id}`,
    user_id: `sandbox|${id}`,
    created_at: day(300 + 10 * i),
    updated_at: day(i),
    last_login: day(i / 8),
    status: 'Registered',
    email,
    family_name: family,
    given_name: given,
    environments: ['CHARLIE'],
    timezone: 'Europe/London',
    roles: [role.id],
    is_scwx: false,
    is_partner: true,
    accessible_tenants: accessible,
    role_assignments: [assignmentOf(id, role, { deactivated: false, expires_at: null })],
  })
  return [
    make(analyst.id, analyst.givenName, analyst.familyName, analyst.username, analystRole, 0),
    ...colleagues.map(([given, family, role], i) => {
      const email = `${given}.${family}@sandbox.example`.toLowerCase()
      return make(ids.uuid(i), given, family, email, role, i + 1)
    }),
  ]
}

export function toSubject(person: Person): Subject {
  return {
    id: person.id,
    name: person.email,
    displayName: `${person.given_name} ${person.family_name}`,
    identity: person,
    roleAssignmentData: {
      assignedTenantIDs: person.accessible_tenants.map((tenant) => tenant.id),
      assignedPartnerIDs: [homeTenantId],
      canReadAllTenants: false,
    },
  }
}
