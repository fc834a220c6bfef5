import type { TenantFailure } from './fan-out.js'

/** What one tenant gave. */
export interface TenantResult<T> {
  tenant: string
  name?: string | undefined
  data: T
}

/** What many tenants gave, and which of them failed; shown as one table, failures below it. */
export interface TenantResults<T> {
  /** In the order of the list of tenants. */
  results: TenantResult<T>[]
  failures: TenantFailure[]
}

/** Gives results over tenants their display: the rows of all, each marked with its tenant. */
export function withTenantTable<T>(results: TenantResults<T>): TenantResults<T> {
  return Object.defineProperty(results, Symbol.for('Jupyter.display'), {
    // Made when it is shown, and loaded then.
    value: async () => (await import('./tenant-table.js')).describeResults(results),
    enumerable: false,
  })
}
