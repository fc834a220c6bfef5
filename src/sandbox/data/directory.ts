import { assignmentOf, type Person, type Role, roles } from './people.js'
import { RowIds } from './random.js'

const [administrator, analystRole, , auditor] = roles
const dayMs = 86_400_000

interface Leftover {
  readonly given: string
  readonly family: string
  readonly role: Role
  /** What the platform calls these is not documented; the words are those that its pages show. */
  readonly status: 'Registered' | 'Invited' | 'Deactivated'
  readonly createdDaysAgo: number
  /** Days since the last sign-in; `null` where there was none. */
  readonly loginDaysAgo: number | null
  /** Days until the role ends, negative where it has. */
  readonly roleEndsInDays?: number
}

/** Access that nobody has tidied up: what an audit is for. None of them does anything in the sandbox. */
const leftovers: readonly Leftover[] = [
  {
    given: 'Mara',
    family: 'Voss',
    role: administrator,
    status: 'Registered',
    createdDaysAgo: 820,
    loginDaysAgo: 160,
  },
  {
    given: 'Nils',
    family: 'Berg',
    role: analystRole,
    status: 'Deactivated',
    createdDaysAgo: 700,
    loginDaysAgo: 95,
  },
  {
    given: 'Olu',
    family: 'Adeyemi',
    role: analystRole,
    status: 'Invited',
    createdDaysAgo: 45,
    loginDaysAgo: null,
  },
  {
    given: 'Pia',
    family: 'Kern',
    role: auditor,
    status: 'Registered',
    createdDaysAgo: 210,
    loginDaysAgo: 34,
    roleEndsInDays: 12,
  },
]

/** Everybody who has access: those who work with the platform first, then those who do not, or no longer. */
export function createDirectory(seed: number, now: number, people: readonly Person[]): readonly Person[] {
  const ids = new RowIds(seed, 'leftover')
  const [worker] = people
  if (worker === undefined) return people
  const day = (daysAgo: number) => new Date(now - daysAgo * dayMs).toISOString()
  const make = (leftover: Leftover, i: number): Person => {
    const { given, family, role, status, createdDaysAgo, loginDaysAgo, roleEndsInDays } = leftover
    const id = ids.uuid(i)
    return {
      ...worker,
      id,
      idp_user_id: `sandbox|${id}`,
      user_id: `sandbox|${id}`,
      created_at: day(createdDaysAgo),
      updated_at: day(loginDaysAgo ?? createdDaysAgo),
      last_login: loginDaysAgo === null ? null : day(loginDaysAgo),
      status,
      email: `${given}.${family}@sandbox.example`.toLowerCase(),
      family_name: family,
      given_name: given,
      roles: [role.id],
      role_assignments: [
        assignmentOf(id, role, {
          deactivated: status === 'Deactivated',
          expires_at: roleEndsInDays === undefined ? null : day(-roleEndsInDays),
        }),
      ],
    }
  }
  return [...people, ...leftovers.map(make)]
}
