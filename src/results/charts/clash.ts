import { XdrError } from '../../errors.js'

/** Options that do not go with one another. */
export function clash(what: string, hint: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', what, { hint })
}
