import { XdrError } from '../errors.js'
import { stringifyExactJson } from '../json.js'

/**
 * A GraphQL request as JSON.
 *
 * @throws XdrError `XDR_BAD_OPTION` for variables that JSON has no way to write
 */
export function serialiseRequest(request: Record<string, unknown>): string {
  try {
    return stringifyExactJson(request)
  } catch {
    throw new XdrError('XDR_BAD_OPTION', 'the variables cannot be written as JSON', {
      hint: 'give plain values: texts, numbers, lists and objects of them, and no reference to themselves',
    })
  }
}
