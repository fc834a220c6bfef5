import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { checkTenant } from './calls.js'

/** A tenant by its id, with the name that people know it by. */
export interface TenantId {
  id: string
  name?: string | undefined
}

/** Ids, or objects that have one: what `xdr.tenants()` gives, or the rows of any query. */
export type TenantList =
  | Iterable<string | number | bigint | object>
  | AsyncIterable<string | number | bigint | object>

/**
 * Reads a list of tenants; each is taken once.
 *
 * @throws XdrError `XDR_BAD_OPTION` for what has no id
 */
export async function readTenants(list: TenantList): Promise<TenantId[]> {
  if (typeof list === 'string' || !isIterable(list)) {
    throw new XdrError('XDR_BAD_OPTION', 'forTenants() needs a list of tenants', {
      hint: "give ids (['50530', '50531']) or rows that have one: xdr.forTenants(xdr.tenants())",
    })
  }
  const tenants = new Map<string, TenantId>()
  for await (const item of list) {
    const tenant = readTenant(item)
    if (!tenants.has(tenant.id)) tenants.set(tenant.id, tenant)
  }
  return [...tenants.values()]
}

function isIterable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  )
}

function readTenant(item: unknown): TenantId {
  const isObject = typeof item === 'object' && item !== null
  const id = isObject ? firstOf(item, ['id', 'tenantId', 'tenant_id', 'tenant']) : item
  const name = isObject ? firstOf(item, ['name', 'tenantName', 'tenant_name']) : undefined
  if ((typeof id !== 'string' || id === '') && typeof id !== 'number' && typeof id !== 'bigint') {
    throw new XdrError('XDR_BAD_OPTION', 'a tenant of the list has no id', {
      hint: 'rows need a field "id" (or "tenantId"): select it in the query that finds the tenants',
    })
  }
  if (typeof id === 'number' && !Number.isSafeInteger(id)) {
    throw new XdrError('XDR_BAD_OPTION', `${plain(id)} is no tenant id`, { hint: 'give it as a text' })
  }
  checkTenant(String(id))
  return { id: String(id), name: typeof name === 'string' ? name : undefined }
}

function firstOf(item: object, names: readonly string[]): unknown {
  return names.map((name) => Reflect.get(item, name)).find((value) => value !== undefined && value !== null)
}
