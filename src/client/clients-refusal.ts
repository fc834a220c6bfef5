import { GraphQLFailure, XdrError } from '../errors.js'

/** A deployment that has only the older listing refuses the newer one by its name. */
export function isUnknownField(error: unknown): boolean {
  return (
    error instanceof GraphQLFailure &&
    error.errors.some(({ message }) => /clientsSearch|ClientsSearchInput/.test(message))
  )
}

/** Says what to do about the two refusals that everybody meets. */
export function explainRefusal(error: unknown): never {
  if (!(error instanceof XdrError)) throw error
  const { requestId, status, retryAfterMs } = error
  const texts = error instanceof GraphQLFailure ? error.errors.map(({ message }) => message) : []
  if (error instanceof GraphQLFailure && texts.some((text) => /existing client/i.test(text))) {
    throw new GraphQLFailure(error.message, {
      errors: error.errors,
      requestId,
      status,
      hint: 'client credentials with this name are in the tenant already: choose another name, or rotate their secret',
    })
  }
  if (error.code === 'XDR_RATE_LIMITED' || texts.some((text) => /rate.?limit|too many/i.test(text))) {
    const wait = retryAfterMs === undefined ? '' : ` (it asks for ${Math.ceil(retryAfterMs / 1000)} s)`
    throw new XdrError('XDR_RATE_LIMITED', 'the platform makes no further client credentials for now', {
      hint: `a tenant gets at most 10 an hour: wait${wait}, or use credentials that exist`,
      requestId,
      status,
      retryAfterMs,
    })
  }
  throw error
}
