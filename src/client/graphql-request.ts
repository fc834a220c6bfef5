import { XdrError } from '../errors.js'
import { stringifyExactJson } from '../json.js'
import type { Target } from '../providers/target.js'

const urls = new WeakMap<Target, URL>()

/** @throws XdrError `XDR_BAD_OPTION` for a platform without GraphQL */
export function graphqlUrl(target: Target): URL {
  const known = urls.get(target)
  if (known !== undefined) return known
  const { provider, origin } = target
  if (provider.graphql !== undefined) {
    const url = new URL(provider.graphql, origin)
    urls.set(target, url)
    return url
  }
  throw new XdrError('XDR_BAD_OPTION', `${provider.title} has no GraphQL interface`, {
    hint: 'use its REST interface: xdr.get(path)',
  })
}

/** @throws XdrError `XDR_BAD_OPTION` for variables that hold more than JSON can */
export function serialiseRequest(request: Record<string, unknown>): string {
  try {
    return stringifyExactJson(request)
  } catch {
    throw new XdrError('XDR_BAD_OPTION', 'the variables cannot be written as JSON', {
      hint: 'give plain values: texts, numbers, lists and objects of them, and no reference to themselves',
    })
  }
}
