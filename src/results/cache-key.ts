import { createHash } from 'node:crypto'
import { XdrError } from '../errors.js'
import { stringifyExactJson } from '../json.js'
import { plain } from '../text.js'
import type { Provenance } from './row-source.js'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * A duration in milliseconds.
 *
 * @param duration such as `30s`, `15m`, `1h`, `7d`, or a number of milliseconds
 * @throws XdrError `XDR_BAD_OPTION`
 */
export function durationMs(duration: string | number): number {
  if (typeof duration === 'number' && duration >= 0 && Number.isFinite(duration)) return duration
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(s|m|h|d)$/.exec(String(duration)) ?? []
  if (typeof duration !== 'string' || amount === undefined) {
    throw new XdrError('XDR_BAD_OPTION', `"${plain(duration, 40)}" is no duration`, {
      hint: "write it like '30s', '15m', '1h', '7d', or as a number of milliseconds",
    })
  }
  return Number(amount) * unitMs[unit as keyof typeof unitMs]
}

/** How old something is, in words: `12 minutes`. */
export function describeAge(ageMs: number): string {
  const [unit, amount] =
    ageMs < 2 * unitMs.m
      ? (['second', ageMs / unitMs.s] as const)
      : ageMs < 2 * unitMs.h
        ? (['minute', ageMs / unitMs.m] as const)
        : ageMs < 2 * unitMs.d
          ? (['hour', ageMs / unitMs.h] as const)
          : (['day', ageMs / unitMs.d] as const)
  const whole = Math.max(0, Math.floor(amount))
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}

/**
 * The name under which rows are kept: the same for the same question to the same platform as the same tenant, however
 * the document is laid out and in whatever order the variables stand.
 *
 * @param schema a hash of the platform's schema, where it is known: another schema is another question
 */
export async function cacheId(provenance: Provenance, schema?: string): Promise<string> {
  const { provider, region, origin, tenant, query, variables } = provenance
  const question = [
    provider,
    region,
    origin,
    tenant ?? null,
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
