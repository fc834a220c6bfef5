import { XdrError } from '../../errors.js'
import type { Provenance } from '../../results/row-source.js'
import { plain } from '../../text.js'
import { type ClientParts, checkOptions } from '../calls.js'
import type { ReadOptions } from './list.js'

/** More than this at once is no help to anybody. */
const mostAhead = 32

/** @throws XdrError `XDR_BAD_OPTION` with the option that is wrong */
export function checkReadOptions(options: ReadOptions): void {
  checkOptions(options)
  const { limit, pageSize, ahead } = options
  if (limit !== undefined && limit !== Number.POSITIVE_INFINITY) wholeNumber('limit', limit, 0)
  if (pageSize !== undefined) wholeNumber('pageSize', pageSize, 1)
  if (ahead !== undefined && wholeNumber('ahead', ahead, 1) > mostAhead) {
    throw new XdrError('XDR_BAD_OPTION', `ahead must be ${mostAhead} at the most`, {
      hint: 'leave it out: pages are asked for as far ahead as their style allows',
    })
  }
}

/** @throws XdrError `XDR_BAD_OPTION` */
export function wholeNumber(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  throw new XdrError('XDR_BAD_OPTION', `${name} must be a whole number of at least ${least}`, {
    hint: `for example { ${plain(name, 20)}: 100 }`,
  })
}

export function provenanceOf(
  { target, tenant, credentials }: ClientParts,
  query: string,
  variables: object,
  ownTenant: string | undefined,
): Provenance {
  const { provider, region, origin } = target
  return {
    provider: provider.name,
    region,
    origin,
    tenant: ownTenant ?? tenant,
    account: credentials.owner,
    query,
    variables: { ...variables },
  }
}
