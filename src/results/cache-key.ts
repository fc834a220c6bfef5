import { createHash } from 'node:crypto'
import { stringifyExactJson } from '../json.js'
import type { Provenance } from './row-source.js'

/**
 * The name under which rows are kept: the same for the same question of the same person to the same platform
 * as the same tenant, however the document is laid out and in whatever order the variables stand.
 *
 * @param schema a hash of the platform's schema, where it is known: another schema is another question
 */
export async function cacheId(provenance: Provenance, schema?: string): Promise<string> {
  const { provider, region, origin, tenant, account, query, variables } = provenance
  const question = [
    provider,
    region,
    origin,
    tenant ?? null,
    account ?? null,
    await normalised(query),
    sorted(variables),
    schema ?? null,
  ]
  return createHash('sha256').update(stringifyExactJson(question)).digest('hex').slice(0, 16)
}

/** Without what GraphQL leaves out of account; a REST path stays as it is. */
async function normalised(query: string): Promise<string> {
  // The one function: all of graphql-js costs 60 ms to load.
  const { stripIgnoredCharacters } = await import('graphql/utilities/stripIgnoredCharacters.js')
  try {
    return stripIgnoredCharacters(query)
  } catch {
    return query.trim()
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(
    entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, item]) => [name, sorted(item)]),
  )
}
