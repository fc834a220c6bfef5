import { XdrError } from '../errors.js'
import type { ClientParts } from './calls.js'
import type { ReadOptions } from './paging/list.js'
import { openRows, type Rows, type RowsOptions } from './rows.js'
import {
  type Alert,
  type Asset,
  alertsDocument,
  assetsDocument,
  type Investigation,
  investigationsDocument,
  type Tenant,
  tenantsDocument,
} from './taegis-documents.js'

/** What the ready queries take. */
export interface ReadyRowsOptions extends ReadOptions, Pick<RowsOptions, 'cache'> {
  /** What is asked for of each row, in place of the usual: a GraphQL selection such as `id metadata { title }`. */
  fields?: string
}

/** Which assets: a part of a host's name, or the platform's own filter. */
export type AssetFilter =
  | string
  | { endpointTypes?: readonly string[]; where?: Readonly<Record<string, unknown>> }

export interface TenantsOptions extends ReadyRowsOptions {
  /** The platform's own filter, such as `{ enabled: true }`. */
  filter?: Readonly<Record<string, unknown>>
}

/** @throws XdrError `XDR_BAD_OPTION` */
export function openAlerts<T = Alert>(
  parts: ClientParts,
  cql: string,
  { fields, ...options }: ReadyRowsOptions,
): Rows<T> {
  refuseOthers(parts, 'alertsServiceSearch', 'alerts')
  const text = cqlOf(cql, 'FROM alert WHERE severity >= 0.6 EARLIEST=-1d')
  return openRows<T>(parts, alertsDocument(fields), { cql: text }, options)
}

/** @throws XdrError `XDR_BAD_OPTION` */
export function openAssets<T = Asset>(
  parts: ClientParts,
  filter: AssetFilter | undefined,
  { fields, ...options }: ReadyRowsOptions,
): Rows<T> {
  refuseOthers(parts, 'assetsV2', 'assets')
  const given = typeof filter === 'string' ? { where: { hostname_contains: filter } } : filter
  return openRows<T>(parts, assetsDocument(fields), given === undefined ? {} : { filter: given }, options)
}

/** @throws XdrError `XDR_BAD_OPTION` */
export function openInvestigations<T = Investigation>(
  parts: ClientParts,
  cql: string | undefined,
  { fields, ...options }: ReadyRowsOptions,
): Rows<T> {
  refuseOthers(parts, 'investigationsV2', 'investigations')
  const variables = cql === undefined ? {} : { cql: cqlOf(cql, "FROM investigation WHERE status = 'OPEN'") }
  return openRows<T>(parts, investigationsDocument(fields), variables, options)
}

/** @throws XdrError `XDR_BAD_OPTION` */
export function openTenants<T = Tenant>(
  parts: ClientParts,
  { fields, filter = {}, ...options }: TenantsOptions,
): Rows<T> {
  refuseOthers(parts, 'tenants', 'tenants')
  return openRows<T>(parts, tenantsDocument(fields), { query: filter }, options)
}

function refuseOthers({ target }: ClientParts, field: string, what: string): void {
  const { paging = {}, title } = target.provider
  if (Object.hasOwn(paging, field)) return
  throw new XdrError('XDR_BAD_OPTION', `${title} has no query for ${what} that is known here`, {
    hint: 'write the query yourself: xdr.rows(gql`query { … }`), or a REST path',
  })
}

function cqlOf(cql: unknown, example: string): string {
  if (typeof cql === 'string' && cql.trim() !== '') return cql
  throw new XdrError('XDR_BAD_OPTION', 'the search needs a query in CQL', {
    hint: `for example "${example}"`,
  })
}
