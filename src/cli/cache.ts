import { XdrError } from '../errors.js'
import {
  type CachedResult,
  listCached,
  listDamaged,
  removeCached,
  removeDamaged,
} from '../results/cache-store.js'
import { describeAge } from '../results/duration.js'
import { tableView } from '../results/table.js'
import { plain } from '../text.js'

/** `xdrlab cache ls` */
export async function listCache({ json = false }: { json?: boolean }): Promise<void> {
  const results = await listCached()
  const damaged = await listDamaged()
  if (json) {
    process.stdout.write(`${JSON.stringify(results.map(asData))}\n`)
    return
  }
  if (results.length === 0) process.stdout.write('nothing is kept\n')
  else process.stdout.write(`${tableView(results.map(asLine), process.stdout.columns ?? 160)?.text ?? ''}\n`)
  if (damaged.length > 0) {
    process.stderr.write(`${damaged.length} damaged: xdrlab cache rm --stale takes them away\n`)
  }
}

function asData(result: CachedResult): Record<string, unknown> {
  const { provider, region, origin, tenant, query } = result.provenance
  const { id, rows, sizeBytes, createdAt, maxAgeMs, path } = result
  return {
    id,
    created: new Date(createdAt).toISOString(),
    ageSeconds: Math.round((Date.now() - createdAt) / 1000),
    stale: isStale(result),
    rows,
    sizeBytes,
    provider,
    region,
    origin,
    tenant: tenant ?? null,
    query,
    maxAgeSeconds: maxAgeMs / 1000,
    path,
  }
}

function asLine(result: CachedResult): Record<string, unknown> {
  const { provider, tenant, query } = result.provenance
  return {
    id: result.id,
    age: `${describeAge(Date.now() - result.createdAt)}${isStale(result) ? ', stale' : ''}`,
    rows: result.rows,
    size: describeSize(result.sizeBytes),
    provider: plain(provider, 24),
    tenant: tenant === undefined ? '' : plain(tenant, 24),
    query: plain(query.trim().split('\n', 1)[0] ?? '', 60),
  }
}

function isStale({ createdAt, maxAgeMs }: CachedResult): boolean {
  return Date.now() - createdAt > maxAgeMs
}

function describeSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

/** `xdrlab cache rm` */
export async function removeFromCache(
  ids: readonly string[],
  { all = false, stale = false, json = false }: { all?: boolean; stale?: boolean; json?: boolean },
): Promise<void> {
  if (Number(ids.length > 0) + Number(all) + Number(stale) !== 1) {
    throw new XdrError('XDR_BAD_OPTION', 'cache rm takes ids, or --all, or --stale', {
      hint: 'xdrlab cache ls shows the ids',
    })
  }
  const kept = await listCached()
  const unknown = ids.filter((id) => !kept.some((result) => result.id === id))
  // All or nothing: half of a list is hard to give again.
  if (unknown.length > 0) {
    throw new XdrError(
      'XDR_CACHE',
      `nothing is kept under ${unknown.map((id) => plain(id, 40)).join(', ')}`,
      {
        hint: 'nothing was removed; xdrlab cache ls shows the ids',
      },
    )
  }
  const chosen =
    ids.length > 0 ? kept.filter(({ id }) => ids.includes(id)) : all ? kept : kept.filter(isStale)
  for (const { id } of chosen) removeCached(id)
  const damaged = ids.length > 0 ? 0 : await removeDamaged()
  const count = chosen.length + damaged
  const removed = chosen.map(({ id }) => id)
  process.stdout.write(json ? `${JSON.stringify({ removed, damaged })}\n` : `${count} removed\n`)
}
