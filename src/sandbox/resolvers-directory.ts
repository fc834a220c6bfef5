import type { CallContext, Maybe, Resolvers } from './context.js'
import type { Person } from './data/people.js'
import type { World } from './data/world.js'
import { decodeCursor, encodeCursor, invalidInput, pageSize } from './paging.js'

interface UserFilter {
  email?: Maybe<string>
  emails?: Maybe<string[]>
  name?: Maybe<string>
  role_IDs?: Maybe<string[]>
  tenant_IDs?: Maybe<string[]>
  status?: Maybe<string>
  perPage?: Maybe<number>
  pageOffset?: Maybe<number>
  cursorPos?: Maybe<string>
}

/** The search for people: who has access to the tenants that the caller sees. */
export function createDirectoryResolvers(world: World): Resolvers {
  const visible = (context: CallContext) =>
    world.directory.filter(({ role_assignments }) =>
      role_assignments.some(({ tenant_id }) => context.seesTenant(world.tenantRow(tenant_id))),
    )
  return {
    Query: {
      tdrUsersSearch: (_root, args: { filters?: Maybe<UserFilter> }, context) => {
        const filters = args.filters ?? {}
        const all = visible(context)
        const found = all.filter((person) => matches(person, filters))
        return { ...pageOf(found, filters), total_unfiltered_count: all.length }
      },
    },
  }
}

function matches(person: Person, filter: UserFilter): boolean {
  const among = (wanted: Maybe<string[]>, values: readonly string[]) =>
    wanted === undefined || wanted === null || wanted.some((one) => values.includes(one))
  const assignments = person.role_assignments
  return (
    isLike(filter.email ?? '%', person.email) &&
    among(filter.emails, [person.email]) &&
    isLike(`%${filter.name ?? ''}%`, `${person.given_name} ${person.family_name}`) &&
    among(
      filter.role_IDs,
      assignments.map(({ role_id }) => role_id),
    ) &&
    among(
      filter.tenant_IDs,
      assignments.map(({ tenant_id }) => tenant_id),
    ) &&
    (filter.status ?? person.status).toLowerCase() === person.status.toLowerCase()
  )
}

/** `%` stands for any letters, as in the vendor's tools. */
function isLike(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split('%')
  const [start = '', end = ''] = [parts[0], parts.at(-1)]
  const whole = text.toLowerCase()
  if (parts.length === 1) return whole === start
  if (!whole.startsWith(start) || !whole.endsWith(end) || whole.length < start.length + end.length) {
    return false
  }
  let from = start.length
  for (const part of parts.slice(1, -1)) {
    const at = whole.indexOf(part, from)
    if (at < 0 || at + part.length > whole.length - end.length) return false
    from = at + part.length
  }
  return true
}

/** By the cursor of the page before, or by the number of a page, which counts from 0. */
function pageOf(people: readonly Person[], { perPage, pageOffset, cursorPos }: UserFilter) {
  const size = pageSize(perPage, 50, 1000)
  const start = cursorPos ? positionOf(people, cursorPos) + 1 : Math.max(0, pageOffset ?? 0) * size
  const results = people.slice(start, start + size)
  const last = results.at(-1)
  return {
    results,
    result_count: results.length,
    total_count: people.length,
    pageOffset: Math.floor(start / size),
    has_next_page: start + results.length < people.length,
    cursor_pos: last === undefined ? null : encodeCursor(last.id),
  }
}

function positionOf(people: readonly Person[], cursor: string): number {
  const id = decodeCursor(cursor)
  const position = people.findIndex((person) => person.id === id)
  if (position < 0) throw invalidInput('the cursor belongs to another query')
  return position
}
